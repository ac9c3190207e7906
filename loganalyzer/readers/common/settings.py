"""Hyper-parameters found inside logs: plain values only, secrets hidden by their key."""

from __future__ import annotations

import re
from collections.abc import Mapping

from loganalyzer.model.run import Detail

SECRET = re.compile(r"api.?key|passw|secret|token(?!iz|s\b)|credential|private.?key|aws_|auth", re.IGNORECASE)
REDACTED = "(redacted)"
_INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
MOST_VALUES = 500


def typed(text: str) -> Detail:
    """A printed value as an integer, a number or a word."""
    bare = text.strip().strip("'\",")
    if _INTEGER.fullmatch(bare):
        return int(bare)
    try:
        return float(bare)
    except ValueError:
        return bare


def plain(values: Mapping[str, object], prefix: str = "", depth: int = 0) -> dict[str, Detail]:
    """Nested mappings as one with dotted keys; numbers, words and truth values only, secrets redacted."""
    flat: dict[str, Detail] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and depth < 6:
            flat.update(plain(value, f"{name}.", depth + 1))
        elif isinstance(value, (bool, int, float, str)):
            shown: Detail = (
                int(value) if isinstance(value, bool) else value if not isinstance(value, str) else value[:200]
            )
            flat[name] = REDACTED if SECRET.search(str(key)) else shown
        if len(flat) >= MOST_VALUES:
            break
    return flat
