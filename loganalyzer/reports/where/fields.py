"""What a run can be filtered and sorted by: its settings, and what the report says of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.role import Quantity
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.where.language import Field
from loganalyzer.reports.where.synonyms import synonyms
from loganalyzer.roles.hyperparameters import find, is_number, names_of_meanings

MOST_SETTINGS = 60
"""Settings of a run that can be filtered by; the page carries them for every run."""
MOST_WORDS = 6
"""So many names of one setting, or of the validation loss, are words for each other."""
OWN = ("name", "verdict", "kind", "confidence", "best", "best_step", "end", "wasted", "points")


def fields_of(diagnosis: Diagnosis, lang: Lang) -> dict[str, Field]:
    """The fields of a run by name in lower case: ``OWN`` ones, the judged series (its best value), the settings."""
    d, best = diagnosis, diagnosis.best
    fields: dict[str, Field] = {
        "name": (d.id,),
        "verdict": _words(d.verdict.value, messages.verdict(d.verdict, lang)),
        **({"kind": _words(d.kind, messages.kind(d.kind, lang))} if d.kind else {}),
        "confidence": float(d.probability),
        "points": float(d.run.points),
    }
    if best is not None:
        fields |= {"best": float(best.value), "best_step": float(best.step), best.series.lower(): float(best.value)}
    if d.end is not None:
        fields["end"] = float(d.end.value)
    if d.wasted is not None:
        fields["wasted"] = float(d.wasted)
    for name, value in sorted(d.hyperparameters.items())[:MOST_SETTINGS]:
        fields.setdefault(name.lower(), float(value) if is_number(value) else (str(value).lower(),))
    return {name: value for name, value in fields.items() if not isinstance(value, float) or math.isfinite(value)}


def fields_of_all(runs: Sequence[Diagnosis], lang: Lang) -> list[dict[str, Field]]:
    """The fields of each run, with those of one meaning under every name that one of the runs has for it.

    ``lr`` and ``learning_rate`` are one setting, whatever a run calls it (one that has both keeps both); so is the validation loss
    that each run is judged by.
    """
    records = [fields_of(d, lang) for d in runs]
    names = names_of_meanings(d.hyperparameters for d in runs)
    losses = Counter(name.lower() for d in runs if (name := _validation_loss(d)))
    words = [name for name, _ in losses.most_common(MOST_WORDS)]
    for d, record in zip(runs, records, strict=True):
        for meaning, used in names.items():
            own = next((own.lower() for own, _ in find(d.hyperparameters, meaning)), "")
            if own in record:
                for name in used[:MOST_WORDS]:
                    record.setdefault(name.lower(), record[own])
        if d.best is not None and _validation_loss(d):
            for word in words:
                record.setdefault(word, float(d.best.value))
    return records


def _validation_loss(d: Diagnosis) -> str:
    """The series whose best value is that of the run, where it is a validation loss; "" otherwise."""
    if d.best is None or d.best.series != d.objective.validation or d.objective.direction != "min":
        return ""
    role = d.roles.by_name.get(d.best.series)
    return d.best.series if role is not None and role.quantity is Quantity.LOSS else ""


def table(runs: Sequence[Diagnosis], lang: Lang) -> dict[str, Any]:
    """The fields of all runs for the page's script: ``names``, for each run its values in that order, None for none, and other
    words for the names."""
    records = fields_of_all(runs, lang)
    names = list(dict.fromkeys(name for record in records for name in record))
    return {
        "names": [term_safe(name, 60) for name in names],
        "words": synonyms(term_safe(name, 60) for name in names),
        "rows": [[_plain(record.get(name)) for name in names] for record in records],
    }


def _plain(value: Field | None) -> float | list[str] | None:
    return [term_safe(word, 120) for word in value] if isinstance(value, tuple) else value


def text_of(diagnosis: Diagnosis, lang: Lang) -> str:
    """The text in which a bare word is looked for: name, verdict, kind, and what happened."""
    fields = fields_of(diagnosis, lang)
    words = (
        word for name in ("name", "verdict", "kind") if isinstance(own := fields.get(name, ()), tuple) for word in own
    )
    return " ".join([*words, messages.headline(diagnosis, lang)])


def _words(identity: str, shown: str) -> tuple[str, ...]:
    """Id and name where they differ."""
    return (identity,) if identity == shown else (identity, shown)
