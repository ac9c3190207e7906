"""Curves of numbered items in a file called after what they are: ``rewards.json`` with "video_1", "video_2", ... of one run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from loganalyzer.readers.common.number_lists import as_array
from loganalyzer.readers.common.quantities import COUNTERS, curve_name
from loganalyzer.roles.assign import role_of

FEWEST_ITEMS, FEWEST_VALUES = 2, 5
MOST_ITEMS = 10_000
REPEATS = frozenset("fold seed run trial repeat repetition split cv rep experiment exp".split())
"""What is numbered like this is a training of its own."""
_NUMBERED = re.compile(r"([A-Za-z][A-Za-z _\-/.]{0,40}?)[ _\-#]{0,2}\d{1,9}")


def item_word(names: Iterable[str]) -> str:
    """The word that all names have ahead of a number of their own ("video"); "" where they are not alike, or count."""
    found = [_NUMBERED.fullmatch(name) for name in names]
    words = {one[1].strip().lower() for one in found if one is not None}
    if len(found) < FEWEST_ITEMS or None in found or len(words) != 1:
        return ""
    word = words.pop()
    return "" if role_of(word).quantity in COUNTERS else word


def by_item(data: Any, path: str) -> Mapping[str, Any]:
    """The documents in one, by their labels: its items' curves under the name of the file behind their mean, float64[n].

    Of repeats ("fold_1") each is a document of its own. Any other document, and one in another file, stays as it is.
    """
    curve = curve_name(path)
    if not curve or not isinstance(data, dict) or len(data) > MOST_ITEMS or not (word := item_word(map(str, data))):
        return {"": data}
    values = {name: as_array(own) for name, own in data.items()}
    lengths = {-1 if own is None else len(own) for own in values.values()}
    if word in REPEATS and min(lengths) >= FEWEST_VALUES:
        return {name: {curve: own} for name, own in data.items()}
    if len(lengths) != 1 or min(lengths) < FEWEST_VALUES:
        return {"": data}
    with np.errstate(invalid="ignore"):
        mean = np.mean([own for own in values.values() if own is not None], axis=0)
    return {"": {curve: mean, **{f"{curve}/{name}": own for name, own in data.items()}}}
