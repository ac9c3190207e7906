"""A number written as a word: NaN and infinity in every spelling, and values printed as they are in a program.

Python, C, the old C library of Windows (``1.#QNAN``), .NET (``∞``), Pascal (``Nan``) and spreadsheets (``#DIV/0!``).
"""

from __future__ import annotations

import math
import re

from loganalyzer.model.late import late

LONGEST_NUMBER = 1000
_NUMBER = re.compile(r"[+-]?(?:\d++\.?\d*+|\.\d++)(?:[eE][+-]?\d++)?")
_MODULE = r"(?:(?:np|numpy|math|torch|jnp)\.)?"
_NAN = late(
    lambda: re.compile(
        rf"[+-]?{_MODULE}[qs]?nan(?:\(\w{{0,20}}\)|%|\.0|[+-]0j)?|[+-]?1\.#(?:ind|[qs]nan|r)0{{0,20}}|#(?:nan|num!|div/0!|value!)",
        re.IGNORECASE,
    )
)
_INFINITE = late(
    lambda: re.compile(rf"[+-]?(?:{_MODULE}inf(?:inity)?(?:%|\.0)?|∞|overflow|1\.#(?:inf0{{0,20}}|j))", re.IGNORECASE)
)
_WRAPPED = late(
    lambda: re.compile(
        r"(?:tensor|array|(?:np|numpy|jnp)\.\w+|\w*float\d*)?[(\[]++\s*+([^(),\[\]\s]++)\s*+,?\s*+[)\]]+"
        r"|(?:(?:tf\.)?tensor|(?:device)?array)\(\s*+([^(),\[\]\s]++)\s*+,.*\)",
        re.IGNORECASE,
    )
)
"""A value printed as it is in the program: ``tensor(0.5, device='cuda:0')``, ``np.float32(0.5)``, ``[0.5]``."""


def number_in(word: str) -> float | None:
    """The number that a word says, NaN and infinity included; None if it says none."""
    text = word.strip().strip("\x00'\"").strip()
    if not text or len(text) > LONGEST_NUMBER:
        return None
    if _NUMBER.fullmatch(text):
        return float(text)
    if _may_be_odd(text.lower()):
        if _NAN.fullmatch(text):
            return math.nan
        if _INFINITE.fullmatch(text):
            return -math.inf if text[0] == "-" else math.inf
    inner = _WRAPPED.fullmatch(text) if text[-1] in ")]" else None
    return number_in(inner[1] or inner[2]) if inner else None


def _may_be_odd(word: str) -> bool:
    """Whether a word in lower case has a piece that every word for NaN or infinity has one of; most words have none."""
    return "nan" in word or "inf" in word or "#" in word or "∞" in word or "overflow" in word
