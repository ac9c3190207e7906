"""Two analyses compared, as Markdown for a comment."""

from __future__ import annotations

from collections.abc import Iterator

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.changes import Way
from loganalyzer.reports import change_text
from loganalyzer.reports.diff import Compared
from loganalyzer.reports.markdown import escaped

MARKER = "<!-- analyze-logs diff -->"
MOST_RUNS, MOST_NAMES = 50, 30
SIGNS: dict[Way, str] = {"worse": "❌", "better": "✅", "other": "⚠️", "same": "="}


def render(compared: Compared, lang: Lang) -> str:
    """Render the comparison; a hidden marker at the beginning identifies the comment later."""
    return "\n".join(_lines(compared, lang)) + "\n"


def _lines(compared: Compared, lang: Lang) -> Iterator[str]:
    changes, shown = compared.changes, change_text.worth_saying(compared.changes)
    yield MARKER
    yield f"### {messages.ui('changes', 'title', lang)}\n"
    yield f"{escaped(compared.before)} → {escaped(compared.now)}\n"
    yield f"**{escaped(change_text.counts(changes, lang))}**\n"
    if shown:
        columns = (messages.ui("changes", f"column.{key}", lang) for key in ("way", "run", "verdict", "values"))
        yield f"| {' | '.join(columns)} |\n|---|---|---|---|"
    for pair in shown[:MOST_RUNS]:
        details = "<br>".join(escaped(line, 400) for line in change_text.details(pair, lang))
        way = f"{SIGNS[pair.way]} {change_text.way(pair.way, lang)}"
        yield f"| {way} | {escaped(change_text.name(pair, lang))} | {escaped(change_text.verdicts(pair, lang))} | {details} |"
    if len(shown) > MOST_RUNS:
        yield f"\n{messages.ui('gate', 'more', lang, count=len(shown) - MOST_RUNS)}"
    same = [pair.now for pair in changes.pairs if pair not in shown]
    if same:
        names = change_text.names(same, lang, MOST_NAMES)
        yield "\n" + escaped(messages.ui("changes", "unchanged", lang, count=len(same), names=names), 4000)
    for place, runs in ((compared.before, changes.gone), (compared.now, changes.new)):
        if runs:
            names = change_text.names(runs, lang, MOST_NAMES, verdicts=True)
            yield "\n" + escaped(
                messages.ui("changes", "only_in", lang, place=place, count=len(runs), names=names), 4000
            )
