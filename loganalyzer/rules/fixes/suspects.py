"""Settings so far outside what is usual that they come before every guess from the curve, where the run behaves accordingly.

``ranking.HINTS`` points at fixes by one setting; a suspect looks at the whole case: a warm-up and the length of the run,
a batch and the number of samples, a rate and its optimizer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from loganalyzer.features.accuracy import accuracy_like
from loganalyzer.features.levels import turned_up
from loganalyzer.model.late import late
from loganalyzer.model.record import Record
from loganalyzer.roles.hyperparameters import is_number, is_on
from loganalyzer.rules.fixes.prescriptions.case import LONGEST, Case
from loganalyzer.rules.fixes.prescriptions.data import few_samples
from loganalyzer.rules.fixes.prescriptions.held_back import (
    HOLD_BACK,
    TIMID,
    coupled_decay,
    deep_stack,
    deep_without_init,
    hidden_layers,
    rate_at_most,
    saturating,
    still_learning,
    strong_augmentation,
    strong_decay,
    strong_dropout,
    tight_clipping,
    together,
    very_timid_rate,
)
from loganalyzer.rules.fixes.prescriptions.model import NONE
from loganalyzer.rules.fixes.prescriptions.regularisation import HEAVY, decay_of_short_run
from loganalyzer.rules.fixes.prescriptions.stopping import SHORT_PATIENCE, UNFINISHED, stop_early
from loganalyzer.rules.usual_ranges import HIGHEST_RATE, START_RATE, unusual_init

FEW_UPDATES, LARGE_BATCH = 500, 128
"""So few updates of the weights are not enough for any model; smaller batches make more of them."""
SPENT = 0.05
"""A rate below this share of its peak moves little."""
WARM = 0.7
"""A rate that was warmed up to less than this share of the one that is set was not warmed up."""
DEEP_SIGMOID = 3
"""From so many sigmoid layers on, too little of a gradient arrives at the first."""
SMALL_BATCH = 8
SPOILS = 3.0
"""A rate so many times the highest usual one for trained weights changes them beyond use within an epoch."""
FEWEST_TO_FOLLOW, FOLLOWS = 5, 0.1
"""Of so many points on, validation that gained less than this share of what training did has not followed it."""
EARLY = 0.5
"""A log that ends before this share of its plan shows the beginning of a run."""
PERFECT, FAR_FROM_PERFECT = 0.99, 0.9
"""A score (of 1 at most), or 1 over a perplexity, that is next to perfect, and one that is not."""
PERPLEXITY = late(lambda: re.compile(r"ppl|perplex"))
FAR = 0.25
"""Validation whose level lost this share of its range since its best is far from it."""
LEARNS_POORLY = ("plateau", "underfitting")


class Suspect(Record):
    """A fix that comes first for the findings of ``rules`` where ``when`` holds."""

    fix: str
    rules: tuple[str, ...]
    when: Callable[[Case], bool]


def warm_up_outlasts(case: Case) -> bool:
    """The rate was still being warmed up when the run ended as planned, far below the rate that is set."""
    rates, said = case.view.rates, case.setting("learning_rate")
    rising = rates is not None and len(rates.values) > 2 and rates.last >= rates.peak > 1.5 * float(rates.values[0])
    warmed = case.said("warm_up")
    on = warmed is not None and is_on(warmed[1])
    far = rates is not None and (said is None or rates.peak < WARM * said.value)
    return on and rising and far and _ended_as_planned(case)


def _ended_as_planned(case: Case) -> bool:
    """The run is as long as its settings say; one that was interrupted says nothing about them."""
    planned, (first, span) = case.setting(case.length_meaning), case.view.reach
    return planned is not None and first + span + 1 >= UNFINISHED * planned.value


def stopped_too_early(case: Case) -> bool:
    """A short patience ended a run that had not learned all that it could."""
    own = case.setting("early_stopping") or case.setting("patience")
    planned = case.setting("epochs")
    first, span = case.view.reach
    stopped = planned is not None and case.length_meaning == "epochs" and first + span < UNFINISHED * planned.value
    return stopped and own is not None and 0 < own.value < SHORT_PATIENCE


def rate_far_too_high(case: Case) -> bool:
    """A rate above all that are usual for the optimizer; for any where it is not known."""
    if case.rate is None:
        return False
    return case.rate.value > (case.highest_rate if case.optimizer in START_RATE else max(HIGHEST_RATE.values()))


def rate_beyond_all(case: Case) -> bool:
    """A rate above all that any run of the optimizer bears."""
    return case.rate is not None and case.rate.value > HIGHEST_RATE.get(case.optimizer, max(HIGHEST_RATE.values()))


def clipped_to_nothing(case: Case) -> bool:
    """Gradients clipped to next to nothing at a usual rate: no step is so large that a lower rate would help."""
    return tight_clipping(case) and not rate_far_too_high(case)


def too_high_for_batch(case: Case) -> bool:
    """A rate of SGD that so small a batch does not bear."""
    return case.rate is not None and case.optimizer == "SGD" and case.rate.value > case.highest_rate_of_batch


def spoils_trained_weights(case: Case) -> bool:
    """A rate several times above the usual ones for weights that were trained before."""
    return case.traits.pretrained and case.rate is not None and case.rate.value >= SPOILS * case.highest_rate


def timid_rate(case: Case) -> bool:
    """A run that was still learning at the end, at a rate well below the one that its optimizer is usually started at."""
    return still_learning(case) and rate_at_most(TIMID, case)


def very_timid_steps(case: Case) -> bool:
    """A very timid rate of an optimizer whose steps are as long as the gradient: others learn at a low rate, too."""
    return case.optimizer == "SGD" and very_timid_rate(case) and not case.has("same-answers")


def deep_sigmoid(case: Case) -> bool:
    """Several sigmoid layers on top of each other: the gradient loses three quarters and more at each."""
    return saturating(case) and hidden_layers(case) >= DEEP_SIGMOID


def bad_start(case: Case) -> bool:
    """Weights that start as no model learns from, or many layers whose start keeps no scale."""
    said = case.said("init")
    return (said is not None and unusual_init(said[1])) or deep_without_init(case)


def learns_by_heart(case: Case) -> bool:
    """Few training samples, and heavy overfitting or slow learning on them."""
    return few_samples(case) and (case.kind in HEAVY or case.kind == "undertrained")


def nothing_holds_back(case: Case) -> bool:
    """A short run of Adam that overfits heavily, where no setting holds the model back."""
    return decay_of_short_run(case) is not None and unregularised(case)


def unregularised(case: Case) -> bool:
    """Heavy overfitting without weight decay and dropout, which no patience would have ended well: the score went on
    improving after the loss was best."""
    off = [said is not None and not is_on(said[1]) for said in map(case.said, ("weight_decay", "dropout"))]
    if case.kind not in HEAVY or not all(off):
        return False
    stopped = stop_early(case)
    return stopped is None or not stopped.changes


def wants_dropout(case: Case) -> bool:
    """Heavy overfitting that nothing holds back, in a model whose batch normalisation a strong dropout would not disturb.

    Dropout shifts the variance between training and evaluation, which batch normalisation keeps (Li et al., 2019).
    """
    normalised = case.said("batch_norm")
    return unregularised(case) and not (normalised is not None and is_on(normalised[1]))


def several_off(case: Case) -> bool:
    """At least two settings hold the run back at once: changing one of them would not be enough."""
    return len(together(case)) > 1


def rate_spent(case: Case) -> bool:
    """A schedule that took the rate away before half of the run was over."""
    rates = case.view.rates
    if rates is None or rates.constant or rates.range_test or rates.peak <= 0:
        return False
    middle = rates.values[rates.steps <= (rates.steps[0] + rates.steps[-1]) / 2]
    return bool(len(middle) > 1 and middle[-1] < SPENT * rates.peak and rates.last <= middle[-1])


def not_shuffled(case: Case) -> bool:
    """The settings say that the data come in one order."""
    said = case.said("shuffle")
    return said is not None and not is_on(said[1])


def small_batches_normalised(case: Case) -> bool:
    """Batch normalisation over a handful of samples."""
    own, normalised = case.setting("batch_size"), case.said("batch_norm")
    small = own is not None and 0 < own.value < SMALL_BATCH
    return small and normalised is not None and is_on(normalised[1])


def few_updates(case: Case) -> bool:
    """Large batches left only few updates."""
    batch, made = case.setting("batch_size"), case.updates
    return batch is not None and batch.value >= LARGE_BATCH and made is not None and made < FEW_UPDATES


def no_hidden_layer(case: Case) -> bool:
    """The settings list no hidden layer: the model is linear."""
    widths, layers = case.said("hidden_size"), case.said("layers")
    none = widths is not None and str(widths[1]).strip() in NONE
    return none or (layers is not None and is_number(layers[1]) and layers[1] == 0)


def validation_stays(case: Case) -> bool:
    """Training gets better, if slowly, and validation does not follow: more of the same would go on like that."""
    train, held_out = case.view.train, case.view.validation
    if train is None or held_out is None or held_out is train or min(train.count, held_out.count) < FEWEST_TO_FOLLOW:
        return False
    return train.gain > 0 and held_out.gain < FOLLOWS * train.gain and case.deciding == "underfitting"


def worse_again(case: Case) -> bool:
    """Training got worse again, or validation lost much of what it had gained: the steps are too large, not the model too small."""
    train, held_out = case.view.train, case.view.validation
    if train is not None and train.count >= FEWEST_TO_FOLLOW and turned_up(case.view.steady(train)):
        return True
    if held_out is None or held_out.count < FEWEST_TO_FOLLOW or case.kind != "high-floor":
        return False
    return held_out.end - held_out.best > FAR * held_out.value_range > 0


def far_before_its_plan(case: Case) -> bool:
    """The log ends before half of what the settings or the log plan, and training was better at its end than ever."""
    own, (first, span), train = case.setting(case.length_meaning), case.view.reach, case.view.train
    planned = max(case.view.run.planned or 0, own.value if own is not None else 0)
    still = train is not None and train.count >= FEWEST_TO_FOLLOW and bool(train.values[-1] <= train.values.min())
    return still and 0 < first + span < EARLY * planned < LONGEST


def knows_all(case: Case) -> bool:
    """A score that is perfect in training and far from it in validation, or perplexities of which as much holds: a curve that
    stands still has learned all by heart."""
    pairs = [(m.train, m.validation) for m in case.view.metrics if m.direction == "max"]
    last = [(a.logged.last.value, b.logged.last.value) for a, b in pairs if a and b and a.count and b.count]
    train, held_out = case.view.train, case.view.validation
    if (
        train is not None
        and held_out is not None
        and train.count
        and held_out.count
        and PERPLEXITY.search(train.name.lower())
    ):
        last.append((1.0 / train.logged.last.value, 1.0 / held_out.logged.last.value))
    return any(own >= PERFECT > FAR_FROM_PERFECT > other for own, other in last)


def knew_all_at_once(case: Case) -> bool:
    """Training was perfect at its second evaluation, and validation never got better: perhaps it is evaluated another way."""
    held_out = case.view.validation
    named = [m.train for m in case.view.metrics if m.direction == "max" and accuracy_like(m.name)]
    right = [own for own in named if own is not None and own.count > 1]
    stays = held_out is not None and held_out.count > 1 and bool(held_out.values.min() >= held_out.values[0])
    return stays and any(float(own.raw[1]) >= PERFECT for own in right)


BY_HEART = Suspect("more-data", ("plateau",), knows_all)
SUSPECTS: tuple[Suspect, ...] = (
    Suspect("shorter-warm-up", LEARNS_POORLY, warm_up_outlasts),
    Suspect("longer-schedule", LEARNS_POORLY, rate_spent),
    Suspect("longer-patience", ("underfitting",), stopped_too_early),
    Suspect("shuffle", ("diverging", "oscillating", "plateau"), not_shuffled),
    Suspect("wider-model", LEARNS_POORLY, no_hidden_layer),
    Suspect("usual-settings", LEARNS_POORLY, several_off),
    *(Suspect(fix, LEARNS_POORLY, when) for fix, when in HOLD_BACK.items()),
    Suspect("less-dropout", ("diverging",), strong_dropout),
    Suspect("less-augmentation", ("diverging",), strong_augmentation),
    Suspect("he-init", ("plateau",), bad_start),
    Suspect("relu-activation", LEARNS_POORLY, deep_sigmoid),
    Suspect("fewer-layers", ("plateau",), deep_stack),
    Suspect("looser-clipping", ("diverging",), clipped_to_nothing),
    Suspect("lr-down-10x", (*LEARNS_POORLY, "diverging", "oscillating"), rate_far_too_high),
    Suspect("lr-down-10x", ("overfitting",), rate_beyond_all),
    Suspect("lr-down-10x", ("diverging",), too_high_for_batch),
    Suspect("lr-down-10x", ("too-short",), spoils_trained_weights),
    Suspect("less-weight-decay", ("diverging", "oscillating", "overfitting"), coupled_decay),
    Suspect("less-weight-decay", ("oscillating",), strong_decay),
    Suspect("more-data", ("overfitting",), learns_by_heart),
    Suspect("weight-decay", ("overfitting",), nothing_holds_back),
    Suspect("add-dropout", ("overfitting",), wants_dropout),
    Suspect("larger-batch", (*LEARNS_POORLY, "oscillating"), small_batches_normalised),
    Suspect("smaller-batch", LEARNS_POORLY, few_updates),
    Suspect("default-rates", ("underfitting",), very_timid_rate),
    Suspect("default-rates", ("plateau",), very_timid_steps),
    Suspect("lr-up-3x", ("underfitting",), timid_rate),
    Suspect("fewer-layers", ("underfitting", "oscillating"), deep_stack),
    Suspect("more-data", ("underfitting",), learns_by_heart),
    Suspect("more-data", ("underfitting",), validation_stays),
    Suspect("lr-down-10x", ("underfitting",), worse_again),
    Suspect("longer-training", ("underfitting",), far_before_its_plan),
    Suspect("match-evaluation", ("overfitting",), knew_all_at_once),
    BY_HEART,
)  # fmt: skip
"""In the order in which they come."""


def suspected(case: Case, rule: str) -> Sequence[str]:
    """The fixes that settings far outside their usual range put first for the finding of ``rule``; none where the loss does
    not depend on the weights."""
    if case.kind == "constant":
        return (BY_HEART.fix,) if rule in BY_HEART.rules and BY_HEART.when(case) else ()
    return tuple(dict.fromkeys(s.fix for s in SUSPECTS if rule in s.rules and s.when(case)))
