"""The values of hyper-parameters in one form, whichever format they were read from: flat names, typed values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from loganalyzer.model.late import late
from loganalyzer.model.run import Detail

MOST_VALUES = 500
MOST_DEPTH = 6
MOST_BITS = 128
LONGEST_TEXT = 10_000
"""More is never looked at; how much of it is shown is decided once it holds no secrets (``secrets.clean``)."""
_INTEGER = late(lambda: re.compile(r"[-+]?[0-9]{1,15}"))
_WRAPPED = ({"value"}, {"value", "desc"}, {"value", "desc", "sort"})
"""W&B's and SwanLab's files wrap each value so."""


def flattened(values: object) -> dict[str, Detail]:
    """Nested mappings as one, names joined by dots: at most 500 values, typed; lists and the like are left out."""
    return dict(islice(_leaves(values, "", 0), MOST_VALUES)) if isinstance(values, Mapping) else {}


def _leaves(values: Mapping[object, object], prefix: str, depth: int) -> Iterator[tuple[str, Detail]]:
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and set(value) in _WRAPPED:
            value = value["value"]
        if isinstance(value, Mapping):
            if depth < MOST_DEPTH:
                yield from _leaves(value, f"{name}.", depth + 1)
        elif (leaf := typed(value)) is not None:
            yield name, leaf


def typed(value: object) -> Detail | None:
    """One value: a number (also where it was written as a word), a text, or "true" and "false".

    None for what is no hyper-parameter: nothing, lists, objects, integers of more than 128 bits.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return value if value.bit_length() <= MOST_BITS else None
    if isinstance(value, float):
        return value
    return _typed_text(value[:LONGEST_TEXT]) if isinstance(value, str) else None


def _typed_text(text: str) -> Detail:
    bare = text.strip()
    if bare.lower() in ("true", "false"):
        return bare.lower()
    if _INTEGER.fullmatch(bare):
        return int(bare)
    try:
        number = math.nan if "_" in bare else float(bare)  # "2024_01_01" is a date
    except ValueError:
        return bare
    return number if math.isfinite(number) else bare
