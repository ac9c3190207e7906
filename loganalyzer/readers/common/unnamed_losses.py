"""Lists of a training of which none is called a loss: by their data sets ("train", "val"), or a total beside its terms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Floats
from loganalyzer.readers.common.data_sets import data_set
from loganalyzer.readers.common.quantities import LOSSES, OBJECTIVES, falls
from loganalyzer.roles.assign import role_of, words_of

FEWEST_VALUES = 3
SUM_ERROR = 1e-3
_TOTALS = frozenset({"total", "overall", "sum"})
_HELD_OUT = frozenset({"val", "test"})


def losses_among(curves: Mapping[str, Floats], *, called: bool) -> dict[str, str]:
    """New names for those of the curves (float64[n] each) that are losses, though nothing says so; {} where none is.

    Those of the training and of held-out data are, if the training's falls; a total that is the sum of all the others of its
    data set is; and in a file ``called`` after losses all are whose names say nothing.
    """
    if any(role_of(name).quantity in LOSSES for name in curves):
        return {}
    whole = {name: own for name, own in curves.items() if len(own) >= FEWEST_VALUES and bool(np.isfinite(own).all())}
    sets = {name: data_set(name) for name in whole if len(words_of(name)) == 1}
    told = {name: own for name, own in sets.items() if own}
    fall = [falls(whole[name]) and not _is_whole(whole[name]) for name, own in told.items() if own == "train"]
    judged = any(role_of(name).quantity in OBJECTIVES for name in curves)
    if not _HELD_OUT.isdisjoint(told.values()) and fall and (all(fall) or called) and not judged:
        return {name: f"{name}/loss" for name in told}
    totals = [name for name in whole if _is_sum_of_the_others(name, whole)]
    if totals:
        return {name: f"{name}_loss" for name in totals}
    silent = [name for name in whole if _says_nothing(name)]
    others = {role_of(name).direction for name in whole if name not in silent}
    return {name: f"loss/{name}" for name in silent} if called and others <= {"min"} else {}


def may_be_losses(names: list[str]) -> bool:
    """Whether ``losses_among`` may find some, by the names alone."""
    sets = {data_set(name) for name in names if len(words_of(name)) == 1}
    both = "train" in sets and not sets.isdisjoint(_HELD_OUT)
    return both or any(words_of(name)[-1:] and words_of(name)[-1] in _TOTALS for name in names)


def _is_whole(values: Floats) -> bool:
    """Whether all are whole numbers: those of samples, as a split of the data lists them."""
    return bool((values == np.round(values)).all())


def _is_sum_of_the_others(name: str, curves: Mapping[str, Floats]) -> bool:
    words = words_of(name)
    if not words or words[-1] not in _TOTALS:
        return False
    own = curves[name]
    first = words[:-1]
    terms = [
        values
        for other, values in curves.items()
        if other != name and len(values) == len(own) and words_of(other)[: len(first)] == first
    ]
    terms = [values for values in terms if not bool((np.diff(values) == 1).all())]  # a counter is none
    return len(terms) > 1 and bool(np.allclose(sum(terms), own, rtol=SUM_ERROR, atol=0.0))


def _says_nothing(name: str) -> bool:
    role = role_of(name)
    return role.quantity is Quantity.OTHER and role.split is Split.NONE
