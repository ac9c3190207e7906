"""The tiles on the first screen: the most urgent runs, of as many verdicts as there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.reports.alike import Alike
from loganalyzer.reports.html.spaces import unbroken
from loganalyzer.reports.html.sparkline import sparkline
from loganalyzer.reports.safe import term_safe

MOST = 3


def chosen(entries: Sequence[Alike]) -> list[Alike]:
    """Choose the entries that have a tile: the first of each verdict, then the next ones, in their order; at most three.

    So three tiles do not say the same thing three times while other verdicts are not seen.
    """
    verdicts = [entry.first.verdict for entry in entries]
    order = sorted(range(len(entries)), key=lambda i: (verdicts.index(verdicts[i]) != i, i))
    return [entries[i] for i in sorted(order[:MOST])]


def contexts(entries: Sequence[Alike], lang: Lang) -> list[dict[str, Any]]:
    """Return for each tile its curve, its first action, and how many more runs there are like it and of its verdict.

    What else the template shows of the run that stands for those alike is on its card (``run`` is its id).
    """
    of_verdict = Counter(entry.first.verdict for entry in entries for _ in entry.runs)
    return [
        {
            "run": entry.first.id,
            "wide_spark": sparkline(entry.first, marked=True),
            "alike": _more(entry, of_verdict[entry.first.verdict], lang),
            "first_action": unbroken(term_safe(entry.action)),
        }
        for entry in chosen(entries)
    ]


def _more(entry: Alike, of_verdict: int, lang: Lang) -> str:
    """How many more runs need the same, and how many need attention with this verdict, where these are still more."""
    alike = len(entry.runs) - 1
    texts = [entry.place(lang) or messages.ui("html", "alike", lang, count=alike)] if alike else []
    if of_verdict > len(entry.runs):
        counts = messages.verdict_count(entry.first.verdict, of_verdict, lang)
        texts.append(messages.ui("html", "of_verdict", lang, counts=counts))
    return messages.remarks(texts, lang)
