"""Values that are printed as a word ("loss: None", "N/A", "--"): where they last to the end of a training, they are NaN.

Before that, an evaluation that was not made is printed so, and such a line says nothing. The rule is that of tables
(``missing_ends``): a curve that every line had and the last ones do not.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence

import numpy as np

from loganalyzer.model.record import Record
from loganalyzer.readers.common.missing_ends import FEWEST_BEFORE, FEWEST_MISSING
from loganalyzer.readers.common.printed.points import Points
from loganalyzer.readers.common.quantities import CURVES, OBJECTIVES
from loganalyzer.roles.assign import role_of

WORDS = ("None", "N/A", "n/a", "NA", "null", "-", "--", "---", "----", "—")
_WORD = "|".join(sorted(map(re.escape, WORDS), key=len, reverse=True))
_ABSENT = re.compile(
    rf"((?<=[:=])\s{{0,4}}+[\"']?(?=(?:{_WORD})(?![^\s,;|)}}\]\"']))|(?<=[A-Za-z_\d])\s{{1,4}}+(?=(?:None|N/A|NA|null)(?![^\s,;|)}}\]])))"
    rf"(?:{_WORD})"
)
"""A word in place of a number: behind the sign that ends a name, or behind a name ("loss None"), where a dash means nothing."""


class Expanded(Record):
    """The texts of a line with numbers in place of its words: ``texts`` around all numbers, ``absent`` the places of these."""

    texts: list[str]
    absent: frozenset[int]


def expanded(texts: Sequence[str]) -> Expanded | None:
    """The line cut at its words for missing values too; None where it has none."""
    if not any(_ABSENT.search(text) for text in texts):
        return None
    whole: list[str] = []
    absent: set[int] = set()
    for text in texts:
        start = 0
        for found in _ABSENT.finditer(text):
            absent.add(len(whole))
            whole.append(text[start : found.end(1)])
            start = found.end()
        whole.append(text[start:])
    return Expanded(whole, frozenset(absent))


def without_words(texts: Sequence[str]) -> list[str]:
    """The texts with a comma in place of each such word, which is no part of the name behind it."""
    return [_ABSENT.sub(r"\1,", text) for text in texts]


def with_missing_ends(points: Points) -> tuple[Points, tuple[str, ...]]:
    """The points with NaN where a curve is missing up to the end of a training, and the names of such curves."""
    ended = []
    for (name, level), missing in points.absent.items():
        known = points.values.get((name, level))
        if known is None or role_of(name).quantity not in CURVES:
            continue
        records = [record for block in _ends(points, known[0], missing) for record in block]
        if not records:
            continue
        ended.append(name)
        rows = np.concatenate([np.frombuffer(known[0], np.int64), np.array(records, np.int64)])
        values = np.concatenate([np.frombuffer(known[1]), np.full(len(records), np.nan)])
        order = np.argsort(rows, kind="stable")
        points.values[name, level] = (array("q", rows[order].tobytes()), array("d", values[order].tobytes()))
    return points, tuple(ended)


def _ends(points: Points, known: array[int], missing: array[int]) -> list[list[int]]:
    """The stretches of ``missing`` records at the end of a training, behind ``known`` ones without a gap."""
    rows = np.concatenate([np.frombuffer(known, np.int64), np.frombuffer(missing, np.int64)])
    order = np.argsort(rows, kind="stable")
    there = (np.arange(len(rows)) < len(known))[order]
    rows = rows[order]
    cuts = [0, *(np.flatnonzero(there[1:] != there[:-1]) + 1).tolist(), len(rows)]
    ends = []
    for before, start, stop in zip(cuts, cuts[1:], cuts[2:], strict=False):
        block = rows[start:stop]
        if there[start] or start - before < FEWEST_BEFORE or len(block) < FEWEST_MISSING:
            continue
        at_end = stop == len(rows) or _goes_back(points, int(block[-1]), int(rows[stop]))
        if at_end and not _other_curve_begins(points, int(block[0]), int(block[-1])):
            ends.append(block.tolist())
    return ends


def _goes_back(points: Points, last: int, upcoming: int) -> bool:
    """Whether another training begins between two records."""
    return points.epoch[upcoming] < points.epoch[last] or points.last_step[upcoming] < points.last_step[last]


def _other_curve_begins(points: Points, first: int, last: int) -> bool:
    """Whether another curve is printed from there on: a training in another stage, of other losses."""
    return any(
        first <= records[0] <= last and len(records) >= FEWEST_MISSING and role_of(name).quantity in OBJECTIVES
        for (name, _), (records, _) in points.values.items()
    )
