"""Documents that hold their records in an array somewhere inside: ``{"config": {...}, "history": [{"epoch": 1, ...}, ...]}``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from loganalyzer.model.record import Record, field
from loganalyzer.model.role import Quantity
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
COUNTED_BY_PLACE = frozenset("epochs history rounds epoch_logs epoch_history training_history train_history".split())
"""Keys of arrays whose records are one an epoch even where none of them counts."""
_ARRAY = re.compile(r'"([^"\n]{1,120})"\s*:\s*\[\s*(?:\[\s*)?(?=\{)')


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
        if head and all(_is_record(one, found[1]) for one in head if isinstance(one, dict)) and not _is_data(head):
            return True
    return False


def arrays_in(data: Any) -> list[Records]:
    """The trainings in a document; arrays called by data sets ("train", "val") are one."""
    by_place: dict[str, list[Records]] = {}
    for one in list(_arrays(data, "", {}, 0))[:MOST_ARRAYS]:
        by_place.setdefault(one.label.rpartition("/")[0], []).append(one)
    found = [one for place, own in by_place.items() for one in _of_data_sets(place, own)]
    return found if len(found) > 1 else [Records("", one.records, one.settings) for one in found]


def _of_data_sets(place: str, found: Sequence[Records]) -> Sequence[Records]:
    """The arrays of one object as one training, where they are called by data sets; a record that counts nothing is that of
    the epoch of its place."""
    splits = [data_set(one.label.rpartition("/")[2]) for one in found]
    if not all(splits):
        return found
    renamed = [
        {
            name if role_of(name).quantity in COUNTERS else with_split(name, split): value
            for name, value in _counted(row, number).items()
        }
        for one, split in zip(found, splits, strict=True)
        for number, row in enumerate(map(flat, one.records), 1)
    ]
    return [Records(place, renamed, found[0].settings)]


def _counted(row: Mapping[str, float], number: int) -> Mapping[str, float]:
    return row if any(role_of(name).quantity in COUNTERS for name in row) else {"epoch": float(number), **row}


def _arrays(data: Any, label: str, settings: Mapping[str, Detail], depth: int) -> Iterator[Records]:
    if isinstance(data, list):
        records = [one for one in data if isinstance(one, dict)]
        key = label.rpartition("/")[2]
        if len(records) >= FEWEST and all(_is_record(one, key) for one in records[:20]) and not _is_data(records[:20]):
            yield Records(label, records, settings)
        elif depth < MOST_DEPTH:
            for number, value in enumerate(data[:MOST_ARRAYS]):
                if isinstance(value, dict | list):
                    yield from _arrays(value, f"{label}/{number}", settings, depth + 1)
    elif isinstance(data, dict) and depth < MOST_DEPTH:
        own = {**settings, **_settings(data)}
        for key, value in data.items():
            if key.lower() in SAVED:
                continue
            yield from _arrays(value, f"{label}/{key}" if label else key, own, depth + 1)


def _is_record(record: Mapping[str, Any], key: str) -> bool:
    """Whether an object in the array called ``key`` counts something and holds a value of a curve; or a loss, where the key
    says that there is one for each epoch, or for each of a data set."""
    quantities = {role_of(name).quantity for name in flat(record)}
    if quantities & COUNTERS:
        return not quantities.isdisjoint(OBJECTIVES)
    return Quantity.LOSS in quantities and (key.lower() in COUNTED_BY_PLACE or bool(data_set(key)))


def _is_data(found: Sequence[Any]) -> bool:
    records = [one for one in found if isinstance(one, dict)]
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
