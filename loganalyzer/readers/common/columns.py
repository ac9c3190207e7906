"""The points of one name in the order in which they were written."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats, Ints

END = np.iinfo(np.int64).max


class Column(Record, eq=False):
    """The points of one name in the order in which they were written.

    ``rows`` int64[n], strictly increasing, are places in the log that compare over all columns; ``steps`` int64[n];
    ``values`` float64[n]; ``wall_times`` float64[n] in seconds, or None.
    """

    rows: Ints
    steps: Ints
    values: Floats
    wall_times: Floats | None = None

    def between(self, start: int, stop: int) -> Column:
        """The points of the rows from ``start`` up to (without) ``stop``."""
        if start <= 0 and stop == END:
            return self
        a, b = (int(i) for i in np.searchsorted(self.rows, (start, stop)))
        walls = None if self.wall_times is None else self.wall_times[a:b]
        return Column(self.rows[a:b], self.steps[a:b], self.values[a:b], walls)

    def where(self, kept: NDArray[np.bool_]) -> Column:
        """The points that are ``kept`` (bool[n])."""
        if bool(kept.all()):
            return self
        walls = None if self.wall_times is None else self.wall_times[kept]
        return Column(self.rows[kept], self.steps[kept], self.values[kept], walls)
