"""The chart of a learning-rate range test: the loss over the rate, with both suggested rates marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.outcome import Status
from loganalyzer.model.record import replace
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Floats, Ints, Series
from loganalyzer.reports.html.chart_marks import Mark
from loganalyzer.reports.html.panel import Panel

RULE = "range-test"
AIR_ABOVE_START = 0.6
DISAGREE = 10.0


def answer(diagnosis: Diagnosis) -> dict[str, float | str]:
    """Return the result of the range test: ``low``, ``high``, ``rate`` (at the lowest loss), ``valley``, ``tenth``, ``from``,
    ``to``, ``factor`` (text); empty if the verdict is another one or the test has no result."""
    found = [o for o in diagnosis.outcomes if o.rule == RULE == diagnosis.deciding and o.status is Status.FOUND]
    if not found or "valley" not in found[0].numbers or diagnosis.roles.learning_rate is None:
        return {}
    numbers = {k: float(found[0].numbers[k]) for k in ("low", "high", "valley", "tenth", "from", "to")}
    if min(numbers.values()) <= 0:
        return {}
    return {**numbers, "rate": 10 * numbers["tenth"], "factor": f"{numbers['to'] / numbers['from']:.2g}"}


def over_rates(panels: Sequence[Panel], diagnosis: Diagnosis, lang: Lang) -> list[Panel]:
    """Convert the panels to the learning rate as x axis instead of the steps; empty for a run that is no range test."""
    numbers, rate = answer(diagnosis), diagnosis.roles.learning_rate
    if not numbers or rate is None or not panels or panels[0].rate:
        return []
    drawn = [replace(p, lines=tuple((_over(s, rate), k) for s, k in p.lines), log_x=True) for p in panels if not p.rate]
    if any(len(s) < 2 for p in drawn for s, _ in p.lines):
        return []
    main = drawn[0]
    top = _cut(main.lines, float(numbers["rate"]))
    return [replace(main, most=top, marks=_marks(main, numbers, lang)), *drawn[1:]]


def _over(series: Series, rate: Series) -> Series:
    """Replace the steps of a series by the learning rate, float64, strictly increasing and positive."""
    keep = np.isfinite(rate.values) & (rate.values > 0)
    logs: Floats = np.interp(series.steps, rate.steps[keep], np.log(rate.values[keep]))
    rates, first = np.unique(np.exp(logs), return_index=True)
    return Series(series.name, cast(Ints, rates), series.values[first])


def _cut(lines: Sequence[tuple[Series, str]], rate: float) -> float | None:
    """Return the upper limit of the loss axis: the blow-up at the end would compress the valley; None to show all."""
    before = np.concatenate([s.values[(s.steps <= rate) & np.isfinite(s.values)] for s, _ in lines])
    every = np.concatenate([s.values[np.isfinite(s.values)] for s, _ in lines])
    if not len(before):
        return None
    low, high = float(before.min()), float(before.max())
    top = high + AIR_ABOVE_START * (high - low)
    return top if high > low and float(every.max()) > top else None


def _marks(panel: Panel, numbers: dict[str, float | str], lang: Lang) -> tuple[Mark, ...]:
    series = panel.lines[0][0]

    def text(key: str) -> str:
        return messages.ui("html", f"chart.range.{key}", lang, **numbers)

    def point(key: str, name: str, chief: bool) -> Mark:
        at = float(numbers[name])
        return Mark(
            at, at, "point", text(key), chief, float(np.interp(np.log(at), np.log(series.steps), series.values))
        )

    low, high = float(numbers["from"]), float(numbers["to"])
    advice = text("agree" if high / low <= DISAGREE else "disagree")
    return (
        Mark(low, high, "span", advice, True),
        point("valley", "valley", True),
        point("tenth", "tenth", True),
        point("lowest", "rate", False),
    )
