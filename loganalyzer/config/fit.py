"""Does a document fit the schema of the configuration? One complaint at a time, with the nearest name that is known."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib.resources import files
from typing import Any

from loganalyzer.model.errors import ConfigError, Message


def schema() -> dict[str, Any]:
    """The JSON Schema of the configuration."""
    loaded: dict[str, Any] = json.loads(files("loganalyzer.config").joinpath("schema.json").read_text(encoding="utf-8"))
    return loaded


def validate(document: Mapping[str, Any], where: str) -> None:
    """Raise ConfigError unless ``document`` fits the schema; ``where`` says whose it is."""
    from jsonschema import Draft202012Validator

    errors = sorted(
        Draft202012Validator(schema()).iter_errors(document), key=lambda e: (list(map(str, e.absolute_path)), e.message)
    )
    if errors:
        raise ConfigError("{where}: {problem}", where=where, problem=_problem(errors[0]))
    if odd := list(_not_finite(document)):
        # every comparison with NaN is false: a limit of NaN would switch its rule off without a word
        raise ConfigError("{where}: {key}: nan and inf are no numbers to compare with", where=where, key=odd[0])


def _not_finite(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, Mapping | list):
        for name, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from _not_finite(inner, f"{key}.{quoted(str(name))}".lstrip("."))
    elif isinstance(value, float) and not math.isfinite(value):
        yield key


def _problem(error: Any) -> Message:
    key = ".".join(quoted(str(p)) for p in error.absolute_path)
    at = f"{key}: " if key else ""

    def told(text: str, **holes: object) -> Message:
        return Message(text, {"at": at, **holes})

    if error.validator == "additionalProperties" and error.schema.get("additionalProperties") is False:
        known = error.schema.get("properties", {})
        name = sorted(k for k in error.instance if k not in known)[0]
        listed = ", ".join(sorted(known))
        return told("{at}unknown key {name!r}{hint} (known: {known})", name=name, hint=hint(name, known), known=listed)
    if error.validator == "enum":
        allowed = [str(a) for a in error.validator_value]
        close, listed = hint(str(error.instance), allowed), ", ".join(allowed)
        return told(
            "{at}{value!r} is not allowed{hint} (allowed: {known})", value=error.instance, hint=close, known=listed
        )
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return told("{at}{name!r} is missing", name=missing[0])
    if error.validator == "anyOf" and "min" in str(error.validator_value):
        return told("{at}give min, max or both")
    if error.validator == "pattern" and "reason" in key:
        return told("{at}a reason must be given")
    expected = error.schema.get("description") or f"{error.validator} {error.validator_value}"
    value = json.dumps(error.instance, ensure_ascii=True)[:120]
    return told("{at}{value} does not fit: {expected}", value=value, expected=Message(expected))


def hint(name: str, known: Mapping[str, Any] | Sequence[str]) -> Message | str:
    """What was meant, as the end of a sentence: a name that begins so, or the nearest one; "" where none is near."""
    names, plain = [str(k) for k in known], name.lower().replace("_", "-")
    begun = [k for k in names if len(plain) > 2 and k.startswith(plain)]
    close = begun if len(begun) == 1 else get_close_matches(plain, names, n=1) or get_close_matches(name, names, n=1)
    return Message("; did you mean {name!r}?", {"name": close[0]}) if close else ""


def quoted(part: str) -> str:
    """A key as TOML writes it."""
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(part, ensure_ascii=True)
