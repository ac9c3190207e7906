"""No-break spaces between a number and what it belongs to."""

from __future__ import annotations

import re

_UNIT = re.compile(r"(?<=\d) (?=%|(?:epoch|step)s?\b)| (?=[✓✗])|(?:(?<=\bepoch)|(?<=\bstep)) (?=\d)")
_NEXT_TO_NUMBER = re.compile(r"(?<=\d) (?=[%a-z])|(?<=[^\s\d、,:]) (?=\d+[、）])")


def unbroken(text: str, every: bool = False) -> str:
    """Join numbers to their unit with no-break spaces ("34 %", "epoch 12"), or to ``every`` adjacent word."""
    near = _NEXT_TO_NUMBER if every else _UNIT
    return near.sub("\u00a0", text)
