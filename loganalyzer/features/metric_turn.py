"""What the main metric on validation data did beside a loss that turned: it went on improving, or it turned, too."""

from __future__ import annotations

from loganalyzer.features.curve import MetricCurves
from loganalyzer.features.levels import turning_point

OUT_OF_NOISE = 6.0
"""So many deviations of its noise a metric must have gained for there to be something to lose."""


def metric_still_improves(metrics: tuple[MetricCurves, ...], step: int, share: float) -> bool:
    """True when the main validation metric gained ``share`` of its gain, clearly, after the objective had turned."""
    for metric in metrics[:1]:
        curve = metric.validation
        if curve is None or curve.count < 5:
            continue
        later = curve.value_at(step) - curve.end
        return curve.gain > 0 and later > max(share * curve.gain, 2 * curve.standard_error(curve.end_count))
    return False


def lost_by_metric(metrics: tuple[MetricCurves, ...]) -> float:
    """Share of its gain that the main validation metric lost after its best, where that is beyond its noise."""
    for metric in metrics[:1]:
        curve = metric.validation
        if curve is None or curve.count < 5 or curve.gain <= OUT_OF_NOISE * curve.sigma:
            continue
        turn = turning_point(curve)
        return turn.rise / curve.gain if turn.z > 4 and turn.tau > 0.2 else 0.0
    return 0.0
