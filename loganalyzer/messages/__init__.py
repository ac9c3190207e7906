"""Convert ids and numbers to localised sentences; no other package contains any.

``catalogue`` finds the texts, ``formatting`` fills their placeholders, ``languages`` describes each language,
``errors`` translates the English messages in the code.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from loganalyzer.messages.languages import LANGUAGES, Lang, aside, listed, pair, remarks, sentences, split_sentences

if TYPE_CHECKING:
    from loganalyzer.messages.catalogue import (
        Cause,
        Fix,
        cause_lines,
        cause_of,
        confidence,
        confidence_grade,
        confidence_meaning,
        confidence_of,
        expected,
        fix,
        fix_ids,
        headline,
        kind,
        kind_meaning,
        label,
        likely_cause,
        limit,
        meaning,
        note,
        page,
        prescription,
        reader,
        risk,
        rival,
        sentence,
        severity,
        title,
        trial,
        ui,
        verdict,
        verdict_count,
        verdict_meaning,
        verdict_of_one,
        verdict_with_kind,
    )
    from loganalyzer.messages.formatting import at_step, duration, number, percent, signed, typed

__all__ = [
    "LANGUAGES",
    "Cause",
    "Fix",
    "Lang",
    "aside",
    "at_step",
    "cause_lines",
    "cause_of",
    "confidence",
    "confidence_grade",
    "confidence_meaning",
    "confidence_of",
    "duration",
    "expected",
    "fix",
    "fix_ids",
    "headline",
    "kind",
    "kind_meaning",
    "label",
    "likely_cause",
    "limit",
    "listed",
    "meaning",
    "note",
    "number",
    "page",
    "pair",
    "percent",
    "prescription",
    "reader",
    "remarks",
    "risk",
    "rival",
    "sentence",
    "sentences",
    "severity",
    "signed",
    "split_sentences",
    "title",
    "trial",
    "typed",
    "ui",
    "verdict",
    "verdict_count",
    "verdict_meaning",
    "verdict_of_one",
    "verdict_with_kind",
]

_OF_NUMBERS = {"at_step", "duration", "number", "percent", "signed", "typed"}


def __getattr__(name: str) -> Any:
    """Load the texts when the first of them is asked for: the options of the command line need only the languages."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{'formatting' if name in _OF_NUMBERS else 'catalogue'}"), name)
    globals()[name] = found
    return found
