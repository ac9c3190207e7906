"""The sweeps of an analysis: findings, a plot of the score against each varied setting, and the table of runs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Group, Member
from loganalyzer.model.run import Detail
from loganalyzer.reports import sweep_text
from loganalyzer.reports.html.anchors import anchor
from loganalyzer.reports.html.group_plot import plot
from loganalyzer.reports.safe import term_safe

MOST_ROWS = 40
MOST_PLOTS = 6


def contexts(groups: Sequence[Group], roots: Sequence[str], lang: Lang) -> list[dict[str, Any]]:
    """Return the template's data for each group of the analysis of ``roots``; empty for one without sweeps."""
    only = PurePath(roots[0]).name if len(roots) == 1 else ""
    whole = term_safe(only, 120) or messages.ui("groups", "page.whole", lang)
    return [_context(g, whole, lang) for g in groups]


def _context(group: Group, whole: str, lang: Lang) -> dict[str, Any]:
    """``whole`` is the name of the group of everything that was analysed."""
    names = list(group.varies)
    seeded = any(m.seed != "" for m in group.table)
    return {
        "id": term_safe(group.id, 120) if group.id not in ("", ".") else whole,
        "count": len(group.runs),
        "series": term_safe(group.series, 80),
        "findings": [
            {"severity": o.severity.value, "text": sweep_text.finding(o, lang)}
            for o in group.findings
            if not sweep_text.is_said(o, group.answer if group.is_sweep else None)  # the top of the page says them
        ],
        "plots": [svg for name in names[:MOST_PLOTS] if (svg := plot(group, name, lang))],
        "columns": [term_safe(n, 60) for n in names] + ([messages.ui("groups", "page.seed", lang)] if seeded else []),
        "rows": [_row(m, names, seeded, lang) for m in group.table[:MOST_ROWS]],
        "left_out": max(0, len(group.table) - MOST_ROWS),
        "anchor": "sweep-" + hashlib.sha256(group.id.encode("utf-8", "surrogatepass")).hexdigest()[:10],
        "table_of": messages.ui("html", "groups.table", lang, count=len(group.table)),
        "key": messages.ui("html", "groups.key", lang),
        "more": messages.ui("html", "groups.more", lang, count=max(0, len(group.table) - MOST_ROWS)),
        "t": {
            key: messages.ui("groups", f"page.{key}", lang, count=len(group.runs), series=group.series)
            for key in ("runs", "score", "verdict", "run")
        },
    }


def _row(member: Member, names: Sequence[str], seeded: bool, lang: Lang) -> dict[str, Any]:
    cells = [_shown(member.settings.get(n, "")) for n in names]
    return {
        "run": term_safe(member.run, 120),
        "href": anchor(member.run),
        "cells": cells + ([_shown(member.seed)] if seeded else []),
        "score": "–" if member.score is None else messages.number(member.score),
        "verdict": messages.verdict(member.verdict, lang),
        "verdict_id": member.verdict.value,
        "sign": member.verdict.info.sign,
        "failed": member.failed,
    }


def _shown(value: Detail) -> str:
    return term_safe(messages.typed(value), 60)
