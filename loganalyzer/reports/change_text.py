"""Sentences about what is different between two analyses of a run; plain text, not escaped for any format."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.changes import Changes, RunChange, RunState, SettingChange, ValueChange, Way
from loganalyzer.reports.order import natural
from loganalyzer.reports.safe import term_safe

WAYS: tuple[Way, ...] = ("worse", "better", "other", "same")
MOST_SETTINGS = 6
LONGEST_NAME = 90


def counts(changes: Changes, lang: Lang) -> str:
    """Return in one sentence how many runs went which way."""
    total = Counter(pair.way for pair in changes.pairs)
    if not total:
        return messages.ui("changes", "compared_none", lang)
    parts = [messages.ui("changes", f"count.{way}", lang, count=total[way]) for way in WAYS if total[way]]
    key = "compared_one" if len(changes.pairs) == 1 else "compared"
    return messages.ui("changes", key, lang, count=len(changes.pairs), parts=messages.listed(parts, lang))


def worth_saying(changes: Changes) -> list[RunChange]:
    """Return the runs of which something is to be said: worse ones first, then by name."""
    shown = [pair for pair in changes.pairs if pair.way != "same" or pair.settings or pair.settings_differ]
    return sorted(shown, key=lambda pair: (WAYS.index(pair.way), natural(pair.now.id)))


def name(pair: RunChange, lang: Lang) -> str:
    """Return the run's id, with the earlier one where that was another."""
    now, before = term_safe(pair.now.id, LONGEST_NAME), term_safe(pair.before.id, LONGEST_NAME)
    return now if now == before else messages.aside(now, lang, messages.ui("changes", "before", lang, run=before))


def names(runs: Sequence[RunState], lang: Lang, most: int, *, verdicts: bool = False) -> str:
    """List the runs by name, the first ``most`` of them, with their verdicts if asked for."""
    ordered = sorted(runs, key=lambda run: natural(run.id))
    said = [
        messages.aside(term_safe(run.id, LONGEST_NAME), lang, messages.verdict(run.verdict, lang) if verdicts else "")
        for run in ordered[:most]
    ]
    text = messages.listed(said, lang)
    more = len(ordered) - most
    return messages.ui("changes", "more", lang, names=text, count=more) if more > 0 else text


def verdict(run: RunState, lang: Lang) -> str:
    """Return the run's verdict with its kind."""
    return term_safe(messages.verdict_with_kind(run.verdict, run.kind, lang), LONGEST_NAME)


def verdicts(pair: RunChange, lang: Lang) -> str:
    """Return how the verdict went: "converged → diverging (NaN or infinite)", or that it is still the same."""
    if pair.verdict == "same":
        return messages.ui("changes", "still", lang, verdict=verdict(pair.now, lang))
    return messages.ui("changes", "arrow", lang, before=verdict(pair.before, lang), now=verdict(pair.now, lang))


def details(pair: RunChange, lang: Lang) -> list[str]:
    """Return what else is different: the best value, that at the end, the settings."""
    lines = []
    if pair.best is not None and pair.best.differs:
        lines.append(_value("best", pair.best, lang))
    if pair.end is not None and pair.end.differs:
        lines.append(_value("end", pair.end, lang))
    if pair.settings:
        lines.append(messages.ui("changes", "settings", lang, changes=_settings(pair.settings, lang)))
    elif pair.settings_differ:
        lines.append(messages.ui("changes", "settings_differ", lang))
    return lines


def way(of: Way, lang: Lang) -> str:
    """Return the word for the way that something went."""
    return messages.ui("changes", f"way.{of}", lang)


def _value(what: str, change: ValueChange, lang: Lang) -> str:
    finite = math.isfinite(change.difference)
    key = what if change.way != "same" and finite else f"{what}_same"
    return messages.ui(
        "changes", key, lang, series=term_safe(change.series, LONGEST_NAME), before=change.before, now=change.now,
        difference=messages.signed(change.difference), way=way(change.way, lang),
    )  # fmt: skip


def _settings(changed: Sequence[SettingChange], lang: Lang) -> str:
    said = [
        messages.ui(
            "changes", "setting", lang, name=term_safe(one.name, 60), before=_typed(one.before), now=_typed(one.now)
        )
        for one in changed[:MOST_SETTINGS]
    ]
    if more := len(changed) - MOST_SETTINGS:
        said += [messages.ui("changes", "more_settings", lang, count=more)] if more > 0 else []
    return messages.listed(said, lang)


def _typed(value: object) -> str:
    if value is None:
        return "–"
    return term_safe(messages.typed(value) if isinstance(value, int | float | str) else str(value), 60)
