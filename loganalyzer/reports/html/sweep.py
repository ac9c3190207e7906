"""A sweep at the top of the page: its answer line by line, what became of its runs, and the two settings that matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Diagnosis, Group
from loganalyzer.model.sweep import Cell, Conditions
from loganalyzer.reports import sweep_text
from loganalyzer.reports.html.anchors import anchor
from loganalyzer.reports.html.spaces import unbroken
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.where.written import query

MOST_SWEEPS, MOST_CAUSES = 5, 8
LOG_FROM = 8.0
"""Means whose ends are so many times apart are coloured on a logarithmic scale."""


def contexts(sweeps: Sequence[Group], runs: Sequence[Diagnosis], lang: Lang) -> list[dict[str, Any]]:
    """Return the template's data for each sweep."""
    return [_context(group, runs, lang) for group in sweeps[:MOST_SWEEPS]]


def _context(group: Group, runs: Sequence[Diagnosis], lang: Lang) -> dict[str, Any]:
    return {
        "title": sweep_text.title(group, lang),
        "lines": [{"label": label, "text": unbroken(text)} for label, text in sweep_text.lines(group, lang)],
        "top": [_run(m.run, m.score) for m in sweep_text.top(group)],
        "comma": messages.listed(("", ""), lang),
        "top_label": messages.ui("sweep", "top", lang),
        "causes": [
            {
                "id": verdict.value,
                "sign": verdict.info.sign,
                "text": unbroken(text),
                "query": f"verdict:{verdict.value}",
            }
            for verdict, text in sweep_text.causes(group, runs, lang)[:MOST_CAUSES]
        ],
        "grid": grid(group, lang),
        "hint": messages.ui("sweep", "grid_hint", lang),
    }


def _run(run: str, score: float | None) -> dict[str, str]:
    return {
        "name": term_safe(run, 60),
        "href": anchor(run),
        "score": "–" if score is None else messages.number(score),
    }


def grid(group: Group, lang: Lang) -> dict[str, Any] | None:
    """Return the table: a row for each value of the first setting, a column for each of the second; None for no table."""
    table = group.answer.grid if group.answer is not None else None
    if table is None:
        return None
    means = [c.mean for row in table.cells for c in row if c is not None and c.mean is not None]
    down, across = _name(table.down), _name(table.across)
    key = "grid" if across else "grid_one"
    best = (min if group.direction == "min" else max)(means, default=None)
    return {
        "caption": messages.ui("sweep", key, lang, series=term_safe(group.series, 60), down=down, across=across),
        "down": down,
        "across": across,
        "columns": [_label(band, lang) for band in table.across],
        "rows": [
            {"label": _label(band, lang), "cells": [_cell(c, means, best, group, lang) for c in row]}
            for band, row in zip(table.down, table.cells, strict=True)
        ],
    }


def _cell(
    cell: Cell | None, means: Sequence[float], best: float | None, group: Group, lang: Lang
) -> dict[str, Any] | None:
    if cell is None:
        return None
    count, failed = len(cell.runs), cell.failed
    key = "grid_all_failed" if failed == count else "grid_failed" if failed else "grid_runs"
    return {
        "mean": sweep_text.mean(cell),
        "sd": sweep_text.spread(cell),
        "note": messages.ui("sweep", key, lang, count=count, failed=failed),
        "failed": bool(failed),
        "all_failed": failed == count,
        "best": cell.mean is not None and cell.mean == best,
        # 0 for the best mean, 100 for the worst
        "share": 0 if cell.mean is None else round(100 * _place(cell.mean, means, group.direction)),
        "where": query(cell.where),
        "said": sweep_text.where(cell.where, lang),
    }


def _place(mean: float, means: Sequence[float], direction: str) -> float:
    """Where a mean lies between the best (0) and the worst (1)."""
    low, high = min(means), max(means)
    if high <= low:
        return 0.0
    if low > 0 and high / low >= LOG_FROM:
        share = math.log(mean / low) / math.log(high / low)
    else:
        share = (mean - low) / (high - low)
    return 1 - share if direction == "max" else share


def _name(bands: Sequence[Conditions]) -> str:
    return next((term_safe(c.name, 60) for band in bands for c in band), "")


def _label(band: Conditions, lang: Lang) -> str:
    """The value of a row or column, or its range."""
    if len(band) == 1 and band[0].comparison == "=":
        return sweep_text.value(band[0].value)
    values = [sweep_text.value(c.value) for c in band]
    if len(values) == 2:
        return messages.ui("sweep", "span", lang, low=values[0], high=values[1])
    return f"{'<' if band and band[0].comparison == '<' else '≥'} {values[0]}" if values else ""
