"""The keys of numbers in the head of a JSON text, and what they measure."""

from __future__ import annotations

import re
from functools import lru_cache

from loganalyzer.model.role import Quantity
from loganalyzer.roles.assign import role_of

_NUMBER_KEY = re.compile(r'"([^"\n]{1,120})"\s*:\s*(?:-?\d|NaN|-?Infinity)')
_DIGITS = re.compile(r"\d+")
MOST_SHAPES = 2000
"""A text of more different keys is a dictionary of words. Keys that differ in digits only (``norm_1``, ``norm_2``) are one."""


def quantities_in(text: str) -> frozenset[Quantity]:
    """What the keys with a number behind them measure."""
    return frozenset(role_of(name).quantity for name in keys_in(text))


@lru_cache(maxsize=2)  # several readers ask for the same head
def keys_in(text: str) -> tuple[str, ...]:
    """The keys with a number behind them; of those that differ in digits only, the first. Pure; cached."""
    shapes: dict[str, str] = {}
    for match in _NUMBER_KEY.finditer(text):
        shapes.setdefault(_DIGITS.sub("0", match[1]), match[1])
        if len(shapes) >= MOST_SHAPES:
            break
    return tuple(shapes.values())
