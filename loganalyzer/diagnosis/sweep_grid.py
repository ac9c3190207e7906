"""The runs of a sweep by the settings that matter: how much each explains, and a table of the two that explain most."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from itertools import pairwise

import numpy as np

from loganalyzer.model.report import Member
from loganalyzer.model.run import Detail, Floats
from loganalyzer.model.sweep import Cell, Condition, Conditions, Grid, Importance
from loganalyzer.roles.hyperparameters import is_number

MOST_BANDS = 10
"""Values of a setting with a row or column of their own; numbers with more are put into ranges."""
RANGES = 5


def cell(where: Conditions, members: Sequence[Member]) -> Cell:
    """Summarise ``members``, which meet ``where``."""
    scores = [m.score for m in members if not m.failed and m.score is not None]
    mean = sum(scores) / len(scores) if scores else None
    sd = (
        math.sqrt(sum((s - mean) ** 2 for s in scores) / (len(scores) - 1)) if mean is not None and scores[1:] else None
    )
    return Cell(where, tuple(m.run for m in members), len(members) - len(scores), mean, sd)


def importance(members: Sequence[Member], names: Sequence[str]) -> tuple[Importance, ...]:
    """How much of the differences between the runs each setting explains by itself, the most first.

    One-way analysis of variance of the runs' ranks (failed runs share the last rank, so that one exploded loss does not
    decide), adjusted for the number of values: epsilon squared (Kelley, 1935), 0..1.
    """
    ranks = _ranks([m.loss for m in members])
    shares = [Importance(name, _explained(ranks, [_band_of(m, bands) for m in members]))
              for name in names if (bands := bands_of(members, name))]  # fmt: skip
    return tuple(sorted(shares, key=lambda s: (-s.share, s.name)))


def grid(members: Sequence[Member], names: Sequence[str]) -> Grid | None:
    """The table of the first two of ``names`` that can be put into bands; None where none can."""
    banded = [bands for name in names if len(bands := bands_of(members, name)) > 1][:2]
    if not banded:
        return None
    down, across = banded[0], banded[1] if len(banded) > 1 else ((),)
    places: dict[tuple[int | None, int | None], list[Member]] = defaultdict(list)
    for m in members:
        places[_band_of(m, down), _band_of(m, across)].append(m)
    return Grid(
        down,
        across,
        tuple(
            tuple(cell((*a, *b), places[i, j]) if places.get((i, j)) else None for j, b in enumerate(across))
            for i, a in enumerate(down)
        ),
    )


def bands_of(members: Sequence[Member], name: str) -> tuple[Conditions, ...]:
    """The values of a setting, or ranges with about as many runs each; () for words with too many values."""
    own = [m.settings[name] for m in members if name in m.settings]
    values: list[Detail] = sorted(set(own), key=lambda v: (0, float(v), "") if is_number(v) else (1, 0.0, str(v)))
    if len(values) <= MOST_BANDS:
        return tuple((Condition(name, "=", v),) for v in values)
    numbers = [float(v) for v in own if is_number(v)]
    if len(numbers) < len(own):
        return ()
    inner = sorted({_rounded(q) for q in np.quantile(numbers, np.arange(1, RANGES) / RANGES)})
    edges = [q for q in inner if min(numbers) < q <= max(numbers)]
    if not edges:
        return ()
    first, last = (Condition(name, "<", edges[0]),), (Condition(name, ">=", edges[-1]),)
    middle = [(Condition(name, ">=", a), Condition(name, "<", b)) for a, b in pairwise(edges)]
    return (first, *middle, last)


def _band_of(member: Member, bands: Sequence[Conditions]) -> int | None:
    return next((i for i, band in enumerate(bands) if all(c.holds(member.settings) for c in band)), None)


def _rounded(value: float) -> float:
    """A value as a person writes it: two significant digits."""
    return float(f"{value:.2g}")


def _ranks(losses: Sequence[float]) -> Floats:
    """Ranks from 0 on, equal losses share the mean of theirs."""
    values = np.array(losses)
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts + 1) / 2)[place], dtype=float)


def _explained(ranks: Floats, bands: Sequence[Hashable]) -> float:
    """Epsilon squared: the share of the variance between the bands beyond what as many random bands would have."""
    by_band: dict[Hashable, list[float]] = defaultdict(list)
    for rank, band in zip(ranks, bands, strict=True):
        by_band[band].append(float(rank))
    total = float(((ranks - ranks.mean()) ** 2).sum())
    free = len(ranks) - len(by_band)
    if total <= 0 or free <= 0:
        return 0.0
    within = sum(((np.array(own) - np.mean(own)) ** 2).sum() for own in by_band.values())
    return max(0.0, 1.0 - float(within) / free * (len(ranks) - 1) / total)
