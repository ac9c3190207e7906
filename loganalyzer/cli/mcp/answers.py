"""What the tools answer: texts of bounded size about an analysis, in pages where there is more."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from loganalyzer import messages
from loganalyzer.cli.shown import selected
from loganalyzer.config.settings import Settings
from loganalyzer.messages import Lang
from loganalyzer.model.errors import UsageError, did_you_mean
from loganalyzer.model.record import replace
from loganalyzer.model.report import Analysis, Best, Diagnosis
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports.json import strict
from loganalyzer.reports.leaderboard import ordered
from loganalyzer.reports.order import worst_first
from loganalyzer.reports.report import Report
from loganalyzer.reports.safe import term_safe

if TYPE_CHECKING:
    from rich.console import Console

    from loganalyzer.reports.diff import Compared

PAGE = 8_000
"""Characters of an answer; a longer text comes in pages of this size."""
MOST_LISTED = 200
"""Runs of one answer of ``list_runs``."""
LONGEST_HEADLINE = 200
MOST_FILES, LONGEST_FILE = 5, 200
WIDTH = 1_000


def page_of(text: str, page: int, lang: Lang) -> str:
    """Return the page of that number, from 1; its last line says where the next one is. Raises UsageError for no page."""
    pages = list(_pages(text.rstrip("\n").encode("utf-8", "backslashreplace").decode("utf-8")))
    if not 1 <= page <= len(pages):
        raise UsageError("there is no page {page}: the answer has {pages}", page=page, pages=len(pages))
    more = messages.ui("brief", "page", lang, page=page, pages=len(pages), next=page + 1) if page < len(pages) else ""
    return "\n".join([pages[page - 1], *([more] if more else [])])


def brief_of(report: Report, settings: Settings, lang: Lang) -> str:
    """Return the short text about the analysis, with the tools that say more instead of calls of the command."""
    from loganalyzer.gate.judge import judge
    from loganalyzer.reports import brief
    from loganalyzer.reports.registry import RenderRequest

    worst = worst_first(report.runs)[:1]
    rule, run = (worst[0].deciding, term_safe(worst[0].id, 80)) if worst else ("overfitting", "")
    ask = [messages.ui("brief", "ask_tools", lang, rule=rule, run=run)] if report.runs else []
    return brief.text(RenderRequest(report, judge(report, settings), lang), ask)


def one_run(report: Report, wanted: str, lang: Lang) -> str:
    """Return everything about one run: verdict, causes, what to do with reasons, findings, and its settings."""
    from loganalyzer.reports import terminal

    run = find(report, wanted)
    alone = replace(
        report, runs=(run,), unread=(), groups=(), warnings=(), left_out=type(report.tally)(), passed_over=()
    )
    shown = printed(lambda console: terminal.show(alone, console, lang=lang, verbose=True))
    settings = [f"{term_safe(name, 80)} = {term_safe(str(value), 200)}" for name, value in run.hyperparameters.items()]
    return "\n".join([shown, "", *_about(run, lang), *(["", *settings] if settings else [])])


def _about(run: Diagnosis, lang: Lang) -> list[str]:
    """The judged series with its best and last value, and the files of the run."""
    files = ", ".join(term_safe(file, LONGEST_FILE) for file in run.files[:MOST_FILES])
    more = len(run.files) - MOST_FILES
    lines = [messages.ui("brief", "files", lang, files=f"{files} ... (+{more})" if more > 0 else files)]
    if run.best is None or run.end is None:
        return lines
    at, end_at = (messages.at_step(value.step, run.run.step_unit, lang) for value in (run.best, run.end))
    name, best, end = term_safe(run.best.series, 80), run.best.value, run.end.value
    return [messages.ui("brief", "values", lang, series=name, best=best, at=at, end=end, end_at=end_at), *lines]


def changes(compared: Compared, lang: Lang) -> str:
    """Return what is different between two analyses, what got worse first."""
    from loganalyzer.reports.diff import terminal

    return printed(lambda console: terminal.show(compared, console, lang))


def printed(show: Callable[[Console], None]) -> str:
    """Return what ``show`` prints, without colours, in long lines: wrapping is of no use to a program."""
    from rich.console import Console

    stream = io.StringIO()
    show(Console(file=stream, width=WIDTH, markup=False, highlight=False, emoji=False, no_color=True))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def find(report: Analysis, wanted: str) -> Diagnosis:
    """Return the run with that id. Raises UsageError, with the nearest one, if there is none."""
    known = {d.id: d for d in report.runs}
    if wanted not in known:
        hint = did_you_mean(wanted, known) if len(known) <= 2_000 else ""
        if not hint and known:
            from loganalyzer.reports.next_run.choose import named

            raise UsageError("no run is called {run} (there are: {known})", run=wanted[:PAGE], known=named(report.runs))
        raise UsageError("no run is called {run}{hint}", run=wanted[:PAGE], hint=hint)
    return known[wanted]


def run_list(
    report: Report, verdict: str, offset: int, limit: int, lang: Lang, *, where: str = "", sort: str = ""
) -> str:
    """Return runs as JSON: at most ``limit`` from number ``offset`` on, as many as a page has room for.

    ``verdict`` keeps those of one verdict, "attention" those that need some, "" all; ``where`` and ``sort`` are as on the
    command line, without ``sort`` the worst come first. ``next_offset`` is null at the end.
    """
    if offset < 0 or not 1 <= limit <= MOST_LISTED:
        raise UsageError("offset is 0 or more, limit is from 1 to {most}", most=MOST_LISTED)
    runs = selected(report, where, sort, lang).runs
    chosen = [d for d in (ordered(runs, sort, lang) if sort else worst_first(runs)) if _is(d, verdict)]
    entries = _fitting(_entry(d, lang) for d in chosen[offset : offset + limit])
    end = offset + len(entries)
    return _json(
        {"total": len(chosen), "offset": offset, "next_offset": end if end < len(chosen) else None, "runs": entries}
    )


def _fitting(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The first entries that fit into a page; at least one."""
    kept: list[Mapping[str, Any]] = []
    left = PAGE - 200
    for entry in entries:
        left -= len(_json(entry)) + 2
        if kept and left < 0:
            break
        kept.append(entry)
    return kept


def _json(value: Mapping[str, Any]) -> str:
    """Strict JSON, in which letters are one character each; half a surrogate pair, from an undecodable name, is escaped."""
    text = json.dumps(strict(value), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _entry(diagnosis: Diagnosis, lang: Lang) -> dict[str, Any]:
    return {
        "id": diagnosis.id,
        "verdict": diagnosis.verdict.value,
        "kind": diagnosis.kind or None,
        "confidence": round(diagnosis.probability, 2),
        "attention": diagnosis.needs_attention,
        "best": _value(diagnosis.best),
        "end": _value(diagnosis.end),
        "headline": term_safe(messages.headline(diagnosis, lang), LONGEST_HEADLINE),
    }


def _value(value: Best | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {"series": term_safe(value.series, 80), "value": float(f"{value.value:.6g}"), "step": value.step}


def _is(diagnosis: Diagnosis, verdict: str) -> bool:
    known = ["attention", *(v.value for v in Verdict)]
    if verdict and verdict not in known:
        hint = did_you_mean(verdict, known)
        raise UsageError("no verdict is called {name!r}{hint}", name=verdict[:LONGEST_HEADLINE], hint=hint)
    return diagnosis.needs_attention if verdict == "attention" else verdict in ("", diagnosis.verdict.value)


def _pages(text: str) -> Iterable[str]:
    """Cut the text at line ends, a line that is longer than a page anywhere."""
    room = PAGE - 200
    while len(text) > room:
        end = text.rfind("\n", 0, room)
        end = end if end > 0 else room
        yield text[:end]
        text = text[end:].lstrip("\n")
    yield text
