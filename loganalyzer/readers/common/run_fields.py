"""Records of several runs in one file, which a field tells apart: ``{"fold": 2, "epoch": 3, "loss": 0.5}``."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from loganalyzer.readers.common.data_sets import COLUMNS as DATA_SETS
from loganalyzer.readers.common.quantities import COUNTERS
from loganalyzer.roles.assign import role_of

FIELDS = frozenset(
    "run run_id run_name model model_name arch architecture fold fold_id cv_fold seed trial trial_id experiment exp client"
    " client_id variant method agent repeat rep replicate config optimizer dataset".split()
)
"""Fields, or columns of a table, whose values are labels of runs."""
MOST_RUNS = 100
FEWEST_RECORDS = 2
MOST_ALONE = 0.25
"""So many of the runs may have a single record: they were stopped at once, or have just begun."""


def tell_runs(record: Mapping[str, Any]) -> bool:
    """Whether a record has such a field."""
    return any(_is_label(key, value) for key, value in record.items())


def by_run(records: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """The records of each run under its label, without it; {} unless each counts by itself, over steps of the others."""
    first = records[0] if records else {}
    fields = [key for key, value in first.items() if _is_label(key, value)]
    counter = next((key for key in first if key not in fields and role_of(key).quantity in COUNTERS), None)
    if not fields or counter is None:
        return {}
    found: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        label = "/".join(str(record.get(field, "")) for field in fields)
        found.setdefault(label, []).append({key: value for key, value in record.items() if key not in fields})
    splits = [key for key in first if key.lower() in DATA_SETS]
    steps = [[tuple(str(one.get(key)) for key in (counter, *splits)) for one in own] for own in found.values()]
    return found if are_runs(steps) else {}


def are_runs(steps: Sequence[Sequence[Hashable]]) -> bool:
    """Whether what has these steps are several runs: each counts by itself, over steps of the others.

    Where no step comes twice, it is one training that goes on.
    """
    if not 1 < len(steps) <= MOST_RUNS or any(len(set(own)) < len(own) for own in steps):
        return False
    if sum(len(own) < FEWEST_RECORDS for own in steps) > MOST_ALONE * len(steps):
        return False
    return len({step for own in steps for step in own}) < sum(map(len, steps))


def _is_label(key: str, value: Any) -> bool:
    return key.lower() in FIELDS and isinstance(value, str | int)
