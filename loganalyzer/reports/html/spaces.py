"""No-break spaces between a number and what it belongs to, and in a condition such as "lr = 0.1"."""

from __future__ import annotations

import re

_CONDITION = r"|(?<=[\w）)]) (?=[=≤≥<±] )|(?<=[=≤≥<±]) (?=[\w.-])"
_UNIT = re.compile(r"(?<=\d) (?=%|(?:epoch|step)s?\b)| (?=[✓✗])|(?:(?<=\bepoch)|(?<=\bstep)) (?=\d)" + _CONDITION)
_NEXT_TO_NUMBER = re.compile(r"(?<=\d) (?=[%a-z])|(?<=[^\s\d、,:]) (?=\d+[、）])" + _CONDITION)


def unbroken(text: str, every: bool = False) -> str:
    """Join numbers to their unit ("34 %", "epoch 12"), or to ``every`` adjacent word, and the parts of a condition."""
    near = _NEXT_TO_NUMBER if every else _UNIT
    return near.sub("\u00a0", text)
