"""One set of axes of a chart: which series it shows, and over which range."""

from __future__ import annotations

from typing import Any

import numpy as np

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats, Series
from loganalyzer.reports.html import chart_box, chart_marks
from loganalyzer.reports.safe import term_safe

OBJECTIVE_INCHES, NOTHING_INCHES, STRIP_INCHES, FLAT_INCHES = 3.1, 0.9, 0.62, 0.24


class Panel(Record):
    """One set of axes: its title and the series in it with their kind ("train", "validation").

    ``named`` panels call each line by its own name. ``most`` cuts the axis above that value. ``marks`` replace the
    evidence of the findings; with ``log_x`` the steps of the series are learning rates.
    """

    title: str
    lines: tuple[tuple[Series, str], ...]
    inches: float = STRIP_INCHES
    rate: bool = False
    named: bool = False
    log_x: bool = False
    most: float | None = None
    marks: tuple[chart_marks.Mark, ...] = ()

    def values(self) -> Floats:
        """All values that can be drawn."""
        every = chart_box.drawable(np.concatenate([s.values for s, _ in self.lines]))
        return every if self.most is None else every[every <= self.most]

    def heading(self, lang: Lang) -> str:
        """Return the title, with remarks on the axis."""
        shown = self.title + (messages.ui("html", "chart.log", lang) if self.scale()["log"] else "")
        return shown if self.most is None else shown + messages.ui("html", "chart.cut", lang, value=self.most)

    def longest_heading(self, lang: Lang) -> str:
        """Return the heading at its longest: the page can show the other scale."""
        scale = messages.ui("html", "chart.log", lang) if self.other_limits() and not self.scale()["log"] else ""
        return self.heading(lang) + scale

    def scale(self) -> dict[str, Any]:
        """``low``, ``high`` and ``log`` of the y axis."""
        values = self.values()
        log = chart_box.wants_log_rate(values) if self.rate else self.most is None and chart_box.wants_log(values)
        low, high = chart_box.limits(values, log)
        return {"low": low, "high": high if self.most is None else self.most, "log": log}

    def other_limits(self) -> tuple[float, float] | None:
        """``low`` and ``high`` of the other scale, logarithmic or linear; None if it shows no more:
        some value is not positive, all are equal, or there are none."""
        values, log = self.values(), not self.scale()["log"]
        if not len(values) or float(values.min()) <= 0 or float(np.ptp(values)) == 0.0:
            return None
        low, high = chart_box.limits(values, log)
        return low, high if self.most is None else self.most

    def name(self, series: Series, kind: str, lang: Lang) -> str:
        """Return the name at the end of a line; "" for the only line of a panel."""
        if self.named:
            return term_safe(series.name, 18)
        return messages.ui("html", f"chart.{kind}", lang) if len(self.lines) > 1 else ""
