"""Which fixes each finding offers to this run, in which order, and what of them can be computed from its log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from loganalyzer.model.outcome import Outcome, Severity, Status
from loganalyzer.model.prescription import Prescription
from loganalyzer.roles.hyperparameters import concept, in_use
from loganalyzer.rules.base import Rule
from loganalyzer.rules.fixes.contradictions import consistent, evident, vetoed
from loganalyzer.rules.fixes.prescriptions.case import Case, with_known
from loganalyzer.rules.fixes.ranking import ranked
from loganalyzer.rules.registry import computation, unless

Prescriptions = Mapping[str, Prescription]


def with_fixes(
    outcomes: Sequence[Outcome], rules: Sequence[Rule], case: Case
) -> tuple[tuple[Outcome, ...], tuple[Prescription, ...]]:
    """Return ``outcomes`` with the fixes that they offer to this run, and the fixes with what was computed, each once.

    ``outcomes`` are in order of importance. Not offered is what the log speaks against, what the settings contain already
    (unless more of it would help), and what contradicts a fix that is offered before.
    """
    known = {rule.id: rule for rule in rules}
    leads = [lead for rule in case.findings for lead in known[rule].leads]
    forbidden = vetoed(case)
    used = in_use(case.settings)
    computed: dict[str, Prescription] = {}

    def fits(fix: str, because: str) -> bool:
        if fix in forbidden:
            return False
        if fix not in computed:
            computed[fix] = _computed(fix, because, case)
        return used.isdisjoint(map(concept, unless(fix))) or any(c.old is not None for c in computed[fix].changes)

    offered: list[tuple[str, ...]] = []
    for outcome in outcomes:
        led = [lead.fix for lead in leads if outcome.rule in lead.of]
        wanted = ranked(outcome.fixes, outcome.rule, outcome.kind, case.settings, led) if _asks(outcome, case) else ()
        offered.append(tuple(fix for fix in wanted if fits(fix, outcome.rule)))
    kept = consistent(offered, evident(case))
    named = dict.fromkeys(fix for fixes in kept for fix in fixes)
    placed = (replace(o, fixes=fixes) if o.fixes != fixes else o for o, fixes in zip(outcomes, kept, strict=True))
    return tuple(placed), tuple(computed[fix] for fix in named)


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
    return replace(with_known(found, case), fix=fix, because=because)
