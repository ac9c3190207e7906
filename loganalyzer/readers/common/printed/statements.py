"""A word where a statement printed a number before ("loss qnan" among "loss 0.5"): whatever it is, the value is missing.

Each program and language writes what is no number in its own way; what tells it is the place. Up to the end of a training
such values are NaN (see ``absent``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from loganalyzer.model.record import replace
from loganalyzer.readers.common.printed.plan import Plan, Value
from loganalyzer.readers.common.quantities import CURVES
from loganalyzer.roles.assign import role_of

MOST_REMEMBERED = 16
LONGEST_WORD = 24
_BLANKS = re.compile(r"[ \t]+")
_WORD = re.compile(r"[^ \t\0,;|:=]{1,24}(?: [^ \t\0,;|:=]{1,24})?")


class Statements:
    """The print statements seen last whose numbers are curves, by the shapes of their lines ("\\0" for each number)."""

    def __init__(self) -> None:
        """Know none."""
        self._known: dict[str, Plan] = {}

    def remember(self, shape: str, plan: Plan) -> None:
        """Keep what lines of a shape mean, if they hold a curve."""
        if not plan.bar and any(role_of(value.name).quantity in CURVES for value in plan.values):
            self._known[_BLANKS.sub(" ", shape)] = plan
            if len(self._known) > MOST_REMEMBERED:
                del self._known[next(iter(self._known))]

    def with_words(self, shape: str) -> Plan | None:
        """What lines of a new shape mean, if a known statement prints them with words in place of some of its curves."""
        text = _BLANKS.sub(" ", shape)
        for known, plan in reversed(self._known.items()):
            missing = _words_in(text, known.split("\0"))
            if missing and (found := _without(plan, missing)) is not None:
                return found
        return None


def _words_in(text: str, around: Sequence[str]) -> list[int]:
    """Which of the numbers between the texts ``around`` are a word in ``text``; none where it is another statement's."""
    if not text.startswith(around[0]):
        return []
    at, missing = len(around[0]), []
    for number, (_, behind) in enumerate(pairwise(around)):
        end = at + 1
        if not text.startswith("\0", at):
            end = text.find(behind, at + 1, at + LONGEST_WORD + len(behind)) if behind else len(text)
            if end < 0 or _WORD.fullmatch(text, at, end) is None:
                return []
            missing.append(number)
        if not text.startswith(behind, end):
            return []
        at = end + len(behind)
    return missing if at == len(text) else []


def _without(plan: Plan, missing: Sequence[int]) -> Plan | None:
    """The plan of lines without the numbers ``missing``; None where another number than that of a curve is."""
    gone = frozenset(missing)
    absent = [value for value in plan.values if value.index in gone]
    explained = {value.index for value in absent if value.count == 1 and value.over < 0 and value.place < 0}
    if explained != gone or not any(role_of(value.name).quantity in CURVES for value in absent):
        return None

    def moved(index: int) -> int:
        return index - sum(number < index for number in missing)

    def moved_value(value: Value) -> Value:
        return replace(value, index=moved(value.index), over=moved(value.over), place=moved(value.place))

    return Plan(
        epoch=moved(plan.epoch),
        epochs=moved(plan.epochs),
        step=moved(plan.step),
        steps=moved(plan.steps),
        also=moved(plan.also),
        alsos=moved(plan.alsos),
        in_epoch=plan.in_epoch,
        batches=plan.batches,
        held_out=plan.held_out,
        tqdm=plan.tqdm,
        values=tuple(moved_value(value) for value in plan.values if value.index not in gone),
        absent=tuple(value.name for value in absent),
    )
