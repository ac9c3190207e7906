"""Validate values against the definition: report one error, with its path, what is expected and the nearest known name."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, get_origin

import msgspec

from loganalyzer.config.keys import Kind, Path, fields_of, kind_of
from loganalyzer.model.errors import ConfigError, Message, did_you_mean, nearest

SHOWN = 120  # characters of a value or name that an error repeats
ALIKE = 0.85  # a key so similar is the one that is meant, though it stands in another table


def validate(value: Any, kind: Kind, where: str, path: Path = ()) -> Any:
    """Return ``value`` validated; lists that were written as one text are split, nothing else is changed.

    ``where`` begins the message (a file, an environment variable, an option), ``path`` is the position within it. Raises
    ConfigError.
    """
    if isinstance(value, float) and not math.isfinite(value):
        # every comparison with NaN is false: a limit of NaN would disable its rule silently
        raise _error(Message("nan and inf are no numbers to compare with"), where, path)
    if isinstance(value, int) and abs(value) >= 2**63:  # the range that TOML has; floats overflow far beyond it
        raise _error(Message("a whole number of more than 64 bits"), where, path)
    if kind.is_table:
        return _table(value, kind, where, path)
    if get_origin(kind.plain) is dict and isinstance(value, Mapping):
        inner = kind_of(kind.items)
        return {name: validate(each, inner, where, (*path, name)) for name, each in value.items()}
    parse = kind.extra("parse")
    if parse is not None and _is_text_or_texts(value):
        value = parse(value, f"{where}: {dotted(path)}" if path else where)
    elif get_origin(kind.plain) is tuple and isinstance(value, list | tuple):
        inner = kind_of(kind.items)
        value = [validate(each, inner, where, (*path, str(at))) for at, each in enumerate(value)]
    if kind.choices and value not in kind.choices:
        raise _error(_not_expected(value, kind), where, path)
    return _converted(value, kind, where, path)


def dotted(path: Path) -> str:
    """Format a path as in TOML, shortened to fit in a line."""
    return ".".join(quoted(part) for part in path)


def quoted(part: str) -> str:
    """Format a key as in TOML."""
    part = _shortened(part)
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(part, ensure_ascii=True)


def _table(value: Any, kind: Kind, where: str, path: Path) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _error(_not_expected(value, kind), where, path)
    known = fields_of(kind.plain)
    for name in sorted(set(value) - set(known)):
        text = "unknown key {name!r}{hint} (known: {known})"
        named = {"name": _shortened(name), "hint": _nearest_key(_shortened(name), known), "known": tuple(sorted(known))}
        raise _error(Message(text, named), where, path)
    for name, field in known.items():
        if field.required and name not in value:
            raise _error(Message("{name!r} is missing", {"name": name}), where, path)
    fitted = {
        name: validate(value[name], kind_of(field.type), where, (*path, name))
        for name, field in known.items()
        if name in value
    }
    _converted(fitted, kind, where, path)  # constraints between keys
    return fitted


def _converted(value: Any, kind: Kind, where: str, path: Path) -> Any:
    try:
        msgspec.convert(value, kind.whole)
    except ConfigError as error:
        raise _error(error.message, where, path) from error
    except msgspec.ValidationError as error:
        raise _error(_not_expected(value, kind), where, path) from error
    return value


def _nearest_key(name: str, known: Mapping[str, Any]) -> Message | str:
    """The end of the message about an unknown key: the key that is meant, or those that stand in tables which are known here."""
    inside: dict[str, tuple[str, ...]] = {}
    for outer, field in known.items():
        kind = kind_of(field.type)
        for key in fields_of(kind.plain) if kind.is_table else ():
            inside[key] = (*inside.get(key, ()), dotted((outer, key)))
    meant = nearest(name, inside, ALIKE)
    if meant is not None and nearest(name, known, ALIKE) is None:
        return Message("; did you mean {name}?", {"name": inside[meant]})
    return did_you_mean(name, known)


def _error(problem: Message, where: str, path: Path) -> ConfigError:
    if not path:
        return ConfigError("{where}: {problem}", where=where, problem=problem)
    return ConfigError("{where}: {key}: {problem}", where=where, key=dotted(path), problem=problem)


def _not_expected(value: Any, kind: Kind) -> Message:
    if kind.choices:
        close, listed = did_you_mean(_shortened(str(value)), kind.choices), tuple(kind.choices)
        text = "{value!r} is not allowed{hint} (allowed: {known})"
        return Message(text, {"value": _shortened(value), "hint": close, "known": listed})
    shown = "***" if kind.extra("secret") else json.dumps(value, ensure_ascii=True)[:SHOWN]
    placeholders: dict[str, object] = {
        "value": shown,
        "description": Message(kind.description),
        "expected": _expected(kind),
    }
    if not kind.description:
        return Message("{value} is not {expected}", placeholders)
    if isinstance(value, str) and kind.plain is str:
        return Message("{value} does not fit: {description}", placeholders)
    return Message("{value} is not {expected}. {description}", placeholders)


def _expected(kind: Kind) -> Message:
    """Describe the values of this kind: "a whole number, 0 or more"."""
    low, above, high = kind.limit("ge"), kind.limit("gt"), kind.limit("le")
    if kind.plain is bool:
        return Message("true or false")
    if kind.plain is int:
        return Message("a whole number") if low is None else Message("a whole number, {low} or more", {"low": low})
    if kind.plain is float and above is not None:
        return Message("a number above {low}, at most {high}", {"low": above, "high": high})
    if kind.plain is float and high is not None:
        return Message("a number from {low} to {high}", {"low": low, "high": high})
    if kind.plain is float:
        return Message("a number") if low is None else Message("a number, {low} or more", {"low": low})
    if kind.plain is str:
        return Message("a text")
    if get_origin(kind.plain) is tuple:
        return Message("a list of tables") if kind_of(kind.items).is_table else Message("a list of texts")
    if kind.is_table or get_origin(kind.plain) is dict:
        return Message("a table")
    return Message("a number, or true or false")


def _is_text_or_texts(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list | tuple) and all(isinstance(v, str) for v in value))


def _shortened(value: Any) -> Any:
    return value if not isinstance(value, str) or len(value) <= SHOWN else value[:SHOWN] + "..."
