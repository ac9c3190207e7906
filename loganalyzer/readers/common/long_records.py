"""Records of one value each, which name it in a field of its own: ``{"step": 3, "name": "loss", "value": 0.5}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from loganalyzer.readers.common.quantities import COUNTERS, OBJECTIVES
from loganalyzer.roles.assign import role_of

NAMES = frozenset("name metric metric_name tag key variable quantity series measure".split())
"""Fields, or columns of a table, that hold the name of a quantity."""
VALUES = frozenset("value values val metric_value scalar".split())
"""Those that hold its value."""
LOOKED_AT = 20


def with_names(records: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]] | None:
    """The records with each value under the name that they state; None where they do not, or name no curve."""
    first = records[0] if records else {}
    named = next((key for key, value in first.items() if key.lower() in NAMES and isinstance(value, str)), None)
    valued = next((key for key in first if key.lower() in VALUES), None)
    if named is None or valued is None or not _tell_curves(records[:LOOKED_AT], named, valued):
        return None
    return [_renamed(record, named, valued) for record in records]


def _tell_curves(records: Iterable[Mapping[str, Any]], named: str, valued: str) -> bool:
    whole = [one for one in records if isinstance(one.get(named), str) and isinstance(one.get(valued), int | float)]
    counted = any(role_of(key).quantity in COUNTERS for one in whole for key in one)
    return counted and any(role_of(one[named]).quantity in OBJECTIVES for one in whole)


def _renamed(record: Mapping[str, Any], named: str, valued: str) -> Mapping[str, Any]:
    name = record.get(named)
    if not isinstance(name, str) or valued not in record:
        return record
    return {**{key: value for key, value in record.items() if key not in (named, valued)}, name: record[valued]}
