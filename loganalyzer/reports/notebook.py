"""A report in a notebook cell: one small table, worst run first."""

from __future__ import annotations

from html import escape

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Analysis
from loganalyzer.reports.order import worst_first
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import summary

MOST_ROWS = 50


def render(analysis: Analysis, lang: Lang = "en") -> str:
    """Render an HTML fragment without scripts or styles of its own; names are escaped."""
    runs = worst_first(analysis.runs)
    rows = "".join(
        f"<tr><td>{d.verdict.info.sign}&nbsp;{escape(messages.verdict(d.verdict, lang))}</td>"
        f'<td style="text-align:left">{escape(term_safe(d.id, 120))}</td>'
        f'<td style="text-align:left">{escape(term_safe(messages.headline(d, lang)))}</td></tr>'
        for d in runs[:MOST_ROWS]
    )
    more = len(runs) - MOST_ROWS
    tail = f"<p>{escape(messages.ui('terminal', 'more', lang, count=more))}</p>" if more > 0 else ""
    return f"<p><b>{escape(summary(analysis, lang))}</b></p><table><tbody>{rows}</tbody></table>{tail}"
