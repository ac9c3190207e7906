"""What to do next: the few fixes of a run that come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loganalyzer.model.outcome import Outcome, Severity
from loganalyzer.model.prescription import Prescription
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.verdicts import Verdict
from loganalyzer.rules.fixes.contradictions import MOVES, TELLS_MORE, subjects
from loganalyzer.rules.fixes.prescriptions.held_back import HOLD_BACK
from loganalyzer.rules.fixes.ranking import changes_first
from loganalyzer.rules.more_points import FIXES

MOST = 3
"""More would be a list to choose from instead of an answer."""
LAST_RESORT = "simple-start"
"""What is left to do where the first actions do not help: it changes everything else that may be the cause."""
OF_CAUSE = 2
"""So many fixes of the finding that names a likely cause come before those of the verdict."""


def first_actions(
    outcomes: Sequence[Outcome],
    offered: Sequence[Prescription],
    verdict: Verdict,
    cause: str = "",
    suspected: Sequence[str] = (),
) -> tuple[Prescription, ...]:
    """The first fixes of the findings, at most three, each about something else; none for a healthy run.

    ``outcomes`` are in order of importance and offer fixes that do not contradict each other. ``cause`` is the id of the rule
    whose finding names the likely cause: its first fixes lead. Before all come the ``suspected`` ones, those of settings far
    outside their usual range.
    """
    if verdict.info.healthy and all(o.severity is Severity.INFO for o in outcomes):
        return ()
    by_fix = {prescription.fix: prescription for prescription in offered}
    chosen: list[Prescription] = []
    about: set[str] = set()
    certain = [fix for fix in suspected if fix in by_fix]
    leading = [fix for outcome in outcomes if outcome.rule == cause for fix in outcome.fixes][:OF_CAUSE]
    in_order = [fix for outcome in outcomes for fix in changes_first(outcome, by_fix)]
    first = outcomes[0].fixes if outcomes and verdict.info.judged else ()
    if first and all(map(_tells_more, first)) and any(by_fix[fix].changes for fix in in_order if fix not in first):
        in_order.sort(key=lambda fix: fix in first)
    for fix in dict.fromkeys([*certain, *leading, *in_order]):
        if len(chosen) < MOST and about.isdisjoint(subjects(fix)) and not _done_by(chosen, by_fix[fix]):
            chosen.append(by_fix[fix])
            about |= subjects(fix)
    return _with_last_resort(chosen, by_fix)


def _with_last_resort(chosen: Sequence[Prescription], by_fix: Mapping[str, Prescription]) -> tuple[Prescription, ...]:
    """``chosen``, the last of them a simple start, where that is offered and changes more than each of those before it."""
    last = by_fix.get(LAST_RESORT)
    before = [action for action in chosen if action.fix != LAST_RESORT][: MOST - 1]
    if last is None or not before or any(len(action.changes) >= len(last.changes) for action in before):
        return tuple(chosen)
    return (*before, last)


def _done_by(chosen: Sequence[Prescription], wanted: Prescription) -> bool:
    """True for a part of another action: it changes only what that changes, too, or one of the settings that hold the run back
    where all of them are put back to usual values at once."""
    usual = any(own.fix == "usual-settings" for own in chosen)
    changed = _changed(wanted)
    return (usual and wanted.fix in HOLD_BACK) or (bool(changed) and any(changed <= _changed(own) for own in chosen))


def _changed(action: Prescription) -> frozenset[str]:
    """The settings that an action changes, without the schedule that lets the rate fall after what learns faster."""
    return frozenset(change.meaning for change in action.changes[:1]) | {
        change.meaning for change in action.changes if change.meaning != "lr_schedule"
    }


def _tells_more(fix: str) -> bool:
    """True for a fix that brings more to judge by, and changes nothing about the training: where the run is judged, and a
    change is known, it comes last."""
    return fix.startswith(TELLS_MORE) or fix in FIXES


def others(diagnosis: Diagnosis) -> tuple[Prescription, ...]:
    """The other fixes that are offered to a run: not its actions, and not another change of what an action changes."""
    first = {action.fix for action in diagnosis.actions}
    about = {subject for fix in first for subject in subjects(fix)}
    return tuple(p for p in diagnosis.offered if p.fix not in first and about.isdisjoint(MOVES.get(p.fix, {})))
