"""Which way a vaguely named metric ("train_metric", "val_metric") is better: what settings say, else what curves show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from loganalyzer.model.role import Quantity, Role, Split
from loganalyzer.model.run import Detail, Floats, Series
from loganalyzer.roles.hyperparameters import meaning_of

MAXIMISED = frozenset("max maximize maximise higher up".split())
MINIMISED = frozenset("min minimize minimise lower down".split())
FEWEST = 6
CLEAR = 0.6
"""Rank correlation from which on a curve is taken to go one way."""


def told_direction(settings: Mapping[str, Detail], direction_of: Callable[[str], str]) -> str:
    """ "min" or "max" as hyper-parameters say ("mode": "max", "greater_is_better": false, "metric": "rmse"), else ""."""
    named = ""
    for name, value in settings.items():
        meaning = meaning_of(name)
        word = str(value).strip().lower()
        if meaning == "greater_is_better" and word not in ("none", "null", ""):
            return "max" if word in ("true", "1", "1.0") else "min"
        if meaning == "metric_direction" and word in MAXIMISED | MINIMISED:
            return "max" if word in MAXIMISED else "min"
        if meaning == "judged_metric" and isinstance(value, str) and not named:
            named = direction_of(value)
    return named


def shown_direction(metric: Series, loss: Series | None) -> str:
    """ "min" or "max" as the curves show, else "".

    Better is where the metric goes while the training loss falls; without a loss, where the metric goes in training.
    Measured by Spearman's rank correlation (1904), at six points or more.
    """
    values, against = metric.values, np.arange(len(metric), dtype=np.float64)
    if loss is not None:
        _, here, there = np.intersect1d(metric.steps, loss.steps, return_indices=True)
        if len(here) >= FEWEST and float(np.ptp(loss.values[there])) > 0:
            values, against = metric.values[here], -loss.values[there]
    good = np.isfinite(values) & np.isfinite(against)
    if good.sum() < FEWEST or float(np.ptp(values[good])) == 0 or float(np.ptp(against[good])) == 0:
        return ""
    correlation = float(np.corrcoef(_ranks(values[good]), _ranks(against[good]))[0, 1])
    return "max" if correlation > CLEAR else "min" if correlation < -CLEAR else ""


def _ranks(values: Floats) -> Floats:
    """Ranks, ties sharing their mean: float64[n]."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Floats = (ends - (counts - 1) / 2.0)[inverse]
    return ranks


def with_directions(
    by_name: Mapping[str, Role],
    series: Mapping[str, Series],
    settings: Mapping[str, Detail],
    direction_of: Callable[[str], str],
) -> dict[str, Role]:
    """The roles with every vague metric decided; one that nothing decides plays no part."""
    vague = [name for name, role in by_name.items() if role.quantity is Quantity.METRIC and not role.direction]
    if not vague:
        return dict(by_name)
    told = told_direction(settings, direction_of)
    decided = dict(by_name)
    for name in vague:
        role = by_name[name]
        same = [n for n in vague if by_name[n].metric == role.metric and n in series]
        direction = told or _shown(same, by_name, series)
        quantity = Quantity.METRIC if direction else Quantity.OTHER
        decided[name] = Role(quantity, role.split, direction, role.metric, role.rank)
    return decided


def _shown(names: Sequence[str], by_name: Mapping[str, Role], series: Mapping[str, Series]) -> str:
    """The training curve is asked before the others: on validation data a metric may get worse for a reason."""
    loss = next(
        (
            series[n]
            for n, role in by_name.items()
            if n in series and role.quantity is Quantity.LOSS and role.split in (Split.TRAIN, Split.NONE)
        ),
        None,
    )
    for name in sorted(
        names, key=lambda n: (by_name[n].split is not Split.TRAIN, by_name[n].split is not Split.NONE, n)
    ):
        found = shown_direction(series[name], loss)
        if found:
            return found
    return ""
