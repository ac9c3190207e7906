"""Choose the panels of a run's chart, top to bottom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.messages.languages import SOURCE
from loganalyzer.model.record import replace
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Series
from loganalyzer.reports.html import chart_box, range_chart
from loganalyzer.reports.html.panel import FLAT_INCHES, NOTHING_INCHES, OBJECTIVE_INCHES, Panel
from loganalyzer.reports.judged_curves import by_return, game_curves, judged_curves

METRICS = {"accuracy": "accuracy", "acc": "accuracy", "precision": "precision", "recall": "recall", "r2": "r2"}
"""Metrics that have a word in every language, by their usual names."""


def panels(diagnosis: Diagnosis, lang: Lang) -> list[Panel]:
    """Return the panels, top to bottom: objective, metric, learning rate, gradient norm; raw series if there is none."""
    roles = diagnosis.roles
    game = game_curves(diagnosis)
    main = _kept(game or judged_curves(diagnosis))
    if not main:
        main = _kept([(s, "train") for s in _telling(diagnosis)])
    found = [Panel(_title(main, lang), main, OBJECTIVE_INCHES, named=bool(game))] if main else []
    if main and not len(found[0].values()):
        found = [replace(found[0], inches=NOTHING_INCHES)]
    if by_return(diagnosis) and (losses := _kept([(roles.train, "train"), (roles.validation, "validation")], least=2)):
        found.append(_flattened(Panel(_title(losses, lang), losses)))
    if roles.metrics and not roles.objective_is_metric:
        lines = _kept([(roles.metrics[0].train, "train"), (roles.metrics[0].validation, "validation")], least=2)
        if lines:
            found.append(_flattened(Panel(_named(roles.metrics[0].name, lang), lines)))
    for series, key in ((roles.learning_rate, "chart.learning_rate"), (roles.gradient_norm, "chart.gradient_norm")):
        lines = _kept([(series, "train")], least=2)
        if lines:
            panel = Panel(messages.ui("html", key, lang), lines, rate=series is roles.learning_rate)
            found.append(_flattened(panel))
    kept = [p for i, p in enumerate(found) if len(p.values()) or (i == 0 and main)]
    return range_chart.over_rates(kept, diagnosis, lang) or kept


def _title(lines: tuple[tuple[Series, str], ...], lang: Lang) -> str:
    """Return the name of a line alone, "loss" for several."""
    return messages.ui("html", "chart.objective", lang) if len(lines) > 1 else lines[0][0].name


def _flattened(panel: Panel) -> Panel:
    """Return a strip, lower where all its values are the same."""
    values = panel.values()
    return replace(panel, inches=FLAT_INCHES) if len(values) and float(np.ptp(values)) == 0.0 else panel


def _named(metric: str, lang: Lang) -> str:
    """Return a metric's word in ``lang`` with the name that the log gives it: "正解率（accuracy）"; the name where they are one."""
    key = METRICS.get(metric.lower())
    word = messages.ui("html", f"metric.{key}", lang) if key is not None and lang != SOURCE else metric
    return metric if word == metric else messages.aside(word, lang, metric)


def _telling(diagnosis: Diagnosis) -> list[Series]:
    """Without an objective, choose the longest series that is no counter and has no strip of its own."""
    own = {id(diagnosis.roles.learning_rate), id(diagnosis.roles.gradient_norm)}
    every = sorted(diagnosis.run.series.values(), key=lambda s: (-len(s), s.name))
    rest = [s for s in every if id(s) not in own]
    return ([s for s in rest if not _counts(s)] or rest or every)[:1]


def _counts(series: Series) -> bool:
    """Return True for a counter, such as a logged epoch: its values rise evenly or stay."""
    values = chart_box.drawable(series.values)
    return len(values) < 2 or bool((np.diff(values) >= 0).all() and float(np.ptp(values % 1)) == 0)


def _kept(pairs: Sequence[tuple[Series | None, str]], least: int = 1) -> tuple[tuple[Series, str], ...]:
    return tuple((s, kind) for s, kind in pairs if s is not None and len(s) >= least)
