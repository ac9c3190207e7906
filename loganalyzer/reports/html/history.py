"""What is different since the last analysis, on the page: sentences, and the best value of each run over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.history import Trend
from loganalyzer.model.report import Diagnosis
from loganalyzer.reports import change_text, trend_text
from loganalyzer.reports.order import natural
from loganalyzer.reports.safe import term_safe

WIDTH, HEIGHT, MARGIN = 120, 28, 3.0
MOST_ROWS = 30


def context(trend: Trend | None, runs: Sequence[Diagnosis], lang: Lang) -> dict[str, Any] | None:
    """Return the data of the section, of ``runs`` as far as they were kept; None where no history is kept."""
    if trend is None:
        return None
    moved = {pair.now.id: pair for pair in trend_text.changed(trend)}
    states = trend_text.states_now(trend)
    # what changed first, then what is bad, then the others
    order = sorted(states, key=lambda run: (run not in moved, states[run].verdict.info.healthy, natural(run)))
    rows = [
        {
            "name": term_safe(run, 120),
            "verdict": states[run].verdict.value,
            "verdicts": change_text.verdicts(moved[run], lang)
            if run in moved
            else change_text.verdict(states[run], lang),
            "best": messages.number(best[-1]),
            "curve": curve(best),
        }
        for run in order
        if (best := trend.best.get(run)) is not None
    ]
    return {
        "title": messages.ui("history", "title", lang) if trend.last is None else trend_text.heading(trend, lang),
        "said": trend_text.heading(trend, lang) if trend.last is None else "",
        "lines": trend_text.lines(trend, runs, lang),
        "rows": rows[:MOST_ROWS] if trend.last is not None else [],
        "columns": [messages.ui("history", f"column.{key}", lang) for key in ("run", "verdict", "best", "time")],
        "more": messages.ui("gate", "more", lang, count=len(rows) - MOST_ROWS) if len(rows) > MOST_ROWS else "",
    }


def curve(values: Sequence[float]) -> str:
    """Draw the best values of a run analysis by analysis as SVG, the last one marked; "" for fewer than three."""
    finite = [(i, value) for i, value in enumerate(values) if math.isfinite(value)]
    if len(finite) < trend_text.FEWEST_IN_CURVE:
        return ""
    low, high = min(value for _, value in finite), max(value for _, value in finite)
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    tall = (HEIGHT - 2 * MARGIN) / ((high - low) or 1.0)
    base = HEIGHT - MARGIN if high > low else HEIGHT / 2
    points = [(MARGIN + i * step, base - (value - low) * tall) for i, value in finite]
    x, y = points[-1]
    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" aria-hidden="true" '
        f'focusable="false"><polyline class="spark-time" points="{line}"/>'
        f'<circle class="spark-now" cx="{x:.1f}" cy="{y:.1f}" r="2"/></svg>'
    )
