"""The gate's result on the page: a line below the headline, and what fails, each with its reasons."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from loganalyzer.messages import Lang
from loganalyzer.model.gate_result import GateResult
from loganalyzer.model.report import Analysis
from loganalyzer.reports import gate_text
from loganalyzer.reports.html.anchors import anchor

MOST = 8


def context(analysis: Analysis, shown: Collection[str], result: GateResult | None, lang: Lang) -> dict[str, Any] | None:
    """Return the data of the line; None where there are no conditions. ``shown`` are the runs that are on the page."""
    if result is None or not (result.gates or result.failed):
        return None
    told = gate_text.explain_all(result.failures, analysis, lang, result.config_file, brief=True)
    return {
        "failed": result.failed,
        "sign": "✗" if result.failed else "✓",
        "line": gate_text.headline(analysis, result, lang),
        "reasons": [
            {
                "what": each.what,
                "expected": each.expected,
                "to": anchor(each.run) if each.run in shown else "",
            }
            for each in told[:MOST]
        ],
        "more": gate_text.more(told[MOST:], lang),
    }
