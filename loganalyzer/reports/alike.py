"""Runs that need the same answer: one verdict, one kind, one thing to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Diagnosis
from loganalyzer.reports.summary import first_action


@dataclass(frozen=True)
class Alike:
    """Runs with the same verdict, kind and first action, in the order in which they came; at least one.

    ``action`` is the sentence of that action, "" for runs without one.
    """

    runs: tuple[Diagnosis, ...]
    action: str

    @property
    def first(self) -> Diagnosis:
        """The run that stands for all of them."""
        return self.runs[0]


def grouped(runs: Iterable[Diagnosis], lang: Lang) -> list[Alike]:
    """Put runs alike together, in the order of the first of each.

    Runs without an action are alike where their headlines are: nothing else says what is wrong with them.
    """
    found: dict[tuple[str, ...], list[Diagnosis]] = {}
    actions: dict[tuple[str, ...], str] = {}
    for run in runs:
        action = first_action(run, lang)
        key = (run.verdict.value, run.kind, action, "" if action else messages.headline(run, lang))
        found.setdefault(key, []).append(run)
        actions[key] = action
    return [Alike(tuple(members), actions[key]) for key, members in found.items()]
