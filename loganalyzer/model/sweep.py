"""The answer of a sweep: which settings did best, where it failed, which settings mattered, what to try next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from loganalyzer.model.record import Record, field
from loganalyzer.model.run import Detail
from loganalyzer.model.verdicts import Verdict

Comparison = Literal["=", ">=", "<=", "<"]


class Condition(Record):
    """What the settings of some runs have in common, such as ``lr >= 0.1``."""

    name: str
    comparison: Comparison
    value: Detail

    def holds(self, settings: Mapping[str, Detail]) -> bool:
        """True for settings that have this one, with such a value; words are only compared for equality."""
        own = settings.get(self.name)
        if own is None or self.comparison == "=":
            return own == self.value
        if isinstance(own, str) or isinstance(self.value, str):
            return False
        if self.comparison == "<":
            return own < self.value
        return own >= self.value if self.comparison == ">=" else own <= self.value


Conditions = tuple[Condition, ...]
"""All of them hold."""


class Cell(Record):
    """Runs whose settings meet ``where``: how many failed, mean and sample standard deviation of the others' scores.

    ``mean`` is None where all failed, ``sd`` where there are fewer than two scores.
    """

    where: Conditions
    runs: tuple[str, ...]
    failed: int
    mean: float | None
    sd: float | None

    @property
    def good(self) -> int:
        """Number of runs that did not fail."""
        return len(self.runs) - self.failed


class Corner(Record):
    """A part of a sweep in which most runs fail: ``failed`` of the ``count`` runs that meet ``where``, by verdict."""

    where: Conditions
    failed: tuple[str, ...]
    count: int
    verdicts: Mapping[Verdict, int]


class Importance(Record):
    """Share (0..1) of the differences between the runs that a setting explains by itself."""

    name: str
    share: float


class Further(Record):
    """Values of a setting to try next. ``reason``: the best lies at the ``edge`` of what was tried, finer values
    ``between`` those beside the best, or the ``range`` (two values) in which the best runs lie."""

    name: str
    values: tuple[float, ...]
    reason: Literal["edge", "between", "range"]


class Grid(Record):
    """The two settings that matter most (``across`` is one empty condition for a single one), a cell for each pair of
    values or ranges; None where no run was tried."""

    down: tuple[Conditions, ...]
    across: tuple[Conditions, ...]
    cells: tuple[tuple[Cell | None, ...], ...]


class Answer(Record):
    """What a sweep says: the ``best`` settings over their seeds, the best run with its score, and the rest as above.

    ``cells`` holds all settings that were tried, the best first. ``stray`` are the runs that failed outside of every
    corner; ``attention`` those that a person should look at: the stray ones, and the runs of the best settings where most
    of them need attention.
    """

    best: Cell
    best_run: str
    best_score: float
    cells: tuple[Cell, ...]
    corners: tuple[Corner, ...] = ()
    stray: tuple[str, ...] = ()
    attention: tuple[str, ...] = ()
    importance: tuple[Importance, ...] = ()
    further: tuple[Further, ...] = field(default=())
    grid: Grid | None = None

    @property
    def failed_in_corners(self) -> int:
        """Number of runs that failed in a corner."""
        return sum(len(corner.failed) for corner in self.corners)
