"""From one run to its diagnosis: ask every rule, decide the verdict, make the findings fit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loganalyzer.diagnosis.actions import first_actions
from loganalyzer.diagnosis.answers import Answer, ask_all, with_limits
from loganalyzer.diagnosis.consistency import number, with_causes, with_hints, without_contradictions
from loganalyzer.diagnosis.offered_fixes import with_fixes
from loganalyzer.diagnosis.ordering import in_order
from loganalyzer.diagnosis.second_opinion import second_opinion
from loganalyzer.diagnosis.telling_curve import roles_of
from loganalyzer.diagnosis.verdict import NO_DECISION, Decision, decide, nearest, probabilities, probability
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Outcome
from loganalyzer.model.report import Best, Diagnosis, Objective
from loganalyzer.model.role import Roles, Task
from loganalyzer.model.run import Run
from loganalyzer.roles.assign import matching
from loganalyzer.roles.task import traits
from loganalyzer.rules.base import Abstention, Rule
from loganalyzer.rules.fixes.prescriptions.case import Case
from loganalyzer.rules.fixes.suspects import suspected
from loganalyzer.rules.registry import load_rules


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
    chosen = with_limits(load_rules() if rules is None else rules, limits or {})
    roles = roles_of(run, roles_overrides)
    view = View(run, roles)
    answers, decision = _decided(chosen, view)
    opinion = second_opinion(roles)
    sure = probability(decision, chosen, run, roles, view, opinion)
    shares = probabilities(decision, answers, sure, opinion)
    answers = without_contradictions(answers, decision)
    answers = with_hints(answers, decision)
    answers = with_causes(answers, decision)
    found = {a.rule.id: a.outcome for a in answers if a.found}
    case = Case(view, traits(run), decision.verdict, decision.kind, decision.rule, found)
    outcomes, offered = with_fixes(in_order(answers, decision.rule), chosen, case)
    best = _best(view, decision)
    return Diagnosis(
        run=run,
        roles=roles,
        verdict=decision.verdict,
        kind=decision.kind,
        probability=sure,
        probabilities=shares,
        deciding=decision.rule,
        objective=_objective(roles),
        best=best,
        outcomes=outcomes,
        wasted=_wasted(answers),
        patterns=matching(roles_overrides or (), run.series),
        traits=case.traits,
        offered=offered,
        actions=first_actions(
            outcomes, offered, decision.verdict, _cause(outcomes, chosen), suspected(case, decision.rule)
        ),
        end=_end(roles, best),
    )


def _decided(rules: Sequence[Rule], view: View) -> tuple[list[Answer], Decision]:
    """All answers, and what they decide; rules for the undecided are asked only where nothing else decides."""
    answers = ask_all((r for r in rules if r.abstains is not Abstention.UNDECIDED), view)
    decision = decide(answers)
    if decision is None:
        answers += ask_all((r for r in rules if r.abstains is Abstention.UNDECIDED), view)
        decision = nearest(answers) or decide(answers) or NO_DECISION
    return answers, decision


def _cause(outcomes: Sequence[Outcome], rules: Sequence[Rule]) -> str:
    """The id of the rule whose finding, the first that does, names a likely cause; "" where none does."""
    known = {rule.id: rule for rule in rules}
    return next((o.rule for o in outcomes if o.rule in known and known[o.rule].names_cause(o)), "")


def _objective(roles: Roles) -> Objective:
    if roles.task is Task.REINFORCEMENT and roles.reward is not None:
        return Objective(roles.reward.name, None, "max")
    return Objective(
        roles.train.name if roles.train is not None else None,
        roles.validation.name if roles.validation is not None else None,
        roles.direction,
    )


def _best(view: View, decision: Decision) -> Best | None:
    """The best value of what was judged, as logged: of the metric where that is what turned."""
    outcome = decision.by.outcome if decision.by is not None and decision.by.rule.names_best else None
    if outcome is not None and {"series", "at", "best"} <= outcome.numbers.keys():
        return Best(str(outcome.numbers["series"]), int(number(outcome, "at")), number(outcome, "best"))
    curve = view.objective if view.task is not Task.ADVERSARIAL else None
    if curve is None or curve.count == 0:
        return None
    return Best(curve.name, curve.logged.best.step, curve.logged.best.value)


def _end(roles: Roles, best: Best | None) -> Best | None:
    """The last value of the series that the best one is from, else of the objective."""
    objective = [s for s in (roles.validation, roles.train, roles.reward) if s is not None and len(s)]
    named = [s for s in objective if best is None or s.name == best.series]
    return Best(named[0].name, int(named[0].steps[-1]), float(named[0].values[-1])) if named else None


def _wasted(answers: Sequence[Answer]) -> float | None:
    """The share (0..1) of the run that a finding calls wasted; None if none does."""
    shares = (a.outcome.numbers.get("wasted") for a in answers if a.found)
    return next((share for share in shares if isinstance(share, float)), None)
