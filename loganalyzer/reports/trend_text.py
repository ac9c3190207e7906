"""Sentences about what is different since the last analysis; plain text, not escaped for any format."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from loganalyzer import messages
from loganalyzer.diagnosis.failure_groups import set_apart
from loganalyzer.messages import Lang
from loganalyzer.model.changes import RunChange, RunState
from loganalyzer.model.history import Trend
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports import change_text, sweep_text
from loganalyzer.reports.order import natural
from loganalyzer.reports.safe import term_safe

BLOCKS = "▁▂▃▄▅▆▇█"
MOST_CHANGES, MOST_NAMES, MOST_NEWS = 20, 8, 2
TOGETHER_FROM = 4
"""So many runs that went the same way are told together."""
FEWEST_IN_CURVE = 3
"""Two values are told as well without a curve."""
NAMED = 2
"""Runs of one verdict that are named among many that were bad before."""
FEW_KNOWN = 3
"""So many runs that were bad before are named."""


def heading(trend: Trend, lang: Lang) -> str:
    """Return what the changes are counted from."""
    if trend.last is None:
        return messages.ui("history", "first", lang)
    key = "since_commit" if trend.last.commit else "since"
    return messages.ui("history", key, lang, time=moment(trend.last.time), commit=term_safe(trend.last.commit[:10]))


def lines(trend: Trend, runs: Sequence[Diagnosis], lang: Lang, *, curves: bool = True) -> list[str]:
    """Return what is different, worse verdicts first, then what is known as bad; of the first analysis what is bad.

    ``runs`` are those of this analysis as far as they were kept. ``curves``: Unicode can be shown.
    """
    if trend.last is None:
        return (
            [messages.ui("history", "bad_first", lang, **_known(trend.fresh, trend, runs, lang))] if trend.fresh else []
        )
    said = _moved(trend, lang)
    changes = trend.changes
    for key, states in (("new", changes.new), ("gone", changes.gone)):
        if states:
            names = change_text.names(states, lang, MOST_NAMES, verdicts=key == "new")
            said.append(messages.ui("history", key, lang, names=names))
    said = said or [messages.ui("history", "nothing", lang)]
    if trend.bad_since:
        said.append(known(trend, runs, lang))
    if (best := overall(trend, lang, curves=curves)) is not None:
        said.append(best)
    return said


def _moved(trend: Trend, lang: Lang) -> list[str]:
    """The runs with another verdict, those that went the same way in one line where they are many."""
    found: dict[str, list[RunChange]] = {}
    for pair in changed(trend):
        found.setdefault(change_text.verdicts(pair, lang), []).append(pair)
    said = []
    for verdicts, pairs in found.items():
        names = [change_text.name(pair, lang) for pair in pairs]
        if len(pairs) >= TOGETHER_FROM:
            names = [messages.ui("terminal", "together", lang, count=len(pairs), names=_some(names, len(pairs), lang))]
        said += [messages.ui("history", "changed", lang, run=name, verdicts=verdicts) for name in names]
    more = len(said) - MOST_CHANGES
    return [*said[:MOST_CHANGES], *([messages.ui("gate", "more", lang, count=more)] if more > 0 else [])]


def known(trend: Trend, runs: Sequence[Diagnosis], lang: Lang) -> str:
    """Return in one line the runs that are bad and were bad before: a few by name, many by verdict and settings."""
    bad = sorted(trend.bad_since, key=natural)
    if len(bad) <= FEW_KNOWN:
        return messages.ui("history", "bad_before", lang, names=_bad(trend, bad, lang))
    since = sorted(moment(time)[:10] for time in trend.bad_since.values())
    key = "bad_known" if since[0] == since[-1] else "bad_known_oldest"
    return messages.ui("history", key, lang, since=since[0], **_known(bad, trend, runs, lang))


def _known(bad: Sequence[str], trend: Trend, runs: Sequence[Diagnosis], lang: Lang) -> dict[str, object]:
    """How many runs are bad, and by verdict, with the settings that they share; the most frequent verdict first."""
    states, kept = states_now(trend), {d.id: d for d in runs}
    by_verdict: dict[Verdict, list[str]] = {}
    for run in bad:
        by_verdict.setdefault(states[run].verdict, []).append(run)
    groups = []
    for verdict, names in sorted(by_verdict.items(), key=lambda each: -len(each[1])):
        members = [kept[name] for name in names if name in kept]
        where, of = set_apart(members, runs) if len(members) == len(names) else ((), 0)
        place = sweep_text.where(where, lang)
        if where and of > len(members):
            place = messages.ui("history", "bad_among", lang, of=of, where=place)
        elif not where and len(names) <= NAMED:
            place = messages.listed([term_safe(name, change_text.LONGEST_NAME) for name in names], lang)
        groups.append(messages.aside(messages.verdict_count(verdict, len(names), lang), lang, place))
    return {"count": len(bad), "groups": messages.listed(groups, lang)}


def _some(names: Sequence[str], count: int, lang: Lang) -> str:
    text = messages.listed(list(names[:MOST_NAMES]), lang)
    more = count - MOST_NAMES
    return messages.ui("changes", "more", lang, names=text, count=more) if more > 0 else text


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


def headline(trend: Trend | None, lang: Lang) -> str:
    """Return the sentence about what is newly bad; "" where no history tells, and where all is well as it was."""
    if trend is None or trend.last is None or not (trend.fresh or trend.bad_since):
        return ""
    if not trend.fresh:
        return messages.ui("history", "headline_none", lang)
    states = states_now(trend)
    fresh = [states[run] for run in sorted(trend.fresh, key=natural)]
    said = []
    for verdict in (v for v in Verdict if any(run.verdict is v for run in fresh)):
        own = [run for run in fresh if run.verdict is verdict]
        names = change_text.names(own, lang, len(own) if len(own) <= MOST_NEWS else 1)
        said.append(messages.aside(messages.verdict_count(verdict, len(own), lang), lang, names))
    return messages.ui("history", "headline_news", lang, names=messages.listed(said, lang))


def overall(trend: Trend, lang: Lang, *, curves: bool = True) -> str | None:
    """Return the best value of any run over time, with a curve of block characters; None before the second analysis."""
    best = trend.overall
    finite = [value for value in best.values if math.isfinite(value)] if best is not None else []
    if best is None or len(finite) < 2:
        return None
    curves = curves and len(finite) >= FEWEST_IN_CURVE
    return messages.ui(
        "history", "overall" if curves else "overall_plain", lang, series=term_safe(best.series, 60),
        count=len(best.values), curve=blocks(best.values) if curves else "", first=finite[0], now=finite[-1],
    )  # fmt: skip


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


def _bad(trend: Trend, runs: Sequence[str], lang: Lang) -> str:
    states = states_now(trend)
    said = [
        messages.ui(
            "history", "bad_run", lang, run=term_safe(run, change_text.LONGEST_NAME),
            verdict=messages.verdict(states[run].verdict, lang), since=moment(trend.bad_since[run])[:10],
        )
        for run in runs
    ]  # fmt: skip
    return messages.listed(said, lang)
