"""The next run as TOML, YAML, JSON or command-line arguments, its settings nested as those of the run were."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from loganalyzer.model.errors import UsageError
from loganalyzer.model.run import Detail
from loganalyzer.reports.json import dumps
from loganalyzer.reports.next_run.plan import NextRun, NextSetting
from loganalyzer.reports.safe import term_safe

SUFFIXES: Mapping[str, str] = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
STANDARD_OUTPUT = "toml"
_BARE = re.compile(r"[A-Za-z0-9_-]+")
Tree = dict[str, Any]
"""A setting by its name, or a tree of those whose names begin alike."""


def format_of(target: str, asked: str | None) -> str:
    """Return the format that is ``asked`` for, else that of the file's ending. Raises UsageError for an unknown one."""
    if asked is not None:
        return asked
    known = STANDARD_OUTPUT if target == "-" else SUFFIXES.get(PurePath(target).suffix.lower())
    if known is None:
        text = "--next takes a file that ends in {known}, or --format with it: {path}"
        raise UsageError(text, known=tuple(SUFFIXES), path=target)
    return known


def render(run: NextRun, format_id: str) -> str:
    """Render the next run in a format, one of ``RENDERERS``."""
    return RENDERERS[format_id](run)


def _toml(run: NextRun) -> str:
    lines = [*_comments(run), "", *(f"{key} = {_toml_value(value)}" for key, value in _head(run).items())]
    lines += _toml_table("set", _tree(run))
    if run.keep is not None:
        lines += ["", "[keep]", *(f"{key} = {_toml_value(value)}" for key, value in _keep(run).items())]
    return "\n".join(lines) + "\n"


def _toml_table(path: str, tree: Tree) -> Iterator[str]:
    """The lines of a table: its own settings first, then the tables in it."""
    yield from ("", f"[{path}]")
    for name, item in tree.items():
        if isinstance(item, NextSetting):
            yield f"{_toml_key(name)} = {_toml_value(_value(item.value))}{_remark(item)}"
    for name, item in tree.items():
        if not isinstance(item, NextSetting):
            yield from _toml_table(f"{path}.{_toml_key(name)}", item)


def _toml_key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _toml_value(name)


def _toml_value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml_value, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(term_safe(value), ensure_ascii=False) if isinstance(value, str) else repr(value)


def _yaml(run: NextRun) -> str:
    lines = [*_comments(run), *(f"{key}: {_yaml_value(value)}" for key, value in _head(run).items())]
    tree = _tree(run)
    lines += ["set:", *_yaml_mapping(tree, "  ")] if tree else ["set: {}"]
    if run.keep is not None:
        lines += ["keep:", *(f"  {key}: {_yaml_value(value)}" for key, value in _keep(run).items())]
    return "\n".join(lines) + "\n"


def _yaml_mapping(tree: Tree, indent: str) -> Iterator[str]:
    for name, item in tree.items():
        if isinstance(item, NextSetting):
            yield f"{indent}{_yaml_value(name)}: {_yaml_value(_value(item.value))}{_remark(item)}"
        else:
            yield f"{indent}{_yaml_value(name)}:"
            yield from _yaml_mapping(item, f"{indent}  ")


def _yaml_value(value: Any) -> str:
    import yaml

    safe = term_safe(value) if isinstance(value, str) else value
    text: str = yaml.safe_dump(safe, default_flow_style=True, allow_unicode=True, width=float("inf"))
    return text.removesuffix("\n").removesuffix("\n...")


def _json(run: NextRun) -> str:
    document = {**_head(run), "set": _plain(_tree(run)), "keep": _keep(run) or None, "comments": list(run.comments)}
    return dumps(document, indent=2) + "\n"


def _args(run: NextRun) -> str:
    """Options as argparse and click spell them, joined by blanks; for a truth value ``--name`` or ``--no-name``."""
    words: list[str] = []
    for setting in run.settings:
        name, value = setting.name.replace("/", ".").replace("_", "-"), _value(setting.value)
        if isinstance(value, bool):
            words.append(f"--{name}" if value else f"--no-{name}")
        else:
            text = value if isinstance(value, str) else repr(value)
            words += [f"--{name}={text}"] if text.startswith("-") else [f"--{name}", text]
    return f"{shlex.join(words)}\n" if words else ""


def _head(run: NextRun) -> dict[str, Any]:
    return {"run": run.run, "verdict": run.verdict, "actions": list(run.actions)}


def _keep(run: NextRun) -> dict[str, Any]:
    keep = run.keep
    return {} if keep is None else {"series": keep.series, "step": keep.step, "value": keep.value}


def _comments(run: NextRun) -> list[str]:
    return [f"# {term_safe(line)}" for line in run.comments]


def _remark(setting: NextSetting) -> str:
    return f"  # {term_safe(setting.remark)}" if setting.remark else ""


def _tree(run: NextRun) -> Tree:
    """The settings nested at the dots and slashes of their names; a name that is also the beginning of another stays whole."""
    tree: Tree = {}
    for setting in run.settings:
        parts = re.split(r"[./]", setting.name)
        if not _placed(tree, parts, setting):
            tree[setting.name] = setting
    return tree


def _placed(tree: Tree, parts: list[str], setting: NextSetting) -> bool:
    """Put the setting where the parts of its name lead; False where a part is empty, or another setting is there."""
    if not all(parts):
        return False
    node: Any = tree
    for part in parts[:-1]:
        node = node.setdefault(part, {})
        if not isinstance(node, dict):
            return False
    if parts[-1] in node:
        return False
    node[parts[-1]] = setting
    return True


def _plain(tree: Tree) -> dict[str, Any]:
    return {name: _value(item.value) if isinstance(item, NextSetting) else _plain(item) for name, item in tree.items()}


def _value(value: Detail) -> Detail | bool:
    """The value as a file writes it: settings hold truth values as text."""
    return value == "true" if value in ("true", "false") else value


RENDERERS: Mapping[str, Callable[[NextRun], str]] = {"toml": _toml, "yaml": _yaml, "json": _json, "args": _args}
