"""A run as it was logged: raw series, hyper-parameters, notes. Nothing here judges."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.record import Record, field, replace

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Detail = str | int | float


class Note(Record):
    """A reader's remark: a code with a sentence in ``messages/notes.toml``, and the numbers for it."""

    code: str
    details: Mapping[str, Detail] = field(default_factory=dict)
    harmful: bool = False
    """True when points were lost or may be wrong, so that the verdict deserves less confidence."""


class Unread(Record):
    """A file that gave no run, and the reason. ``expected`` files (settings, data sets, stubs) are not a failure."""

    file: str
    note: Note
    expected: bool = False


class PassedOver(Record):
    """Files of one kind that were not used: the code of the note with the reason, their suffix, their number.

    ``suffix`` is in lower case with its dot, "" for names without one, "/" for folders, "*" for further endings together.
    ``files`` names the first of them (all, where they are few); the path of a folder ends with a slash.
    """

    code: str
    suffix: str
    count: int
    files: tuple[str, ...]


class Series(Record, eq=False):
    """One logged quantity.

    ``steps`` int64[n], strictly increasing; ``values`` float64[n], NaN and infinities kept as logged;
    ``wall_times`` float64[n] in seconds since the epoch, or None where the format has none.
    """

    name: str
    steps: Ints
    values: Floats
    wall_times: Floats | None = None

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"<Series {self.name!r}: {len(self)} points>"


class Run(Record, eq=False, dict=True):
    """The log of one training.

    ``id`` is the run's path relative to the analysed root; ``files`` are POSIX paths relative to it too.
    ``step_unit`` is "epoch", "step" or "" (unknown) and says what ``Series.steps`` count.
    ``restarts`` are the steps at which a later session took over (duplicates already resolved, last write wins).
    ``group`` is the folder of a sweep that the run belongs to, or "".
    ``begins_at`` is the first step where the log does not begin at the start of the training, else None; ``planned`` the
    last step that the training was to reach, None if unknown.
    """

    id: str
    files: tuple[str, ...]
    reader: str
    series: Mapping[str, Series]
    hyperparameters: Mapping[str, Detail] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    step_unit: str = ""
    restarts: tuple[int, ...] = ()
    group: str = ""
    dropped_points: int = 0
    begins_at: int | None = None
    planned: int | None = None

    def __repr__(self) -> str:
        return f"<Run {self.id!r}: {len(self.series)} series, {self.points} points>"

    @cached_property
    def points(self) -> int:
        """Number of logged values in all series."""
        return self.dropped_points + sum(len(s) for s in self.series.values())

    def without_series(self) -> Run:
        """Return a copy without curves; ``points`` keeps their number."""
        return replace(self, series={}, dropped_points=self.points)

    def with_notes(self, *notes: Note) -> Run:
        """Return a copy with further notes."""
        return replace(self, notes=(*self.notes, *notes))

    def to_dataframe(self) -> pd.DataFrame:
        """One column per series, indexed by step (int64); NaN where a series has no value at that step."""
        import pandas as pd

        columns = {name: pd.Series(s.values, index=pd.Index(s.steps, name="step")) for name, s in self.series.items()}
        return pd.DataFrame(columns).sort_index()


def _worst_of_step(last_of_step: NDArray[np.bool_], values: Floats) -> Ints:
    """The place of the last value of each step, or of its last one that is not finite."""
    ends = np.flatnonzero(last_of_step)
    odd = ~np.isfinite(values)
    if len(ends) == len(values) or not odd.any():
        return ends
    odd_places = np.where(odd, np.arange(len(values)), -1)
    worst = np.maximum.reduceat(odd_places, np.append(0, ends[:-1] + 1))
    return np.where(worst >= 0, worst, ends)


def make_series(
    name: str, steps: Ints, values: Floats, wall_times: Floats | None = None
) -> tuple[Series, tuple[int, ...], int]:
    """Build a series from points in the order they were written.

    Returns the series (sorted by step; the last value written for a step wins, but no number takes the place of NaN or
    infinity: another process may have written it), the steps at which the log went back (a restart), and how many points
    were superseded by others of the same step.
    """
    n = len(steps)
    if n < 2 or bool(np.all(steps[1:] > steps[:-1])):
        return Series(name, steps, values, wall_times), (), 0
    restarts = tuple(int(s) for s in steps[1:][steps[1:] < steps[:-1]])
    order = np.argsort(steps, kind="stable")
    ordered = steps[order]
    last_of_step = np.append(ordered[1:] != ordered[:-1], True)
    keep = order[_worst_of_step(last_of_step, values[order])]
    kept_times = None if wall_times is None else wall_times[keep]
    return Series(name, steps[keep], values[keep], kept_times), restarts, n - len(keep)
