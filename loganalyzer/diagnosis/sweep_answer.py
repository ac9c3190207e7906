"""What a sweep says as a whole: the best settings over their seeds, the corners that fail, what mattered, what to try next."""

from __future__ import annotations

from collections.abc import Sequence

from loganalyzer.diagnosis.sweep_corners import corners
from loganalyzer.diagnosis.sweep_findings import Table, signed
from loganalyzer.diagnosis.sweep_further import further
from loganalyzer.diagnosis.sweep_grid import cell, grid, importance
from loganalyzer.model.sweep import Answer, Cell, Condition

SAFE = 0.1
"""Settings of which a larger share of the runs fails are not called the best while there are others."""


def answer(table: Table, names: Sequence[str]) -> Answer | None:
    """The answer of a sweep whose runs differ in the settings ``names``; None where none differ or every run failed.

    ``table.members`` are in order, the best first.
    """
    first = next((m for m in table.members if not m.failed and m.score is not None), None)
    if first is None or first.score is None or not names:
        return None
    matter = importance(table.members, names)
    cells = _in_order(table, [each.name for each in matter])
    failing = corners(table.members, names)
    inside = {run for corner in failing for run in corner.failed}
    stray = tuple(m.run for m in table.members if m.failed and m.run not in inside)
    best = cells[0]
    own = [m for m in table.members if m.run in best.runs]
    sick = [m.run for m in own if m.attention]
    settings = {c.name: c.value for c in best.where}
    return Answer(
        best=best,
        best_run=first.run,
        best_score=first.score,
        cells=cells,
        corners=failing,
        stray=stray,
        attention=tuple(dict.fromkeys((*stray, *(sick if 2 * len(sick) > len(own) else ())))),
        importance=matter,
        further=further(table.members, settings, matter),
        grid=grid(table.members, [each.name for each in matter]),
    )


def _in_order(table: Table, names: Sequence[str]) -> tuple[Cell, ...]:
    """All settings that were tried, the best first: those that hardly ever fail, then by their mean score.

    Their conditions are in the order of ``names``. Settings that were run much less often than others come after them: a
    single lucky run is no best setting.
    """
    from statistics import median

    cells = [
        cell(tuple(Condition(name, "=", settings[name]) for name in names if name in settings), members)
        for settings, members in ((dict(pairs), members) for pairs, members in table.cells().items())
    ]
    usual = median(len(c.runs) for c in cells)

    def order(c: Cell) -> tuple[bool, bool, float]:
        mean = float("inf") if c.mean is None else signed(c.mean, table.direction)
        return c.failed > SAFE * len(c.runs), 2 * len(c.runs) < usual, mean

    return tuple(sorted(cells, key=order))
