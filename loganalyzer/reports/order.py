"""The order in which every output lists runs: what needs attention first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from loganalyzer.model.confidence import LEVELS, level
from loganalyzer.model.history import Trend
from loganalyzer.model.plugins import HasId
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.verdicts import Verdict

_URGENCY = {v: i for i, v in enumerate(Verdict)}
_SURE = {name: i for i, name in enumerate(LEVELS)}


Urgency = tuple[bool, int, int, float, str]
Named = TypeVar("Named", bound=HasId)


def urgency(d: Diagnosis) -> Urgency:
    """Sort key, smallest first: needs attention, worst severity, verdict, how sure in a word, name in its natural order."""
    severity = d.worst.rank if d.worst else 0
    return (
        not d.needs_attention,
        -severity,
        _URGENCY[d.verdict],
        float(_SURE[level(d.probability)]),
        f"{_padded(d.id)}\0{d.id}",
    )


def worst_first(runs: Iterable[Diagnosis]) -> list[Diagnosis]:
    """Sort by worst severity, then by verdict, level of confidence and name."""
    return sorted(runs, key=urgency)


def newly_bad_first(runs: Iterable[Diagnosis], trend: Trend | None) -> list[Diagnosis]:
    """Sort as ``worst_first``, what a history says is newly bad before everything else."""
    fresh = set(trend.fresh) if trend is not None and trend.last is not None else set()
    return sorted(runs, key=lambda d: (d.id not in fresh, urgency(d)))


def _padded(name: str) -> str:
    """A name as a text that sorts in its natural order: s2 before s10."""
    return re.sub(r"(?<![0-9.])[0-9]{1,14}(?![0-9])", lambda found: found[0].zfill(15), name)


def by_name(runs: Iterable[Named]) -> list[Named]:
    """Sort runs by their ids in natural order; two spellings of one number ("1", "01") by their text."""
    return sorted(runs, key=lambda run: (natural(run.id), run.id))


def natural(name: str) -> tuple[tuple[int, float, str], ...]:
    """Sort key of a name in which numbers count as numbers: run2 comes before run10, lr_0.25 before lr_0.5."""
    parts = re.findall(r"[0-9]{1,15}(?:\.[0-9]{1,15})?|[0-9]+|[^0-9]+", name)
    return tuple((0, float(part), "") if part[0] in "0123456789" else (1, 0.0, part) for part in parts)
