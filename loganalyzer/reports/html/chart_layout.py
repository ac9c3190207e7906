"""The two layouts of a run's chart: beside a list of actions, and on a phone; both are read at their own size."""

from __future__ import annotations

from loganalyzer.model.record import Record

CHARACTER_INCHES = 0.0845
"""Width of a character of a label, generously."""
POINTS_PER_INCH = 72.0


class Layout(Record):
    """Proportions of a chart. ``left``, ``right`` (of the panels) and ``labels_end`` are shares of the width in ``inches``.

    ``names_at_ends``: each line's name stands at its end, else in the panel's title and the end has the value alone.
    ``ticks`` is about how many steps the axis names; ``points`` the most that are drawn of a curve.
    """

    inches: float
    left: float
    right: float
    labels_end: float
    names_at_ends: bool
    ticks: int
    points: int

    @property
    def character(self) -> float:
        """Width of a character as a share of the chart's width."""
        return CHARACTER_INCHES / self.inches


WIDE = Layout(9.6, 0.075, 0.835, 0.95, True, 8, 400)
NARROW = Layout(4.3, 0.125, 0.85, 0.995, False, 5, 110)
