"""The shape that a loss repeats in every epoch, where its batches come in the same order each time."""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats, Series

EXPLAINED, ALIKE = 0.35, 0.5
"""The share of the residual variance that such a shape explains, and the correlation of neighbouring epochs."""


class EpochPattern(Record, eq=False):
    """The mean ``profile`` of an epoch (float64[period]), in ``epochs`` of ``period`` values: the share of the residual
    variance that it explains, less what noise alone would (``explained``), and how neighbouring epochs correlate."""

    profile: Floats
    period: int
    epochs: int
    explained: float
    alike: float

    @property
    def certain(self) -> bool:
        """True where the order of the batches is what is seen."""
        return self.explained >= EXPLAINED and self.alike >= ALIKE


def epoch_pattern(curve: Curve, epoch: Series | None) -> EpochPattern | None:
    """The values of ``curve`` about their slow trend, folded at the length of an epoch; None where that is not known, or
    there are fewer than three epochs or eight values in each."""
    period = values_per_epoch(epoch, curve.count)
    y = curve.values[-6000:]
    if period < 8 or len(y) < 3 * period:
        return None
    residual = (
        y - arrays.running_median(y, 2 * (len(y) // 8) + 1)
        if len(y) <= 1500
        else y - np.interp(np.arange(len(y)), np.linspace(0, len(y) - 1, 24), arrays.block_medians(y, 24))
    )
    count = len(residual) // period
    folded = residual[-count * period :].reshape(count, period)
    profile = folded.mean(axis=0)
    total = float(folded.var())
    explained = float(profile.var()) / total if total > 0 else 0.0
    explained -= (1 - explained) / count  # what pure noise would give
    alike = float(np.median([_corr(folded[i], folded[i + 1]) for i in range(count - 1)]))
    return EpochPattern(profile, period, count, explained, alike)


def values_per_epoch(epoch: Series | None, points: int) -> int:
    """How many of ``points`` logged values an epoch has, by the series that counts the epochs; 0 where that does not say."""
    values = None if epoch is None else epoch.values
    if values is None or len(values) < 3:
        return 0
    if bool((values == np.floor(values)).all()):
        turns = np.flatnonzero(arrays.differences(values) > 0) + 1
        share = len(values) / points
        return round(arrays.median(arrays.differences(turns)) / share) if len(turns) >= 3 else 0
    spent = float(values[-1] - values[0])
    return round((points - 1) / spent) if spent >= 2.5 else 0


def _corr(a: np.ndarray, b: np.ndarray) -> float:
    x, y = a - a.mean(), b - b.mean()
    power = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / power if power > 0 else 0.0
