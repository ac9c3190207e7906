"""Every label that the code or a template asks for is there: a missing one would take a whole report down."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import loganalyzer
from loganalyzer import messages

ROOT = Path(loganalyzer.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
TEMPLATES = {ROOT / "reports" / "mail" / "template.html.j2": "mail"} | dict.fromkeys(
    (ROOT / "reports" / "html" / "templates").glob("*.j2"), "html"
)
Node = ast.expr | ast.stmt


def table(file: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "messages" / f"{file}.toml").read_text(encoding="utf-8"))


def at(file: str, key: str) -> Any:
    node: Any = table(file)
    for part in key.split(".") if key else []:
        node = node.get(part) if isinstance(node, dict) else None
    return node


def is_label(node: Any) -> bool:
    return isinstance(node, dict) and set(messages.LANGUAGES) <= set(node)


def keys(node: ast.expr, scope: ast.AST) -> Iterator[str]:
    """The keys that an expression can be, ending in "*" where only the beginning is known; none if nothing is."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from (*keys(node.body, scope), *keys(node.orelse, scope))
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        yield f"{node.values[0].value}*"
    elif isinstance(node, ast.Name):
        for value in assigned(node.id, scope):
            yield from keys(value, scope)
        for loop in ast.walk(scope):
            if isinstance(loop, ast.For | ast.comprehension):
                names = [n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)]
                for item in items(loop.iter, scope) if node.id in names else ():
                    parts = item.elts if isinstance(item, ast.Tuple) else [item]
                    yield from keys(parts[names.index(node.id)], scope)


def assigned(name: str, scope: ast.AST) -> list[ast.expr]:
    found = [n for n in ast.walk(scope) if isinstance(n, ast.Assign)]
    return [n.value for n in found if getattr(n.targets[0], "id", "") == name]


def items(node: ast.expr, scope: ast.AST) -> Iterator[ast.expr]:
    """What a loop goes over, where it is written down in the same function."""
    if isinstance(node, ast.Tuple | ast.List):
        for item in node.elts:
            yield from items(item.value, scope) if isinstance(item, ast.Starred) else (item,)
    elif isinstance(node, ast.Name):
        for value in assigned(node.id, scope):
            yield from items(value, scope) if isinstance(value, ast.Tuple | ast.List) else ()


def calls(source: str) -> Iterator[tuple[str, ast.expr, ast.AST]]:
    """Each call ``ui(file, key, ...)`` with the function that it stands in; ``ui(key)`` where that fixes the file."""
    functions = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)]
    within = [(n, f) for f in functions for n in ast.walk(f) if isinstance(n, ast.Call) and n.args]
    asked = [(n, f) for n, f in within if getattr(n.func, "attr", getattr(n.func, "id", "")) == "ui"]
    whole = [(n.args[0], n.args[1], f) for n, f in asked if len(n.args) > 2]
    fixed = next((file for file, _, f in whole if f.name == "ui"), None)
    short = [(fixed, n.args[0], f) for n, f in asked if len(n.args) == 1 and fixed is not None]
    yield from ((file.value, key, f) for file, key, f in [*whole, *short] if isinstance(file, ast.Constant))


def missing(file: str, key: str) -> bool:
    if not key.endswith("*"):
        return not is_label(at(file, key))
    group, _, begun = key[:-1].rpartition(".")
    inside = at(file, group)
    return not isinstance(inside, dict) or not any(name.startswith(begun) for name in inside)


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_labels_that_the_code_names_exist(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    wanted = {(file, key) for file, node, scope in calls(text) for key in keys(node, scope)}
    assert [pair for pair in sorted(wanted) if missing(*pair)] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_labels_that_a_template_names_exist(template: Path) -> None:
    found = re.findall(r'\b(?:t|ui)\("([\w.]+)"( ~)?', template.read_text(encoding="utf-8"))
    wanted = [(TEMPLATES[template], f"{key}*" if more else key) for key, more in found]
    assert [pair for pair in wanted if missing(*pair)] == []


def test_the_search_sees_what_is_there() -> None:
    """Most of the labels are found by it, so it does look where they are named; what is missing is noticed."""
    named = {(f, k) for p in SOURCES for f, n, s in calls(p.read_text(encoding="utf-8")) for k in keys(n, s)}
    assert len(named) > 80 and ("terminal", "one_well") in named and ("gate", "where") in named
    assert missing("html", "no-such-label") and missing("html", "closing.no-such*") and not missing("html", "chart.*")
    assert list(keys(ast.parse("a if b else f'c.{d}'", mode="eval").body, ast.Module([], []))) == ["c.*"]


def test_every_code_of_the_gate_has_its_two_labels() -> None:
    """What was expected and what was found, for whatever fails."""
    trees = [ast.parse(p.read_text(encoding="utf-8")) for p in (ROOT / "gate").glob("*.py")]
    made = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call) and len(n.args) > 3]
    codes = {
        c.value for n in made if getattr(n.func, "id", "") == "Failure" and isinstance(c := n.args[3], ast.Constant)
    }
    known = set(table("gate")["expected"])
    assert known == set(table("gate")["found"])
    assert len(codes) > 6 and codes <= known
