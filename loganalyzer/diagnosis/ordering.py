"""The order of a run's findings: the one that heads them, then root causes, each followed by what it explains."""

from __future__ import annotations

from collections.abc import Sequence

from loganalyzer.diagnosis.answers import Answer
from loganalyzer.model.outcome import Outcome, Severity


def in_order(answers: Sequence[Answer], deciding: str) -> list[Outcome]:
    """The findings, the one of the rule ``deciding`` first, root causes by severity; then what was not found.

    An error comes before a deciding finding that is none: what that one read from the numbers is worth little then.
    """
    found = [a.outcome for a in answers if a.found]
    wrong = any(o.rule == deciding and o.severity is Severity.ERROR for o in found)
    # stable: else in the order of the rules
    found.sort(key=lambda o: (wrong or o.severity is not Severity.ERROR, o.rule != deciding, -o.severity.rank))
    ids = {o.rule for o in found}
    ordered: list[Outcome] = []
    placed: set[str] = set()

    def place(outcome: Outcome) -> None:
        if outcome.rule in placed:
            return
        placed.add(outcome.rule)
        ordered.append(outcome)
        for other in found:
            if other.cause == outcome.rule:
                place(other)

    for outcome in found:
        if outcome.cause not in ids:
            place(outcome)
    for outcome in found:  # a circle of causes
        place(outcome)
    return ordered + [a.outcome for a in answers if not a.found]
