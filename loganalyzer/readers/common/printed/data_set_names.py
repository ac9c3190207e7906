"""Values that are called after their data set only: "Epoch 3/20 - train=0.41 val=0.47"."""

from __future__ import annotations

from copy import copy

import numpy as np

from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Floats
from loganalyzer.readers.common.printed.points import Points
from loganalyzer.readers.common.quantities import falls
from loganalyzer.roles.assign import role_of, words_of

_LOSSES = frozenset(
    {Quantity.LOSS, Quantity.LOSS_PART, Quantity.GENERATOR_LOSS, Quantity.DISCRIMINATOR_LOSS, Quantity.REWARD}
)


def with_losses_of_data_sets(points: Points) -> tuple[Points, tuple[str, ...]]:
    """The points with such values as losses where the first of them fall, and the names that nothing in the log explains.

    Values that rise may be a metric or a loss that diverges, which only the program's source tells. Beside a loss of the
    training in their lines they are a metric ("Loss: 0.5, Train: 0.9, Val: 0.8"), unless all are held-out ("loss 0.5, val
    0.6"); beside a loss on held-out data, "train" is its twin.
    """
    bare = [name for name, _ in points.values if _is_data_set(name)]
    if not bare:
        return points, ()
    losses = [key for key in points.values if role_of(key[0]).quantity in _LOSSES]
    splits = {role_of(name).split for name, _ in losses}
    trained = splits & {Split.NONE, Split.TRAIN}
    if trained and any(role_of(name).split is Split.TRAIN for name in bare) and _beside(points, bare, losses):
        return points, ()
    if splits and (Split.TRAIN in splits or not trained):
        bare = [name for name in bare if (role_of(name).split is Split.TRAIN) is not bool(trained)]
    first = next((values for (name, _), (_, values) in points.values.items() if bare and name == bare[0]), None)
    if first is None or not (falls(np.frombuffer(first)) or _sinks_below_zero(np.frombuffer(first))):
        return points, ()
    renamed = {name: f"{name}/loss" for name in bare}
    told = copy(points)
    told.values = {(renamed.get(name, name), level): own for (name, level), own in points.values.items()}
    return told, () if splits else tuple(renamed.values())


def _sinks_below_zero(values: Floats) -> bool:
    """Whether values fall from above 1, where no score is, to below 0: a negative log-likelihood of a density."""
    if not np.isfinite(values).all() or values[0] <= 1:
        return False
    third = max(1, len(values) // 3)
    last = float(np.median(values[-third:]))
    return last < 0 and last < float(np.median(values[:third]))


def _beside(points: Points, bare: list[str], losses: list[tuple[str, int]]) -> bool:
    """Whether lines with these values have losses, too."""
    records = {record for (name, _), (own, _) in points.values.items() if name in bare for record in own}
    return any(not records.isdisjoint(points.values[key][0]) for key in losses)


def _is_data_set(name: str) -> bool:
    role = role_of(name)
    return role.quantity is Quantity.OTHER and role.split is not Split.NONE and len(words_of(name)) == 1
