"""The first thing to do about a run in a few lines: whole sentences while there is room, then the settings that go with them."""

from __future__ import annotations

import re

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.prescription import Change, Prescription
from loganalyzer.model.report import Diagnosis
from loganalyzer.reports.wrap import columns

ROOM = 170
"""Columns for sentences, about two lines of a terminal; the first sentence is always whole."""
DIGITS = 4
"""Digits of a setting, as in the sentences."""


def in_short(action: Prescription, diagnosis: Diagnosis, lang: Lang) -> str:
    """Return what an action does, without the reasons that have no room; no setting that its sentences give is left out."""
    first, *others = messages.split_sentences(messages.prescription(action, diagnosis, lang).text, lang)
    said = first
    while others and columns(longer := messages.sentences([said, others[0]], lang)) <= ROOM:
        said = longer
        del others[0]
    left = " ".join(others)
    besides = [c for c in action.changes if _is_in(c, left) and not _is_in(c, said)]
    if not besides:
        return said
    settings = messages.listed([f"{c.name} = {messages.typed(c.new, DIGITS)}" for c in besides], lang)
    return messages.sentences([said, messages.ui("prescriptions", "together", lang, settings=settings)], lang)


def _is_in(change: Change, text: str) -> bool:
    """True where a text gives the new value, as a word of its own."""
    value = re.escape(messages.typed(change.new, DIGITS))
    return re.search(rf"(?<![A-Za-z0-9_.-]){value}(?![A-Za-z0-9_-]|[.][0-9])", text) is not None
