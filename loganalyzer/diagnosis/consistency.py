"""Findings beside the deciding one: what contradicts it is silent, hints go under what they agree with, causes are named.

Which findings these are is declared on the rules (``suppressed_by``, ``hint_for``, ``explained_by``).
"""

from __future__ import annotations

from collections.abc import Sequence

from loganalyzer.diagnosis.answers import Answer
from loganalyzer.diagnosis.verdict import Decision
from loganalyzer.model.outcome import Outcome, Status
from loganalyzer.model.verdicts import BY_PRIORITY
from loganalyzer.rules.base import Abstention, Suppression


def found_ids(answers: Sequence[Answer]) -> set[str]:
    """The ids of the rules that found something."""
    return {a.rule.id for a in answers if a.found}


def without_contradictions(answers: Sequence[Answer], decision: Decision) -> list[Answer]:
    """Findings that cannot stand beside the deciding one count as passed."""
    return [
        a.but(status=Status.PASS, evidence=(), fixes=()) if a.found and _contradicted(a, decision.by) else a
        for a in answers
    ]


def _contradicted(answer: Answer, deciding: Answer | None) -> bool:
    if deciding is None or answer.rule.id == deciding.rule.id:
        return False
    if answer.rule.verdict is not None and answer.rule.verdict.info.healthy:
        return True  # all is well, or it is not
    if deciding.rule.abstains is Abstention.OTHER_TASK and answer.rule.verdict in BY_PRIORITY:
        return answer.outcome.kind not in answer.rule.for_any_task
    return any(_applies(suppression, answer, deciding) for suppression in answer.rule.suppressed_by)


def _applies(suppression: Suppression, answer: Answer, deciding: Answer) -> bool:
    return (
        suppression.by in (deciding.rule.id, deciding.rule.abstains)
        and _one_of(deciding.outcome.kind, suppression.by_kinds)
        and _one_of(deciding.outcome.variant, suppression.by_variants)
        and _one_of(answer.outcome.kind, suppression.kinds)
        and _one_of(answer.outcome.variant, suppression.variants)
        and not (suppression.from_onset and number(answer.outcome, "at") < number(deciding.outcome, "at"))
    )


def _one_of(value: str, allowed: tuple[str, ...]) -> bool:
    return not allowed or value in allowed


def number(outcome: Outcome, name: str) -> float:
    """A number of the outcome; 0 where it has none of that name."""
    value = outcome.numbers.get(name, 0.0)
    return float(value) if isinstance(value, int | float) else 0.0


def with_hints(answers: Sequence[Answer], decision: Decision) -> list[Answer]:
    """Each hint gets the finding that it agrees with as its cause, the deciding one first; without one it is silent."""
    found = found_ids(answers)
    placed = []
    for answer in answers:
        if answer.rule.hint_for and answer.found:
            agreeing = [] if decision.abstains else [rule for rule in answer.rule.hint_for if rule in found]
            cause = decision.rule if decision.rule in agreeing else next(iter(agreeing), "")
            answer = answer.but(cause=cause) if cause else Answer.of(answer.rule, Outcome(answer.rule.id, Status.PASS))
        placed.append(answer)
    return placed


def with_causes(answers: Sequence[Answer], decision: Decision) -> list[Answer]:
    """Each finding gets the finding that explains it as its cause: a declared one, or the verdict that outranks it."""
    found = found_ids(answers)
    placed = []
    for answer in answers:
        if answer.found and answer.rule.id != decision.rule and not answer.outcome.cause:
            cause = next((c for c in answer.rule.explained_by if c in found and c != answer.rule.id), "")
            if not cause and decision.outranks(answer.rule.verdict):
                cause = decision.rule
            answer = answer.but(cause=cause) if cause else answer
        placed.append(answer)
    return placed
