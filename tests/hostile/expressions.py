"""Every regular expression of the package, how it is applied, and lines that are crafted against it.

``python -m tests.hostile.expressions`` tries them all and prints those whose work grows faster than the line.
"""

from __future__ import annotations

import ast
import importlib
import math
import pkgutil
import re
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import loganalyzer
from loganalyzer.model.late import Late

ANYWHERE = ("search", "finditer", "findall", "sub", "subn", "split")
"""Methods that try an expression at each place of a text."""
FUNCTIONS = (*ANYWHERE, "match", "fullmatch", "compile")
UNITS = " \t|a1.,:;=-_([{<\"'\\/#%+*~e0"
MISFIT = "\0"
SHORT, LONG, LONGEST = 1_000, 10_000, 60_000
NOISE_SECONDS = 0.001
"""What a line of ``LONG`` characters may take whatever its growth."""
MOST_GROWTH = 2.5
"""How many times faster than its length the work may seem to grow where other work shares the machine; a square grows as
many times faster as the line is longer."""
HARD_SECONDS = 1.0
BOUNDED = {
    "loganalyzer.reports": "applied to drawings and texts of our own",
    "loganalyzer.config": "the configuration is the user's own, and at most a megabyte",
    "loganalyzer.cli": "arguments of the command line",
    "loganalyzer.readers.common.number_words": "cells of at most LONGEST_NUMBER characters",
    "loganalyzer.readers.common.printed.sections._PREFIX": "at most LONGEST_HEADING characters",
    "loganalyzer.readers.trackers.dvclive": "paths, which a system keeps short",
    "loganalyzer.readers.trackers.mlflow": "paths, which a system keeps short",
}
"""Where the text is so short, or so much the user's own, that its square is small, and why."""
MADE_AT_RUN_TIME = {
    "loganalyzer.readers.common.printed.fixed": "from the shapes in its tables, which are looked at as its FIXED",
    "loganalyzer.readers.common.printed.repeats": "from a line of the log: numbers of bounded length between literal texts",
    "loganalyzer.roles.hyperparameters": "from the names in its table",
}
"""Modules with a call of ``re.compile`` or the like on a text that is no literal, and what it is made of."""


@dataclass(frozen=True)
class Used:
    """An expression, where it stands, and whether it is tried at each place of a text."""

    where: str
    pattern: re.Pattern[str]
    anywhere: bool


def all_used() -> list[Used]:
    """Expressions in the names of modules and in literals inside functions."""
    modules = [importlib.import_module(m.name) for m in _modules() if not m.name.endswith("__main__")]
    text = "\n".join(Path(str(m.__file__)).read_text("utf-8") for m in modules)
    found: dict[tuple[str, int, bool, bool], Used] = {}
    for one in (used for module in modules for used in (*_named(module, text), *_literal(module))):
        bounded = one.where.startswith(tuple(BOUNDED))
        found.setdefault((one.pattern.pattern, one.pattern.flags, one.anywhere, bounded), one)
    return list(found.values())


def _modules() -> Iterator[pkgutil.ModuleInfo]:
    return pkgutil.walk_packages([str(Path(str(loganalyzer.__file__)).parent)], "loganalyzer.")


def _named(module: ModuleType, text: str) -> Iterator[Used]:
    for name, declared in vars(module).items():
        value = declared.made if isinstance(declared, Late) else declared
        directly = isinstance(value, re.Pattern)
        # an expression inside a table is applied under another name: it is taken to be tried anywhere
        anywhere = not directly or re.search(rf"\b{name}\.(?:{'|'.join(ANYWHERE)})\b", text) is not None
        for pattern in _inside(value, 0):
            if isinstance(pattern.pattern, str):
                yield Used(f"{module.__name__}.{name}", pattern, anywhere)


def _inside(value: Any, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict | list | tuple | set | frozenset) and depth < 4:
        for each in value.values() if isinstance(value, dict) else value:
            yield from _inside(each, depth + 1)
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type) and depth < 4:
        for name in value.__dataclass_fields__:
            yield from _inside(getattr(value, name, None), depth + 1)


def _literal(module: ModuleType) -> Iterator[Used]:
    """``re.search("...", text)`` and ``re.compile("...")`` anywhere, inside functions too."""
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.func.attr in FUNCTIONS):
            continue
        first = node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            anywhere = node.func.attr in ANYWHERE
            yield Used(f"{module.__name__}:{node.lineno}", re.compile(first.value), anywhere)


def lines(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Lines of about ``length`` characters: what precedes each repeat of the expression, the repeat pumped, then a misfit."""
    pumps = {("", unit) for unit in UNITS} | {("", a + b) for a in "| (" for b in "a1 "}
    pumps |= set(_pumps(list(parser.parse(pattern.pattern, pattern.flags)), ""))
    for before, unit in sorted(pumps):
        yield before + unit * (length // len(unit)) + MISFIT


def _pumps(nodes: list[Any], before: str) -> Iterator[tuple[str, str]]:
    for code, value in nodes:
        inner = _children(code, value)
        repeats = code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT) and value[1] > 20
        if repeats and (unit := _sample(list(value[2]))):
            yield before, unit
            yield "", before + unit
        for each in inner:
            yield from _pumps(each, before)
        before += _sample([(code, value)])


def _children(code: Any, value: Any) -> list[list[Any]]:
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return [list(value[2])]
    if code is codes.SUBPATTERN:
        return [list(value[3])]
    if code is codes.ATOMIC_GROUP:
        return [list(value)]
    if code is codes.BRANCH:
        return [list(branch) for branch in value[1]]
    return []


def _sample(nodes: list[Any]) -> str:
    """A text that the nodes match, or nearly so."""
    return "".join(_one(code, value) for code, value in nodes)


def _one(code: Any, value: Any) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.NOT_LITERAL:
        return "a" if chr(value) != "a" else "b"
    if code is codes.ANY:
        return "a"
    if code is codes.IN:
        return _of_set(value)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return _sample(list(value[2])) * max(1, value[0])
    inner = _children(code, value)
    return _sample(inner[0]) if inner else ""


def _of_set(items: list[Any]) -> str:
    given = "".join(
        f"\\{_CLASS[v]}" if c is codes.CATEGORY else _range(c, v) for c, v in items if c is not codes.NEGATE
    )
    negated = any(c is codes.NEGATE for c, _ in items)
    allowed = re.compile(f"[{'^' if negated else ''}{given}]")
    return next((c for c in "a1 .-:=|\t\n(Z_/" if allowed.fullmatch(c)), "") or (chr(items[0][1]) if not negated and
        items[0][0] is codes.LITERAL else "")  # fmt: skip


def _range(code: Any, value: Any) -> str:
    low, high = (value, value) if code is codes.LITERAL else value
    return f"{re.escape(chr(low))}-{re.escape(chr(high))}"


_CLASS = {
    codes.CATEGORY_DIGIT: "d", codes.CATEGORY_NOT_DIGIT: "D", codes.CATEGORY_SPACE: "s", codes.CATEGORY_NOT_SPACE: "S",
    codes.CATEGORY_WORD: "w", codes.CATEGORY_NOT_WORD: "W",
}  # fmt: skip


def calls() -> Iterator[tuple[str, ast.Call, bool]]:
    """Yield the module of each call of a function of ``re``, the call, and whether it stands inside a function."""
    for info in _modules():
        module = info.name
        path = Path(str(importlib.util.find_spec(module).origin))  # type: ignore[union-attr]
        yield from ((module, call, inner) for call, inner in _calls(ast.parse(path.read_text("utf-8")), inner=False))


def _calls(node: ast.AST, *, inner: bool) -> Iterator[tuple[ast.Call, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
            of = child.func.value
            if isinstance(of, ast.Name) and of.id == "re" and child.func.attr in FUNCTIONS:
                yield child, inner
        # what is made late is found under its name, as what is made at once
        late = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "late"
        within = isinstance(child, ast.FunctionDef) or (isinstance(child, ast.Lambda) and not late)
        yield from _calls(child, inner=inner or within)


def seconds(used: Used, line: str) -> float:
    """Processor seconds of one try that finds all or nothing; infinite where it takes ``HARD_SECONDS``."""
    began = time.thread_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, HARD_SECONDS)
    try:
        if used.anywhere:
            for _ in used.pattern.finditer(line):
                pass
        else:
            used.pattern.match(line)
            used.pattern.fullmatch(line)
    except TimeoutError:
        return math.inf
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.thread_time() - began


def worst(used: Used) -> str:
    """The beginning of a line for which the work grows faster than its length; "" if there is none.

    What grows from ``SHORT`` to ``LONG`` must grow as fast to ``LONGEST``: where repeats have an upper bound, it does not.
    """
    for short, long, longest in zip(*(lines(used.pattern, n) for n in (SHORT, LONG, LONGEST)), strict=True):
        took = seconds(used, long)
        if took == math.inf or (took > NOISE_SECONDS and _grows(used, short, long) and _grows(used, long, longest)):
            return short[:40]
    return ""


def _grows(used: Used, short: str, long: str) -> bool:
    least = min(seconds(used, long) for _ in range(3))
    ratio = MOST_GROWTH * len(long) / len(short)
    return least == math.inf or least > ratio * min(seconds(used, short) for _ in range(5))


def _stop(*_: object) -> None:
    raise TimeoutError


def main(patterns: list[str]) -> None:
    """Print the faults among all expressions of the package, or among ``patterns`` where there are any, a line each."""
    signal.signal(signal.SIGVTALRM, _stop)
    used = [Used("given", re.compile(p), anywhere=True) for p in patterns] or all_used()
    for one in used:
        if not one.where.startswith(tuple(BOUNDED)) and (line := worst(one)):
            print(one.where, repr(one.pattern.pattern[:200]), repr(line))


if __name__ == "__main__":
    main(sys.argv[1:])
