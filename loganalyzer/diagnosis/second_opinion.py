"""What the judged curves look like, by a table of points fitted to labelled runs: a second opinion beside the rules.

It decides nothing: on logs that nobody had seen it was right no more often than the rules. Where it agrees with them a
verdict is right far more often than where it does not, so it says how sure they may be (``calibration.py``). The table
(``second_opinion.json``) has for each descriptor and verdict the points at a few of its values, straight lines between
them, and those for its absence; ``python -m benchmarks.second_opinion --write`` fits it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loganalyzer.diagnosis.descriptors import descriptors
from loganalyzer.model.own_files import own_text
from loganalyzer.model.role import Roles
from loganalyzer.model.verdicts import Verdict

Floats = NDArray[np.float64]


class Table:
    """Points by descriptor and verdict; ``document`` is the JSON as ``benchmarks.second_opinion`` writes it.

    ``verdicts`` are the verdicts it knows; ``constant`` their points whatever the curve; ``descriptors`` has by name
    ``knots`` (values of the descriptor, rising), ``points`` (of each knot, of each verdict) and ``absent`` (of each
    verdict).
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.verdicts = tuple(Verdict(word) for word in document["verdicts"])
        rows = document["descriptors"]
        self._names = tuple(rows)
        absent = np.array([row["absent"] for row in rows.values()], dtype=np.float64)
        most = max(len(row["knots"]) for row in rows.values())
        knots = np.array([row["knots"] + [np.inf] * (most - len(row["knots"])) for row in rows.values()])
        points = np.array([row["points"] + row["points"][-1:] * (most - len(row["points"])) for row in rows.values()])
        self._nothing = np.array(document["constant"], dtype=np.float64) + absent.sum(axis=0)
        self._first = points[:, 0] - absent
        self._rises = (points[:, 1:] - points[:, :-1]).reshape(-1, len(self.verdicts))
        self._knots = knots[:, :-1]
        with np.errstate(invalid="ignore"):  # between the knots that a shorter row lacks
            self._widths = knots[:, 1:] - knots[:, :-1]

    def log_probabilities(self, found: Mapping[str, float]) -> dict[Verdict, float]:
        """Of each verdict that the table knows, the logarithm of its probability for a curve with these descriptors."""
        values = np.array([found.get(name, np.nan) for name in self._names])
        with np.errstate(invalid="ignore"):
            passed = (values[:, None] - self._knots) / self._widths
        passed = np.fmin(np.fmax(passed, 0.0), 1.0)  # no number (no such knot, no such descriptor) passes none
        scores = self._nothing + (values == values) @ self._first + passed.reshape(-1) @ self._rises
        scores -= scores.max()
        logs = scores - math.log(np.exp(scores).sum())
        return dict(zip(self.verdicts, logs.tolist(), strict=True))


@cache
def shipped() -> Table:
    """The table that comes with this package."""
    return Table(json.loads(own_text("loganalyzer.diagnosis", "second_opinion.json")))


def second_opinion(roles: Roles) -> Mapping[Verdict, float]:
    """Of each verdict, but those that only a log or a task without an answer gets, its probability (0..1) by the curves."""
    logs = shipped().log_probabilities(descriptors(roles))
    return {verdict: math.exp(value) for verdict, value in logs.items()}
