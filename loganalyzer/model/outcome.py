"""What a rule answers, in numbers and ids; sentences are made elsewhere (``messages``)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Number = float | int | str | bool


def by_name(value: float) -> Number:
    """The value for a sentence: what is no number by its name (NaN, Inf), any other as it is."""
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Inf"


class Status(StrEnum):
    """How a rule answered."""

    FOUND = "found"
    PASS = "pass"
    NOT_APPLICABLE = "not_applicable"
    BROKEN = "broken"


class Severity(StrEnum):
    """How much a finding matters to somebody who gates on it."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for error."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Verdict(StrEnum):
    """The one word for a run, in the order of priority when several hold."""

    DIVERGING = "diverging"
    OVERFITTING = "overfitting"
    OSCILLATING = "oscillating"
    PLATEAU = "plateau"
    UNDERFITTING = "underfitting"
    CONVERGED = "converged"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Evidence:
    """Where to look: steps ``first`` to ``last`` of ``series``.

    ``mark`` says how to draw it: "point" (best epoch, spike, NaN), "line" (onset), "span" (flat or rising stretch),
    "band" (swing between ``low`` and ``high``, in the units of the series). ``label`` is the id of a short text.
    """

    series: str
    first: int
    last: int
    mark: str = "span"
    label: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Outcome:
    """One rule's answer about one run.

    ``kind`` refines the rule ("mild", "non-finite"); ``variant`` picks the sentence in the rule's message file where
    it has several ("" = the one called ``found``). ``numbers`` fill the holes of the sentences; ``fixes`` are ids in
    the rule's message file, the best first. ``confidence`` is 0..1. ``cause`` is set by the engine: the id of the rule
    whose finding explains this one.
    """

    rule: str
    status: Status
    severity: Severity = Severity.INFO
    confidence: float = 0.0
    kind: str = ""
    variant: str = ""
    numbers: Mapping[str, Number] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    fixes: tuple[str, ...] = ()
    cause: str = ""
