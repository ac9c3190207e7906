"""The sweeps of an analysis: what was found, a plot of the score against each varied setting, and the table of runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

from loganalyzer import words
from loganalyzer.model.report import Group, Member
from loganalyzer.renderers.safe import term_safe
from loganalyzer.words import Lang

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 170, 56, 14, 12, 34
MOST_ROWS = 40
MOST_PLOTS = 4


def contexts(groups: Sequence[Group], lang: Lang) -> list[dict[str, Any]]:
    """What the template shows of each group; nothing for an analysis without sweeps."""
    return [_context(g, lang) for g in groups]


def _context(group: Group, lang: Lang) -> dict[str, Any]:
    names = list(group.varies)
    seeded = any(m.seed != "" for m in group.table)
    return {
        "id": term_safe(group.id, 120),
        "count": len(group.runs),
        "series": term_safe(group.series, 80),
        "findings": [
            {"severity": o.severity.value, "text": term_safe(words.ui("groups", o.rule, lang, **o.numbers))}
            for o in group.findings
        ],
        "plots": [svg for name in names[:MOST_PLOTS] if (svg := plot(group, name))],
        "columns": [term_safe(n, 60) for n in names] + ([words.ui("groups", "page.seed", lang)] if seeded else []),
        "rows": [_row(m, names, seeded, lang) for m in group.table[:MOST_ROWS]],
        "left_out": max(0, len(group.table) - MOST_ROWS),
        "t": {
            key: words.ui("groups", f"page.{key}", lang, count=len(group.runs), series=group.series)
            for key in ("runs", "score", "verdict", "run")
        },
    }


def _row(member: Member, names: Sequence[str], seeded: bool, lang: Lang) -> dict[str, Any]:
    cells = [_shown(member.settings.get(n, "")) for n in names]
    return {
        "run": term_safe(member.run, 120),
        "cells": cells + ([_shown(member.seed)] if seeded else []),
        "score": "–" if member.score is None else words.number(member.score),
        "verdict": words.verdict(member.verdict, lang),
        "failed": member.failed,
    }


def _shown(value: object) -> str:
    return words.number(value) if isinstance(value, float) else term_safe(str(value), 60)


def plot(group: Group, name: str) -> str:
    """Score against one numeric setting as SVG ("" where there is none); failed runs are crosses at the upper edge."""
    points = [
        (float(v), m)
        for m in group.table
        if isinstance(v := m.settings.get(name), int | float) and not isinstance(v, bool) and math.isfinite(float(v))
    ]
    good = [(v, m.score) for v, m in points if m.score is not None and not m.failed and math.isfinite(m.score)]
    if len({v for v, _ in points}) < 3 or len(good) < 2:
        return ""
    values = [v for v, _ in points]
    log_x = min(values) > 0 and max(values) / min(values) > 20
    scores = [s for _, s in good]
    log_y = min(scores) > 0 and max(scores) / min(scores) > 50
    low, high = min(scores), max(scores)

    def x(v: float) -> float:
        return LEFT + _share(v, min(values), max(values), log_x) * (WIDTH - LEFT - RIGHT)

    def y(s: float) -> float:
        return HEIGHT - BOTTOM - _share(s, low, high, log_y) * (HEIGHT - TOP - BOTTOM - 12)

    marks = [f'<circle cx="{x(v):.1f}" cy="{y(s):.1f}" r="3.5" class="good"/>' for v, s in good]
    for v, m in points:
        if m.failed or m.score is None:
            a, b = x(v), float(TOP)
            marks.append(f'<path d="M{a - 3:.1f} {b - 3:.1f}l6 6m0 -6l-6 6" class="bad"/>')
    ticks = [
        f'<text x="{x(v):.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{escape(words.number(v))}</text>'
        for v in (min(values), max(values))
    ]
    ticks += [
        f'<text x="{LEFT - 6}" y="{y(s) + 4:.1f}" text-anchor="end">{escape(words.number(s))}</text>'
        for s in (low, high)
    ]
    title = escape(f"{group.series} / {name}")
    return (
        f'<svg class="sweep" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{title}"><path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>'
        f'{"".join(ticks)}{"".join(marks)}<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 4}" '
        f'text-anchor="middle">{escape(term_safe(name, 40))}</text></svg>'
    )


def _share(value: float, low: float, high: float, log: bool) -> float:
    if high <= low:
        return 0.5
    if log:
        return (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
    return (value - low) / (high - low)
