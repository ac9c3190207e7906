"""A curve of a few hundred bytes for the table: training and validation, hand-written SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from loganalyzer.model.outcome import Status
from loganalyzer.model.record import Record
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Floats, Ints, Series
from loganalyzer.reports.decimate import decimate
from loganalyzer.reports.html.chart_box import least_span
from loganalyzer.reports.judged_curves import drawn_curves

WIDTH, HEIGHT, MARGIN, MOST_POINTS, MOST_CROSSES = 120, 28, 2.0, 48, 16


def sparkline(diagnosis: Diagnosis, *, marked: bool = False) -> str:
    """Draw the objective of a run as an SVG element without text; "" when there is nothing to draw.

    ``marked`` adds what decided the verdict: a shaded stretch or band, a dotted vertical, crosses at non-finite values;
    without it, one cross at the first of them. Of a run without two finite values nothing is drawn.
    """
    lines = [(s, kind) for s, kind in reversed(drawn_curves(diagnosis)) if len(s) > 1]
    finite = [s.values[np.isfinite(s.values) & (np.abs(s.values) < 1e300)] for s, _ in lines]
    every = np.concatenate(finite) if finite else np.zeros(0)
    if not lines or len(every) < 2:
        return ""
    low, high = float(every.min()), float(every.max())
    if len(every) > 20:
        high = float(np.quantile(every, 0.98))
    log = low > 0 and high / low > 100
    lacking = least_span(low, high) - (high - low)
    if lacking > 0:
        low, high = low - lacking / 2, high + lacking / 2
    first = min(int(s.steps[0]) for s, _ in lines)
    last = max(int(s.steps[-1]) for s, _ in lines)
    frame = _Frame(first, last, low, high, log)
    paths = "".join(f'<polyline class="spark-{kind}" points="{_points(s, frame)}"/>' for s, kind in reversed(lines))
    drawn = [s for s, _ in lines]
    behind = _evidence(diagnosis, drawn, frame) if marked else _crosses(drawn, frame, 1, 2.0)
    stretched = ' preserveAspectRatio="none"' if marked else ""
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" aria-hidden="true" '
        f'focusable="false"{stretched}>{behind}{paths}</svg>'
    )


class _Frame(Record):
    first: int
    last: int
    low: float
    high: float
    log: bool

    def x(self, steps: Ints | float) -> Floats:
        return np.asarray(MARGIN + (steps - self.first) / max(self.last - self.first, 1) * (WIDTH - 2 * MARGIN))

    def y(self, values: Floats | float) -> Floats:
        share = _share(np.clip(values, self.low, self.high), self.low, self.high, self.log)
        return np.asarray(MARGIN + (1 - share) * (HEIGHT - 2 * MARGIN))


def _evidence(diagnosis: Diagnosis, lines: Sequence[Series], frame: _Frame) -> str:
    """Draw the marks of the deciding finding on these series, and crosses at non-finite values."""
    names, parts = {s.name for s in lines}, []
    for outcome in diagnosis.outcomes:
        if outcome.rule != diagnosis.deciding or outcome.status is not Status.FOUND:
            continue
        for e in outcome.evidence:
            left, right = float(frame.x(e.first)), float(frame.x(e.last))
            top, bottom = 0.0, float(HEIGHT)
            if e.series not in names:
                continue
            if e.mark in ("point", "line"):
                parts.append(f'<path class="spark-mark" d="M{left:.1f} 0V{HEIGHT}"/>')
                continue
            if e.mark == "band" and e.low is not None and e.high is not None:
                top, bottom = float(frame.y(e.high)), float(frame.y(e.low))
            parts.insert(0, f'<rect class="spark-span" x="{left:.1f}" y="{top:.1f}" width="{max(right - left, 0.5):.1f}" '
                            f'height="{max(bottom - top, 0.5):.1f}"/>')  # fmt: skip
    return "".join(parts) + _crosses(lines, frame, MOST_CROSSES, 1.2)


def _crosses(lines: Sequence[Series], frame: _Frame, most: int, half: float) -> str:
    """Draw at most ``most`` crosses at the bottom where values are not finite, each two ``half`` wide; the first is one."""
    broken = np.unique(np.concatenate([s.steps[~np.isfinite(s.values)] for s in lines]))
    shown = broken[np.unique(np.linspace(0, len(broken) - 1, min(most, len(broken))).astype(int))]
    wide, top = f"{2 * half:g}", f"{HEIGHT - 1.6 - 2 * half:g}"
    return "".join(
        f'<path class="spark-broken" d="M{x - half:.1f} {top}l{wide} {wide}m0-{wide}l-{wide} {wide}"/>'
        for x in frame.x(shown)
    )


def _points(series: Series, frame: _Frame) -> str:
    steps, values = decimate(series.steps, series.values, MOST_POINTS)
    kept = np.isfinite(values)
    x, y = frame.x(steps[kept]), frame.y(values[kept])
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def _share(values: Floats, low: float, high: float, log: bool) -> Floats:
    if log:
        return np.asarray((np.log(values) - math.log(low)) / (math.log(high) - math.log(low)))
    return np.asarray((values - low) / ((high - low) or 1.0))
