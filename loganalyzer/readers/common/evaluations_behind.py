"""Evaluations of earlier checkpoints behind a training: rows that go back to earlier steps and hold nothing that training measures.

They are no restart: what was logged behind their steps is still how the training went, and they are no part of a curve that
began before them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Ints
from loganalyzer.readers.common.columns import END, Column
from loganalyzer.readers.common.quantities import COUNTERS, LOSSES
from loganalyzer.readers.common.returns import Kind, Return
from loganalyzer.roles.assign import role_of

FEWEST = 5
"""So many values of a loss in training show that there was one."""
_OF_EACH_ROW = COUNTERS | {Quantity.TIME}
_HELD_OUT = frozenset({Split.VALIDATION, Split.TEST})


def evaluations_from(columns: Mapping[str, Column], returns: Sequence[Return]) -> int:
    """The row of the first of the ``returns`` behind which only evaluations follow to the end of the log; END for none.

    One to the first step is left alone: there another log may begin, which names no training.
    """
    trained = {name: own for name, own in columns.items() if _is_of_training(name)}
    if not any(role_of(name).quantity in LOSSES and len(own.rows) >= FEWEST for name, own in trained.items()):
        return END
    last = max(int(own.rows[-1]) for own in trained.values())
    behind = [one for one in returns if one.row > last]
    return END if any(one.kind is Kind.NEW_RUN for one in behind) else min((one.row for one in behind), default=END)


def are_evaluations(columns: Mapping[str, Column], steps: Ints, first: int) -> bool:
    """Whether the rows from ``first`` on, of the ``steps`` int64[rows], go back and hold evaluations only."""
    rest = [name for name, own in columns.items() if int(own.rows[-1]) >= first]
    return int(steps[first]) <= int(steps[first - 1]) and not any(map(_is_of_training, rest))


def _is_of_training(name: str) -> bool:
    role = role_of(name.rstrip())
    return role.split not in _HELD_OUT and role.quantity not in _OF_EACH_ROW
