"""The head of the page: its title and icon, which tell tabs apart, and where the page comes from."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.model.report import Analysis
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports.html.origin import Origin, folder_title
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import attention, summary

COMMIT_DIGITS, MOST_NAME, MOST_COMMAND = 9, 80, 400
WELL = Verdict.CONVERGED


def context(analysis: Analysis, origin: Origin, lang: Lang) -> dict[str, Any]:
    """Return the template's data for ``<head>`` and the first line."""
    folder = term_safe(folder_title(analysis.roots, lang), MOST_NAME)
    return {
        "folder": folder,
        "title": f"{folder}{LANGUAGES[lang].colon}{summary(analysis, lang)}" if folder else summary(analysis, lang),
        "icon": _icon(analysis),
        "time": f"{origin.time:%Y-%m-%d %H:%M} UTC" if origin.time else "",
        "moment": f"{origin.time:%Y-%m-%dT%H:%M:%SZ}" if origin.time else "",
        "commit": origin.commit[:COMMIT_DIGITS],
        "branch": term_safe(origin.branch, MOST_NAME),
        "command": term_safe(origin.command, MOST_COMMAND),
    }


def _icon(analysis: Analysis) -> str:
    """Return a small picture as an address: the sign of the most urgent verdict in its colour."""
    verdict = next((v for v, _ in attention(analysis.tally)), WELL)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="7" fill="{verdict.info.colours[0]}"/>'
        f'<text x="16" y="23" font-size="20" text-anchor="middle" fill="#fff">{verdict.info.sign}</text></svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"
