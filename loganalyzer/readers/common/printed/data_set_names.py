"""Values that are called after their data set only: "Epoch 3/20 - train=0.41 val=0.47"."""

from __future__ import annotations

from copy import copy

from loganalyzer.model.role import Quantity, Split
from loganalyzer.readers.common.printed.axis import Stretch, stretches
from loganalyzer.readers.common.printed.points import Points
from loganalyzer.readers.common.quantities import falls
from loganalyzer.roles.assign import role_of, words_of


def stretches_named_by_data_set(points: Points) -> tuple[list[Stretch], tuple[str, ...]]:
    """The trainings whose first such values fall, as losses, and the names of these.

    Values that rise may be a metric or a loss that diverges, which only the program's source tells.
    """
    renamed = {name: f"{name}/loss" for name, _ in points.values if _is_data_set(name)}
    if not renamed:
        return [], ()
    again = copy(points)
    again.values = {(renamed.get(name, name), level): own for (name, level), own in points.values.items()}
    first = next(iter(renamed.values()))
    found = [one for one in stretches(again) if first in one.series and falls(one.series[first].values)]
    return found, tuple(renamed.values()) if found else ()


def _is_data_set(name: str) -> bool:
    role = role_of(name)
    return role.quantity is Quantity.OTHER and role.split is not Split.NONE and len(words_of(name)) == 1
