"""How a rule declares a limit: default, meaning and allowed range in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, field, fields
from typing import Any


def limit(default: float, meaning: str, low: float, high: float, *, formerly: str = "") -> Any:
    """A field of a rule's ``Limits`` dataclass; ``meaning``, ``low`` and ``high`` travel in its metadata.

    ``formerly`` is the name that the limit had before: configurations that use it stay valid.
    """
    metadata = {"meaning": meaning, "low": low, "high": high, "formerly": formerly}
    return field(default=default, metadata=metadata)


def by_name(limits: Any) -> Mapping[str, Field[Any]]:
    """The declared limits by the names under which they may be set, former names first; none where ``limits`` is None."""
    declared = fields(limits) if limits is not None else ()
    former = {f.metadata["formerly"]: f for f in declared if f.metadata.get("formerly")}
    return {**former, **{f.name: f for f in declared}}


def current(limits: Any, changed: Mapping[str, Any]) -> dict[str, Any]:
    """``changed`` under today's names; where a limit is given by both of its names, the one of today counts."""
    return {f.name: changed[name] for name, f in by_name(limits).items() if name in changed}
