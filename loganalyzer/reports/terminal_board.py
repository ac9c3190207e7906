"""The runs on the terminal as a table in the order of one of their fields."""

from __future__ import annotations

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Analysis
from loganalyzer.reports.leaderboard import board
from loganalyzer.reports.sweep_text import varied
from loganalyzer.reports.terminal_lines import Lines
from loganalyzer.reports.wrap import columns

MOST_ROWS = 30
GAP = "  "


def show_board(analysis: Analysis, key: str, out: Lines, lang: Lang) -> None:
    """Show the first runs by ``key``; columns that the terminal has no room for are left out."""
    table = board(analysis, key, varied(analysis.groups), lang, MOST_ROWS)
    lines = [table.heads, *table.rows]
    widths = [max(columns(row[i]) for row in lines) for i in range(len(table.heads))]
    fitting = len(widths)
    while fitting > 2 and sum(widths[:fitting]) + len(GAP) * (fitting - 1) > out.width:
        fitting -= 1
    for number, row in enumerate(lines):
        cells = [f"{text}{' ' * (widths[i] - columns(text))}" for i, text in enumerate(row[:fitting])]
        style = "dim" if not number else table.runs[number - 1].verdict.info.style
        out.pieces((GAP.join(cells).rstrip(), style))
    if more := analysis.tally.total - len(table.rows):
        out.write(messages.ui("terminal", "more_groups", lang, count=more), style="dim")
