"""The output ``--verdict-csv``: a line for each run, for spreadsheets."""

from __future__ import annotations

import csv
import io

from loganalyzer import messages
from loganalyzer.reports.registry import Format, RenderRequest

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(request: RenderRequest) -> str:
    """The document: run, verdict with its kind, probability, what the deciding rule found."""
    lang = request.lang
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["run", "verdict", "probability", "headline"])
    for run in request.analysis.runs:
        verdict = messages.verdict_with_kind(run.verdict, run.kind, lang)
        table.writerow([_cell(run.id), verdict, f"{run.probability:.2f}", _cell(messages.headline(run, lang))])
    return text.getvalue()


def _cell(text: str) -> str:
    """Names come from log files: a spreadsheet must not take one for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


FORMAT = Format("verdict-csv", "Write a line of CSV for each run: verdict, probability, headline.", render=render)
