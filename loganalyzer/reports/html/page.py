"""Render an analysis as a page: data for the templates, and the page itself."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from loganalyzer import messages
from loganalyzer.diagnosis.sweep_findings import signed
from loganalyzer.messages import Lang
from loganalyzer.model.confidence import LEVELS, level
from loganalyzer.model.outcome import Status
from loganalyzer.model.own_files import own_text
from loganalyzer.model.report import Analysis, Diagnosis, Tally
from loganalyzer.model.run import Detail
from loganalyzer.model.verdicts import Verdict
from loganalyzer.model.version import VERSION
from loganalyzer.reports import sweep_text
from loganalyzer.reports.alike import grouped
from loganalyzer.reports.html import advice, closing, curves, figures, groups, head, history, sweep, tiles, watched
from loganalyzer.reports.html import gate as verdict_of_gate
from loganalyzer.reports.html.anchors import anchor
from loganalyzer.reports.html.chart_layout import NARROW, WIDE
from loganalyzer.reports.html.origin import Origin
from loganalyzer.reports.html.packed import PACKED_ABOVE, SHOWN_FIRST, pack
from loganalyzer.reports.html.palette import verdict_style
from loganalyzer.reports.html.spaces import unbroken
from loganalyzer.reports.html.sparkline import sparkline
from loganalyzer.reports.order import worst_first
from loganalyzer.reports.overview import overview
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import attention_because, summary, told
from loganalyzer.reports.where import fields

if TYPE_CHECKING:
    from jinja2 import Environment

    from loganalyzer.model.gate_result import GateResult

FIGURES_FOR_ALL_UP_TO = 200
HOW_IN_PLACE_UP_TO = 8
OPEN_UP_TO = 6
"""Runs that need attention whose cards are open from the start; of more, all are closed."""
PRINTED_WHOLE_UP_TO = 24
"""Runs of a report that is printed with all its details; of more, with those of the cards that are open."""
MOST_FILES = 50
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
    origin = origin or Origin()
    view = overview(analysis)
    runs = worst_first(analysis.runs)
    sick, place = [d for d in runs if d.needs_attention], {d.id: i for i, d in enumerate(runs)}
    all_drawn = figures_for == "all" or len(runs) <= FIGURES_FOR_ALL_UP_TO
    cards = [_card(d, i, lang, origin, full=all_drawn or d.needs_attention) for i, d in enumerate(runs)]
    varied = sweep_text.varied(analysis.groups)
    for card, d in zip(cards, runs, strict=True):
        card["settings"] = [_setting(d.hyperparameters.get(name, "")) for name in varied]
    offered = sorted({fix["id"] for card in cards for fix in (*card["steps"], *card["more"])})
    script = "".join(_asset(name) for name in (*SCRIPTS, *(("watched.js",) if analysis.watched else ())))
    compared = curves.for_compare(runs, lang)
    context = {
        "lang": lang,
        "version": VERSION,
        "style": verdict_style() + _asset("style.css"),
        "script": script,
        "script_hash": _hash(script),
        "head": head.context(analysis, origin, lang),
        "summary": unbroken(summary(analysis, lang), every=True),
        "note": term_safe(note, 300),
        "gate": verdict_of_gate.context(whole or analysis, {d.id for d in runs}, gate, lang),
        "counts": _counts(analysis.tally, lang),
        "left_out": analysis.left_out.total,
        "cards": cards,
        "worst": [
            {**cards[place[tile["run"]]], **tile}
            for tile in tiles.contexts(grouped(view.attention, lang, analysis.runs), lang)
        ],
        "best_of": _only({card["best_of"] for card in cards if card["best_of"]}),
        "total": len(runs),
        "alone": len(runs) == 1 and not analysis.left_out.total and not note,
        "printed_whole": PRINTED_WHOLE_UP_TO,
        "titled": len(runs) <= FIGURES_FOR_ALL_UP_TO,
        "in_place": len(runs) <= HOW_IN_PLACE_UP_TO,
        "shown_first": SHOWN_FIRST,
        "watched": watched.context(analysis.watched, lang),
        "history": history.context(analysis.trend, (whole or analysis).runs, lang),
        "library": [advice.of_fix(messages.fix(f, lang), f) for f in offered],
        "open_sick": len(sick) <= OPEN_UP_TO,
        "sweeps": sweep.contexts(view.sweeps, _counted(analysis, whole), lang),
        "varied": [term_safe(name, 40) for name in varied],
        "groups": groups.contexts(analysis.groups, analysis.roots, lang),
        "sweeps_title": messages.ui("groups", "page.title", lang),
        "not_drawn": 0 if all_drawn else len(runs) - len(sick),
        "unread": [_unread(u, lang) for u in analysis.unread if not u.expected],
        "passed_over": [_unread(u, lang) for u in analysis.unread if u.expected],
        "verdicts": [_verdict(v, lang) for v in Verdict],
        "terms": _terms(cards),
        "kinds": _kinds(runs, lang),
        "levels": [_level(name, lang) for name in LEVELS],
        "t": lambda key, **placeholders: messages.ui("html", key, lang, **placeholders),
    }
    packed = pack(_bodies(cards, context), compared) if len(runs) > PACKED_ABOVE else ""
    texts = {
        "text": curves.script_texts(lang),
        "fields": fields.table(runs, lang),
        "first": SHOWN_FIRST if packed else None,
    }
    island = _island({**texts, "runs": [] if packed else compared})
    page = _environment().get_template("page.html.j2").render(**context, packed=packed, island=island)
    return page.encode("utf-8", "replace").decode("utf-8")


def _bodies(cards: Sequence[Mapping[str, Any]], context: Mapping[str, Any]) -> list[str]:
    """Return the content of each card, for a page that holds it back."""
    template = _environment().get_template("body.html.j2")
    return [template.render(**context, card=card).replace("\n", "") for card in cards]


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


def _terms(cards: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the names of all findings on the page with their meanings, sorted by name."""
    found = {f["rule"]: f for card in cards for f in card["findings"] if f["meaning"]}
    terms = [{"id": rule, "title": f["title"], "meaning": f["meaning"]} for rule, f in found.items()]
    return sorted(terms, key=lambda term: term["title"])


def _kinds(runs: Sequence[Diagnosis], lang: Lang) -> list[dict[str, str]]:
    """Return the kinds of verdicts on the page with their meanings, in the order of the verdicts."""
    found = {d.kind: d.verdict for d in runs if d.kind and messages.kind_meaning(d.kind, lang)}
    order = sorted(found, key=lambda kind: (list(Verdict).index(found[kind]), kind))
    return [{**_kind(kind, lang), "of": messages.verdict(found[kind], lang)} for kind in order]


def _kind(kind: str, lang: Lang) -> dict[str, str]:
    return {"id": f"kind-{kind}", "word": messages.kind(kind, lang), "meaning": messages.kind_meaning(kind, lang)}


def _level(name: str, lang: Lang) -> dict[str, str]:
    """Return a level of confidence: its word, its word after the label "confidence", its meaning."""
    word, grade = messages.confidence(name, lang), messages.confidence_grade(name, lang)
    return {"id": f"sure-{name}", "word": word, "grade": grade, "meaning": messages.confidence_meaning(name, lang)}


def _no_curve(diagnosis: Diagnosis, lang: Lang) -> str:
    """Return the text in place of a small curve that cannot be drawn."""
    points = sum(len(s) for _, s in curves.shown_series(diagnosis)[:1])
    return messages.ui("html", "no_curve", lang, count=points) if points else "–"


def _verdict(verdict: Verdict, lang: Lang) -> dict[str, str]:
    return {
        "id": verdict.value,
        "sign": verdict.info.sign,
        "word": messages.verdict(verdict, lang),
        "meaning": messages.verdict_meaning(verdict, lang),
    }


def _counts(tally: Tally, lang: Lang) -> list[dict[str, Any]]:
    counts = tally.verdicts
    return [
        {**_verdict(v, lang), "count": counts[v], "share": round(100 * counts[v] / tally.total, 3)}
        for v in Verdict
        if counts.get(v)
    ]


def _only(names: Collection[str]) -> str:
    """The one name that all have in common; "" for several."""
    return next(iter(names)) if len(names) == 1 else ""


def _counted(analysis: Analysis, whole: Analysis | None) -> Sequence[Diagnosis]:
    """The runs that a sweep counts: all, on a filtered page, too; with the worst ones alone, no others are known."""
    return analysis.runs if whole is None or analysis.left_out.total else whole.runs


def _card(diagnosis: Diagnosis, index: int, lang: Lang, origin: Origin, *, full: bool) -> dict[str, Any]:
    run, unit = diagnosis.run, diagnosis.run.step_unit
    best, end = diagnosis.best, curves.end_value(diagnosis)
    return {
        "id": f"run-{index + 1}",
        "anchor": anchor(diagnosis.id),
        "index": index,
        "name": term_safe(diagnosis.id, 300),
        **{f"verdict_{k}": v for k, v in _verdict(diagnosis.verdict, lang).items()},
        "kind": _kind(diagnosis.kind, lang) if diagnosis.kind else None,
        "sure": _level(level(diagnosis.probability), lang) if diagnosis.verdict.info.judged else None,
        "rival": messages.rival(diagnosis, lang),
        "confidence_value": round(diagnosis.probability, 2),
        "headline": unbroken(term_safe(messages.headline(diagnosis, lang))),
        "cause": [unbroken(term_safe(line)) for line in _cause(diagnosis, lang)],
        "spark": sparkline(diagnosis),
        "no_curve": _no_curve(diagnosis, lang),
        "best": messages.number(best.value) if best else "–",
        "best_of": term_safe(best.series, 60) if best else "",
        "best_at": messages.at_step(best.step, unit, lang) if best else "",
        "best_sort": signed(best.value, diagnosis.objective.direction) if best else "",
        "end": messages.number(end) if end is not None else "–",
        "wasted": messages.percent(diagnosis.wasted, lang) if diagnosis.wasted else "",
        "wasted_sort": diagnosis.wasted or 0,
        "chart": figures.draw(diagnosis, lang, f"r{index + 1}", WIDE) if full else "",
        "phone": figures.draw(diagnosis, lang, f"n{index + 1}", NARROW) if full else "",
        "described": curves.sentence(diagnosis, lang),
        "not_drawn": curves.not_drawn(diagnosis, lang),
        "values": curves.value_table(diagnosis, lang) if full else curves.NO_VALUES,
        "findings": (findings := _findings(diagnosis, lang) if full else []),
        "warnings": sum(finding["severity"] != "info" for finding in findings),
        "steps": advice.steps(diagnosis, lang),
        "more": advice.more(diagnosis, lang) if full else [],
        "open": [
            term_safe(messages.title(o.rule, lang)) for o in diagnosis.outcomes if o.status is Status.NOT_APPLICABLE
        ],
        "broken": [o.rule for o in diagnosis.outcomes if o.status is Status.BROKEN],
        "closing": closing.lines(diagnosis, lang) if full else [],
        "hyperparameters": _hyperparameters(run.hyperparameters),
        "files": [_file(f, origin) for f in run.files[:MOST_FILES]],
        "file_count": len(run.files),
        "reader": run.reader,
        "points": f"{run.points:,}",
        "notes": [{"text": term_safe(messages.note(n, lang), 400), "harmful": n.harmful} for n in run.notes],
        "healthy": not diagnosis.needs_attention,
    }


def _cause(diagnosis: Diagnosis, lang: Lang) -> Sequence[str]:
    """Return the likely cause and how to make sure, or why a run whose verdict is good needs attention."""
    if lines := messages.cause_lines(diagnosis, lang):
        return lines
    reason = attention_because(diagnosis, lang)
    return [reason] if reason else []


def _findings(diagnosis: Diagnosis, lang: Lang) -> list[dict[str, Any]]:
    """Return the findings of a run besides the one that decided: the headline says that."""
    shown = told(diagnosis, lang)
    listed = {outcome.rule for outcome in shown}
    return [
        {
            "id": f"{anchor(diagnosis.id)}-{outcome.rule}",
            "rule": outcome.rule,
            "title": messages.title(outcome.rule, lang),
            "meaning": messages.meaning(outcome.rule, lang),
            "text": unbroken(term_safe(messages.sentence(outcome, diagnosis.run, lang))),
            "severity": outcome.severity.value,
            "severity_word": messages.severity(outcome.severity, lang),
            "consequence": outcome.cause in listed,
        }
        for outcome in shown
    ]


def _file(file: str, origin: Origin) -> dict[str, str]:
    """A file's name, and the addresses of it and of its folder ("" where they are not on this machine)."""
    link = origin.link(file)
    return {"name": term_safe(file, 300), "href": link, "folder": (link.rpartition("/")[0] or ".") if link else ""}


def _hyperparameters(values: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"name": term_safe(str(k), 80), "value": term_safe(messages.typed(v), 120)} for k, v in sorted(values.items())
    ]


def _setting(value: Detail) -> str:
    return term_safe(messages.typed(value), 40)


def _unread(item: Any, lang: Lang) -> dict[str, str]:
    return {"file": term_safe(item.file, 300), "reason": term_safe(messages.note(item.note, lang), 400)}
