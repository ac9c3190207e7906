"""What an analysis consists of for a person: sweeps, each one object, and the runs that are read one by one."""

from __future__ import annotations

from collections import Counter

from loganalyzer.model.record import Record
from loganalyzer.model.report import Analysis, Diagnosis, Group, Tally
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports.order import newly_bad_first


class Overview(Record):
    """``sweeps`` and the ``runs`` of no sweep, with their ``tally`` (runs that were not kept included).

    ``attention`` are the runs that a person should look at, what is newly bad first, then the worst: those of ``runs`` that
    need attention, and of a sweep the ones that failed where others with such settings did well, and the best settings where
    even these are bad.
    """

    sweeps: tuple[Group, ...]
    runs: tuple[Diagnosis, ...]
    tally: Tally
    attention: tuple[Diagnosis, ...]
    sick_sweeps: int

    @property
    def watched(self) -> list[Diagnosis]:
        """Those of ``attention`` that belong to a sweep."""
        alone = {d.id for d in self.runs}
        return [d for d in self.attention if d.id not in alone]

    @property
    def sick(self) -> int:
        """How many things need attention: a sweep counts as one."""
        return self.tally.sick + self.sick_sweeps


def overview(analysis: Analysis) -> Overview:
    """Divide the runs of ``analysis``."""
    sweeps = tuple(g for g in analysis.groups if g.is_sweep)
    inside = {run for g in sweeps for run in g.runs}
    watched = {run for g in sweeps if g.answer is not None for run in g.answer.attention}
    alone = tuple(d for d in analysis.runs if d.id not in inside)
    looked_at = [d for d in analysis.runs if (d.id in watched if d.id in inside else d.needs_attention)]
    return Overview(
        sweeps=sweeps,
        runs=alone,
        tally=_without(analysis, sweeps) if sweeps else analysis.tally,
        attention=tuple(newly_bad_first(looked_at, analysis.trend)),
        sick_sweeps=sum(bool(g.answer and g.answer.attention) for g in sweeps),
    )


def _without(analysis: Analysis, sweeps: tuple[Group, ...]) -> Tally:
    """The counts of the runs that are in none of ``sweeps``."""
    kept = {d.id: d for d in analysis.runs}
    verdicts: Counter[Verdict] = Counter(analysis.tally.verdicts)
    attention: Counter[Verdict] = Counter(analysis.tally.attention)
    for m in (m for g in sweeps for m in g.table):
        verdicts[m.verdict] -= 1
        # a configured severity may say otherwise than the comparison, which was made before it
        attention[m.verdict] -= kept[m.run].needs_attention if m.run in kept else m.attention
    return Tally(+verdicts, +attention)
