"""Texts shared by several reports: a summary in one sentence, and the first thing to try."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.outcome import Outcome
from loganalyzer.model.prescription import Expected
from loganalyzer.model.record import Record
from loganalyzer.model.report import Analysis, Diagnosis, Tally
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports import sweep_text, trend_text
from loganalyzer.reports.in_short import in_short
from loganalyzer.reports.overview import Overview, overview
from loganalyzer.rules.registry import load_rules
from loganalyzer.rules.verdicts.converged import AT_LOW_ACCURACY


def summary(analysis: Analysis, lang: Lang, most: int = len(Verdict), *, news: bool = True) -> str:
    """Summarise in a few sentences; see ``sentences``."""
    return messages.sentences(sentences(analysis, lang, most, news=news), lang)


def sentences(analysis: Analysis, lang: Lang, most: int = len(Verdict), *, news: bool = True) -> list[str]:
    """Summarise in one sentence or more: how many runs, how many need attention, and why; a sweep by what it says.

    At most so many verdicts are counted by name, the most urgent first. Where a history is kept, ``news`` leads with what is
    newly bad.
    """
    view = overview(analysis)
    parts = [trend_text.headline(analysis.trend, lang)] if news else []
    if not view.sweeps:
        return [text for text in (*parts, _of_runs(view, lang, most)) if text]
    parts += _of_sweeps(view, lang)
    watched = view.watched
    if watched and not (news and {d.id for d in watched} == _fresh(analysis)):  # these are named in the first sentence
        key = "attention_one" if len(watched) == 1 else "attention"
        counts = _counted(Tally.of(watched).verdicts, lang, most)
        parts.append(messages.ui("sweep", key, lang, sick=len(watched), counts=counts))
    if total := view.tally.total:
        sick = view.tally.sick
        key = f"others_{'sick' if sick else 'settled' if settled_low(view.runs) else 'well'}{'_one' if total == 1 else ''}"
        counts = _counted(view.tally.attention, lang, most)
        parts.append(messages.ui("sweep", key, lang, total=total, sick=sick, counts=counts))
    return [text for text in parts if text]


def _fresh(analysis: Analysis) -> set[str]:
    """The runs that a history says are newly bad."""
    return set(analysis.trend.fresh) if analysis.trend is not None and analysis.trend.last is not None else set()


def sign(analysis: Analysis) -> str:
    """The sign of an outcome: a cross if something needs attention, a tick if all runs went well, "" if neither: a sweep
    whose bad corners are no alarm, or no run at all."""
    if overview(analysis).sick:
        return "✗"
    return "✓" if analysis.runs and not analysis.tally.sick else ""


def _of_sweeps(view: Overview, lang: Lang) -> list[str]:
    """What the only sweep says, or how many sweeps there are."""
    first = view.sweeps[0]
    if len(view.sweeps) == 1 and first.answer is not None:
        return sweep_text.headlines(first, first.answer, lang)
    count = sum(len(g.runs) for g in view.sweeps)
    return [messages.ui("sweep", "headlines", lang, sweeps=len(view.sweeps), count=count)]


def settled_low(runs: Iterable[Diagnosis]) -> bool:
    """True where a run has settled at an accuracy far from all right: nobody should say that all went well."""
    return any(d.heading is not None and d.heading.variant in AT_LOW_ACCURACY for d in runs)


def _of_runs(view: Overview, lang: Lang, most: int) -> str:
    tally = view.tally
    total, sick = tally.total, tally.sick
    if not total:
        return messages.ui("terminal", "no_runs", lang)
    if not sick:
        if settled_low(view.runs):
            return messages.ui("terminal", "all_settled" if total > 1 else "one_settled", lang, total=total)
        return messages.ui("terminal", "all_well" if total > 1 else "one_well", lang, total=total)
    if total == 1:
        return messages.verdict_of_one(next(v for v in Verdict if tally.attention.get(v)), lang)
    key = "some_sick_one" if sick == 1 else "some_sick"
    return messages.ui("terminal", key, lang, total=total, sick=sick, counts=_counted(tally.attention, lang, most))


def attention(tally: Tally) -> list[tuple[Verdict, int]]:
    """Count the verdicts of the runs that need attention, the most urgent first."""
    return [(v, tally.attention[v]) for v in Verdict if tally.attention.get(v)]


def _counted(counts: Mapping[Verdict, int], lang: Lang, most: int) -> str:
    """The verdicts with their counts: "2 diverging, 1 overfitting"."""
    shown = [(v, counts[v]) for v in Verdict if counts.get(v)]
    most = len(shown) if len(shown) == most + 1 else most  # one more word is no longer than "1 more"
    texts = [messages.verdict_count(v, n, lang) for v, n in shown[:most]]
    if rest := sum(n for _, n in shown[most:]):
        texts.append(messages.ui("mail", "others", lang, count=rest))
    return messages.listed(texts, lang)


def told(diagnosis: Diagnosis, lang: Lang) -> list[Outcome]:
    """The findings that a person reads below the headline, root causes first.

    Left out are those for programs, the one that decided, and others that say what the headline says.
    """
    silent = {*(rule.id for rule in load_rules() if rule.data_only), diagnosis.deciding}
    headline = messages.headline(diagnosis, lang)
    return [
        outcome
        for outcome in diagnosis.findings
        if outcome.rule not in silent and messages.sentence(outcome, diagnosis.run, lang) != headline
    ]


def attention_because(diagnosis: Diagnosis, lang: Lang) -> str:
    """Return why a run needs attention where its headline does not say so: values that are no numbers, the likely cause, or the
    first warning about a run whose verdict is good; "" otherwise."""
    if diagnosis.heading is not None and diagnosis.heading.rule != diagnosis.deciding:
        return ""  # an error heads it
    if lost := _not_finite(diagnosis, lang):
        return lost
    if lines := messages.cause_lines(diagnosis, lang):
        return lines[0]
    warnings = [o for o in told(diagnosis, lang) if o.severity.rank > 0] if diagnosis.verdict.info.healthy else []
    return messages.sentence(warnings[0], diagnosis.run, lang) if warnings else ""


def _not_finite(diagnosis: Diagnosis, lang: Lang) -> str:
    """The sentence about NaN or infinite values, where the verdict is not about them; "" otherwise."""
    if diagnosis.deciding == "diverging":
        return ""
    lost = (o for o in told(diagnosis, lang) if o.rule == "non-finite")
    return next((messages.sentence(o, diagnosis.run, lang) for o in lost), "")


class Step(Record):
    """One thing to do next about a run: the fix with the run's own numbers, and what that is expected to bring.

    ``expected`` are sentences; what the fix's own sentence says is not among them.
    """

    fix: messages.Fix
    expected: tuple[str, ...]


def next_steps(diagnosis: Diagnosis, lang: Lang) -> list[Step]:
    """Return what to do next about a run, the first thing first; none if it is healthy."""
    steps = []
    for action in diagnosis.actions:
        fix = messages.prescription(action, diagnosis, lang)
        said = ((_amount(e, lang), messages.expected(e, lang)) for e in action.expected)
        steps.append(Step(fix, tuple(text for amount, text in said if amount not in fix.text)))
    return steps


def _amount(expected: Expected, lang: Lang) -> str:
    """The amount as sentences write it."""
    share = expected.what == "saved"
    return messages.percent(expected.amount, lang) if share else messages.number(expected.amount)


def actions(diagnosis: Diagnosis, lang: Lang) -> list[str]:
    """Return what to do next about a run, a sentence for each of its actions, the first one first; none if it is healthy."""
    return [messages.prescription(action, diagnosis, lang).text for action in diagnosis.actions]


def first_action(diagnosis: Diagnosis, lang: Lang) -> str:
    """Return the first action in short; "" for a run without one."""
    return in_short(diagnosis.actions[0], diagnosis, lang) if diagnosis.actions else ""
