"""Runs that need the same answer: one verdict, one kind, one thing to do next."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from loganalyzer import messages
from loganalyzer.diagnosis.failure_groups import failure_groups
from loganalyzer.messages import Lang
from loganalyzer.model.record import Record
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.sweep import Conditions
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports import sweep_text
from loganalyzer.reports.order import natural
from loganalyzer.reports.overview import Overview
from loganalyzer.reports.safe import term_safe
from loganalyzer.reports.summary import attention_because, first_action

MOST_NAMES = 8
MOST_PARTS = 3
"""Runs with one cause are at most so many entries; were there more, they are one, whatever the numbers in their actions."""
LONGEST_NAME = 48
"""Characters of a name among others; longer ones are shortened in the middle."""


class Alike(Record):
    """Runs with the same verdict, kind and first action, in the order in which they came; at least one.

    ``action`` is the sentence of that action, that of the first run where theirs differ in their numbers, "" for runs
    without one. ``where`` is what sets their settings apart from those of the healthy runs, ``of`` how many have that.
    """

    runs: tuple[Diagnosis, ...]
    action: str
    where: Conditions = ()
    of: int = 0

    @property
    def first(self) -> Diagnosis:
        """The run that stands for all of them."""
        return self.runs[0]

    def name(self, lang: Lang, longest: int = 120) -> str:
        """The run's name in at most ``longest`` characters, or how many runs there are and their names."""
        if len(self.runs) == 1:
            return term_safe(self.first.id, longest)
        names = listed([d.id for d in self.runs], len(self.runs), lang)
        if self.where:
            return messages.ui("sweep", "together", lang, where=self.place(lang), names=names)
        return messages.ui("terminal", "together", lang, count=len(self.runs), names=names)

    def place(self, lang: Lang) -> str:
        """Where the runs are among the settings: "45 of the 60 runs with lr = 1"; "" where nothing sets them apart."""
        return sweep_text.counted(len(self.runs), self.of, self.where, lang) if self.where else ""

    def headline(self, lang: Lang) -> str:
        """What happened to the run, or to the first of them by name, and why it needs attention if that is not the same."""
        reason = attention_because(self.first, lang)
        headline = messages.sentences([text for text in (messages.headline(self.first, lang), reason) if text], lang)
        if len(self.runs) == 1:
            return term_safe(headline)
        return term_safe(messages.pair(term_safe(self.first.id, LONGEST_NAME), headline, lang))


class Healthy(Record):
    """The healthy runs of a verdict: how many there are in all, and the names of those that were kept."""

    verdict: Verdict
    count: int
    names: tuple[str, ...]

    def line(self, lang: Lang, most: int = MOST_NAMES) -> str:
        """All of them in a line with at most so many names; none where no run was kept."""
        word = messages.verdict(self.verdict, lang)
        if not self.names:
            return messages.ui("terminal", "healthy_unnamed", lang, count=self.count, verdict=word)
        names = listed(self.names, self.count, lang, most)
        return messages.ui("terminal", "healthy", lang, count=self.count, verdict=word, names=names)


def grouped(runs: Iterable[Diagnosis], lang: Lang, among: Sequence[Diagnosis] = ()) -> list[Alike]:
    """Put runs alike together, in the order of the first of each; ``among`` are all runs, to see what sets them apart.

    A few runs with one cause are together only where their actions are the same to the letter, for each has numbers of its
    own; without an action where their headlines are, for nothing else says what is wrong with them.
    """
    found: list[Alike] = []
    for group in failure_groups(runs, among):
        parts = _to_the_letter(group.runs, lang)
        if len(parts) == 1 or (len(parts) > MOST_PARTS and group.fix):
            parts = [Alike(group.runs, first_action(group.runs[0], lang), group.where, group.of)]
        found += parts
    return found


def _to_the_letter(runs: Iterable[Diagnosis], lang: Lang) -> list[Alike]:
    found: dict[tuple[str, str], list[Diagnosis]] = {}
    for run in runs:
        action = first_action(run, lang)
        found.setdefault((action, "" if action else messages.headline(run, lang)), []).append(run)
    return [Alike(tuple(members), action) for (action, _), members in found.items()]


def healthy(view: Overview, apart: Iterable[Diagnosis] = ()) -> list[Healthy]:
    """Gather the runs of no sweep that need no attention by verdict, without those that are shown ``apart``."""
    others = {d.id: d.verdict for d in apart}
    kept = [d for d in view.runs if not d.needs_attention and d.id not in others]
    found = []
    for verdict in Verdict:
        count = view.tally.verdicts.get(verdict, 0) - view.tally.attention.get(verdict, 0)
        count -= sum(own is verdict for own in others.values())
        if count > 0:
            found.append(Healthy(verdict, count, tuple(d.id for d in kept if d.verdict is verdict)))
    return found


def listed(names: Sequence[str], count: int, lang: Lang, most: int = MOST_NAMES) -> str:
    """List at most so many names of ``count`` runs in their natural order, and how many more there are.

    A folder that all of them are in is named once: "sweep/a, …/b, …/c".
    """
    ordered = sorted(names, key=natural)[:most]
    folder = posixpath.commonprefix(ordered).rpartition("/")[0] if len(ordered) > 1 else ""
    rest = (f"…{name[len(folder) :]}" if folder else name for name in ordered[1:])
    shown = messages.listed([term_safe(name, LONGEST_NAME) for name in (*ordered[:1], *rest)], lang)
    more = count - len(ordered)
    return messages.ui("terminal", "names", lang, names=shown, count=more) if more else shown
