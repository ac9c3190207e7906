"""A run, what is right to say about it, and what was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.synthetic.family import Example, Span, Truth
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.outcome import Outcome
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Run

Judge = Callable[[Run], str]


@dataclass(frozen=True, eq=False)
class Judged:
    """One run's truth and answer; the curves themselves are not kept."""

    family: str
    truth: Truth
    verdict: str
    kind: str
    confidence: float
    alarms: tuple[str, ...]
    found: frozenset[str]
    onset: int | None = None
    best: int | None = None
    spikes: tuple[Span, ...] = ()
    steps: tuple[int, ...] = field(default=(), repr=False)
    evaluations: tuple[int, ...] = field(default=(), repr=False)
    colour: str = ""
    seed: int = 0
    n: int = 0

    @property
    def right(self) -> bool:
        """Whether the verdict is among the accepted ones."""
        return accepts(self.truth.accepted, self.verdict)


def accepts(accepted: tuple[str, ...], verdict: str) -> bool:
    """Whether ``verdict`` is right; ``!x`` among the accepted stands for anything but x."""
    return verdict in accepted or any(a.startswith("!") and verdict != a[1:] for a in accepted)


def judge(example: Example) -> Judged:
    """Diagnose one run."""
    return note(example, diagnose(example.run))


def note(example: Example, diagnosis: Diagnosis) -> Judged:
    """What a diagnosis said, next to what is right."""
    by_rule = {o.rule: o for o in diagnosis.findings}
    roles = diagnosis.roles
    main = roles.validation if roles.validation is not None else roles.train
    longest = max(example.run.series.values(), key=len, default=None)
    return Judged(
        family=example.family,
        truth=example.truth,
        verdict=str(diagnosis.verdict),
        kind=diagnosis.kind,
        confidence=diagnosis.probability,
        alarms=tuple(o.rule for o in diagnosis.findings if o.severity.rank > 0),
        found=frozenset(by_rule),
        onset=_onset(by_rule.get("diverging")),
        best=None if diagnosis.best is None else diagnosis.best.step,
        spikes=_spikes(by_rule.get("loss-spikes")),
        steps=() if longest is None else (int(longest.steps[0]), int(longest.steps[-1])),
        evaluations=() if main is None else tuple(int(s) for s in main.steps[:: max(1, len(main) // 4000)]),
        colour=example.colour,
        seed=example.seed,
        n=0 if longest is None else len(longest),
    )


def _onset(outcome: Outcome | None) -> int | None:
    if outcome is None:
        return None
    marks = [e for e in outcome.evidence if e.label != "best"]
    lines = [e for e in marks if e.mark == "line"]
    return (lines or marks)[0].first if marks else None


def _spikes(outcome: Outcome | None) -> tuple[Span, ...]:
    if outcome is None:
        return ()
    return tuple((e.first, e.last) for e in outcome.evidence if e.mark in {"point", "span", "line"})
