"""A run's curves as a sentence, as a small table, and as data for comparing runs on the page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Series
from loganalyzer.reports.decimate import decimate
from loganalyzer.reports.html import range_chart
from loganalyzer.reports.html.anchors import anchor
from loganalyzer.reports.judged_curves import drawn_curves
from loganalyzer.reports.safe import term_safe

COMPARE_POINTS = 90
COMPARE_POINTS_OF_MANY = 40
MANY = 120
MOST_ROWS = 50
NO_VALUES: dict[str, Any] = {"where": "", "names": [], "rows": [], "every": ""}
TEXTS = (
    "same", "equal", "no_settings", "nothing", "fraction", "parameter", "verdict", "best", "end", "showing", "unknown", "all",
    "unpacked", "reset", "zoom_in", "zoom_out", "zoom_left", "zoom_right", "zoom_how", "copied", "cut", "ordered",
)  # fmt: skip


def shown_series(diagnosis: Diagnosis) -> list[tuple[str, Series]]:
    """Return the series of the main chart with their kind ("train", "validation")."""
    return [(kind, series) for series, kind in drawn_curves(diagnosis)]


def sentence(diagnosis: Diagnosis, lang: Lang) -> str:
    """Describe the chart as alternative text."""
    parts = []
    for _, series in shown_series(diagnosis):
        finite = np.flatnonzero(np.isfinite(series.values))
        if len(finite) < 2:
            continue
        first, last = finite[0], finite[-1]
        low = finite[int(np.argmin(series.values[finite]))]
        unit = diagnosis.run.step_unit
        parts.append(
            messages.ui(
                "html",
                "chart.described",
                lang,
                name=term_safe(series.name, 60),
                first=float(series.values[first]),
                last=float(series.values[last]),
                low=float(series.values[low]),
                at=messages.at_step(int(series.steps[low]), unit, lang),
                count=len(series),
            )
        )
    range_test = range_chart.answer(diagnosis)
    if range_test:
        parts.append(messages.ui("html", "chart.range.described", lang, **range_test))
    return messages.sentences(parts, lang) or messages.ui("html", "chart.nothing", lang)


def not_drawn(diagnosis: Diagnosis, lang: Lang) -> str:
    """Report how many values of the main chart are NaN or infinite; "" if all can be drawn."""
    bad = [(s.name, int((~np.isfinite(s.values)).sum()), len(s)) for _, s in shown_series(diagnosis)]
    texts = [
        messages.ui("html", "chart.broken", lang, name=term_safe(name, 60), count=count, total=total)
        for name, count, total in bad
        if count
    ]
    return messages.remarks(texts, lang)


def value_table(diagnosis: Diagnosis, lang: Lang) -> dict[str, Any]:
    """Return the points of the main series: names, a row of texts per step, and a remark if not every step has a row.

    Up to 50 steps all of them; of more every n-th and the last, so that there are at most 51.
    """
    series = [s for _, s in shown_series(diagnosis)]
    if range_chart.answer(diagnosis) and diagnosis.roles.learning_rate is not None:
        series.append(diagnosis.roles.learning_rate)
    if not series:
        return NO_VALUES
    longest = max(series, key=len)
    total, nth = len(longest), -(-len(longest) // MOST_ROWS)
    places = sorted({*range(0, total, nth), total - 1})
    table = []
    for place in places:
        step = int(longest.steps[place])
        table.append([f"{step:,}", *(_at(s, step) for s in series)])
    said = messages.ui("html", "every", lang, count=nth, total=total) if nth > 1 else ""
    return {
        "where": _unit(diagnosis, lang),
        "names": [term_safe(s.name, 60) for s in series],
        "rows": table,
        "every": said,
    }


def end_value(diagnosis: Diagnosis) -> float | None:
    """Return the last value of the objective."""
    return diagnosis.end.value if diagnosis.end is not None else None


def _at(series: Series, step: int) -> str:
    place = int(np.searchsorted(series.steps, step, side="right")) - 1
    return messages.number(float(series.values[place])) if place >= 0 else "–"


def for_compare(runs: Sequence[Diagnosis], lang: Lang) -> list[dict[str, Any]]:
    """Return the data of the comparison: per run its name, its decimated curves, its hyper-parameters."""
    most = COMPARE_POINTS if len(runs) <= MANY else COMPARE_POINTS_OF_MANY
    return [
        {
            "name": term_safe(d.id, 120),
            "href": anchor(d.id),
            "unit": _unit(d, lang),
            "verdict": f"{d.verdict.info.sign} {messages.verdict(d.verdict, lang)}",
            "best": messages.number(d.best.value) if d.best else None,
            "end": None if (end := end_value(d)) is None else messages.number(end),
            "at": _best_at(d),
            "curves": {kind: _thin(s, most) for kind, s in shown_series(d)},
            "hp": {term_safe(str(k), 60): _short(v) for k, v in sorted(d.hyperparameters.items())[:60]},
        }
        for d in runs
    ]


def script_texts(lang: Lang) -> dict[str, str]:
    """Return the texts of the page's script."""
    return {
        **{key: messages.ui("html", f"script.{key}", lang) for key in TEXTS},
        **{key: messages.ui("html", key, lang) for key in ("dark", "light")},
        "log": messages.ui("html", "log_scale", lang),
        "log_said": messages.ui("html", "chart.log", lang),
    }


def _unit(diagnosis: Diagnosis, lang: Lang) -> str:
    return messages.ui("html", "chart.epochs" if diagnosis.run.step_unit == "epoch" else "chart.steps", lang)


def _best_at(diagnosis: Diagnosis) -> tuple[str, int, float | None] | None:
    """The best point: the kind of its series, its step and value; None where its series is not drawn."""
    best = diagnosis.best
    kind = next((kind for kind, s in shown_series(diagnosis) if best and s.name == best.series), None)
    return (kind, best.step, _round(best.value)) if best and kind else None


def _thin(series: Series, most: int) -> list[list[float | None]]:
    steps, values = decimate(series.steps, series.values, most)
    return [[int(s) for s in steps.tolist()], [_round(v) for v in values.tolist()]]


def _round(value: float) -> float | None:
    return float(f"{value:.4g}") if math.isfinite(value) else None


def _short(value: Any) -> str:
    return term_safe(str(value).lower() if isinstance(value, bool) else messages.typed(value), 60)
