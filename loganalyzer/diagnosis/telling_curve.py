"""Which curve of a run is judged where the one that its name chooses is all scatter, and another one shows what was learned.

Evaluations of few episodes lie anywhere; a loss may scatter so widely that a score on held-out data alone tells.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.accuracy import unit_scale
from loganalyzer.features.curve import Curve
from loganalyzer.features.hidden_fall import TREND
from loganalyzer.features.levels import KEPT_GAIN, retained_gain, significance
from loganalyzer.features.view import View
from loganalyzer.model.record import replace
from loganalyzer.model.role import Quantity, Roles, Split, Task
from loganalyzer.model.run import Run, Series
from loganalyzer.roles.assign import roles as roles_by_name

SCATTER = 4.0
"""A gain of fewer standard errors may be chance."""
SURELY = 8.0
"""One of more is none."""
FEWEST = 8
"""Of fewer values neither is told."""
MUCH = 0.3
"""A score must have gained this share of what there was to gain: of a positive number of which less is better, or up to
all right."""


def roles_of(run: Run, overrides: Mapping[str, str] | None = None) -> Roles:
    """The roles by the names of the series; where these choose a curve that is all scatter, with the curve that tells.

    What the user named in ``overrides`` stands.
    """
    roles = roles_by_name(run, overrides)
    if overrides:
        return roles
    if roles.task is Task.REINFORCEMENT and roles.reward is not None:
        return _with_return(run, roles, roles.reward)
    if roles.task is Task.SUPERVISED and roles.train is not None and roles.validation is None:
        return _with_score(run, roles)
    return roles


def _with_return(run: Run, roles: Roles, chosen: Series) -> Roles:
    """With the return in training, where evaluations scatter about the level which that reached."""
    by_name = roles.by_name
    others = [
        run.series[name]
        for name, role in by_name.items()
        if role.quantity is Quantity.REWARD and role.split in (Split.TRAIN, Split.NONE) and name in run.series
    ]
    if by_name[chosen.name].split is not Split.VALIDATION or not others:
        return roles
    evaluated = View(run, roles).reward
    if evaluated is None or not _scatters(evaluated):
        return roles
    middle = float(np.median(evaluated.reduced.values))
    for other in sorted(others, key=lambda own: (by_name[own.name].rank, -len(own))):
        found = replace(roles, reward=other)
        trained = View(run, found).reward
        if trained is not None and _gained(trained) and middle < trained.start - 0.5 * trained.gain:
            return found
    return roles


def _with_score(run: Run, roles: Roles) -> Roles:
    """With the best known score on held-out data that clearly gained, where the loss of the training is all scatter."""
    view = View(run, roles)
    scores = [own for own in roles.metrics if own.validation is not None]
    if not scores or view.train is None or not _scatters(view.train):
        return roles
    curves = {own.name: own.validation for own in view.metrics}
    for own in scores:
        curve = curves.get(own.name)
        if curve is not None and _gained(curve) and curve.gain >= MUCH * _to_gain(curve) > 0:
            direction = own.direction
            return replace(
                roles,
                train=None,
                validation=own.validation,
                direction=direction,
                objective_is_metric=True,
                guessed=True,
            )
    return roles


def _scatters(curve: Curve) -> bool:
    y = curve.reduced.values
    if len(y) < FEWEST or curve.ends_non_finite or significance(curve) >= SCATTER or not curve.value_range > 0:
        return False
    return abs(arrays.kendall(y)) < TREND * arrays.kendall_error(len(y))


def _gained(curve: Curve) -> bool:
    return len(curve.reduced) >= FEWEST and significance(curve) > SURELY and retained_gain(curve) >= KEPT_GAIN


def _to_gain(curve: Curve) -> float:
    """What there was to gain, in the units of the curve (whose values are negative where more is better); 0 if unknown."""
    if curve.sign > 0:
        return curve.start if curve.positive else 0.0
    unit = unit_scale(curve)
    return unit + curve.start if unit else 0.0
