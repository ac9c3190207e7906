"""What to do next: the few fixes of a run that come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loganalyzer.model.outcome import Outcome, Severity
from loganalyzer.model.prescription import Prescription
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.verdicts import Verdict
from loganalyzer.rules.fixes.contradictions import MOVES, subjects

MOST = 3
"""More would be a list to choose from instead of an answer."""
OF_CAUSE = 2
"""So many fixes of the finding that names a likely cause come before those of the verdict."""
EXPERIMENTS = frozenset({"overfit-one-batch", "lr-range-test", "lr-search", "several-seeds", "check-labels-inputs"})
"""What only tells more about a run: the next one is no better for it."""
CODE_AT_FAULT = ("constant", "non-finite")
"""The kinds of a loss that is the same to its last digit, or no number: the code may be at fault, not a setting."""


def first_actions(
    outcomes: Sequence[Outcome], offered: Sequence[Prescription], verdict: Verdict, cause: str = ""
) -> tuple[Prescription, ...]:
    """The first fixes of the findings, at most three, each about something else; none for a healthy run.

    ``outcomes`` are in order of importance and offer fixes that do not contradict each other. ``cause`` is the id of the rule
    whose finding names the likely cause: its first fixes lead.
    """
    if verdict.info.healthy and all(o.severity is Severity.INFO for o in outcomes):
        return ()
    by_fix = {prescription.fix: prescription for prescription in offered}
    chosen: list[Prescription] = []
    about: set[str] = set()
    leading = [fix for outcome in outcomes if outcome.rule == cause for fix in outcome.fixes][:OF_CAUSE]
    for fix in dict.fromkeys([*leading, *(fix for outcome in outcomes for fix in _changes_first(outcome, by_fix))]):
        if len(chosen) < MOST and about.isdisjoint(subjects(fix)):
            chosen.append(by_fix[fix])
            about |= subjects(fix)
    return tuple(chosen)


def others(diagnosis: Diagnosis) -> tuple[Prescription, ...]:
    """The other fixes that are offered to a run: not its actions, and not another change of what an action changes."""
    first = {action.fix for action in diagnosis.actions}
    about = {subject for fix in first for subject in subjects(fix)}
    return tuple(p for p in diagnosis.offered if p.fix not in first and about.isdisjoint(MOVES.get(p.fix, {})))


def _changes_first(outcome: Outcome, by_fix: Mapping[str, Prescription]) -> list[str]:
    """The fixes of a finding in the order in which they are advised; where the code may be at fault, as they are.

    The first one stays, for the settings or another finding may have put it there; then come those that the log has numbers
    for, those that it has none for, and experiments.
    """
    if outcome.kind in CODE_AT_FAULT:
        return list(outcome.fixes)
    tried = [fix for fix in outcome.fixes if by_fix[fix].changes or fix not in EXPERIMENTS]
    known = [fix for fix in tried[1:] if by_fix[fix].changes or by_fix[fix].keep is not None]
    return list(dict.fromkeys((*tried[:1], *known, *tried, *outcome.fixes)))
