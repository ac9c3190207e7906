"""Changes of a log that must not change its verdict; each is a pure function from a run to a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Run, Series
from loganalyzer.roles.assign import roles

Change = Callable[[Run], Run | None]
"""None: the property does not apply to this run."""

RENAMED: Mapping[tuple[str, str], str] = {
    ("loss", "train"): "training_loss",
    ("loss", ""): "training_loss",
    ("loss", "validation"): "validation_loss",
    ("accuracy", "train"): "training_accuracy",
    ("accuracy", ""): "training_accuracy",
    ("accuracy", "validation"): "validation_accuracy",
}


def _map(run: Run, change: Callable[[Series], Series]) -> Run:
    return replace(run, series={name: change(s) for name, s in run.series.items()})


def _losses(run: Run) -> frozenset[str]:
    by_name = roles(run).by_name
    return frozenset(n for n, r in by_name.items() if r.quantity in {Quantity.LOSS, Quantity.LOSS_PART})


def _has_accuracy(run: Run) -> bool:
    return any(r.quantity is Quantity.METRIC for r in roles(run).by_name.values())


def near_chance(run: Run) -> bool:
    """True if a loss starts within 10 % of some ln K: there the level has a meaning, and scaling removes it."""
    starts = [s.values[0] for n, s in run.series.items() if n in _losses(run) and len(s)]
    logs = np.log([2, 3, 4, 5, 8, 10, 20, 50, 100, 200, 1000])
    return any(np.isfinite(x) and x > 0 and bool(np.any(np.abs(x / logs - 1) < 0.1)) for x in starts)


def scaled(run: Run, factor: float = 37.0) -> Run | None:
    """y -> a*y on the losses."""
    names = _losses(run)
    if not names or near_chance(run):
        return None
    return _map(run, lambda s: replace(s, values=s.values * factor) if s.name in names else s)


def scaled_down(run: Run) -> Run | None:
    """y -> y/1000 on the losses."""
    return scaled(run, 1e-3)


def shifted(run: Run) -> Run | None:
    """y -> y + b on losses that are negative already or have no natural zero, by half of their range."""
    names = _losses(run)
    finite = [s.values[np.isfinite(s.values)] for n, s in run.series.items() if n in names]
    if not finite or not all(len(f) and float(f.min()) < 0 for f in finite):
        return None
    by = -0.5 * max(float(np.ptp(f)) for f in finite)
    return _map(run, lambda s: replace(s, values=s.values + by) if s.name in names else s)


def other_unit(run: Run) -> Run:
    """Steps counted in images, 64 a step, from another origin."""
    return _map(replace(run, step_unit="step"), lambda s: replace(s, steps=s.steps * 64 + 64))


def thinned(run: Run, by: int = 2, least: int = 200) -> Run | None:
    """Every ``by``-th point of each long series; short ones stay."""
    if max((len(s) for s in run.series.values()), default=0) < least * by:
        return None

    def change(s: Series) -> Series:
        if len(s) < least * by:
            return s
        keep = np.arange(len(s) - 1, -1, -by)[::-1]
        times = None if s.wall_times is None else s.wall_times[keep]
        return replace(s, steps=s.steps[keep], values=s.values[keep], wall_times=times)

    return _map(run, change)


def thinned_five(run: Run) -> Run | None:
    """Every fifth point of a log that is long enough."""
    return thinned(run, 5)


def single_precision(run: Run) -> Run:
    """Values rounded to float32, as event files keep them."""
    with np.errstate(over="ignore"):
        return _map(run, lambda s: replace(s, values=s.values.astype(np.float32).astype(np.float64)))


def resumed(run: Run) -> Run | None:
    """The part from 50 to 60 % was written twice by a resumed session; readers keep the last of each step."""
    if max((len(s) for s in run.series.values()), default=0) < 10:
        return None
    steps = max(run.series.values(), key=len).steps
    return replace(run, restarts=(*run.restarts, int(steps[len(steps) // 2])))


def longer(run: Run) -> Run | None:
    """5 % more of the same tail: the last 5 % again, moved on by as much as they had moved on themselves."""
    if max((len(s) for s in run.series.values()), default=0) < 40:
        return None

    rates = {n for n, r in roles(run).by_name.items() if r.quantity is Quantity.LEARNING_RATE}

    def change(s: Series) -> Series:
        k = len(s) // 20
        if k < 1 or len(s) < 20:
            return s
        gap = int(s.steps[-1] - s.steps[-2])
        more = s.steps[-1] + gap * np.arange(1, k + 1, dtype=np.int64)
        tail, before = s.values[-k:], s.values[-2 * k : -k]
        if not np.isfinite(s.values[-2 * k :]).all():
            further = tail
        elif s.name in rates and float(before.min()) > 0:  # a rate goes on by a factor
            further = tail * float(tail.mean() / before.mean())
        else:
            further = tail + float(tail.mean() - before.mean())
        steps, values = np.concatenate([s.steps, more]), np.concatenate([s.values, further])
        return replace(s, steps=steps, values=values, wall_times=None)

    return _map(run, change)


def renamed(run: Run) -> Run | None:
    """Other names of the same meaning."""
    by_name = roles(run).by_name
    names: dict[str, str] = {}
    for name, role in by_name.items():
        metric = "loss" if role.quantity is Quantity.LOSS else "accuracy" if role.metric in {"accuracy", "acc"} else ""
        split = "" if role.split is Split.NONE else str(role.split)
        names[name] = RENAMED.get((metric, split), name)
    if len(set(names.values())) < len(names) or all(k == v for k, v in names.items()):
        return None
    return replace(run, series={names[n]: replace(s, name=names[n]) for n, s in run.series.items()})


def reordered(run: Run) -> Run:
    """The series in another order, as files found in another order give them."""
    return replace(run, series=dict(reversed(list(run.series.items()))), files=tuple(reversed(run.files)))


CHANGES: dict[str, Change] = {
    "y -> 37 y": scaled,
    "y -> y / 1000": scaled_down,
    "y -> y + b": shifted,
    "another step unit": other_unit,
    "thinned by 2": thinned,
    "thinned by 5": thinned_five,
    "float32": single_precision,
    "a resumed segment": resumed,
    "5 % more of the same tail": longer,
    "renamed": renamed,
    "reordered": reordered,
}
