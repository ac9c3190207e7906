"""Sentences about what is different since the last analysis; plain text, not escaped for any format."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.changes import RunChange, RunState
from loganalyzer.model.history import Trend
from loganalyzer.reports import change_text
from loganalyzer.reports.order import natural
from loganalyzer.reports.safe import term_safe

BLOCKS = "▁▂▃▄▅▆▇█"
MOST_CHANGES, MOST_NAMES, MOST_NEWS = 20, 8, 2


def heading(trend: Trend, lang: Lang) -> str:
    """Return what the changes are counted from."""
    if trend.last is None:
        return messages.ui("history", "first", lang)
    key = "since_commit" if trend.last.commit else "since"
    return messages.ui("history", key, lang, time=moment(trend.last.time), commit=term_safe(trend.last.commit[:10]))


def lines(trend: Trend, lang: Lang, *, curves: bool = True) -> list[str]:
    """Return what is different, worse verdicts first; nothing for the first analysis. ``curves``: Unicode can be shown."""
    if trend.last is None:
        return []
    moved = changed(trend)
    said = [
        messages.ui(
            "history", "changed", lang, run=change_text.name(p, lang), verdicts=change_text.verdicts(p, lang)
        )
        for p in moved[:MOST_CHANGES]
    ]  # fmt: skip
    if len(moved) > MOST_CHANGES:
        said.append(messages.ui("gate", "more", lang, count=len(moved) - MOST_CHANGES))
    changes = trend.changes
    for key, runs in (("new", changes.new), ("gone", changes.gone)):
        if runs:
            names = change_text.names(runs, lang, MOST_NAMES, verdicts=key == "new")
            said.append(messages.ui("history", key, lang, names=names))
    said = said or [messages.ui("history", "nothing", lang)]
    if trend.bad_since:
        said.append(messages.ui("history", "bad_before", lang, names=_bad(trend, lang)))
    if (best := overall(trend, lang, curves=curves)) is not None:
        said.append(best)
    return said


def changed(trend: Trend) -> list[RunChange]:
    """Return the runs with another verdict than last time, worse ones first."""
    moved = [pair for pair in trend.changes.pairs if pair.verdict != "same"]
    return sorted(moved, key=lambda pair: (change_text.WAYS.index(pair.verdict), natural(pair.now.id)))


def news(trend: Trend | None, lang: Lang) -> str:
    """Return the bad runs that are new, in a few words for a subject; "" where no history tells."""
    if trend is None or trend.last is None:
        return ""
    states = states_now(trend)
    fresh = [states[run] for run in sorted(trend.fresh, key=natural)]
    if not fresh:
        return messages.ui("history", "no_news", lang)
    said = [
        messages.ui(
            "history", "news_run", lang, run=term_safe(run.id, 30), verdict=messages.verdict(run.verdict, lang)
        )
        for run in fresh[:MOST_NEWS]
    ]  # fmt: skip
    names = messages.listed(said, lang)
    if len(fresh) > MOST_NEWS:
        names = messages.ui("changes", "more", lang, names=names, count=len(fresh) - MOST_NEWS)
    return messages.ui("history", "news", lang, names=names)


def overall(trend: Trend, lang: Lang, *, curves: bool = True) -> str | None:
    """Return the best value of any run over time, with a curve of block characters; None before the second analysis."""
    best = trend.overall
    finite = [value for value in best.values if math.isfinite(value)] if best is not None else []
    if best is None or len(finite) < 2:
        return None
    curve = blocks(best.values) if curves else ""
    text = messages.ui(
        "history", "overall", lang, series=term_safe(best.series, 60), count=len(best.values), curve=curve,
        first=finite[0], now=finite[-1],
    )  # fmt: skip
    return text if curves else text.replace("  ", " ")


def blocks(values: Sequence[float]) -> str:
    """Draw values as block characters; a dot where there is none."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    scale = (len(BLOCKS) - 1) / (high - low) if high > low else 0.0
    return "".join(BLOCKS[round((value - low) * scale)] if math.isfinite(value) else "·" for value in values)


def states_now(trend: Trend) -> Mapping[str, RunState]:
    """Return the runs of this analysis by id."""
    return {run.id: run for run in (*(pair.now for pair in trend.changes.pairs), *trend.changes.new)}


def moment(time: str) -> str:
    """Return the time of an entry as people write it: "2026-11-27 02:00 UTC"."""
    return term_safe(f"{time[:10]} {time[11:16]} UTC" if len(time) == 20 and time[10] == "T" else time, 30)


def _bad(trend: Trend, lang: Lang) -> str:
    states = states_now(trend)
    runs = sorted(trend.bad_since, key=natural)
    said = [
        messages.ui(
            "history", "bad_run", lang, run=term_safe(run, change_text.LONGEST_NAME),
            verdict=messages.verdict(states[run].verdict, lang), since=moment(trend.bad_since[run])[:10],
        )
        for run in runs[:MOST_NAMES]
    ]  # fmt: skip
    text = messages.listed(said, lang)
    more = len(runs) - MOST_NAMES
    return messages.ui("changes", "more", lang, names=text, count=more) if more > 0 else text
