"""Diagnoses, sweeps, and the result of a whole analysis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Self

from loganalyzer.model.confidence import CLOSE
from loganalyzer.model.outcome import Number, Outcome, Severity, Status
from loganalyzer.model.prescription import Prescription
from loganalyzer.model.record import Record, field, replace
from loganalyzer.model.role import Roles
from loganalyzer.model.run import Detail, Note, PassedOver, Run, Unread
from loganalyzer.model.sweep import Answer
from loganalyzer.model.traits import Traits
from loganalyzer.model.verdicts import Verdict

if TYPE_CHECKING:
    from loganalyzer.model.history import Trend
    from loganalyzer.model.watched import Watched


class Objective(Record):
    """Names of the series that were judged, and their better direction ("min" or "max")."""

    train: str | None
    validation: str | None
    direction: str


class Best(Record):
    """A value of the judged objective (validation where there is one), as logged: the best one, or the last."""

    series: str
    step: int
    value: float


class Diagnosis(Record, eq=False, dict=True):
    """Diagnosis of one run.

    ``probability`` (0..1) is how often such verdicts are right, measured on labelled runs; ``probabilities`` has all
    verdicts and sums to 1, none above that of the verdict given; ``deciding`` is the id of the rule whose finding gave the
    verdict (its sentence is the headline, unless another one heads it). ``outcomes`` holds every rule's result in
    order of importance. ``wasted`` is the share (0..1) of the run spent after the best point where that was a waste,
    else None. ``patterns`` are the globs of ``[roles]`` that match one of its series. ``offered`` holds every fix that an
    outcome offers once, with the run's own numbers where they could be computed; ``actions`` are those to begin with: at
    most three, the first one first, none for a healthy run. ``end`` is the last value of the series that ``best`` names (of
    the objective where there is none), as logged, so that it may be NaN.
    """

    run: Run
    roles: Roles
    verdict: Verdict
    kind: str
    probability: float
    deciding: str
    objective: Objective
    best: Best | None
    outcomes: tuple[Outcome, ...]
    wasted: float | None = None
    patterns: tuple[str, ...] = ()
    probabilities: Mapping[Verdict, float] = field(default_factory=dict)
    traits: Traits = field(default_factory=Traits)
    offered: tuple[Prescription, ...] = ()
    actions: tuple[Prescription, ...] = ()
    end: Best | None = None

    def __repr__(self) -> str:
        return f"<Diagnosis {self.id!r}: {self.verdict.value}, confidence {self.probability:.2f}>"

    @property
    def rival(self) -> Verdict | None:
        """The verdict that would be the next to be given, where it is close; None where it is not."""
        others = [v for v in self.probabilities if v is not self.verdict]
        second = max(others, key=lambda v: self.probabilities[v], default=None)
        return second if second is not None and self.probabilities[second] >= CLOSE else None

    @property
    def confidence(self) -> float:
        """The probability, under its name in the JSON output."""
        return self.probability

    @property
    def id(self) -> str:
        """The run's id."""
        return self.run.id

    @property
    def files(self) -> tuple[str, ...]:
        """The run's files."""
        return self.run.files

    @property
    def hyperparameters(self) -> Mapping[str, Detail]:
        """The run's hyper-parameters."""
        return self.run.hyperparameters

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes of the reader."""
        return self.run.notes

    def prescription(self, fix: str) -> Prescription:
        """The fix with the run's own numbers; without any where there are none."""
        return next((p for p in (*self.actions, *self.offered) if p.fix == fix), Prescription(fix))

    @cached_property
    def findings(self) -> tuple[Outcome, ...]:
        """Outcomes with status FOUND, root causes first."""
        return tuple(o for o in self.outcomes if o.status is Status.FOUND)

    @cached_property
    def heading(self) -> Outcome | None:
        """The finding whose sentence is the headline: the deciding one, or an error beside one that is none."""
        own = next((o for o in self.findings if o.rule == self.deciding), None)
        if own is None or own.severity is Severity.ERROR:
            return own
        return next((o for o in self.findings if o.severity is Severity.ERROR), own)

    @cached_property
    def worst(self) -> Severity | None:
        """The highest severity among the findings."""
        return max((o.severity for o in self.findings), key=lambda s: s.rank, default=None)

    def without_series(self) -> Diagnosis:
        """Return a copy without curves, for outputs that only need text and numbers."""
        return replace(
            self, run=self.run.without_series(), roles=Roles(task=self.roles.task, direction=self.roles.direction)
        )

    def with_severities(self, severities: Mapping[str, Severity]) -> Diagnosis:
        """Return a copy with other severities for the outcomes of some rules, by rule id."""
        if not severities:
            return self
        changed = (replace(o, severity=severities.get(o.rule, o.severity)) for o in self.outcomes)
        return replace(self, outcomes=tuple(changed))

    @property
    def needs_attention(self) -> bool:
        """True unless the verdict is healthy and there is no finding of severity warning or worse."""
        return not self.verdict.info.healthy or (self.worst is not None and self.worst.rank > 0)


SWEEP_FROM = 8
"""Fewer runs side by side are read one by one."""


class Member(Record):
    """One run of a sweep in the group's table.

    ``settings`` holds the hyper-parameters that vary in the group; ``score`` is its best value of ``Group.series`` as
    logged, None where it logged nothing finite; ``loss`` is the score signed so that lower is better, infinite where the
    run ``failed`` (diverged, never learned, or has no score); ``seed`` is "" where unknown; ``attention``: it needs some.
    """

    run: str
    settings: Mapping[str, Detail]
    seed: Detail
    verdict: Verdict
    score: float | None
    failed: bool
    loss: float
    attention: bool = False


class SweepFinding(Record):
    """Finding of the comparison of a sweep: its message is ``id`` in ``messages/groups.toml``, ``numbers`` fill it.

    ``fixes`` are ids of the catalogue of fixes, the best first.
    """

    id: str
    severity: Severity
    numbers: Mapping[str, Number]
    fixes: tuple[str, ...] = ()


class Group(Record):
    """Comparison of the runs of one sweep.

    ``runs`` are run ids; ``varies`` maps each hyper-parameter that differs to its values, sorted; ``suggested`` maps a
    hyper-parameter, under its own name, to ``value``, ``low`` and ``high``. The runs are
    compared by the best value of ``series`` (``direction`` says which way is better); ``table`` has one row for each run,
    the best first. ``answer`` is what the sweep says as a whole; None where no setting varies or every run failed.
    """

    id: str
    runs: tuple[str, ...]
    varies: Mapping[str, tuple[Detail, ...]] = field(default_factory=dict)
    suggested: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    findings: tuple[SweepFinding, ...] = ()
    series: str = ""
    direction: str = "min"
    table: tuple[Member, ...] = ()
    answer: Answer | None = None

    @property
    def is_sweep(self) -> bool:
        """True if its runs count as one object: a bad corner of a search is a result, not a fault of each run in it."""
        return self.answer is not None and len(self.runs) >= SWEEP_FROM


class Tally(Record):
    """Number of runs of each verdict, and how many of these need attention."""

    verdicts: Mapping[Verdict, int] = field(default_factory=dict)
    attention: Mapping[Verdict, int] = field(default_factory=dict)

    @classmethod
    def of(cls, runs: Iterable[Diagnosis]) -> Tally:
        """Count the runs by verdict."""
        listed = list(runs)
        return cls(Counter(d.verdict for d in listed), Counter(d.verdict for d in listed if d.needs_attention))

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            Counter(self.verdicts) + Counter(other.verdicts), Counter(self.attention) + Counter(other.attention)
        )

    @property
    def total(self) -> int:
        """Number of runs."""
        return sum(self.verdicts.values())

    @property
    def sick(self) -> int:
        """Number of runs that need attention."""
        return sum(self.attention.values())


class Analysis(Record, eq=False, dict=True):
    """Result of one call of ``analyze``; ``left_out`` counts runs that were judged but not kept.

    ``warnings`` concern no single run, such as settings without effect. ``unread`` are the files that gave no run though
    their names or the user indicated one; ``passed_over`` counts the other files that were not used. ``trend`` says what is
    different from earlier analyses, where a history is kept, ``watched`` that they are watched while they are written.
    """

    roots: tuple[str, ...]
    runs: tuple[Diagnosis, ...]
    unread: tuple[Unread, ...] = ()
    groups: tuple[Group, ...] = ()
    warnings: Sequence[Note] = ()
    left_out: Tally = field(default_factory=Tally)
    passed_over: tuple[PassedOver, ...] = ()
    trend: Trend | None = None
    watched: Watched | None = None

    def with_severities(self, severities: Mapping[str, Severity]) -> Self:
        """Return a copy with other severities for some rules, by rule id; itself if there are none."""
        if not severities:
            return self
        return replace(self, runs=tuple(d.with_severities(severities) for d in self.runs))

    @cached_property
    def tally(self) -> Tally:
        """Counts of all runs, kept or not."""
        return Tally.of(self.runs) + self.left_out
