"""Render an analysis as a page: data for the templates, and the page itself."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.own_files import own_text
from loganalyzer.model.report import Analysis, Diagnosis, Tally
from loganalyzer.model.verdicts import Verdict
from loganalyzer.model.version import VERSION
from loganalyzer.reports import sweep_text
from loganalyzer.reports.alike import grouped
from loganalyzer.reports.html import advice, card, curves, glossary, groups, head, history, sweep, tiles, watched
from loganalyzer.reports.html import gate as verdict_of_gate
from loganalyzer.reports.html.anchors import anchor
from loganalyzer.reports.html.origin import Origin
from loganalyzer.reports.html.packed import PACKED_ABOVE, SHOWN_FIRST, pack
from loganalyzer.reports.html.palette import verdict_style
from loganalyzer.reports.html.spaces import unbroken
from loganalyzer.reports.order import newly_bad_first
from loganalyzer.reports.overview import overview
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import sentences
from loganalyzer.reports.where import fields

if TYPE_CHECKING:
    from jinja2 import Environment

    from loganalyzer.model.gate_result import GateResult
    from loganalyzer.model.history import Trend

FIGURES_FOR_ALL_UP_TO = 200
HOW_IN_PLACE_UP_TO = 8
OPEN_UP_TO = 6
"""Runs that need attention whose cards are open from the start; of more, all are closed."""
PRINTED_WHOLE_UP_TO = 24
"""Runs of a report that is printed with all its details; of more, with those of the cards that are open."""
SCRIPTS = ("draw.js", "compare.js", "where.js", "script.js", "chart.js")


def render(
    analysis: Analysis,
    *,
    lang: Lang = "en",
    figures_for: str = "auto",
    origin: Origin | None = None,
    gate: GateResult | None = None,
    note: str = "",
    whole: Analysis | None = None,
) -> str:
    """Render the whole report as one HTML document that needs no network and no script.

    ``figures_for``: "auto" draws charts for every run up to 200 runs and above that only for runs that need
    attention; "all" always draws all. ``gate`` is shown below the headline, the sentence ``note`` above it;
    ``whole`` is the analysis of which this is a part. Same input, same bytes.
    """
    origin, runs = origin or Origin(), newly_bad_first(analysis.runs, analysis.trend)
    every = figures_for == "all" or len(runs) <= FIGURES_FOR_ALL_UP_TO
    varied = sweep_text.varied(analysis.groups)
    cards = [card.context(d, i, lang, origin, varied, full=every or d.needs_attention) for i, d in enumerate(runs)]
    data = {
        **_document(analysis, origin, lang),
        **_first_screen(analysis, runs, cards, note, lang),
        **_table(analysis, runs, cards, varied, lang),
        **glossary.context(cards, runs, lang),
        "gate": verdict_of_gate.context(whole or analysis, {d.id for d in runs}, gate, lang),
        "history": history.context(analysis.trend, (whole or analysis).runs, lang),
        "sweeps": sweep.contexts(overview(analysis).sweeps, _counted(analysis, whole), lang),
        "not_drawn": 0 if every else sum(not d.needs_attention for d in runs),
        "unread": [_unread(u, lang) for u in analysis.unread if not u.expected],
        "passed_over": [_unread(u, lang) for u in analysis.unread if u.expected],
    }
    compared = curves.for_compare(runs, lang)
    packed = pack(_bodies(cards, data), compared) if len(runs) > PACKED_ABOVE else ""
    texts = {
        "text": curves.script_texts(lang),
        "fields": fields.table(runs, lang),
        "first": SHOWN_FIRST if packed else None,
    }
    island = _island({**texts, "runs": [] if packed else compared})
    page = _environment().get_template("page.html.j2").render(**data, packed=packed, island=island)
    return page.encode("utf-8", "replace").decode("utf-8")


def _document(analysis: Analysis, origin: Origin, lang: Lang) -> dict[str, Any]:
    """What every page has: language, style, script, first line."""
    script = "".join(_asset(name) for name in (*SCRIPTS, *(("watched.js",) if analysis.watched else ())))
    return {
        "lang": lang,
        "version": VERSION,
        "style": verdict_style() + _asset("style.css"),
        "script": script,
        "script_hash": _hash(script),
        "head": head.context(analysis, origin, lang),
        "watched": watched.context(analysis.watched, lang),
        "t": lambda key, **placeholders: messages.ui("html", key, lang, **placeholders),
    }


def _first_screen(
    analysis: Analysis, runs: Sequence[Diagnosis], cards: Sequence[Mapping[str, Any]], note: str, lang: Lang
) -> dict[str, Any]:
    """What is seen first: the headline, the counts of the bar, a tile for each of the worst causes."""
    place = {d.id: i for i, d in enumerate(runs)}
    worst = tiles.contexts(grouped(overview(analysis).attention, lang, analysis.runs), lang)
    first, *others = sentences(analysis, lang)
    unread = sum(not u.expected for u in analysis.unread)
    return {
        "summary": unbroken(first, every=True),
        "more_said": unbroken(messages.sentences(others, lang), every=True),
        "unread_said": messages.pair(messages.ui("html", "unread", lang), f"{unread:,}", lang) if unread else "",
        "note": term_safe(note, 300),
        "alone": len(runs) == 1 and not analysis.left_out.total and not note,
        "counts": _counts(analysis.tally, lang),
        "worst": [{**cards[place[tile["run"]]], **tile} for tile in worst],
    }


def _table(
    analysis: Analysis,
    runs: Sequence[Diagnosis],
    cards: Sequence[Mapping[str, Any]],
    varied: Sequence[str],
    lang: Lang,
) -> dict[str, Any]:
    """The table of all runs, their cards, and how much of them is open, in place, printed."""
    offered = sorted({fix["id"] for each in cards for fix in (*each["steps"], *each["more"])})
    return {
        "cards": cards,
        "fresh": _fresh(analysis.trend),
        "total": len(runs),
        "left_out": analysis.left_out.total,
        "varied": [term_safe(name, 40) for name in varied],
        "best_of": _only({each["best_of"] for each in cards if each["best_of"]}),
        "groups": groups.contexts(analysis.groups, analysis.roots, lang),
        "sweeps_title": messages.ui("groups", "page.title", lang),
        "library": [advice.of_fix(messages.fix(f, lang), f) for f in offered],
        "open_sick": sum(d.needs_attention for d in runs) <= OPEN_UP_TO,
        "printed_whole": PRINTED_WHOLE_UP_TO,
        "titled": len(runs) <= FIGURES_FOR_ALL_UP_TO,
        "in_place": len(runs) <= HOW_IN_PLACE_UP_TO,
        "shown_first": SHOWN_FIRST,
    }


def _bodies(cards: Sequence[Mapping[str, Any]], data: Mapping[str, Any]) -> list[str]:
    """Return the content of each card, for a page that holds it back."""
    template = _environment().get_template("body.html.j2")
    return [template.render(**data, card=each).replace("\n", "") for each in cards]


def _island(data: Mapping[str, Any]) -> str:
    """Return JSON that can stand in a script element."""
    text = json.dumps(data, allow_nan=False, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("&", "\\u0026")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("loganalyzer.reports.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=8)
def _asset(name: str) -> str:
    return own_text("loganalyzer.reports.html.templates", name)


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _counts(tally: Tally, lang: Lang) -> list[dict[str, Any]]:
    counts = tally.verdicts
    return [
        {**glossary.verdict(v, lang), "count": counts[v], "share": round(100 * counts[v] / tally.total, 3)}
        for v in Verdict
        if counts.get(v)
    ]


def _fresh(trend: Trend | None) -> frozenset[str]:
    """The anchors of the runs that a history says are newly bad; none in its first analysis, where all are new."""
    return frozenset(map(anchor, trend.fresh)) if trend is not None and trend.last is not None else frozenset()


def _only(names: Collection[str]) -> str:
    """The one name that all have in common; "" for several."""
    return next(iter(names)) if len(names) == 1 else ""


def _counted(analysis: Analysis, whole: Analysis | None) -> Sequence[Diagnosis]:
    """The runs that a sweep counts: all, on a filtered page, too; with the worst ones alone, no others are known."""
    return analysis.runs if whole is None or analysis.left_out.total else whole.runs


def _unread(item: Any, lang: Lang) -> dict[str, str]:
    return {"file": term_safe(item.file, 300), "reason": term_safe(messages.note(item.note, lang), 400)}
