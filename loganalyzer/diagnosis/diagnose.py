"""Ask every rule once, and pick the verdict from what they answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loganalyzer.features.view import View
from loganalyzer.model.errors import ConfigError, Message
from loganalyzer.model.outcome import Number, Outcome, Severity, Status, Verdict
from loganalyzer.model.report import Best, Diagnosis, Objective
from loganalyzer.model.role import Roles, Task
from loganalyzer.model.run import Run, Series
from loganalyzer.model.verdicts import BY_PRIORITY
from loganalyzer.roles.assign import matching
from loganalyzer.roles.assign import roles as find_roles
from loganalyzer.roles.hyperparameters import find, is_on
from loganalyzer.rules.base import Rule
from loganalyzer.rules.fixes.catalogue import unless
from loganalyzer.rules.fixes.ranking import ranked
from loganalyzer.rules.limits import by_name, current

# what is said about a run to which the six words do not apply comes before them
FIRST = ("no-objective", "too-short", "range-test", "adversarial", "reinforcement")
WORDLESS = ("range-test", "adversarial", "reinforcement")
ORDER = BY_PRIORITY

UNSTABLE = 0.75
"""The highest probability that a verdict gets which changes when the log is cut or thinned."""
SURE = 0.97
"""A verdict with wider margins does not change so easily (but for a late divergence); the check is left out."""


def diagnose(
    run: Run,
    *,
    roles_overrides: Mapping[str, str] | None = None,
    limits: Mapping[str, Mapping[str, Any]] | None = None,
    rules: Sequence[Rule] | None = None,
) -> Diagnosis:
    """Judge one run.

    ``roles_overrides`` maps globs over series names to roles; ``limits`` maps a rule id to overridden limits; ``rules``
    replaces the built-in and installed rules. Raises ConfigError for a rule or limit that does not exist; a rule that
    fails is reported as broken and costs nothing else.
    """
    chosen = _rules() if rules is None else tuple(rules)
    chosen = with_limits(chosen, limits or {})
    roles = find_roles(run, roles_overrides)
    view = View(run, roles)
    answers = [ask(rule, view) for rule in chosen]
    verdict, kind, score, deciding = _verdict(chosen, answers)
    if not deciding:
        deciding = "too-short"
        answers = [_undecided(view) if o.rule == deciding else o for o in answers]
    probability = calibrated(score * _data_quality(run, roles, view, verdict))
    doubtful = UNSTABLE < probability < SURE or verdict is Verdict.DIVERGING
    if doubtful and verdict in ORDER and not _stable(chosen, run, roles, view, verdict):
        probability = min(probability, UNSTABLE)
    chief = next((o for o in answers if o.rule == deciding), None)
    answers = [
        replace(o, status=Status.PASS, evidence=(), fixes=()) if _contradicted(rule, o, chief) else o
        for rule, o in zip(chosen, answers, strict=True)
    ]
    answers = _hints_in_place(chosen, answers, deciding)
    answers = [_without_known(outcome, run) for outcome in answers]
    found = {o.rule for o in answers if o.status is Status.FOUND}
    answers = [
        replace(o, fixes=ranked(o.fixes, o.rule, o.kind, run.hyperparameters, found)) if o.fixes else o for o in answers
    ]
    answers = _with_causes(chosen, answers, deciding, verdict)
    objective = Objective(
        roles.train.name if roles.train is not None else None,
        roles.validation.name if roles.validation is not None else None,
        roles.direction,
    )
    best, wasted = _best(view, chief), _wasted(answers)
    return Diagnosis(
        run=run,
        roles=roles,
        verdict=verdict,
        kind=kind,
        probability=round(min(1.0, probability), 4),
        deciding=deciding,
        objective=objective,
        best=best,
        outcomes=tuple(_in_order(chosen, answers, deciding)),
        wasted=wasted,
        patterns=matching(roles_overrides or (), run.series),
    )


# margin of the verdict -> how often such verdicts are right; read off labelled runs (benchmarks/accuracy), monotone
CALIBRATION = ((0.0, 0.33), (0.3, 0.6), (0.5, 0.7), (0.6, 0.9), (0.75, 0.97), (0.9, 0.985), (1.0, 0.998))


def calibrated(score: float) -> float:
    """A rule's score 0..1 (0.5 at its threshold) as the share of right verdicts among labelled runs of that score."""
    scores, shares = [a for a, _ in CALIBRATION], [b for _, b in CALIBRATION]
    return float(np.interp(score, scores, shares))


def _rules() -> tuple[Rule, ...]:
    from loganalyzer.rules.registry import load_rules

    return load_rules()


def with_limits(rules: Sequence[Rule], limits: Mapping[str, Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules with overridden limits. Raises ConfigError for an unknown rule or limit."""
    if not limits:
        return tuple(rules)
    known = {rule.id for rule in rules}
    for name in limits:
        if name not in known:
            raise ConfigError("unknown rule {name!r}{hint}", name=name, hint=_did_you_mean(name, known))
    changed = []
    for rule in rules:
        own = limits.get(rule.id, {})
        names = by_name(rule.limits)
        for name in own:
            if name not in names:
                hint = _did_you_mean(name, set(names))
                raise ConfigError("rule {rule!r} has no limit {name!r}{hint}", rule=rule.id, name=name, hint=hint)
        changed.append(replace(rule, limits=replace(rule.limits, **current(rule.limits, own))) if own else rule)
    return tuple(changed)


def _did_you_mean(name: str, known: set[str]) -> Message | str:
    close = get_close_matches(name, sorted(known), n=1)
    return Message("; did you mean {name!r}?", {"name": close[0]}) if close else ""


def ask(rule: Rule, view: View) -> Outcome:
    """One rule's answer: not applicable without its signals, broken if it fails, else what it says."""
    if not rule.requires <= view.present:
        return Outcome(rule.id, Status.NOT_APPLICABLE)
    try:
        outcome = rule.check(view.narrowed(rule.allowed), rule.limits)
    except Exception as error:  # a rule may fail in any way (a third party's too); the other answers must stand
        return Outcome(rule.id, Status.BROKEN, numbers={"error": f"{type(error).__name__}: {error}"[:200]})
    return outcome if outcome.rule == rule.id else outcome.of(rule.id)


def _verdict(rules: Sequence[Rule], answers: Sequence[Outcome]) -> tuple[Verdict, str, float, str]:
    """The verdict, its kind, its score and the id of the rule that decided.

    A rule that can decide answers with how near it was (0..1, below 0.5 when clear): a verdict of lower priority is no
    surer than the rules above it are of being silent.
    """
    found = {o.rule: o for o in answers if o.status is Status.FOUND}
    for rule_id in FIRST:
        if rule_id in found:
            return Verdict.INCONCLUSIVE, rule_id, found[rule_id].score, rule_id
    deciding = [(r.verdict, o) for r, o in zip(rules, answers, strict=True) if r.verdict is not None]
    nearest_above = 0.0
    for verdict in ORDER:
        asked = [o for own, o in deciding if own is verdict]
        held = [o for o in asked if o.status is Status.FOUND]
        if held:
            chief = max(held, key=lambda o: o.score)
            return verdict, chief.kind, min(chief.score, 1.0 - nearest_above), chief.rule
        nearest_above = max([nearest_above, *(o.score for o in asked if o.status is Status.PASS)])
    others = [o for own, o in deciding if own is Verdict.INCONCLUSIVE and o.status is Status.FOUND]
    if others:
        return Verdict.INCONCLUSIVE, others[0].kind or others[0].rule, others[0].score, others[0].rule
    return Verdict.INCONCLUSIVE, "too-short", 0.3, ""


def _contradicted(rule: Rule, outcome: Outcome, chief: Outcome | None) -> bool:
    """True for a finding that cannot stand beside the one that decided.

    To range tests, games and policies none of the six words applies (but NaN is NaN). A curve that climbed away or
    swings in a rhythm is not flat: a gain that seems small there was compared with the climb or swing itself as noise.
    """
    if chief is None or outcome.status is not Status.FOUND or outcome.rule == chief.rule:
        return False
    if outcome.rule == "converged":
        return True
    if chief.rule in WORDLESS:
        return (rule.verdict in ORDER and outcome.kind != "non-finite") or outcome.rule == "loss-never-decreases"
    climbed = chief.rule == "diverging" and chief.kind != "non-finite"
    if climbed and outcome.rule == "oscillating" and outcome.kind == "erratic":
        return True  # the climb, measured about a slow trend
    if climbed and outcome.rule == "loss-spikes" and outcome.kind == "recovered":
        return _number(outcome, "at") >= _number(chief, "at")  # the climb began with it: nothing came back
    if climbed or (chief.rule == "oscillating" and chief.kind == "periodic"):
        if outcome.rule == "plateau":
            return outcome.variant in ("never", "stalled")
        return outcome.rule == "loss-never-decreases" and chief.variant != "never"
    return False


def _number(outcome: Outcome, name: str) -> float:
    value = outcome.numbers.get(name, 0.0)
    return float(value) if isinstance(value, int | float) else 0.0


def _undecided(view: View) -> Outcome:
    """What is said where no rule finds anything and none is asked in vain: the points fit no verdict."""
    curve = view.objective
    numbers: dict[str, Number] = {
        "series": curve.name if curve is not None else "",
        "points": curve.count if curve is not None else 0,
    }
    return Outcome("too-short", Status.FOUND, Severity.INFO, 0.3, "", "undecided", numbers, (), ("log-more-often",))


def _stable(rules: Sequence[Rule], run: Run, roles: Roles, view: View, verdict: Verdict) -> bool:
    """True when the verdict stays the same with the last tenth cut off, and with every second point left out."""
    if verdict is Verdict.DIVERGING and any(c is not None and c.ends_non_finite for c in (view.main,)):
        return True  # a NaN is a NaN
    deciding = [r for r in rules if r.verdict is not None]
    first, span = view.reach
    variants = [_cut(roles, lambda s: s.steps <= first + 0.9 * span)]
    if view.objective is not None and view.objective.count >= 24:
        variants.append(_cut(roles, lambda s: np.arange(len(s)) % 2 == (len(s) - 1) % 2))
    for reduced in variants:
        other = View(run, reduced)
        answers = [ask(rule, other) for rule in deciding]
        if _verdict(deciding, answers)[0] is not verdict:
            return False
    return True


def _cut(roles: Roles, keep: Callable[[Series], NDArray[np.bool_]]) -> Roles:
    """The same roles, each judged series with only the points that ``keep`` says."""

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
        metrics=metrics,
    )


def _data_quality(run: Run, roles: Roles, view: View, verdict: Verdict) -> float:
    """A factor 0..1 for what the data allows: few points, guessed names, damaged files."""
    if verdict is Verdict.INCONCLUSIVE:
        return 1.0
    curve = view.objective
    n = curve.count if curve is not None else 0
    factor = 1.0 if n >= 20 else 0.75 + 0.25 * max(0.0, n - 5) / 15
    if verdict is Verdict.DIVERGING and curve is not None and not bool(curve.finite.all()):
        factor = 1.0  # a NaN needs no company
    if roles.guessed:
        factor *= 0.85
    if any(note.harmful for note in run.notes):
        factor *= 0.9
    return factor


def _without_known(outcome: Outcome, run: Run) -> Outcome:
    """The outcome without the fixes that the run's own hyper-parameters already contain."""
    if not outcome.fixes or not run.hyperparameters:
        return outcome
    kept = tuple(fix for fix in outcome.fixes if not _contains(run, fix))
    return outcome if kept == outcome.fixes else replace(outcome, fixes=kept or outcome.fixes[:1])


def _contains(run: Run, fix: str) -> bool:
    """True where a hyper-parameter of the run says that the fix is in place."""
    return any(is_on(value) for meaning in unless(fix) for _, value in find(run.hyperparameters, meaning))


def _hints_in_place(rules: Sequence[Rule], answers: Sequence[Outcome], deciding: str) -> list[Outcome]:
    """Each hint under the finding that agrees with it, the deciding one before others; silent where none does."""
    found = {o.rule for o in answers if o.status is Status.FOUND}
    placed = []
    for rule, outcome in zip(rules, answers, strict=True):
        if rule.hint_for and outcome.status is Status.FOUND:
            agreeing = [r for r in rule.hint_for if r in found and deciding not in FIRST]
            cause = deciding if deciding in agreeing else next(iter(agreeing), "")
            outcome = replace(outcome, cause=cause) if cause else Outcome(rule.id, Status.PASS)
        placed.append(outcome)
    return placed


def _with_causes(rules: Sequence[Rule], answers: list[Outcome], deciding: str, verdict: Verdict) -> list[Outcome]:
    """Name, for each finding, the finding that explains it."""
    found = {o.rule for o in answers if o.status is Status.FOUND}
    placed = []
    for rule, outcome in zip(rules, answers, strict=True):
        if outcome.status is Status.FOUND and outcome.rule != deciding and not outcome.cause:
            cause = next((c for c in rule.explained_by if c in found and c != rule.id), "")
            cause = cause or _outranked(rule, deciding, verdict)
            outcome = replace(outcome, cause=cause) if cause else outcome
        placed.append(outcome)
    return placed


def _outranked(rule: Rule, deciding: str, verdict: Verdict) -> str:
    """The deciding rule, as the cause of what would have been the verdict without it."""
    both = rule.verdict in ORDER and verdict in ORDER
    return deciding if both and ORDER.index(verdict) < ORDER.index(rule.verdict) else ""


def _in_order(rules: Sequence[Rule], answers: Sequence[Outcome], deciding: str) -> list[Outcome]:
    """The deciding finding, then the others: root causes first, each followed by what it explains, then the silent."""
    place = {rule.id: i for i, rule in enumerate(rules)}
    found = [o for o in answers if o.status is Status.FOUND]
    found.sort(key=lambda o: (o.rule != deciding, -o.severity.rank, place.get(o.rule, 0)))
    ordered: list[Outcome] = []
    ids = {o.rule for o in found}
    there: set[str] = set()

    def place_with_consequences(outcome: Outcome) -> None:
        if outcome.rule in there:
            return
        there.add(outcome.rule)
        ordered.append(outcome)
        for other in found:
            if other.cause == outcome.rule:
                place_with_consequences(other)

    for outcome in found:
        if not outcome.cause or outcome.cause not in ids:
            place_with_consequences(outcome)
    for outcome in found:  # a circle of causes
        place_with_consequences(outcome)
    return ordered + [o for o in answers if o.status is not Status.FOUND]


def _best(view: View, chief: Outcome | None) -> Best | None:
    """The best point of what was judged: of the metric where that is what turned."""
    if chief is not None and chief.rule == "overfitting" and chief.status is Status.FOUND:
        return Best(str(chief.numbers["series"]), int(_number(chief, "at")), _number(chief, "best"))
    if view.task is not Task.SUPERVISED:
        curve = view.reward if view.task is Task.REINFORCEMENT else None
    else:
        curve = view.objective
    if curve is None or curve.count == 0:
        return None
    value = curve.as_logged(curve.best)
    return Best(curve.name, curve.best_step, value) if math.isfinite(value) else None


def _wasted(answers: Sequence[Outcome]) -> float | None:
    for outcome in answers:
        share = outcome.numbers.get("wasted")
        if outcome.status is Status.FOUND and isinstance(share, float):
            return share
    return None


def severity_of(diagnosis: Diagnosis) -> Severity:
    """The severity of the run: its worst finding's, info if it has none."""
    return diagnosis.worst or Severity.INFO
