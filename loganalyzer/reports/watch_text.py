"""Sentences about runs that are watched; plain text, not escaped for any format."""

from __future__ import annotations

from collections.abc import Sequence

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.verdicts import Verdict
from loganalyzer.model.watched import Event, Look
from loganalyzer.reports.safe import term_safe

LONGEST_NAME, LONGEST_HEADLINE, MOST_NAMES = 90, 400, 12


def line(event: Event, lang: Lang) -> str:
    """Say in one line what is new about a run."""
    run, d = term_safe(event.run, LONGEST_NAME), event.diagnosis
    if d is None or event.now is None:
        return messages.ui("watch", "event.gone", lang, run=run)
    told = {
        "run": run,
        "verdict": messages.verdict_with_kind(d.verdict, d.kind, lang),
        "headline": term_safe(messages.headline(d, lang), LONGEST_HEADLINE),
    }
    if event.kind == "stop":
        at = _where(d, lang) if d.verdict is Verdict.DIVERGING else ""
        return messages.ui("watch", "event.diverged" if at else "event.stop", lang, at=at, **told)
    if event.kind == "new":
        return messages.ui("watch", "event.new", lang, state=state(event.now, d, lang), **told)
    if event.kind == "ended":
        return messages.ui("watch", "event.ended", lang, **told)
    before = _word(event.before, lang)
    if event.now.verdict is None:
        return messages.ui("watch", "event.running", lang, run=run, before=before, now=state(event.now, d, lang))
    return messages.ui("watch", "event.changed", lang, before=before, now=_word(event.now, lang), **told)


def state(look: Look, diagnosis: Diagnosis, lang: Lang) -> str:
    """Return the verdict, or how far a run has come that goes on and has none yet."""
    best = diagnosis.best
    if look.verdict is not None or best is None:
        return _word(look, lang)
    at = messages.at_step(best.step, diagnosis.run.step_unit, lang)
    return messages.ui("watch", "running_best", lang, series=term_safe(best.series, 60), value=best.value, at=at)


def running(names: Sequence[str], lang: Lang) -> str:
    """Say which runs go on; "" for none."""
    if not names:
        return ""
    text = messages.listed([term_safe(name, LONGEST_NAME) for name in names[:MOST_NAMES]], lang)
    more = len(names) - MOST_NAMES
    text = messages.ui("changes", "more", lang, names=text, count=more) if more > 0 else text
    return messages.ui("watch", "running", lang, names=text)


def _word(look: Look | None, lang: Lang) -> str:
    if look is None or look.verdict is None:
        return messages.ui("watch", "running_now", lang)
    return messages.verdict_with_kind(look.verdict, look.kind, lang)


def _where(diagnosis: Diagnosis, lang: Lang) -> str:
    """Return the step that the sentence of the finding that decided names, else that at which it begins; "" for none."""
    outcome = next((o for o in diagnosis.findings if o.rule == diagnosis.deciding), None)
    if outcome is None or not outcome.evidence:
        return ""
    said = outcome.numbers.get("at")
    at = int(said) if isinstance(said, int | float) else outcome.evidence[0].first
    return messages.at_step(at, diagnosis.run.step_unit, lang)
