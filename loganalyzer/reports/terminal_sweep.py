"""A sweep on the terminal: its answer line by line, then what became of its runs, by cause."""

from __future__ import annotations

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Analysis, Group
from loganalyzer.reports import sweep_text
from loganalyzer.reports.terminal_lines import Lines

MOST_CAUSES, MOST_NOTES = 8, 5


def show_sweep(group: Group, analysis: Analysis, out: Lines, lang: Lang) -> None:
    """Show what the sweep says, what its runs came to, and what a comparison of its settings found."""
    out.write(sweep_text.title(group, lang), style="bold")
    for label, text in sweep_text.lines(group, lang):
        out.write(messages.pair(label, text, lang), 2, bold=label, hang=2)
    for verdict, text in sweep_text.causes(group, analysis.runs, lang)[:MOST_CAUSES]:
        out.write(f"{out.sign(verdict)} {text}", 2, style=verdict.info.style, hang=2)
    for text in sweep_text.notes(group, lang)[:MOST_NOTES]:
        out.write(f"- {text}", 2, "dim", hang=2)
