"""The words of the page with their meanings: verdicts, findings, kinds, levels of confidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.confidence import LEVELS
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.verdicts import Verdict


def context(cards: Sequence[Mapping[str, Any]], runs: Sequence[Diagnosis], lang: Lang) -> dict[str, Any]:
    """Return the glossary: all verdicts and levels, and the findings and kinds that are on the page."""
    return {
        "verdicts": [verdict(v, lang) for v in Verdict],
        "terms": _terms(cards),
        "kinds": _kinds(runs, lang),
        "levels": [level(name, lang) for name in LEVELS],
    }


def verdict(which: Verdict, lang: Lang) -> dict[str, str]:
    """Return a verdict: its sign, its word, its meaning."""
    return {
        "id": which.value,
        "sign": which.info.sign,
        "word": messages.verdict(which, lang),
        "meaning": messages.verdict_meaning(which, lang),
    }


def kind(name: str, lang: Lang) -> dict[str, str]:
    """Return a kind of a verdict: its word, its meaning."""
    return {"id": f"kind-{name}", "word": messages.kind(name, lang), "meaning": messages.kind_meaning(name, lang)}


def level(name: str, lang: Lang) -> dict[str, str]:
    """Return a level of confidence: its word, its word after the label "confidence", its meaning."""
    word, grade = messages.confidence(name, lang), messages.confidence_grade(name, lang)
    return {"id": f"sure-{name}", "word": word, "grade": grade, "meaning": messages.confidence_meaning(name, lang)}


def _terms(cards: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the names of all findings on the page with their meanings, sorted by name."""
    found = {f["rule"]: f for card in cards for f in card["findings"] if f["meaning"]}
    terms = [{"id": rule, "title": f["title"], "meaning": f["meaning"]} for rule, f in found.items()]
    return sorted(terms, key=lambda term: term["title"])


def _kinds(runs: Sequence[Diagnosis], lang: Lang) -> list[dict[str, str]]:
    """Return the kinds of verdicts on the page with their meanings, in the order of the verdicts."""
    found = {d.kind: d.verdict for d in runs if d.kind and messages.kind_meaning(d.kind, lang)}
    order = sorted(found, key=lambda name: (list(Verdict).index(found[name]), name))
    return [{**kind(name, lang), "of": messages.verdict(found[name], lang)} for name in order]
