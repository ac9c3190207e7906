"""The gate's result on the page: a line below the headline, and what fails, each with its reasons."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import GateResult
from loganalyzer.model.report import Analysis
from loganalyzer.reports import gate_text
from loganalyzer.reports.html.anchors import anchor
from loganalyzer.reports.html.spaces import unbroken

MOST, IN_FULL = 8, 3
"""Failures that are shown, and so few that each has what was found and what to do next."""


def context(analysis: Analysis, shown: Collection[str], result: GateResult | None, lang: Lang) -> dict[str, Any] | None:
    """Return the data of the line; None where there are no conditions. ``shown`` are the runs that are on the page."""
    if result is None or not (result.gates or result.failed):
        return None
    told = gate_text.explain_all(result.failures, analysis, lang, result.config_file)
    shown_first = told[:MOST]
    return {
        "failed": result.failed,
        "sign": "✗" if result.failed else "✓",
        "line": gate_text.headline(analysis, result, lang),
        "reasons": [
            {
                "what": each.what,
                "expected": each.expected,
                "to": anchor(each.run) if each.run in shown else "",
                "told": _told(each, lang) if len(told) <= IN_FULL else (),
            }
            for each in shown_first
        ],
        "ignore": messages.pair(messages.ui("gate", "ignore_label", lang), shown_first[0].ignore, lang) if told else "",
        "snippet": "\n\n".join("\n".join(each.snippet) for each in shown_first),
        "more": gate_text.more(told[MOST:], lang),
    }


def _told(failure: gate_text.Explained, lang: Lang) -> tuple[tuple[str, str], ...]:
    """What was found and what to do next, each with its label."""
    parts = (("found_label", failure.found), ("fix_label", failure.fix))
    labelled = ((messages.pair(messages.ui("gate", key, lang), "", lang).rstrip(), text) for key, text in parts if text)
    return tuple((label, unbroken(text)) for label, text in labelled)
