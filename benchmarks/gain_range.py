"""The range for what more training brings, checked on logs cut short: does it hold what happened?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.learning_curve import outlook
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Series


@dataclass(frozen=True)
class Forecast:
    """One cut log: whether a range was given and held, and its width as a share of the curve's range."""

    run: str
    more: float
    given: bool
    held: bool
    width: float


def forecasts(diagnoses: Iterable[Diagnosis], cut: float = 0.6) -> list[Forecast]:
    """Each run's judged objective cut at ``cut`` of its length.

    The range for +25 % and +50 % of the cut log is compared with the level logged there (median of the three points
    about it).
    """
    found = []
    for d in diagnoses:
        name = d.objective.validation or d.objective.train
        series = d.run.series.get(name or "")
        if series is None or len(series) < 20 or not bool(np.isfinite(series.values).all()):
            continue
        first, last = float(series.steps[0]), float(series.steps[-1])
        end = first + cut * (last - first)
        seen = series.steps <= end
        curve = curve_of(Series(series.name, series.steps[seen], series.values[seen]), d.objective.direction)
        for more in (0.25, 0.5):
            at = int(np.argmin(np.abs(series.steps - (first + (end - first) * (1 + more)))))
            truth = (-1.0 if d.objective.direction == "max" else 1.0) * arrays.median(
                series.values[max(0, at - 1) : at + 2]
            )
            answer = outlook(curve, more)
            if answer is None:
                found.append(Forecast(d.id, more, False, False, 0.0))
                continue
            scale = float(np.ptp(curve.values)) or 1.0
            found.append(
                Forecast(d.id, more, True, answer.low <= truth <= answer.high, (answer.high - answer.low) / scale)
            )
    return found


def curve_of(series: Series, direction: str) -> Curve:
    """The series as the rules see it."""
    first, last = float(series.steps[0]), float(series.steps[-1])
    return Curve(
        series.name, series.steps, series.values, -1.0 if direction == "max" else 1.0, first, max(last - first, 1e-9)
    )
