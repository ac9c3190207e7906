"""Tables as pandas writes them to JSON with ``orient="split"`` (columns, index, data) and ``orient="table"`` (schema, data)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_SPLIT = re.compile(r'\s{0,40}\{\s{0,40}"columns"\s{0,9}:\s{0,9}\[([^\[\]{}]{1,8000})\]')
_SCHEMA = re.compile(r'\s{0,40}\{\s{0,40}"schema"\s{0,9}:\s{0,9}\{\s{0,40}"fields"\s{0,9}:\s{0,9}\[([^\[\]]{1,8000})\]')
_WORD = re.compile(r'"([^"\n]{1,120})"')
_FIELD = re.compile(r'"name"\s{0,9}:\s{0,9}"([^"\n]{1,120})"')


def column_names(text: str) -> list[str]:
    """The names of the columns, read in the beginning of a text that is such a table; [] for any other text."""
    if (found := _SPLIT.match(text)) is not None:
        return _WORD.findall(found[1])
    found = _SCHEMA.match(text)
    return _FIELD.findall(found[1]) if found is not None else []


def columns_of(data: Any) -> Any:
    """Such a table as an object with a list for each column; anything else as it is."""
    if not isinstance(data, Mapping) or not isinstance(data.get("data"), list):
        return data
    names, rows = data.get("columns"), data["data"]
    if isinstance(names, list) and all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return {str(name): [row[place] for row in rows] for place, name in enumerate(names)}
    if isinstance(data.get("schema"), Mapping) and all(isinstance(row, Mapping) for row in rows):
        return {str(name): [row.get(name) for row in rows] for name in (rows[0] if rows else ()) if name != "index"}
    return data
