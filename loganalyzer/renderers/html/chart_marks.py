"""The evidence on a chart: stretches and bands behind the curves, marks and their labels over them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from loganalyzer import words
from loganalyzer.model.outcome import Evidence, Outcome, Status
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Ints
from loganalyzer.renderers.html.chart_box import TOO_LARGE, Box
from loganalyzer.words import Lang

if TYPE_CHECKING:
    from loganalyzer.renderers.html.figures import Panel, Pen

MOST_MARKS, MOST_LABELS, MOST_RESTARTS = 12, 4, 6
LABEL_ROW = 0.085
CHARACTER = 0.0088


def _evidence(panel: Panel, diagnosis: Diagnosis) -> Iterator[tuple[Outcome, Evidence]]:
    """The deciding finding's evidence first, then that of other warnings, as far as it lies on these series."""
    drawn = {series.name for series, _ in panel.lines}
    found = [o for o in diagnosis.outcomes if o.status is Status.FOUND]
    found.sort(key=lambda o: (o.rule != diagnosis.deciding, -o.severity.rank))
    count = 0
    for outcome in found:
        if outcome.rule != diagnosis.deciding and outcome.severity.rank == 0 and outcome.rule != "loss-spikes":
            continue
        for evidence in outcome.evidence:
            if evidence.series in drawn and count < MOST_MARKS:
                count += 1
                yield outcome, evidence


def draw_behind(pen: Pen, box: Box, panel: Panel, diagnosis: Diagnosis) -> None:
    """Shaded stretches, and the band between the extremes of a swing; each place is shaded once.

    Only what decided the verdict is shaded: its label stands above the shade, a shade without a name would be a riddle.
    """
    shaded: list[tuple[float, float]] = []
    for outcome, evidence in _evidence(panel, diagnosis):
        left, right = float(box.x(evidence.first)), float(box.x(evidence.last))
        if right - left < 1e-4 or outcome.rule != diagnosis.deciding:
            continue
        if evidence.mark == "band" and evidence.low is not None and evidence.high is not None:
            low, high = float(box.y(evidence.low)), float(box.y(evidence.high))
            pen.area(left, low, right - left, high - low, "span", 0.8)
        elif evidence.mark == "span" and not any(a < right and left < b for a, b in shaded):
            pen.area(left, box.bottom, right - left, box.height, "span", 0.55)
        else:
            continue
        shaded.append((left, right))


def draw_over(pen: Pen, box: Box, panel: Panel, diagnosis: Diagnosis, lang: Lang) -> None:
    """Dotted verticals and circles where something happened, restarts, and the labels of the deciding finding."""
    labels: list[tuple[float, str]] = []
    top = box.bottom + box.height
    for outcome, evidence in _evidence(panel, diagnosis):
        x = float(box.x(evidence.first))
        if evidence.mark in ("point", "line"):
            pen.line([x, x], [box.bottom, top], "mark", linewidth=1.1, linestyle=(0, (1.5, 2.5)))
            value = evidence.value if evidence.value is not None else _value_at(panel, evidence)
            if evidence.mark == "point" and value is not None and math.isfinite(value) and abs(value) < TOO_LARGE:
                pen.line(
                    [x],
                    [float(box.y(value))],
                    "mark",
                    marker="o",
                    markersize=6.5,
                    markerfacecolor="none",
                    markeredgewidth=1.6,
                    linestyle="none",
                )
        if outcome.rule == diagnosis.deciding:
            text = words.label(outcome.rule, evidence.label, lang, outcome.numbers, diagnosis.run.step_unit)
            place = x if evidence.mark in ("point", "line") else (x + float(box.x(evidence.last))) / 2
            labels.append((place, text))
    for step in diagnosis.run.restarts[:MOST_RESTARTS]:
        x = float(box.x(step))
        pen.line([x, x], [box.bottom, top], "muted", linewidth=0.8, linestyle=(0, (1, 3)))
    for series, _ in panel.lines:
        _mark_broken(pen, box, series.steps[~np.isfinite(series.values)])
    _labels(pen, box, labels)


def _mark_broken(pen: Pen, box: Box, steps: Ints) -> None:
    """A cross at the foot of the panel for NaN and infinite values, at most forty."""
    if len(steps):
        shown = steps[np.unique(np.linspace(0, len(steps) - 1, min(40, len(steps))).astype(int))]
        pen.line(
            box.x(shown),
            np.full(len(shown), box.bottom + 0.03 * box.height),
            "mark",
            marker="x",
            markersize=5,
            markeredgewidth=1.4,
            linestyle="none",
        )


def _value_at(panel: Panel, evidence: Evidence) -> float | None:
    for series, _ in panel.lines:
        if series.name == evidence.series and len(series):
            place = int(np.searchsorted(series.steps, evidence.first))
            return float(series.values[min(place, len(series) - 1)])
    return None


def _labels(pen: Pen, box: Box, labels: list[tuple[float, str]]) -> None:
    """Texts at the top beside their marks, one row lower for each that would run into its neighbour."""
    taken: list[tuple[float, float, int]] = []
    seen: set[str] = set()
    for x, text in sorted(labels):
        if text in seen or len(seen) >= MOST_LABELS:
            continue
        seen.add(text)
        length = CHARACTER * sum(1.7 if ord(c) > 0x2E80 else 1.0 for c in text)
        to_left = x + length > box.left + box.width
        start = x - length if to_left else x
        row = 0
        while any(r == row and start < end and begin < start + length for begin, end, r in taken):
            row += 1
        taken.append((start, start + length, row))
        y = box.bottom + box.height * (0.975 - LABEL_ROW * row)
        pen.text(x - 0.006 if to_left else x + 0.006, y, text, "mark", ha="right" if to_left else "left", va="top")
