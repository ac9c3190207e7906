"""Which fixes each finding offers to this run, in which order, and what of them can be computed from its log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loganalyzer.model.outcome import Outcome, Severity, Status
from loganalyzer.model.prescription import Prescription
from loganalyzer.model.record import replace
from loganalyzer.roles.hyperparameters import concept, in_use
from loganalyzer.rules.base import Rule
from loganalyzer.rules.fixes.contradictions import consistent, evident
from loganalyzer.rules.fixes.prescriptions.case import Case, with_known
from loganalyzer.rules.fixes.prescriptions.schedule import settled
from loganalyzer.rules.fixes.ranking import ranked
from loganalyzer.rules.fixes.suspects import suspected
from loganalyzer.rules.fixes.vetoes import vetoed
from loganalyzer.rules.registry import computation, unless

Prescriptions = Mapping[str, Prescription]


def with_fixes(
    outcomes: Sequence[Outcome], rules: Sequence[Rule], case: Case
) -> tuple[tuple[Outcome, ...], tuple[Prescription, ...]]:
    """Return ``outcomes`` with the fixes that they offer to this run, and the fixes with what was computed, each once.

    ``outcomes`` are in order of importance. Not offered is what the log speaks against, what the settings contain already
    (unless more of it would help), and what contradicts a fix that is offered before.
    """
    asking = [outcome if _asks(outcome, case) else None for outcome in outcomes]
    if not any(asking):
        return tuple(replace(o, fixes=()) if o.fixes else o for o in outcomes), ()
    wanted = [_wanted(outcome, rules, case) if outcome is not None else () for outcome in asking]
    fitting = _fitting(wanted, outcomes, case)
    kept = consistent([[fix for fix in fixes if fix in fitting] for fixes in wanted], evident(case))
    named = dict.fromkeys(fix for fixes in kept for fix in fixes)
    placed = (replace(o, fixes=fixes) if o.fixes != fixes else o for o, fixes in zip(outcomes, kept, strict=True))
    return tuple(placed), tuple(fitting[fix] for fix in named)


def _wanted(outcome: Outcome, rules: Sequence[Rule], case: Case) -> tuple[str, ...]:
    """The fixes that a finding asks for, the most promising first."""
    led = [lead.fix for rule in rules if rule.id in case.findings for lead in rule.leads if outcome.rule in lead.of]
    first = dict.fromkeys((*suspected(case, outcome.rule), *led))
    return ranked(outcome.fixes, outcome.rule, outcome.kind, case.settings, list(first))


def _fitting(wanted: Sequence[Sequence[str]], outcomes: Sequence[Outcome], case: Case) -> Prescriptions:
    """Those of the wanted fixes that suit the run, with the run's own numbers, for the first finding that asks for each."""
    because = {fix: outcome.rule for outcome, fixes in reversed([*zip(outcomes, wanted, strict=True)]) for fix in fixes}
    forbidden, used = vetoed(case, because), in_use(case.settings)
    computed = {fix: _computed(fix, rule, case) for fix, rule in because.items() if fix not in forbidden}
    return {fix: item for fix, item in computed.items() if _is_new(item, used)}


def _is_new(item: Prescription, used: frozenset[str]) -> bool:
    """True for a fix that the settings do not contain yet, or that asks for more of it."""
    return used.isdisjoint(map(concept, unless(item.fix))) or any(c.old is not None for c in item.changes)


def _asks(outcome: Outcome, case: Case) -> bool:
    """True for a finding that asks for fixes: what is only remarked on in a healthy run does not."""
    remark = case.verdict.info.healthy and outcome.severity is Severity.INFO
    return outcome.status is Status.FOUND and bool(outcome.fixes) and not remark


def _computed(fix: str, because: str, case: Case) -> Prescription:
    """The fix with the run's own numbers; without any where they cannot be computed."""
    compute = computation(fix)
    try:
        found = compute(case) if compute is not None else None
    except Exception:  # a computation may fail in any way (a third party's too); the fix's general text stands
        found = None
    if found is None:
        return Prescription(fix, because)
    return replace(with_known(settled(replace(found, fix=fix), case), case), because=because)
