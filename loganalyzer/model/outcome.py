"""Results of rules, in numbers and ids; sentences are made elsewhere (``messages``)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from loganalyzer.model.record import Record, field, replace
from loganalyzer.model.verdicts import Verdict as Verdict  # rules import their result constructors from here

Number = float | int | str | bool
HIGHEST_PASS = 0.49
"""The score of a rule that very nearly found what it looks for; from 0.5 on it did."""


def by_name(value: float) -> Number:
    """Convert a value for a sentence: non-finite numbers to their names (NaN, Inf), others unchanged."""
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Inf"


class Status(StrEnum):
    """Status of a rule's outcome."""

    FOUND = "found"
    PASS = "pass"
    CLEAR = "pass"  # the name in version 0.1, kept for plugins
    NOT_APPLICABLE = "not_applicable"
    BROKEN = "broken"


class Severity(StrEnum):
    """Severity of a finding, for gates."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning, 2 for error."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Evidence(Record):
    """Location of evidence: steps ``first`` to ``last`` of ``series``.

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


class Outcome(Record):
    """One rule's result on one run; rules make it with ``found``, ``passed`` and ``not_applicable``.

    ``score`` is 0..1, the rule's statistic against its threshold: 0.5 and more where something was found, less where a
    verdict's rule passed (how near it was); it is no probability (see ``Diagnosis.probability``). ``kind`` refines the
    rule ("mild", "non-finite"); ``variant`` picks the sentence in the rule's message file where it has several ("" is
    the one called ``found``). ``numbers`` fill the placeholders of the sentences; ``fixes`` are ids of the fix
    catalogue, the best first. ``rule`` is the rule's id and ``cause`` the id of the rule whose finding explains this
    one; the engine sets both.
    """

    rule: str
    status: Status
    severity: Severity = Severity.INFO
    score: float = 0.0
    kind: str = ""
    variant: str = ""
    numbers: Mapping[str, Number] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    fixes: tuple[str, ...] = ()
    cause: str = ""

    @property
    def confidence(self) -> float:
        """The score, under its name in the JSON output."""
        return self.score

    def of(self, rule: str) -> Outcome:
        """Return a copy with the id of its rule."""
        if self is _PASSED or self is _NOT_APPLICABLE:
            return _plain(rule, self.status)
        return replace(self, rule=rule)


def found(
    severity: Severity,
    *,
    score: float,
    kind: str = "",
    variant: str = "",
    numbers: Mapping[str, Number] | None = None,
    evidence: tuple[Evidence, ...] = (),
    fixes: tuple[str, ...] = (),
) -> Outcome:
    """Result of a rule that detected its condition."""
    return Outcome("", Status.FOUND, severity, score, kind, variant, numbers or {}, evidence, fixes)


def passed(*, score: float = 0.0, numbers: Mapping[str, Number] | None = None) -> Outcome:
    """Result of a rule that found nothing; ``score``, limited to below 0.5, says how close it was."""
    if not score and not numbers:
        return _PASSED
    return Outcome("", Status.PASS, score=min(score, HIGHEST_PASS), numbers=numbers or {})


def not_applicable() -> Outcome:
    """Result of a rule that does not apply to this run."""
    return _NOT_APPLICABLE


@lru_cache(maxsize=1024)
def _plain(rule: str, status: Status) -> Outcome:
    return Outcome(rule, status)


# the most frequent results, shared
_PASSED = _plain("", Status.PASS)
_NOT_APPLICABLE = _plain("", Status.NOT_APPLICABLE)
