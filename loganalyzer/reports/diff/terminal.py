"""Two analyses compared, on the terminal: what got worse first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.changes import Way
from loganalyzer.reports import change_text
from loganalyzer.reports.diff import Compared
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.terminal_lines import Lines

if TYPE_CHECKING:
    from rich.console import Console

MOST_RUNS, MOST_NAMES = 60, 12
SIGNS: dict[Way, str] = {"worse": "-", "better": "+", "other": "~", "same": "="}
STYLES: dict[Way, str] = {"worse": "red", "better": "green", "other": "yellow", "same": ""}


def show(compared: Compared, console: Console, lang: Lang, *, verbose: bool = False) -> None:
    """Print the comparison; ``verbose`` names every run."""
    out, changes = Lines(console), compared.changes
    out.write(change_text.counts(changes, lang), style="bold")
    shown = change_text.worth_saying(changes)
    most = len(shown) if verbose else MOST_RUNS
    if shown:
        out.blank()
    for pair in shown[:most]:
        sign = f"{SIGNS[pair.way]} {change_text.way(pair.way, lang)}"
        text = f"{sign}  {messages.pair(change_text.name(pair, lang), change_text.verdicts(pair, lang), lang)}"
        out.write(text, style=STYLES[pair.way], hang=4)
        for line in change_text.details(pair, lang):
            out.write(line, 4, hang=2)
    if len(shown) > most:
        out.write(messages.ui("gate", "more", lang, count=len(shown) - most), style="dim")
    same = [pair.now for pair in changes.pairs if pair not in shown]
    names = len(changes.pairs) + len(changes.gone) + len(changes.new) if verbose else MOST_NAMES
    if same or changes.gone or changes.new:
        out.blank()
    if same:
        listed = change_text.names(same, lang, names)
        out.write(messages.ui("changes", "unchanged", lang, count=len(same), names=listed), hang=2)
    for place, runs in ((compared.before, changes.gone), (compared.now, changes.new)):
        if runs:
            listed = change_text.names(runs, lang, names, verdicts=True)
            shown_place = term_safe(place, 80)
            out.write(messages.ui("changes", "only_in", lang, place=shown_place, count=len(runs), names=listed), hang=2)
