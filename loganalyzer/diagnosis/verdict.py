"""Which finding decides the verdict, and how probable it is that the verdict is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from loganalyzer.diagnosis.answers import Answer, ask_all
from loganalyzer.diagnosis.calibration import MOST_UNSTABLE, UNSTABLE, calibrated, weighed
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Status
from loganalyzer.model.record import Record, replace
from loganalyzer.model.role import Roles
from loganalyzer.model.run import Run, Series
from loganalyzer.model.verdicts import BY_PRIORITY, Verdict
from loganalyzer.rules.base import Abstention, Rule

STABLE = 0.75
"""A verdict of such a score, with wider margins, does not change so easily (but for a late divergence)."""
WITHOUT_A_VERDICT = ("excerpt", "too-noisy", "too-noisy-return", "one-epoch")
"""Variants of logs that may have been any of the verdicts: they begin late, or are a handful of values, very noisy or of
one epoch."""
NEAR = 0.05
"""A rule whose score is lower came near nothing."""
NOT_FOUND = 0.49
"""The most score of a verdict whose rule did not find it."""
LEAST_SURE, MOST_SURE = 0.35, 0.6
"""How often a nearest verdict is right whose rule was far from its limits, and just short of them."""
CONFUSED, UNSEEN = 0.1, 0.01
"""The weight of a verdict that no rule came near: of one that is often meant instead of the one decided, of any other."""
NEIGHBOURS: Mapping[Verdict, tuple[Verdict, ...]] = {
    Verdict.DIVERGING: (Verdict.OVERFITTING, Verdict.OSCILLATING),
    Verdict.OVERFITTING: (Verdict.CONVERGED, Verdict.DIVERGING),
    Verdict.OSCILLATING: (Verdict.CONVERGED, Verdict.DIVERGING),
    Verdict.PLATEAU: (Verdict.UNDERFITTING, Verdict.CONVERGED),
    Verdict.UNDERFITTING: (Verdict.CONVERGED, Verdict.PLATEAU),
    Verdict.CONVERGED: (Verdict.UNDERFITTING, Verdict.OVERFITTING),
    Verdict.INCONCLUSIVE: (Verdict.PLATEAU, Verdict.UNDERFITTING),
}
"""The verdicts that experts give most often where they do not agree with the one decided."""


VERDICTS = tuple(Verdict)


class Decision(Record):
    """The verdict, its kind, its score (0..1, 0.5 at the threshold), and the answer that decided (None: no rule did)."""

    verdict: Verdict
    kind: str
    score: float
    by: Answer | None = None

    @property
    def rule(self) -> str:
        """The id of the rule that decided; "" where none did."""
        return self.by.rule.id if self.by is not None else ""

    @property
    def nearest(self) -> bool:
        """True if no rule found the verdict, and it is that of the rule that came nearest."""
        return self.abstains and self.verdict is not Verdict.INCONCLUSIVE

    @property
    def abstains(self) -> bool:
        """True if the run was left without a verdict because of its data or its task, or because nothing decides."""
        return self.by is None or self.by.rule.abstains is not None

    def outranks(self, verdict: Verdict | None) -> bool:
        """True if ``verdict`` would have been given without this one."""
        both = verdict in BY_PRIORITY and self.verdict in BY_PRIORITY
        return both and BY_PRIORITY.index(self.verdict) < BY_PRIORITY.index(verdict)


NO_DECISION = Decision(Verdict.INCONCLUSIVE, Abstention.UNDECIDED.value, 0.3)
"""Where no rule decides, not even one that is asked last."""


def decide(answers: Sequence[Answer]) -> Decision | None:
    """The decision that the ``answers`` allow; None if nothing decides.

    Abstentions because of the data or the task come first, then the verdicts by priority, then what else is inconclusive.
    A rule that can decide answers with how near it was (below 0.5 when it did not find it): a verdict of lower priority
    is no surer than the rules above it are of being silent.
    """
    asked = [a for a in answers if a.rule.verdict is not None]
    found = [a for a in asked if a.found]
    early = next((a for a in found if a.rule.abstains in (Abstention.NO_DATA, Abstention.OTHER_TASK)), None)
    if early is not None:
        return _inconclusive(early)
    nearest_above = 0.0
    for verdict in BY_PRIORITY:
        own = [a for a in asked if a.rule.verdict is verdict]
        held = [a for a in own if a.found]
        if held:
            by = max(held, key=lambda a: a.outcome.score)
            return Decision(verdict, by.outcome.kind, min(by.outcome.score, 1.0 - nearest_above), by)
        nearest_above = max([nearest_above, *(a.outcome.score for a in own if a.outcome.status is Status.PASS)])
    return _inconclusive(found[0]) if found else None


def nearest(answers: Sequence[Answer]) -> Decision | None:
    """The verdict whose rule came nearest where none holds, by the answer of a rule for the undecided; None if none is near.

    Ties go to the higher priority.
    """
    by = next((a for a in answers if a.found and a.rule.abstains is Abstention.UNDECIDED), None)
    scores = _nearness(answers)
    best = max(BY_PRIORITY, key=lambda verdict: scores[verdict])
    if by is None or scores[best] < NEAR or by.outcome.variant in WITHOUT_A_VERDICT:
        return None
    return Decision(best, "", min(scores[best], NOT_FOUND), by)


def _nearness(answers: Sequence[Answer]) -> dict[Verdict, float]:
    """Of each verdict the score of the rule that found it or came nearest, 0..1."""
    scores = dict.fromkeys(BY_PRIORITY, 0.0)
    for answer in answers:
        verdict = answer.rule.verdict
        if verdict in scores and answer.outcome.status in (Status.FOUND, Status.PASS):
            scores[verdict] = max(scores[verdict], min(1.0, answer.outcome.score))
    return scores


def probabilities(
    decision: Decision, answers: Sequence[Answer], sure: float, opinion: Mapping[Verdict, float]
) -> dict[Verdict, float]:
    """The probability of each verdict, 1 in all: ``sure`` for the one decided; the rest by how near their rules came and
    by the second opinion.

    None is above ``sure``: what is given is the most probable verdict.
    """
    near, likely = _nearness(answers), NEIGHBOURS[decision.verdict]
    others = [verdict for verdict in VERDICTS if verdict is not decision.verdict]
    weights = [near.get(v, 0.0) ** 2 + (CONFUSED if v in likely else UNSEEN) + opinion.get(v, 0.0) for v in others]
    sure = max(sure, 1.0 / len(VERDICTS))
    rest = dict(zip(others, _shared_out(1.0 - sure, weights, sure), strict=True))
    return {verdict: rest.get(verdict, sure) for verdict in VERDICTS}


def _shared_out(amount: float, weights: Sequence[float], most: float) -> list[float]:
    """``amount`` divided by ``weights``, none of the shares above ``most``."""
    shares, open_ones = [most] * len(weights), list(range(len(weights)))
    while open_ones:
        total = sum(weights[i] for i in open_ones)
        under = [i for i in open_ones if amount * weights[i] / total <= most]
        if len(under) == len(open_ones):
            for i in open_ones:
                shares[i] = amount * weights[i] / total
            break
        amount -= most * (len(open_ones) - len(under))
        open_ones = under
    return shares


def _inconclusive(by: Answer) -> Decision:
    return Decision(Verdict.INCONCLUSIVE, by.outcome.kind or by.rule.id, by.outcome.score, by)


def probability(
    decision: Decision, rules: Sequence[Rule], run: Run, roles: Roles, view: View, opinion: Mapping[Verdict, float]
) -> float:
    """The probability (0..1) that the verdict is right: by its rule, by a second opinion, by what the reader noted."""
    value = _by_rule(decision, rules, run, roles, view)
    return round(weighed(value, opinion.get(decision.verdict), bool(run.notes)), 4)


def _by_rule(decision: Decision, rules: Sequence[Rule], run: Run, roles: Roles, view: View) -> float:
    """The probability that the rule's score stands for: calibrated, and lower if it depends on few points."""
    if decision.nearest:
        return LEAST_SURE + (MOST_SURE - LEAST_SURE) * min(1.0, decision.score / NOT_FOUND)
    score = decision.score * _data_quality(run, roles, view, decision.verdict)
    value = calibrated(score, decision.verdict, decision.kind)
    most = MOST_UNSTABLE.get(decision.verdict, UNSTABLE)
    doubtful = value > most and (score < STABLE or decision.verdict is Verdict.DIVERGING)
    # what turned late shows in the last tenth, and in few evaluations: that it is lost without them is no doubt
    asked = decision.verdict in BY_PRIORITY and decision.verdict is not Verdict.OVERFITTING
    if doubtful and asked and not _stable(rules, run, roles, view, decision.verdict):
        value = min(value, most)
    return min(1.0, value)


def _data_quality(run: Run, roles: Roles, view: View, verdict: Verdict) -> float:
    """A factor 0..1 for what the data allows: few points, guessed names, damaged files."""
    if verdict is Verdict.INCONCLUSIVE:
        return 1.0
    curve = view.objective
    n = curve.count if curve is not None else 0
    factor = 1.0 if n >= 20 else 0.75 + 0.25 * max(0.0, n - 5) / 15
    if verdict is Verdict.DIVERGING and curve is not None and not bool(curve.finite.all()):
        factor = 1.0  # one NaN is enough
    if roles.guessed:
        factor *= 0.85
    if any(note.harmful for note in run.notes):
        factor *= 0.9
    return factor


def _stable(rules: Sequence[Rule], run: Run, roles: Roles, view: View, verdict: Verdict) -> bool:
    """True when the verdict stays the same with the last tenth cut off, and with every second point left out."""
    if verdict is Verdict.DIVERGING and view.main is not None and view.main.ends_non_finite:
        return True  # a NaN is a NaN
    deciding = [r for r in rules if r.verdict is not None and r.abstains is not Abstention.UNDECIDED]
    first, span = view.reach
    variants = [_reduced(roles, lambda s: s.steps <= first + 0.9 * span)]
    if view.objective is not None and view.objective.count >= 24:
        variants.append(_reduced(roles, lambda s: np.arange(len(s)) % 2 == (len(s) - 1) % 2))
    for reduced in variants:
        decision = decide(ask_all(deciding, View(run, reduced)))
        if decision is None or decision.verdict is not verdict:
            return False
    return True


def _reduced(roles: Roles, keep: Callable[[Series], NDArray[np.bool_]]) -> Roles:
    """The same roles, each judged series with only the points that ``keep`` selects."""

    def short(series: Series | None) -> Series | None:
        if series is None or len(series) == 0:
            return series
        kept = keep(series)
        return Series(series.name, series.steps[kept], series.values[kept]) if kept.any() else None

    metrics = tuple(replace(m, train=short(m.train), validation=short(m.validation)) for m in roles.metrics[:1])
    return replace(
        roles,
        train=short(roles.train),
        validation=short(roles.validation),
        learning_rate=short(roles.learning_rate),
        reward=short(roles.reward),
        metrics=metrics,
    )
