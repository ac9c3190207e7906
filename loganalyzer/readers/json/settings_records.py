"""Records at the beginning of JSON Lines that hold the run's settings: ``{"lr": 0.1, "batch_size": 64}``, a ``config`` event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loganalyzer.model.errors import ReadError
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Detail
from loganalyzer.readers.common.json_text import parse
from loganalyzer.readers.common.quantities import COUNTERS
from loganalyzer.readers.common.records import has_curve
from loganalyzer.roles.assign import role_of
from loganalyzer.roles.hyperparameter_values import flattened
from loganalyzer.roles.hyperparameters import meaning_of, plain

MOST_BEFORE = 10
"""Settings stand among so many records at the beginning, before the first that has a value of a curve."""
LONGEST = 200_000
HOLDERS = frozenset({"config", "cfg", "hparams", "hparam", "hyperparameters", "hyperparams", "hps", "params", "args", "arguments",
                     "settings", "options", "flags"})  # fmt: skip
"""What a mapping of settings is called, without signs; also the kind of a record that holds them itself."""
KINDS = frozenset({"event", "type", "kind", "name", "msg", "message", "tag"})
"""What says of which kind a record is."""


def settings_before(text: str) -> tuple[dict[str, Detail], str]:
    """The settings in the records before the first curve, and ``text`` without these records; ``{}`` and ``text`` if none.

    A record of settings has a mapping that is called so (``config``, ``hparams``, ``args`` ...), or is of that kind
    (``"event": "config"``), or consists of names of settings that no later record repeats.
    """
    start = len(text) - len(text.lstrip())
    lines: list[tuple[int, int, dict[str, Any] | None]] = []
    at = start
    while len(lines) < MOST_BEFORE and at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        lines.append((at, end, _mapping(text[at:end])))
        at = end
    first = next((i for i, (_, _, record) in enumerate(lines) if record is not None and has_curve(record)), None)
    if not first:
        return {}, text
    logged = {name for _, _, record in lines[first:] if record is not None for name in record}
    found: dict[str, Detail] = {}
    kept = [text[:start]]
    for begin, end, record in lines[:first]:
        own = _settings(record, logged) if record is not None else {}
        found |= own
        if not own:
            kept.append(text[begin:end])
    return (found, "".join(kept) + text[lines[first][0] :]) if found else ({}, text)


def _mapping(line: str) -> dict[str, Any] | None:
    if not line.startswith("{") or len(line) > LONGEST:
        return None
    try:
        data = parse(line.strip().rstrip(","))
    except ReadError:
        return None
    return data if isinstance(data, dict) else None


def _settings(record: Mapping[str, Any], logged: set[str]) -> dict[str, Detail]:
    held = {name: value for name, value in record.items() if isinstance(value, Mapping) and plain(name) in HOLDERS}
    if held:
        return {n: v for value in held.values() for n, v in flattened(value).items()}
    own = {name: value for name, value in record.items() if not _is_frame(name)}
    if any(plain(str(value)) in HOLDERS for value in _kinds(record)):
        return flattened(own)
    # names of curves that begin with a record of their own are no settings, nor is what counts steps
    known = [name for name in own if meaning_of(name)]
    counted = any(role_of(name).quantity in COUNTERS and not meaning_of(name) for name in own)
    if not known or counted or not logged.isdisjoint(own) or len(known) * 2 < len(own):
        return {}
    return flattened(own)


def _kinds(record: Mapping[str, Any]) -> Iterator[str]:
    for name, value in record.items():
        if plain(name) in KINDS and isinstance(value, str):
            yield value


def _is_frame(name: str) -> bool:
    """True for what every record has around its content: its kind, the time."""
    return plain(name) in KINDS or role_of(name).quantity is Quantity.TIME
