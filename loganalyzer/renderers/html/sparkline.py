"""A curve of a few hundred bytes for the table: training and validation, hand-written SVG."""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Floats, Series
from loganalyzer.renderers.decimate import decimate

WIDTH, HEIGHT, MARGIN, MOST_POINTS = 120, 28, 2.0, 48


def sparkline(diagnosis: Diagnosis) -> str:
    """The objective of a run as an SVG element without text; "" when there is nothing to draw."""
    roles = diagnosis.roles
    lines = [
        (s, kind)
        for s, kind in ((roles.validation, "validation"), (roles.train, "train"))
        if s is not None and len(s) > 1
    ]
    if not lines:
        lines = [(s, "train") for s in (roles.reward, roles.generator) if s is not None and len(s) > 1][:1]
    finite = [s.values[np.isfinite(s.values) & (np.abs(s.values) < 1e300)] for s, _ in lines]
    every = np.concatenate(finite) if finite else np.zeros(0)
    if len(every) < 2:
        return ""
    low, high = float(every.min()), float(np.quantile(every, 0.98)) if len(every) > 20 else float(every.max())
    log = low > 0 and high / low > 100
    first = min(int(s.steps[0]) for s, _ in lines)
    last = max(int(s.steps[-1]) for s, _ in lines)
    paths = "".join(
        f'<polyline class="spark-{kind}" points="{_points(s, first, last, low, high, log)}"/>'
        for s, kind in reversed(lines)
    )
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" aria-hidden="true" '
        f'focusable="false">{paths}</svg>'
    )


def _points(series: Series, first: int, last: int, low: float, high: float, log: bool) -> str:
    steps, values = decimate(series.steps, series.values, MOST_POINTS)
    kept = np.isfinite(values)
    x = MARGIN + (steps[kept] - first) / max(last - first, 1) * (WIDTH - 2 * MARGIN)
    share = _share(np.clip(values[kept], low, high), low, high, log)
    y = MARGIN + (1 - share) * (HEIGHT - 2 * MARGIN)
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def _share(values: Floats, low: float, high: float, log: bool) -> Floats:
    if log:
        return np.asarray((np.log(values) - math.log(low)) / (math.log(high) - math.log(low)))
    return np.asarray((values - low) / ((high - low) or 1.0))
