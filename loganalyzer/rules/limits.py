"""How a rule declares a limit: default, meaning and allowed range in one place."""

from __future__ import annotations

from dataclasses import field
from typing import Any


def limit(default: float, meaning: str, low: float, high: float) -> Any:
    """A field of a rule's ``Limits`` dataclass; ``meaning``, ``low`` and ``high`` travel in its metadata."""
    return field(default=default, metadata={"meaning": meaning, "low": low, "high": high})
