"""One objective out of the parts that a log holds: their whole where one of them is it, their mean, or their sum."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from loganalyzer.model.late import late
from loganalyzer.model.role import Role
from loganalyzer.model.run import Series

_NUMBER = late(lambda: re.compile(r"\d+"))
FEWEST_FOR_A_WHOLE = 3
"""Members, and points of each, from which on a value equal to the sum of the others is no chance."""
CLOSE = 1e-3


def combined(series: Mapping[str, Series], parts: Sequence[tuple[str, Role]]) -> Series | None:
    """The objective that ``parts`` of a loss make up on one data set, None without parts.

    Only those of the first part's data set that were logged at the same steps as the longest are taken. The part that
    equals the sum of the others is the whole; parts whose names differ by a number only ("loss_0", "fold 1 loss") are
    the same quantity measured several times, and give their mean; all others (box, class, object) give their sum.
    """
    if not parts:
        return None
    split = parts[0][1].split
    named = [(series[name], role) for name, role in parts if role.split is split]
    longest = max((one for one, _ in named), key=len)
    same = [(one, role) for one, role in named if bool(np.array_equal(one.steps, longest.steps))]
    members = [one for one, _ in same]
    if len(members) == 1:
        return members[0]
    whole = _whole(members)
    if whole is not None:
        return whole
    if len({_NUMBER.sub("#", role.metric) for _, role in same}) == 1 and _NUMBER.search(same[0][1].metric):
        return mean_of(members)
    name = " + ".join(sorted(one.name for one in members))
    return Series(name, longest.steps, np.sum([one.values for one in members], axis=0), longest.wall_times)


def mean_of(members: Sequence[Series]) -> Series:
    """The mean of series with the same steps."""
    name = f"({' + '.join(sorted(one.name for one in members))}) / {len(members)}"
    values = np.mean([one.values for one in members], axis=0)
    return Series(name, members[0].steps, values, members[0].wall_times)


def _whole(members: Sequence[Series]) -> Series | None:
    """The member that is the sum of the others at every point, if one is."""
    if min(len(members), len(members[0])) < FEWEST_FOR_A_WHOLE:
        return None
    values = np.array([one.values for one in members])
    finite = np.isfinite(values).all(axis=0)
    if finite.sum() < FEWEST_FOR_A_WHOLE:
        return None
    values = values[:, finite]
    rest = values.sum(axis=0) - values
    off = np.abs(values - rest).max(axis=1) / max(float(np.abs(values).max()), 1e-300)
    best = int(off.argmin())
    return members[best] if off[best] < CLOSE and float(np.ptp(values[best])) > 0 else None
