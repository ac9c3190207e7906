"""Where a log goes back to an earlier step: which of its points are which training.

All readers ask here, with their points in the order in which they were written. A log that goes back is one of:

* a **restart** from a checkpoint: the training goes on from there, and what was logged beyond it before the restart is no
  part of it any more, even if the later session ends earlier;
* a **new run** in the same log: the later session begins at or before the first step of the run before it;
* a **continued** training that counts anew (a second ``fit()``): it begins at the first step again, but its first values
  go on from the last ones; its steps are moved behind the earlier ones;
* the **same** values again (several processes wrote one log): they are read once;
* no session at all: several counters in turn, ranks that print the same steps, windows that overlap. Where values of one
  step then differ, the last counts, and a note tells how many did not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from loganalyzer.model.record import Record, field, replace
from loganalyzer.model.run import Detail, Floats, Ints, Note, Run, Series, make_series
from loganalyzer.readers.common.columns import END, Column
from loganalyzer.readers.common.evaluations_behind import evaluations_from
from loganalyzer.readers.common.fillers import without_fillers
from loganalyzer.readers.common.returns import Kind, Return, returns_in

__all__ = ["Column", "Training", "numbered", "runs_in", "trainings"]


class Training(Record, eq=False):
    """One training: its series, the steps at which it was resumed, and what became of steps that were logged twice.

    ``superseded`` points gave way to a later session, ``repeated`` ones (of another value) by later ones
    without any restart. ``continued`` sessions counted anew, ``again`` ones repeated the one before. ``evaluated`` values of
    earlier checkpoints, logged behind the training, are left out. ``start`` and ``stop`` are rows: first, one past the last.
    """

    series: dict[str, Series]
    restarts: tuple[int, ...] = ()
    superseded: int = 0
    repeated: int = 0
    continued: int = 0
    again: int = 0
    start: int = 0
    stop: int = np.iinfo(np.int64).max
    evaluated: int = 0

    @property
    def notes(self) -> tuple[Note, ...]:
        """What a reader says of it."""
        told = []
        if self.restarts:
            told.append(Note("restarted", {"count": len(self.restarts), "superseded": self.superseded}))
        if self.continued:
            told.append(Note("counted-anew", {"count": self.continued}))
        if self.again:
            told.append(Note("logged-again", {"count": self.again}))
        if self.evaluated:
            told.append(Note("evaluated-later", {"count": self.evaluated}))
        if self.repeated:
            told.append(Note("steps-repeated", {"count": self.repeated}))
        return tuple(told)


def numbered(key: str, number: int, count: int, code: str = "one-of-several") -> tuple[str, tuple[Note, ...]]:
    """The id of a run, and the note that belongs to it, where a log holds ``count`` of them (``number`` from 1)."""
    if count == 1:
        return key, ()
    return f"{key}#{number}", (Note(code, {"number": number, "count": count}),)


def trainings(columns: Mapping[str, Column], begun: Collection[int] = ()) -> list[Training]:
    """The trainings in a log, in the order of the log; one at least. No column may be empty.

    ``begun`` are the rows of which the log says that a session begins there.
    """
    columns = without_fillers(columns)
    found = returns_in(columns, begun)
    if not found:
        return [_training(columns, _Part())]
    end = evaluations_from(columns, found)
    kept = {name: own.between(0, end) if int(own.rows[0]) < end else own for name, own in columns.items()}
    left_out = sum(len(own.rows) - len(kept[name].rows) for name, own in columns.items())
    parts = [_Part()]
    for one in (one for one in found if one.row < end):
        if one.kind is Kind.NEW_RUN:
            parts[-1].stop = one.row
            parts.append(_Part(one.row))
        else:
            parts[-1].returns.append(one)
    trained = [_training(kept, part) for part in parts]
    return [*trained[:-1], replace(trained[-1], evaluated=left_out)]


def runs_in(
    columns: Mapping[str, Column], key: str, files: tuple[str, ...], reader: str, unit: str, notes: Sequence[Note] = ()
) -> Iterator[Run]:
    """The runs in a log, in the order of the log; ``notes`` are those of the log as a whole. No column may be empty."""
    return numbered_runs(trainings(columns), key, files, reader, unit, notes)


def numbered_runs(
    found: Sequence[Training],
    key: str,
    files: tuple[str, ...],
    reader: str,
    unit: str,
    notes: Sequence[Note] = (),
    settings: Mapping[str, Detail] | None = None,
) -> Iterator[Run]:
    """A run for each training of one log, numbered where there are several."""
    for number, training in enumerate(found, 1):
        run_id, numbering = numbered(key, number, len(found))
        own = (*notes, *training.notes, *numbering)
        yield Run(run_id, files, reader, training.series, settings or {}, own, unit, training.restarts)


class Resumed(Record):
    """The restarts of one training: their rows, and for each the counters that went back there.

    A counter is the last step before the restart and the first one after it. Columns may have counters of their own.
    """

    rows: tuple[int, ...]
    counters: tuple[frozenset[tuple[int, int]], ...]

    @classmethod
    def of(cls, columns: Iterable[Column], rows: Sequence[int]) -> Resumed:
        """From the columns of the training, and the first row after each restart in the order of the log."""
        found: list[set[tuple[int, int]]] = [set() for _ in rows]
        for column in columns if rows else ():
            at = np.searchsorted(column.rows, rows)
            for number in np.flatnonzero((at > 0) & (at < len(column.rows))).tolist():
                last, first = int(column.steps[at[number] - 1]), int(column.steps[at[number]])
                if first <= last:
                    found[number].add((last, first))
        return cls(tuple(rows), tuple(map(frozenset, found)))

    def stands(self, column: Column) -> NDArray[np.bool_]:
        """Which points of a column are of the training as it went on; the others were given up with their session.

        A restart gives up what was logged before it from the column's own next point on; without a point before the
        following restart, from where the counter went back that had come nearest to the column's last step.
        """
        session = np.searchsorted(self.rows, column.rows, side="right")
        begins = [self._begin(column, session, number) for number in range(1, len(self.rows) + 1)]
        given_up_from = np.minimum.accumulate(np.array([END, *reversed(begins)]))[::-1]
        stands: NDArray[np.bool_] = column.steps < given_up_from[session]
        return stands

    def _begin(self, column: Column, session: Ints, number: int) -> int:
        first, following = (int(i) for i in np.searchsorted(session, (number, number + 1)))
        if first < following:
            return int(column.steps[first])
        counters = self.counters[number - 1]
        if not first or not counters:
            return END
        last = int(column.steps[first - 1])
        return min(counters, key=lambda counter: abs(counter[0] - last))[1]


class _Part(Struct):
    start: int = 0
    stop: int = np.iinfo(np.int64).max
    returns: list[Return] = field(default_factory=list)


def _training(columns: Mapping[str, Column], part: _Part) -> Training:
    restarts = [one for one in part.returns if one.kind is Kind.RESTART]
    continued = [one for one in part.returns if one.kind is Kind.CONTINUED]
    inside = {name: column.between(part.start, part.stop) for name, column in columns.items()}
    moved = {name: replace(own, steps=_moved(name, own, continued)) for name, own in inside.items() if len(own.rows)}
    resumed = Resumed.of(moved.values(), [one.row for one in restarts])
    series: dict[str, Series] = {}
    superseded = repeated = 0
    for name, own in moved.items():
        kept = own.where(resumed.stands(own)) if restarts else own
        superseded += len(own.rows) - len(kept.rows)
        if not len(kept.rows):
            continue
        series[name], _, lost = make_series(name, kept.steps, kept.values, kept.wall_times)
        if lost and restarts:
            superseded += lost
        elif lost:
            repeated += _changed(kept.steps, kept.values, series[name])
    return Training(
        series,
        tuple(sorted({one.step for one in restarts})),
        superseded,
        repeated,
        len(continued),
        sum(one.kind is Kind.REPEATED for one in part.returns),
        part.start,
        part.stop,
    )


def _moved(name: str, column: Column, continued: list[Return]) -> Ints:
    """The steps, moved behind those of the sessions before where the log counts anew."""
    if not continued:
        return column.steps
    steps = column.steps.copy()
    for one in continued:
        steps[column.rows >= one.row] += one.offset_of(name)
    return steps


def _changed(steps: Ints, values: Floats, kept: Series) -> int:
    """How many points have another value than the one that was kept for their step."""
    final = kept.values[np.searchsorted(kept.steps, steps)]
    return int(np.count_nonzero((final != values) & ~(np.isnan(final) & np.isnan(values))))
