"""What the points of a text log are counted by: epochs, steps, both, a finer counter, or their own number.

A counter that stands still while a loss is printed again tells its values apart no longer. Then a finer counter is looked
for (the batch on a line before, a global step in the same line), and where there is none, the values are numbered.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.record import Record, replace
from loganalyzer.model.role import Quantity, Split
from loganalyzer.model.run import Floats
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.printed.again import FEWEST_EPOCHS, Bools, Key, stands_still
from loganalyzer.readers.common.printed.counters import Counters, count_epochs, goes_on_over_epochs
from loganalyzer.readers.common.printed.fixed import LOSS_SCALE
from loganalyzer.readers.common.printed.points import REDRAWN, Points
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.roles.assign import role_of
from loganalyzer.roles.metric_names import LOSS_LIKE_METRICS

MOST_FALLS = 50
FEWEST_STEPS_PER_EPOCH = 2
"""From so many steps an epoch on, lines that only state what the optimiser does decide what is counted."""
FEWEST_COUNTED = 5
"""At so many places a series was counted."""
LOSSES = frozenset({Quantity.LOSS, Quantity.LOSS_PART, Quantity.GENERATOR_LOSS, Quantity.DISCRIMINATOR_LOSS})
LIKELIHOODS = frozenset({"likelihood", "logprob"})


class Axis(Record):
    """Where each record stands, float64[records], NaN where it cannot be told, and what that counts.

    ``key`` is the series that decides (its values are numbered where ``still`` is True: the counter stands still);
    ``numbered`` is its name once that has been done, and ``counted_by`` the steps that the log counted instead.
    """

    x: Floats
    unit: str
    key: Key | None = None
    still: bool = False
    numbered: str = ""
    counted_by: Floats | None = None


def axis_of(points: Points) -> Axis:
    """The counter that tells the values of the main loss apart, the coarsest one that does."""
    key = main_series(points)
    counters = _epochs_moved_up(_counters(points, key))
    axis = _placed(counters)
    if key is not None and (at_once := _printed_at_once(points, axis.x)) and key in at_once:
        other = main_series(points, without=at_once)
        if other is not None:
            key, counters = other, _epochs_moved_up(_counters(points, other))
            axis = _placed(counters)
    if key is None:
        return axis
    if axis.unit == "epoch" and not axis.still and (stepped := _by_steps_of_other_lines(points, counters)) is not None:
        return stepped
    axis = replace(axis, key=key, still=axis.still or stands_still(points, key, axis.x))
    if not axis.still:
        return axis
    for finer in _finer(points, counters):
        found = _placed(finer)
        if found.unit and not stands_still(points, key, found.x):
            return found
    return axis


def numbered(points: Points, axis: Axis, usable: Bools, start: int, stop: int) -> Axis:
    """The axis of one training in the log: where the counter stands still, the number of the main loss's value so far.

    What is printed between two values (an evaluation) gets the number of the one before. Where the log goes back to a
    counter that it had passed, the numbers go back to those of then.
    """
    if axis.key is None or not axis.still:
        return axis
    counts = np.zeros(len(axis.x))
    counts[np.frombuffer(points.values[axis.key][0], np.int64)] = 1
    counts[~usable] = 0
    rows = np.full(len(axis.x), np.nan)
    rows[start:stop] = np.cumsum(counts[start:stop])
    inside = np.flatnonzero(usable[start:stop]) + start
    coarse = axis.x[inside]
    for place in _falls(coarse, axis.unit):
        before = int(np.argmax(coarse[:place] >= coarse[place]))
        here, then = inside[place], inside[before]
        rows[here:stop] -= rows[here] - counts[here] - (rows[then] - counts[then])
    told = axis.key[0] if axis.unit else ""  # fractions of epochs are no counter: they were never to be one
    return Axis(rows, "", axis.key, False, told, axis.x if axis.unit == "step" else None)


def before_any_counter(uncounted: Points, points: Points) -> int:
    """How many values of the curves in ``points`` stand before any counter."""
    curves = {name for name, _ in points.values if role_of(name).quantity in OBJECTIVES}
    return sum(len(records) for (name, _), (records, _) in uncounted.values.items() if name in curves)


def _counters(points: Points, key: Key | None) -> Counters:
    main = np.zeros(len(points), bool)
    if key is not None:
        main[np.frombuffer(points.values[key][0], np.int64)] = True
    curves = np.zeros(len(points), bool)
    for (name, _), (records, _) in points.values.items():
        if role_of(name).quantity in OBJECTIVES:
            curves[np.frombuffer(records, np.int64)] = True
    counters = Counters(
        np.frombuffer(points.epoch),
        np.frombuffer(points.step),
        np.frombuffer(points.last_step),
        np.frombuffer(points.inner),
        np.frombuffer(points.per_step, np.int8) == 1,
        curves,
        main,
        _states_settings(points),
        np.frombuffer(points.shape, np.int32),
        points.in_epoch,
        points.steps_in_epoch,
    )
    shapes = set(different(np.frombuffer(points.shape, np.int32)[main]).tolist())
    return _with_counted_epochs(counters) if shapes and shapes <= points.batches else counters


def _with_counted_epochs(counters: Counters) -> Counters:
    """Batches that begin again though no epoch is named: the epochs are counted by them."""
    own = np.isfinite(counters.step) & counters.per_step & counters.main
    if np.isfinite(counters.epoch).any() or own.sum() < 3:
        return counters
    steps = counters.step[own]
    anew = np.zeros(len(own))
    anew[np.flatnonzero(own)[1:][(np.diff(steps) < 0) & (steps[1:] <= steps[0])]] = 1
    if not anew.any():
        return counters
    return replace(counters, epoch=np.cumsum(anew), in_epoch=True)


def _placed(counters: Counters) -> Axis:
    """The axis that the counters make; ``still`` where they are fractions of epochs, which are no steps."""
    epoch, step, last_step = counters.epoch, counters.step, counters.last_step
    has_epoch = np.isfinite(epoch)
    own = np.isfinite(step)
    if not has_epoch.any():
        return Axis(np.where(own & ~_counts_anew_behind(counters), step, last_step), "step")
    if _epochs_are_behind(counters):
        return Axis(np.where(own & counters.per_step, step, last_step), "step")
    counted = own & has_epoch & counters.per_step
    if (counted & counters.curves).sum() < 2 or _behind_the_training(counters, counted):
        counted[:] = False  # no curve counts by these steps: a stray word in some line, or a pass of an evaluation
    if not counted.any():
        if own.any() and not (has_epoch & counters.curves).any():
            return Axis(np.where(own, step, last_step), "step")
        whole = bool((epoch[has_epoch] == np.round(epoch[has_epoch])).all())
        return Axis(epoch.copy(), "epoch" if whole else "", still=not whole)
    own_steps = counted & counters.main
    judged = own_steps if len(different(epoch[own_steps])) > 1 else counted
    if not _starts_anew(epoch[judged], step[judged], counters.in_epoch):
        if _only_epoch_goes_on(epoch[counted & counters.main], step[counted & counters.main]):
            return Axis(epoch.copy(), "epoch")
        return Axis(np.where(own, step, last_step), "step")
    overall = own & counters.per_step & goes_on_over_epochs(counters)
    counted &= ~overall
    overall &= ~count_epochs(counters, overall)
    if not counted.any():  # all steps go on over the epochs
        return Axis(np.where(own, step, last_step), "step")
    length = max(counters.steps_in_epoch, float(step[counted].max()))
    if not counters.steps_in_epoch:
        gaps = np.diff(different(step[counted]))
        only_last = not len(gaps) and length > 0 and not (has_epoch & ~counted).any()
        length += float(gaps.min()) if len(gaps) else 0.0 if only_last else 1.0
    elif float(step[counted].min()) == 0 and float(step[counted].max()) == length:
        length += 1  # from 0 to n both written: the last of an epoch is not the first of the next
    base = 1.0 if float(epoch[has_epoch].min()) >= 1 else 0.0
    begun = (epoch - base) * length
    goes_on = _goes_on(counted & counters.main, epoch, step, counters.inner)
    between = ~counted & (goes_on | (counters.settings & ~counters.curves & np.isfinite(counters.inner)))
    if not overall.any():
        own = ~counted & has_epoch & np.isfinite(counters.inner)
        between |= own & _mostly(goes_on & own, own, counters.shape)
    ended = np.where(between, begun + np.where(np.isfinite(counters.inner), counters.inner, 0), begun + length)
    return Axis(np.where(counted, begun + step, np.where(overall, step, ended)), "step")


def _behind_the_training(counters: Counters, counted: Bools) -> bool:
    """Whether all curves that count steps stand behind several epochs of curves that do not, inside the last of them."""
    epochs = counters.epoch[counters.curves & np.isfinite(counters.epoch) & ~counted]
    curves = np.flatnonzero(counted & counters.curves)
    return (
        len(different(epochs)) >= FEWEST_EPOCHS
        and not (counters.curves & ~counted & np.isfinite(counters.epoch))[curves[0] :].any()
        and bool((counters.epoch[curves] == epochs[-1]).all())
    )


def _counts_anew_behind(counters: Counters) -> Bools:
    """The records of a pass over other data behind the last step of the training, which counts its batches from the start.

    Of an evaluation, that is: printed by statements that did not speak before. They stand where the training ended.
    """
    trains = np.flatnonzero(counters.per_step & counters.curves & np.isfinite(counters.step))
    none = np.zeros(len(counters.step), bool)
    if not len(trains):
        return none
    tail = np.isfinite(counters.step) & ~counters.per_step
    tail[: trains[-1] + 1] = False
    tail &= ~np.isin(counters.shape, counters.shape[: trains[-1] + 1])
    steps = counters.step[tail]
    anew = len(steps) > 1 and steps[0] < counters.step[trains[-1]] and steps[0] < steps[-1]
    return tail if anew else none


def _epochs_are_behind(counters: Counters) -> bool:
    """Whether a training that counts steps is over before the first epoch is named: a pass over other data, or its sum.

    Where more epochs follow than there were steps, these are what was tried out before the training.
    """
    has_epoch = np.isfinite(counters.epoch)
    steps = counters.curves & counters.per_step & np.isfinite(counters.step)
    before = steps & (np.cumsum(has_epoch) == 0)
    distinct = len(different(counters.step[before]))
    epochs = len(different(counters.epoch[has_epoch & counters.main]))
    return distinct >= FEWEST_EPOCHS and epochs <= distinct and not (steps & ~before).any()


def _epochs_moved_up(counters: Counters) -> Counters:
    """The counters where epochs are named behind their steps ("Evaluating, Epoch 1/2"), with each step's own epoch.

    A line that stands before any epoch does not state one itself; its steps begin anew with each epoch that is named.
    """
    has_epoch = np.isfinite(counters.epoch)
    steps = np.isfinite(counters.step) & counters.per_step & counters.curves
    before = steps & (np.cumsum(has_epoch) == 0)
    behind = steps & has_epoch & np.isin(counters.shape, counters.shape[before])
    if not behind.any() or counters.step[behind][0] >= counters.step[before].max():
        return counters
    epoch = np.where(before, counters.epoch[has_epoch][0], np.where(behind, counters.epoch + 1, counters.epoch))
    return replace(counters, epoch=epoch)


def _by_steps_of_other_lines(points: Points, counters: Counters) -> Axis | None:
    """The steps where only lines without a curve state them ("step=10, lr=[...]" between evaluations of whole epochs).

    By epochs, all but the last of those lines in each would be lost. What is said before any step stands at step 0. None
    where steps begin anew, or the lines say no more than an epoch has room for.
    """
    own = np.isfinite(counters.step) & counters.per_step & counters.settings
    steps, epochs = counters.step[own], counters.epoch[own]
    if len(different(steps)) < FEWEST_STEPS_PER_EPOCH * max(1, len(different(epochs))) or (np.diff(steps) < 0).any():
        return None
    last = np.maximum.accumulate(np.where(own, counters.step, 0.0))
    found = Axis(last, "step")
    curves = [k for k in points.values if role_of(k[0]).quantity in OBJECTIVES]
    return None if any(stands_still(points, key, last) for key in curves) else found


def _states_settings(points: Points) -> Bools:
    """The records that hold what an optimiser prints of itself: its rate, a norm of the gradient, the loss scale."""
    there = np.zeros(len(points), bool)
    for (name, _), (records, _) in points.values.items():
        if name == LOSS_SCALE or role_of(name).quantity in (Quantity.LEARNING_RATE, Quantity.GRADIENT_NORM):
            there[np.frombuffer(records, np.int64)] = True
    return there


def _goes_on(counted: Bools, epoch: Floats, step: Floats, inner: Floats) -> Bools:
    """Which records stand inside an epoch whose training goes on behind them (an evaluation every 500 steps)."""
    places = np.flatnonzero(counted)
    behind = np.searchsorted(places, np.arange(len(counted)), side="right")
    if not len(places):
        return np.zeros(len(counted), bool)
    upcoming = places[np.minimum(behind, len(places) - 1)]
    later = ~(step[upcoming] <= inner)  # also where the epoch has not shown a step yet
    goes_on: Bools = (behind < len(places)) & (epoch[upcoming] == epoch) & later
    return goes_on


def _mostly(inside: Bools, all_of_them: Bools, shape: NDArray[np.int32]) -> Bools:
    """Which records are of statements that print ``inside`` of epochs most of the time: so they do behind the last batch."""
    told = all_of_them & (shape != REDRAWN)
    statements, place, count = np.unique(shape[told], return_inverse=True, return_counts=True)
    often = np.bincount(place, inside[told], len(statements)) > 0.5 * count
    mostly: Bools = np.isin(shape, statements[often])
    return mostly


def _only_epoch_goes_on(epoch: Floats, step: Floats) -> bool:
    """Whether the epoch tells every value apart while the step begins again (a training that was continued)."""
    whole = bool((epoch == np.round(epoch)).all())
    return whole and len(epoch) > 2 and bool((np.diff(epoch) > 0).all()) and bool((np.diff(step) < 0).any())


def _starts_anew(epoch: Floats, step: Floats, in_epoch: bool) -> bool:
    """Whether the step counts inside the epoch: it falls where the epoch rises."""
    rises = np.diff(epoch) > 0
    if not rises.any():
        return in_epoch
    return bool((np.diff(step)[rises] <= 0).mean() > 0.5)


def _finer(points: Points, counters: Counters) -> Iterator[Counters]:
    """Counters that may tell the main loss's values apart: the step on a line before, a further counter of the line."""
    mine = counters.main
    per_step = counters.per_step | mine
    if np.isfinite(counters.epoch).any():
        inner = np.where(mine & ~np.isfinite(counters.step), counters.inner, counters.step)
        yield replace(counters, step=inner, per_step=per_step)
    also = np.frombuffer(points.also)
    if (np.isfinite(also) & mine).sum() < 2:
        return
    step = np.where(mine, also, np.nan)
    if np.isfinite(counters.epoch).any():
        yield replace(counters, step=step, last_step=also, per_step=per_step, in_epoch=False)
    else:
        outer = np.where(np.isfinite(counters.step), counters.step, counters.last_step)
        yield replace(
            counters,
            epoch=outer,
            step=step,
            last_step=also,
            inner=also,
            per_step=per_step,
            steps_in_epoch=points.steps_in_also,
        )


def _printed_at_once(points: Points, x: Floats) -> frozenset[Key]:
    """The series of which all values stand at one place, behind others that were counted there (a buffer written at the end)."""
    distinct = {key: len(different(x[np.frombuffer(records, np.int64)])) for key, (records, _) in points.values.items()}
    counted = any(n >= FEWEST_COUNTED and role_of(key[0]).quantity in OBJECTIVES for key, n in distinct.items())
    return (
        frozenset(key for key, n in distinct.items() if n == 1 and len(points.values[key][0]) > 1)
        if counted
        else frozenset()
    )


def main_series(
    points: Points, quantities: frozenset[Quantity] | None = None, without: frozenset[Key] = frozenset()
) -> Key | None:
    """The series that the axis must serve: the longest training loss, else another loss, else another metric."""
    ranked = []
    for order, (key, (records, _)) in enumerate(points.values.items()):
        if key in without:
            continue
        role = role_of(key[0])
        loss = role.quantity in LOSSES or role.metric in LOSS_LIKE_METRICS or role.metric in LIKELIHOODS
        if role.quantity not in OBJECTIVES or (quantities is not None and not loss and role.quantity not in quantities):
            continue
        held_out = role.split in (Split.VALIDATION, Split.TEST)
        ranked.append((not loss, held_out, -len(records), order, key))
    usable = [r for r in ranked if -r[2] >= 2] or ranked
    return min(usable)[-1] if usable else None


def _falls(coarse: Floats, unit: str) -> list[int]:
    """Where the counter goes back by more than the jitter of ranks that print one after the other; [] if it always does."""
    if len(coarse) < 2:
        return []
    gaps = np.diff(different(coarse))
    jitter = 1.5 * float(np.median(gaps)) if len(gaps) and unit == "step" else 0.0
    high = np.maximum.accumulate(coarse)
    back = np.flatnonzero((coarse[1:] < coarse[:-1]) & (high[:-1] - coarse[1:] > jitter)) + 1
    return back.tolist() if len(back) <= MOST_FALLS else []
