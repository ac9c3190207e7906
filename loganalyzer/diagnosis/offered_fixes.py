"""Which fixes a finding offers to this run, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from loganalyzer.diagnosis.answers import Answer
from loganalyzer.model.run import Run
from loganalyzer.roles.hyperparameters import concept, in_use
from loganalyzer.rules.fixes.ranking import ranked
from loganalyzer.rules.registry import unless


def with_fixes(answers: Sequence[Answer], run: Run) -> list[Answer]:
    """The findings without fixes that the run has already, the most promising fix first."""
    leads = [lead for a in answers if a.found for lead in a.rule.leads]
    placed = []
    for answer in answers:
        if answer.outcome.fixes:
            new = _not_in_place(answer.outcome.fixes, run)
            led = [lead.fix for lead in leads if answer.rule.id in lead.of]
            answer = answer.but(fixes=ranked(new, answer.rule.id, answer.outcome.kind, run.hyperparameters, led))
        placed.append(answer)
    return placed


def _not_in_place(fixes: tuple[str, ...], run: Run) -> tuple[str, ...]:
    """The fixes that no hyper-parameter of the run says are in place; the first one where all are."""
    if not run.hyperparameters:
        return fixes
    used = in_use(run.hyperparameters)
    return tuple(fix for fix in fixes if used.isdisjoint(map(concept, unless(fix)))) or fixes[:1]
