"""What a sweep should try next: values beyond the edge where the best lies, finer ones beside it, or a narrower range."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from loganalyzer.model.report import Member
from loganalyzer.model.run import Detail
from loganalyzer.model.sweep import Further, Importance
from loganalyzer.roles.hyperparameters import is_number

MATTERS = 0.05
"""A setting that explains less of the differences between the runs is left as it is."""
MOST_SETTINGS = 2
MOST_VALUES = 12
"""A setting with more values was searched at random: the next search takes a range."""
DECADE = 8.0
"""Positive values whose ends are so many times apart lie on a logarithmic scale."""
TOP = 5


def further(
    members: Sequence[Member], best: Mapping[str, Detail], importance: Sequence[Importance]
) -> tuple[Further, ...]:
    """What to try next of the settings that matter; ``members`` begin with the best, ``best`` are its settings."""
    found = []
    for name in (each.name for each in importance if each.share >= MATTERS):
        values = sorted({m.settings[name] for m in members if name in m.settings}, key=str)
        own = best.get(name)
        if is_number(own) and len(values) > 1 and all(map(is_number, values)):
            numbers = sorted(float(v) for v in values if is_number(v))
            whole = all(isinstance(v, int) or float(v).is_integer() for v in values)
            step = (
                _range(members, name) if len(numbers) > MOST_VALUES else _step(name, numbers, float(own), whole=whole)
            )
            found += [step] if step.values else []
    return tuple(found[:MOST_SETTINGS])


def _range(members: Sequence[Member], name: str) -> Further:
    """The range of the best runs, for a search at random."""
    own = [
        float(v)
        for m in members[: max(TOP, len(members) // 10)]
        if is_number(v := m.settings.get(name)) and not m.failed
    ]
    low, high = _rounded(min(own)), _rounded(max(own))
    return Further(name, (low, high) if low < high else (), "range")


def _step(name: str, values: Sequence[float], best: float, *, whole: bool) -> Further:
    """Two values beyond the edge, or one on either side of the best; whole numbers are not split."""
    at = values.index(best)
    log = values[0] > 0 and (values[-1] / values[0] >= DECADE or (whole and len(values) > 2))
    if at in (0, len(values) - 1):
        beside = values[1] if at == 0 else values[-2]
        tried = [_beyond(best, beside, times, log) for times in (1, 2)]
        share = not log and all(0 <= v < 1 for v in values)  # such as dropout or momentum
        kept = [v for v in tried if (v >= 0 or values[0] < 0) and not (share and v >= 1)]
        return Further(name, tuple(sorted({round(v) if whole else _rounded(v) for v in kept} - {best})), "edge")
    if whole:
        return Further(name, (), "between")
    pairs = ((values[at - 1], best), (best, values[at + 1]))
    between = {_rounded(math.sqrt(a * b) if log else (a + b) / 2) for a, b in pairs}
    return Further(name, tuple(sorted(between - {*values})), "between")


def _beyond(edge: float, beside: float, times: int, log: bool) -> float:
    """The value so many steps beyond ``edge``, as far apart as the last two."""
    return float(edge * (edge / beside) ** times if log else edge + times * (edge - beside))


def _rounded(value: float) -> float:
    return float(f"{value:.2g}")
