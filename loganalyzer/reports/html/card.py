"""A run on the page: the data of its row in the table and of its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loganalyzer import messages
from loganalyzer.diagnosis.sweep_findings import signed
from loganalyzer.messages import Lang
from loganalyzer.model.confidence import level
from loganalyzer.model.outcome import Status
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Detail
from loganalyzer.reports.html import advice, closing, curves, figures, glossary
from loganalyzer.reports.html.anchors import anchor
from loganalyzer.reports.html.chart_layout import NARROW, WIDE
from loganalyzer.reports.html.origin import Origin
from loganalyzer.reports.html.spaces import unbroken
from loganalyzer.reports.html.sparkline import sparkline
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import attention_because, told

MOST_FILES = 50


def context(
    diagnosis: Diagnosis, index: int, lang: Lang, origin: Origin, varied: Sequence[str], *, full: bool
) -> dict[str, Any]:
    """Return the data of a run's row and card; without ``full``, of a row and a card that has neither chart nor findings.

    ``varied`` are the names of the settings that have a column in the table.
    """
    return {
        "id": f"run-{index + 1}",
        "anchor": anchor(diagnosis.id),
        "index": index,
        "name": term_safe(diagnosis.id, 300),
        "healthy": not diagnosis.needs_attention,
        "settings": [_setting(diagnosis.hyperparameters.get(name, "")) for name in varied],
        **_judged(diagnosis, lang),
        **_row(diagnosis, lang),
        **_logged(diagnosis, lang, origin),
        "described": curves.sentence(diagnosis, lang),
        "not_drawn": curves.not_drawn(diagnosis, lang),
        "chart": figures.draw(diagnosis, lang, f"r{index + 1}", WIDE) if full else "",
        "phone": figures.draw(diagnosis, lang, f"n{index + 1}", NARROW) if full else "",
        "values": curves.value_table(diagnosis, lang) if full else curves.NO_VALUES,
        "findings": (findings := _findings(diagnosis, lang) if full else []),
        "warnings": sum(finding["severity"] != "info" for finding in findings),
        "steps": advice.steps(diagnosis, lang),
        "more": advice.more(diagnosis, lang) if full else [],
        "closing": closing.lines(diagnosis, lang) if full else [],
    }


def _judged(diagnosis: Diagnosis, lang: Lang) -> dict[str, Any]:
    """The verdict: its words, how sure it is, the sentence, the likely cause, the checks that did not apply or broke."""
    outcomes = diagnosis.outcomes
    not_applied = [messages.title(o.rule, lang) for o in outcomes if o.status is Status.NOT_APPLICABLE]
    return {
        **{f"verdict_{k}": v for k, v in glossary.verdict(diagnosis.verdict, lang).items()},
        "kind": glossary.kind(diagnosis.kind, lang) if diagnosis.kind else None,
        "sure": glossary.level(level(diagnosis.probability), lang) if diagnosis.verdict.info.judged else None,
        "rival": messages.rival(diagnosis, lang),
        "confidence_value": round(diagnosis.probability, 2),
        "headline": unbroken(term_safe(messages.headline(diagnosis, lang))),
        "cause": [unbroken(term_safe(line)) for line in _cause(diagnosis, lang)],
        "open": [term_safe(title) for title in not_applied],
        "broken": [o.rule for o in outcomes if o.status is Status.BROKEN],
    }


def _row(diagnosis: Diagnosis, lang: Lang) -> dict[str, Any]:
    """The numbers and the small curve of the table."""
    best, end = diagnosis.best, curves.end_value(diagnosis)
    return {
        "spark": sparkline(diagnosis),
        "no_curve": _no_curve(diagnosis, lang),
        "best": messages.number(best.value) if best else "–",
        "best_of": term_safe(best.series, 60) if best else "",
        "best_at": messages.at_step(best.step, diagnosis.run.step_unit, lang) if best else "",
        "best_sort": signed(best.value, diagnosis.objective.direction) if best else "",
        "end": messages.number(end) if end is not None else "–",
        "wasted": messages.percent(diagnosis.wasted, lang) if diagnosis.wasted else "",
        "wasted_sort": diagnosis.wasted or 0,
    }


def _logged(diagnosis: Diagnosis, lang: Lang, origin: Origin) -> dict[str, Any]:
    """What the log holds and what was noted when it was read."""
    run = diagnosis.run
    return {
        "hyperparameters": _hyperparameters(run.hyperparameters),
        "files": [_file(f, origin) for f in run.files[:MOST_FILES]],
        "file_count": len(run.files),
        "reader": run.reader,
        "points": f"{run.points:,}",
        "notes": [{"text": term_safe(messages.note(n, lang), 400), "harmful": n.harmful} for n in run.notes],
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


def _no_curve(diagnosis: Diagnosis, lang: Lang) -> str:
    """Return the text in place of a small curve that cannot be drawn."""
    points = sum(len(s) for _, s in curves.shown_series(diagnosis)[:1])
    return messages.ui("html", "no_curve", lang, count=points) if points else "–"
