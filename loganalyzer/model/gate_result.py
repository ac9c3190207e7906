"""Result of the gate on an analysis, as ids and numbers; ``messages/gate.toml`` has the sentences."""

from __future__ import annotations

from collections.abc import Mapping

from loganalyzer.model.outcome import Number, Outcome, Severity
from loganalyzer.model.record import Record, field
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Unread

_KNOWN = frozenset(("bad-before", "bad-at-first"))


class Failure(Record, eq=False):
    """One condition that does not hold.

    ``run`` is a run's id or the glob of several; ``check`` is the name used by an ignore: a rule id, or "metrics",
    "baseline", "min-steps", "expect", "require-runs". ``code`` picks the sentences in ``messages/gate.toml``, ``numbers``
    fill them. ``fails`` is False for a mere warning (level "warning" without a gate on warnings).
    """

    run: str
    check: str
    severity: Severity
    code: str
    numbers: Mapping[str, Number] = field(default_factory=dict)
    diagnosis: Diagnosis | None = None
    outcome: Outcome | None = None
    series: str = ""
    step: int | None = None
    fails: bool = True

    @property
    def known(self) -> bool:
        """True for a bad run that was bad before, as the history says, or with which the history begins: it never fails."""
        return self.code in _KNOWN


class Ignored(Record, eq=False):
    """A failure that does not count, and the reason."""

    failure: Failure
    reason: str
    expires: str | None = None


class IgnoreNote(Record):
    """An ignore without effect: ``state`` is "unused", "expired" or "malformed"."""

    rule: str
    runs: str
    reason: str
    expires: str | None
    state: str


class Comparison(Record):
    """Comparison of one metric of one run with the baseline; ``now`` is None if the metric is missing now."""

    run: str
    metric: str
    baseline: float
    now: float | None
    allowed: float
    direction: str
    held: bool


class GateResult(Record, eq=False):
    """The gate's result.

    ``failures`` count, worst first; ``warnings`` are reported only; ``ignored`` stay visible; ``unread`` are files that
    should have been read and were not; ``partly_read`` the ids of runs with points lost. ``strict`` says whether those
    two count. ``running`` are the ids of runs that were still being written.
    """

    failures: tuple[Failure, ...] = ()
    warnings: tuple[Failure, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    ignore_notes: tuple[IgnoreNote, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    unread: tuple[Unread, ...] = ()
    partly_read: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    strict: bool = False
    fail_on: tuple[str, ...] = ()
    gates: bool = False
    config_file: str = "loganalyzer.toml"

    @property
    def failed(self) -> bool:
        """True if a condition does not hold (exit code 1)."""
        return bool(self.failures)

    @property
    def failed_runs(self) -> tuple[str, ...]:
        """The ids of the runs that fail, each once however many conditions it does not meet."""
        return tuple(dict.fromkeys(f.run for f in self.failures if f.diagnosis is not None))

    @property
    def known(self) -> tuple[Failure, ...]:
        """The warnings about runs that are bad and known as such."""
        return tuple(f for f in self.warnings if f.known)

    @property
    def unused_ignores(self) -> tuple[IgnoreNote, ...]:
        """The ignores that matched nothing."""
        return tuple(n for n in self.ignore_notes if n.state == "unused")

    def failures_of(self, run: str) -> tuple[Failure, ...]:
        """The failures of one run."""
        return tuple(f for f in self.failures if f.run == run)
