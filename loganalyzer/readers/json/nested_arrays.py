"""Documents that hold their records in an array somewhere inside: ``{"config": {...}, "history": [{"epoch": 1, ...}, ...]}``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loganalyzer.model.record import Record, field
from loganalyzer.model.run import Detail
from loganalyzer.readers.common.data_sets import data_set
from loganalyzer.readers.common.data_tables import is_table_of_data
from loganalyzer.readers.common.json_text import documents
from loganalyzer.readers.common.quantities import COUNTERS, OBJECTIVES, with_split
from loganalyzer.readers.common.records import flat
from loganalyzer.roles.assign import role_of
from loganalyzer.roles.hyperparameter_values import flattened

FEWEST = 2
LOOKED_AT = 65_536
MOST_DEPTH = 4
MOST_ARRAYS = 200
SETTINGS = frozenset("config args arguments settings hparams hyperparameters hyperparams params parameters".split())
SAVED = frozenset("checkpoints checkpoint snapshots best_models saved_models".split())
"""Keys of lists of files: where a model was saved, with its score then."""
_ARRAY = re.compile(r'"([^"\n]{1,120})"\s*:\s*\[\s*(?=\{)')


class Records(Record):
    """The records of one training: ``label`` is the key of the array, "" where there is one only."""

    label: str
    records: Sequence[Mapping[str, Any]]
    settings: Mapping[str, Detail] = field(default_factory=dict)


def holds_arrays(text: str) -> bool:
    """Whether the beginning of a text is that of one object with an array of counted records of a curve inside."""
    start = text[:LOOKED_AT].lstrip()
    if not start.startswith("{"):
        return False
    first, _, rest = start.partition("\n")
    if rest.strip() and first.rstrip().endswith(("}", "},")):
        return False  # an object a line
    for found in list(_ARRAY.finditer(start))[:MOST_ARRAYS]:
        if found[1].lower() in SAVED:
            continue
        head = documents(start[found.end() : found.end() + 8000], FEWEST)[0]
        if head and all(_is_record(one) for one in head if isinstance(one, dict)):
            return True
    return False


def arrays_in(data: Any) -> list[Records]:
    """The trainings in a document; arrays called by data sets ("train", "val") are one."""
    found = list(_arrays(data, "", {}, 0))[:MOST_ARRAYS]
    splits = [data_set(one.label) for one in found]
    if len(found) > 1 and all(splits):
        renamed = [
            {
                name if role_of(name).quantity in COUNTERS else with_split(name, split): value
                for name, value in row.items()
            }
            for one, split in zip(found, splits, strict=True)
            for row in map(flat, one.records)
        ]
        return [Records("", renamed, found[0].settings)]
    return found if len(found) > 1 else [Records("", one.records, one.settings) for one in found]


def _arrays(data: Any, label: str, settings: Mapping[str, Detail], depth: int) -> Iterator[Records]:
    if isinstance(data, list):
        records = [one for one in data if isinstance(one, dict)]
        if len(records) >= FEWEST and all(map(_is_record, records[:20])) and not _is_data(records[:20]):
            yield Records(label, records, settings)
    elif isinstance(data, dict) and depth < MOST_DEPTH:
        own = {**settings, **_settings(data)}
        for key, value in data.items():
            if key.lower() in SAVED:
                continue
            yield from _arrays(value, f"{label}/{key}" if label else key, own, depth + 1)


def _is_record(record: Mapping[str, Any]) -> bool:
    """Whether an object counts something and holds a value of a curve."""
    quantities = {role_of(name).quantity for name in flat(record)}
    return bool(quantities & COUNTERS) and not quantities.isdisjoint(OBJECTIVES)


def _is_data(records: Sequence[Mapping[str, Any]]) -> bool:
    names = sorted({name for record in records for name in record})
    words = {n: [r[n] for r in records if isinstance(r.get(n), str)] for n in names}
    return is_table_of_data(names, {name: cells for name, cells in words.items() if cells})


def _settings(data: Mapping[str, Any]) -> dict[str, Detail]:
    """The numbers and words beside an array, and those in an object called "config"."""
    beside = {k: v for k, v in data.items() if isinstance(v, int | float | str)}
    for key, value in data.items():
        if key.lower() in SETTINGS and isinstance(value, dict):
            beside |= value
    return flattened(beside)
