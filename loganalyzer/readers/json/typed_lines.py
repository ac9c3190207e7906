"""JSON Lines of one kind decoded in one go: a type made from the first records says what the others must look like.

Whatever does not fit it (another key, a word where a number was, a NaN token, damage) is left to the tolerant reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from loganalyzer.model.run import Floats
from loganalyzer.readers.common.data_sets import COLUMNS, held_out_words, renamed_by
from loganalyzer.readers.common.record_table import Column, RecordTable
from loganalyzer.readers.common.records import clean_name, flat

MOST_KEYS = 500


class TypedLines:
    """Decodes lines whose records have no other keys than ``samples``, and numbers where these have numbers."""

    def __init__(self, samples: Sequence[Mapping[str, Any]]) -> None:
        """Make the type; with more than ``MOST_KEYS`` keys nothing is decoded."""
        import msgspec

        values: dict[str, list[Any]] = {}
        for record in samples:
            for key, value in record.items():
                values.setdefault(key, []).append(value)
        self._names = list(values)
        self._numeric = [all(v is None or type(v) in (int, float) for v in own) for own in values.values()]
        fields = [(f"f{i}", float | None if is_number else Any, None) for i, is_number in enumerate(self._numeric)]
        self._failure = msgspec.MsgspecError
        self._decode = None
        if len(values) <= MOST_KEYS and all(map(_is_plain, values)):
            rename = {f"f{i}": name for i, name in enumerate(self._names)}
            row = msgspec.defstruct("Row", fields, rename=rename, forbid_unknown_fields=True, gc=False)
            self._decode = msgspec.json.Decoder(row).decode_lines

    def read(self, text: str) -> RecordTable | None:
        """The records of all lines; None where one of them does not fit."""
        if self._decode is None:
            return None
        try:
            rows = self._decode(text.encode())
        except (self._failure, RecursionError, ValueError):
            return None
        columns: dict[str, Column] = {}
        for number, (name, is_number) in enumerate(zip(self._names, self._numeric, strict=True)):
            column = map(attrgetter(f"f{number}"), rows)
            found = {clean_name(name): _numbers(list(column))} if is_number else _others(name, list(column))
            for own, values in found.items():
                if own in columns:
                    return None  # two keys of one name: which of them is later, only the single record tells
                if len(values[0]):
                    columns[own] = values
        table = RecordTable(len(rows), dict(sorted(columns.items(), key=lambda item: item[1][0][0])))
        for number, (name, is_number) in enumerate(zip(self._names, self._numeric, strict=True)):
            if not is_number and name.lower() in COLUMNS:
                table = renamed_by(table, held_out_words(map(attrgetter(f"f{number}"), rows)))
        return table


def _is_plain(name: str) -> bool:
    """False for a name that the type cannot hold: with half a surrogate pair, a quote, a backslash or a control character."""
    return not any("\ud800" <= one <= "\udfff" or one in '"\\' or one < " " for one in name)


def _numbers(values: list[float | None]) -> Column:
    """The column of a key whose values are numbers or missing."""
    if None not in values:
        return np.arange(len(values)), np.array(values, np.float64)
    rows = np.array([row for row, value in enumerate(values) if value is not None], np.int64)
    known: Floats = np.array([value for value in values if value is not None], np.float64)
    return rows, known


def _others(name: str, values: list[Any]) -> dict[str, Column]:
    """The columns of a key with words, lists or records of its own."""
    found: dict[str, tuple[list[int], list[float]]] = {}
    for row, value in enumerate(values):
        if value is not None and not isinstance(value, bool):
            for own, number in flat({name: value}).items():
                rows, numbers = found.setdefault(own, ([], []))
                rows.append(row)
                numbers.append(number)
    return {n: (np.array(rows, np.int64), np.array(numbers, np.float64)) for n, (rows, numbers) in found.items()}
