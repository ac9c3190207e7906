"""Which curves are the objective of a training, and which metrics it has: who is chosen among the candidates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from loganalyzer.model.role import Metric, Quantity, Role, Split
from loganalyzer.model.run import Series
from loganalyzer.roles.metric_names import LOSS_LIKE_METRICS
from loganalyzer.roles.parts import combined, mean_of

OF_A_FUNCTION = 10
"""The rank from which on a loss says by which function it is computed: it need not be the whole."""
LONG_ENOUGH = 5
"""So many values behind the end of a curve make a loss of another name the one by which a training went on."""
FEW_EVALUATIONS, OFTEN = 12, 4
"""Fewer evaluations of an agent than that say less than its returns in training, logged OFTEN times as often."""


def _candidates(
    series: Mapping[str, Series], by_name: Mapping[str, Role], quantity: Quantity, splits: tuple[Split, ...]
) -> list[tuple[str, Role]]:
    found = [(n, by_name[n]) for n in series if by_name[n].quantity is quantity and by_name[n].split in splits]
    if len(found) < 2:
        return found
    longest = max(len(series[n]) for n, _ in found)
    # a name of lower rank wins, but not with a stump of a log (one or two points) against a whole curve
    enough = min(FEW_EVALUATIONS if quantity is Quantity.REWARD else 5, longest)

    def is_stump(name: str) -> bool:
        count = len(series[name])
        return count < min(5, longest) or (count < enough and OFTEN * count <= longest)

    begins_last = max((int(series[n].steps[0]) for n, _ in found if len(series[n]) >= LONG_ENOUGH), default=None)

    def gave_way(name: str) -> bool:
        """Whether another one begins behind the end of this one."""
        return begins_last is not None and (len(series[name]) == 0 or begins_last > int(series[name].steps[-1]))

    def preference(candidate: tuple[str, Role]) -> tuple[bool, bool, int, int, int, str]:
        name, role = candidate
        over = quantity is Quantity.LOSS and gave_way(name)
        return is_stump(name), over, splits.index(role.split), role.rank, len(name), name

    return sorted(found, key=preference)


def first(series: Mapping[str, Series], by_name: Mapping[str, Role], quantity: Quantity) -> Series | None:
    """The best named series of a quantity, training data before held-out data (rewards the other way round)."""
    found = _candidates(
        series,
        by_name,
        quantity,
        (Split.VALIDATION, Split.NONE, Split.TRAIN, Split.TEST)
        if quantity is Quantity.REWARD
        else (Split.TRAIN, Split.NONE, Split.VALIDATION, Split.TEST),
    )
    return series[found[0][0]] if found else None


def objective(
    series: Mapping[str, Series], by_name: Mapping[str, Role], whole: bool = True
) -> tuple[Series | None, Series | None, bool, str, bool]:
    """The objective on training and on validation data, whether it is a metric, its direction, whether it is guessed.

    ``whole`` is False where losses are no parts of one whole (two players, an actor and a critic): none is made of them.
    """
    for quantity in (Quantity.LOSS, Quantity.LOSS_PART):
        train = _candidates(series, by_name, quantity, (Split.TRAIN, Split.NONE))
        held_out = _candidates(series, by_name, quantity, (Split.VALIDATION, Split.TEST))
        if not train and not held_out:
            continue
        if quantity is Quantity.LOSS and _are_stumps(series, train + held_out, by_name):
            continue
        if quantity is Quantity.LOSS_PART:
            if not whole:
                return None, None, False, "min", True
            return combined(series, train), combined(series, held_out), False, "min", True
        if train and not held_out:
            sets = _by_set(series, by_name)
            if sets is not None:
                return series[train[0][0]], sets, False, "min", False
        direction = (train or held_out)[0][1].direction
        trained = None
        if train:
            broken = _with_broken_part(series, by_name, train[0]) if whole else None
            trained = _went_on_as(series, by_name, train) or broken or series[train[0][0]]
        return trained, _matching(series, train, held_out), False, direction, False
    pairs = sorted(metrics_of(series, by_name), key=lambda m: (_loss_like(m.name) is False, len(m.name)))
    if pairs:
        best = pairs[0] if _loss_like(pairs[0].name) else metrics_of(series, by_name)[0]
        return best.train, best.validation, True, best.direction, True
    return None, None, False, "min", True


def _are_stumps(series: Mapping[str, Series], losses: list[tuple[str, Role]], by_name: Mapping[str, Role]) -> bool:
    """True for losses of a few values, such as a mean that is printed once at the end, beside the whole course of a
    metric that is as good as a loss."""
    courses = (len(series[n]) for n, r in by_name.items() if n in series and _is_course(r))
    return max(len(series[n]) for n, _ in losses) < LONG_ENOUGH <= max(courses, default=0)


def _is_course(role: Role) -> bool:
    return role.quantity is Quantity.METRIC and _loss_like(role.metric)


def _went_on_as(
    series: Mapping[str, Series], by_name: Mapping[str, Role], train: list[tuple[str, Role]]
) -> Series | None:
    """The one part of the loss ("loss_v2", "weighted_loss") that begins behind the end of all losses ``train``, if one does."""
    ends = [int(series[name].steps[-1]) for name, _ in train if len(series[name])]
    parts = _candidates(series, by_name, Quantity.LOSS_PART, (Split.TRAIN, Split.NONE))
    later = [series[name] for name, _ in parts if len(series[name]) >= LONG_ENOUGH]
    later = [one for one in later if ends and int(one.steps[0]) > max(ends)]
    return later[0] if len(later) == 1 else None


def _with_broken_part(
    series: Mapping[str, Series], by_name: Mapping[str, Role], chosen: tuple[str, Role]
) -> Series | None:
    """The sum with the parts that end as NaN or infinity ("loss_bbox"), of a loss that is called after its function ("loss_ce")
    and has no such end; None without such parts."""
    name, role = chosen
    own = series[name]
    if role.rank < OF_A_FUNCTION or not len(own) or not np.isfinite(own.values[-1]):
        return None
    parts = _candidates(series, by_name, Quantity.LOSS_PART, (role.split,))
    broken = [
        (part, its)
        for part, its in parts
        if np.array_equal(series[part].steps, own.steps) and not np.isfinite(series[part].values[-1])
    ]
    return combined(series, [chosen, *broken]) if broken else None


def _by_set(series: Mapping[str, Series], by_name: Mapping[str, Role]) -> Series | None:
    """The validation loss of a log that names it once for each data set (``eval_g0_loss``, ``eval_g1_loss``): the mean.

    A part of the loss that training logs too ("val_recon_loss" beside "recon_loss") is no data set. The mean is taken
    where all were measured; of sets measured at different steps the longest is taken.
    """
    found = _candidates(series, by_name, Quantity.LOSS_PART, (Split.VALIDATION,))
    trained = {
        role.metric
        for role in by_name.values()
        if role.quantity is Quantity.LOSS_PART and role.split in (Split.TRAIN, Split.NONE)
    }
    sets = [series[name] for name, role in found if role.metric not in trained and _names_a_set(role.metric)]
    if not sets or len({len([w for w in role.metric.split() if not w.isdigit()]) for _, role in found}) > 1:
        return None
    longest = max(sets, key=len)
    same = [one for one in sets if np.array_equal(one.steps, longest.steps)]
    if len(same) == 1:
        return longest
    return mean_of(same)


def _names_a_set(metric: str) -> bool:
    """Whether a name is that of the loss of a data set: "wiki loss", and Lightning's "loss dataloader idx 1"."""
    return metric.endswith(" loss") or metric.startswith("loss dataloader idx")


def _loss_like(metric: str) -> bool:
    return metric in LOSS_LIKE_METRICS


def _matching(
    series: Mapping[str, Series], train: list[tuple[str, Role]], held_out: list[tuple[str, Role]]
) -> Series | None:
    """The held-out loss that measures the same thing as the chosen training loss, if one does; else the best named."""
    if not held_out:
        return None
    wanted = train[0][1].metric if train else ""
    same = [c for c in held_out if c[1].metric == wanted and c[1].split is held_out[0][1].split]
    return series[(same or held_out)[0][0]]


def metrics_of(series: Mapping[str, Series], by_name: Mapping[str, Role]) -> tuple[Metric, ...]:
    """The metrics, the best known first, each with its curves on training and on validation data."""
    grouped: dict[str, list[tuple[str, Role]]] = {}
    for name in series:
        role = by_name[name]
        if role.quantity is Quantity.METRIC:
            grouped.setdefault(role.metric, []).append((name, role))
    metrics = []
    for metric, members in grouped.items():
        enough = min(LONG_ENOUGH, max(len(series[name]) for name, _ in members))
        # the best so far, printed now and then, is no course of the metric
        members.sort(key=lambda m: (len(series[m[0]]) < enough, m[1].rank, len(m[0])))
        train = next((n for n, r in members if r.split in (Split.TRAIN, Split.NONE)), None)
        held_out = next((n for split in (Split.VALIDATION, Split.TEST) for n, r in members if r.split is split), None)
        if held_out is None and train is not None and by_name[train].split is Split.NONE and _has_split(by_name):
            # "metrics/mAP50" beside "val/box_loss": an unmarked metric next to a marked split is measured on validation
            marked_train = any(r.split is Split.TRAIN for r in by_name.values())
            train, held_out = (None, train) if marked_train else (train, None)
        metrics.append(
            (
                members[0][1].rank,
                Metric(
                    metric,
                    members[0][1].direction,
                    series[train] if train else None,
                    series[held_out] if held_out else None,
                ),
            )
        )
    return tuple(m for _, m in sorted(metrics, key=lambda pair: (pair[0], pair[1].name)))


def _has_split(by_name: Mapping[str, Role]) -> bool:
    return any(r.split is Split.VALIDATION for r in by_name.values())
