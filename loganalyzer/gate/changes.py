"""Compare two analyses run by run: which runs are the same, and what is different about them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from loganalyzer.gate.worse import way_of_value, way_of_verdict
from loganalyzer.model.changes import Changes, RunChange, RunState, SettingChange, ValueChange


def compare(before: Sequence[RunState], now: Sequence[RunState], tolerance: float) -> Changes:
    """Compare two analyses; values within ``tolerance``, a share of the value before, are the same."""
    pairs = same_runs(before, now)
    paired = {id(one) for one in pairs.values()}
    return Changes(
        pairs=tuple(_change(pairs[run.id], run, tolerance) for run in now if run.id in pairs),
        gone=tuple(run for run in before if id(run) not in paired),
        new=tuple(run for run in now if run.id not in pairs),
    )


def same_runs(before: Iterable[RunState], now: Iterable[RunState], *, single: bool = True) -> dict[str, RunState]:
    """Return, by id, the earlier state of each run of ``now`` that was there before.

    An id is a path below the folder that was analysed. Runs are the same if ids and settings are equal; else if the
    settings are and one id ends with the other (the same folders in another order, or analysed from further up or down);
    else if the ids are equal (the settings were changed); else if one id ends with the other, and no other run's does;
    else, with ``single``, if both analyses have only one run.
    """
    earlier, current = {run.id: run for run in before}, {run.id: run for run in now}
    alone = single and len(earlier) == len(current) == 1
    found: dict[str, RunState] = {}
    same: tuple[Callable[[RunState], Hashable], ...] = (
        lambda run: (run.id, run.settings_hash),
        lambda run: (_tail(run.id), run.settings_hash) if run.settings_hash else None,
        lambda run: run.id,
        lambda run: _tail(run.id),
        lambda _: alone or None,
    )
    for key in same:
        left = [run for run in earlier.values() if all(run is not one for one in found.values())]
        open_ones = [run for run in current.values() if run.id not in found]
        candidates, wanted = _unique(left, key), _unique(open_ones, key)
        found |= {
            wanted[k].id: candidates[k] for k in wanted if k in candidates and _may_be(candidates[k], wanted[k], alone)
        }
    return found


def _tail(run: str) -> str:
    return run.rpartition("/")[2]


def _may_be(one: RunState, other: RunState, alone: bool) -> bool:
    """True if one id ends with the other; of single runs any may be."""
    return alone or one.id == other.id or one.id.endswith(f"/{other.id}") or other.id.endswith(f"/{one.id}")


def _unique(runs: Iterable[RunState], key: Callable[[RunState], Hashable]) -> dict[Hashable, RunState]:
    """Return the runs by ``key``, without those that share theirs, and without those that have none."""
    by_key: dict[Hashable, list[RunState]] = {}
    for run in runs:
        by_key.setdefault(key(run), []).append(run)
    return {k: group[0] for k, group in by_key.items() if k is not None and len(group) == 1}


def _change(before: RunState, now: RunState, tolerance: float) -> RunChange:
    best = end = None
    if before.best is not None and now.best is not None and before.best.series == now.best.series:
        best = _value(now.best.series, before.best.value, now.best.value, now.direction, tolerance)
        if before.end is not None and now.end is not None:
            end = _value(now.best.series, before.end, now.end, now.direction, tolerance)
    way = way_of_verdict(before.verdict, before.kind, now.verdict, now.kind)
    if way == "better" and not now.verdict.info.healthy and _no_better(before, now, best):
        way = "other"  # a milder verdict beside a worse number, or on another one, is no improvement
    return RunChange(
        before=before,
        now=now,
        verdict=way,
        best=best,
        end=end,
        settings=_settings(before, now),
        settings_differ=before.settings_hash != now.settings_hash,
    )


def _no_better(before: RunState, now: RunState, best: ValueChange | None) -> bool:
    """True where the best value is worse, or is one of another series, so that nothing says which run is better."""
    if best is not None:
        return best.way == "worse"
    return before.best is not None and now.best is not None


def _value(series: str, before: float, now: float, direction: str, tolerance: float) -> ValueChange:
    return ValueChange(series, before, now, way_of_value(before, now, direction, tolerance))


def _settings(before: RunState, now: RunState) -> tuple[SettingChange, ...]:
    names = sorted(before.settings.keys() | now.settings.keys())
    pairs = ((name, before.settings.get(name), now.settings.get(name)) for name in names)
    return tuple(SettingChange(name, one, other) for name, one, other in pairs if one != other)
