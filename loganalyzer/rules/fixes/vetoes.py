"""What may not be offered to a run: ``VETOES`` are fixes that its log speaks against."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from loganalyzer.features.accuracy import accuracy_like
from loganalyzer.features.levels import turned_up
from loganalyzer.model.record import Record
from loganalyzer.model.role import Task
from loganalyzer.model.traits import Domain, Framework
from loganalyzer.model.verdicts import Verdict
from loganalyzer.roles.hyperparameters import is_on
from loganalyzer.rules.fixes.contradictions import DOWN, MOVES, UP
from loganalyzer.rules.fixes.prescriptions.case import Case
from loganalyzer.rules.fixes.prescriptions.simple_start import simple_start
from loganalyzer.rules.fixes.prescriptions.stopping import few_steps_of_rl, nothing_ahead
from loganalyzer.rules.fixes.suspects import (
    FEWEST_TO_FOLLOW,
    spoils_trained_weights,
    validation_stays,
    worse_again,
)
from loganalyzer.rules.numeric_fixes import LASTING
from loganalyzer.rules.usual_ranges import LOWEST_RATE

RAISES = tuple(fix for fix, moves in MOVES.items() if moves.get("rate") == UP)
LOWERS = tuple(fix for fix, moves in MOVES.items() if moves.get("rate") == DOWN)
OF_STEPS = ("lr-range-test", "lr-search", "default-rates", "use-adam", "use-adamw", "momentum-0.9", "warm-up")
"""What changes how the weights are moved, besides the rate itself."""
DECAYS = ("cosine-schedule", "step-schedule", "reduce-on-plateau", "one-cycle", "warm-restarts")
LABELS = ("fix-labels", "label-smoothing", "class-weights", "resample", "scale-targets", "log-per-class")
OF_NETWORKS = (
    "add-dropout", "augment", "batch-norm", "check-eval-mode", "check-gradients", "check-training-loop", "clip-gradients",
    "discriminative-rates", "he-init", "larger-batch", "larger-batch-lr", "less-dropout", "less-weight-decay",
    "loss-scaling", "lr-range-test", "momentum-0.9", "normalise-inputs", "one-cycle", "overfit-one-batch",
    "relu-activation", "skip-bad-batches", "smaller-model", "transfer-learning", "use-adam", "use-adamw", "warm-restarts",
    "warm-up", "weight-averaging", "weight-decay", "wider-model", "default-rates", "fewer-layers",
    "simple-start",
)  # fmt: skip
"""What there is only in neural networks."""
REGULARISERS = ("weight-decay", "add-dropout", "smaller-model", "label-smoothing", "use-adamw", "augment")
"""What holds a model back from learning by heart."""
OF_NUMBERS = ("check-labels-inputs", "check-outliers", "match-evaluation", "reduce-on-plateau", "smaller-model")
"""What else is advised about a loss that blows up or is no number, besides ``LASTING``: in a range test it is meant to."""
NEAR_BEST = 0.1
"""Share of its gain that a score may lie below its best level to be at it."""
CLIMBS = 3.0
"""A gradient norm whose last tenth is so many times its first climbs."""
WORKS = 0.3
"""Weights that are no numbers find nothing: a precision, recall or mean average precision above this is none of theirs."""
LOST = 0.1
"""A score below this share of its best is lost."""
MANY_STEPS = 10
"""A counter that leaps by so much from 0 counts steps, and its 0 is before the first of them."""
OF_SCHEDULES = ("lr_schedule", "cosine_schedule", "step_schedule", "rate_decay", "reduce_on_plateau", "decay")
"""Settings that say that the rate falls."""
TINY = 0.1
"""A rate below this share of the lowest usual one is not lowered further."""


class Veto(Record):
    """Fixes that are not offered where ``when`` holds."""

    fixes: tuple[str, ...]
    when: Callable[[Case], bool]


def _at_the_top(case: Case) -> bool:
    """The rate is at its usual top already."""
    return case.rate is not None and case.rate.value >= case.highest_rate * 0.99


def _warming_up(case: Case) -> bool:
    """The rate is still rising at the end of the log."""
    rates = case.view.rates
    return rates is not None and len(rates.values) > 2 and rates.last >= rates.peak > 1.01 * float(rates.values[-2])


def _gradient_climbs(case: Case) -> bool:
    norm = case.view.gradient_norm
    if norm is None or norm.count < 5:
        return False
    values = np.abs(norm.values)
    width = max(3, len(values) // 10)
    return bool(np.median(values[-width:]) > CLIMBS * np.median(values[:width]) > 0)


def _turned_up(case: Case) -> bool:
    """Training got worse again, or ended without a number."""
    main = case.view.main
    return main is not None and main.count >= 5 and (main.ends_non_finite or turned_up(case.view.steady(main)))


def _too_high(case: Case) -> bool:
    return case.has("learning-rate-too-high", "diverging", "non-finite")


def _tiny_rate(case: Case) -> bool:
    return case.rate is not None and bool(case.optimizer) and case.rate.value < TINY * case.lowest_rate


def _decays(case: Case) -> bool:
    """The logged rate decays already."""
    rates = case.view.rates
    return rates is not None and not rates.constant and not rates.range_test and rates.last < 0.5 * rates.peak


def _without_schedule(case: Case) -> bool:
    """No log and no setting shows a schedule that could be stretched."""
    rates = case.view.rates
    falls = rates is not None and not rates.constant and not rates.range_test and rates.last < rates.peak
    said = (case.said(meaning) for meaning in OF_SCHEDULES)
    return not falls and not any(own is not None and is_on(own[1]) for own in said)


def _warmed_up(case: Case) -> bool:
    """The logged rate was warmed up, and not too shortly."""
    rates = case.view.rates
    return rates is not None and rates.warm_up is not None and not case.has("warm-up-too-short")


def _adaptive(case: Case) -> bool:
    return case.optimizer not in ("", "SGD")


def _has_momentum(case: Case) -> bool:
    own = case.setting("momentum")
    return _adaptive(case) or (own is not None and own.value == 0.9)


def _off(meaning: str) -> Callable[[Case], bool]:
    """The run says that it does not use ``meaning``: there is nothing to weaken."""

    def off(case: Case) -> bool:
        said = case.said(meaning)
        return said is not None and not is_on(said[1])

    return off


def _constant(case: Case) -> bool:
    """The loss is the same to its last digit: it does not depend on the weights, whatever the steps."""
    return case.deciding == "plateau" and case.kind == "constant" and not case.has("saturated-outputs")


def _one_direction(case: Case) -> bool:
    """Nothing tells whether the rate is too low or too high for a run that did not learn."""
    told = case.has("learning-rate-too-low", "learning-rate-too-high", "saturated-outputs")
    return case.deciding == "plateau" and case.rate is None and not told


def _unknown_rate(case: Case) -> bool:
    """Nothing tells whether the rate of a run that learned too little is a low one, or which optimizer moves it."""
    return case.deciding == "underfitting" and case.rate is None and not case.has("learning-rate-too-low")


def _usual_rate(case: Case) -> bool:
    """A run that fits poorly at the rate that its optimizer is usually started at, or above: the rate is not what is low."""
    usual = case.deciding == "underfitting" and case.kind == "high-floor" and case.first_rate > 0
    return usual and case.rate is not None and case.rate.value >= case.first_rate


def _fine_without_validation(case: Case) -> bool:
    """A healthy run of which only training is logged, at an unknown rate: what it lacks is validation."""
    known = case.rate is not None or bool(case.optimizer) or case.view.has("validation")
    return case.verdict.info.healthy and not known


def _evaluated_well(case: Case) -> bool:
    """A loss that is no number beside scores that only working weights reach: the loss is computed wrongly, the steps are right."""
    main = case.view.main
    if main is None or not main.ends_non_finite:
        return False
    named = [m for m in case.view.metrics if m.direction == "max" and not accuracy_like(m.name)]
    scores = [own for m in named for own in (m.train, m.validation) if own is not None and own.count > 0]
    lost_at = main.steps[~main.finite][0]
    return any(own.finite_steps[-1] >= lost_at and own.logged.last.value > WORKS for own in scores)


def _worse_than_guessing(case: Case) -> bool:
    """Validation that lost next to all of its score, where training is not logged: no learning by heart does that."""
    if case.view.train is not None:
        return False
    scores = [m.validation for m in case.view.metrics if m.direction == "max" and m.validation is not None]
    return any(own.logged.last.value < LOST * own.logged.best.value for own in scores if own.count >= FEWEST_TO_FOLLOW)


def _memorised(case: Case) -> bool:
    gap = case.findings.get("generalisation-gap")
    return case.has("overfitting", "over-confidence") or (gap is not None and gap.severity.rank > 0)


def _nan_from_the_data(case: Case) -> bool:
    """Every number of the log is NaN from the first on, at a usual rate: the data, not the steps, made them so."""
    curves = [c for c in (case.view.train, case.view.validation) if c is not None]
    usual = case.rate is not None and case.rate.value <= case.highest_rate_of_batch
    all_nan = len(curves) > 0 and all(len(c.raw) >= 3 and np.isnan(c.raw).all() for c in curves)
    return (
        usual
        and all_nan
        and not any(np.isfinite(s.values).any() for n, s in case.view.run.series.items() if "loss" in n)
    )


def _score_at_its_best(case: Case) -> bool:
    """A finite loss that rises (a sum that is not divided) while every metric of which more is better ends at its best."""
    curves = [
        own for m in case.view.metrics if m.direction == "max" for own in (m.train, m.validation) if own is not None
    ]
    scores = [own for own in curves if own.count >= 4 and own.gain > 0]
    finite = case.view.main is not None and bool(case.view.main.finite.all())
    return finite and bool(scores) and all(own.end - own.best <= NEAR_BEST * own.gain for own in scores)


def _no_progress(case: Case) -> bool:
    """Too short for a verdict, and no better at its last value than at its first."""
    main = case.view.main
    return case.deciding == "too-short" and main is not None and main.count > 1 and main.values[-1] >= main.values[0]


def _nothing_learned(case: Case) -> bool:
    """One answer to everything, or a plateau: more of the same does not help; returns may still be about to move."""
    return case.has("same-answers", "saturated-outputs") or (
        case.verdict is Verdict.PLATEAU and not few_steps_of_rl(case)
    )


def _passes_over_few_data(case: Case) -> bool:
    """A language model that was trained before, and whose loss without validation came down to nearly nothing."""
    train, held_out = case.view.train, case.view.validation
    alone = train is not None and held_out is None and train.count >= 2
    return bool(alone and case.traits.pretrained and train is not None and 0 < train.values[-1] < 0.1 * train.values[0])


def _best_untrained(case: Case) -> bool:
    """The best value is the one at step 0, many steps before the next: weights that nothing has been done to are no result."""
    curve = case.view.objective
    if curve is None or curve.count < FEWEST_TO_FOLLOW or case.traits.pretrained or case.view.run.begins_at is not None:
        return False
    first, next_one = (int(step) for step in curve.finite_steps[:2])
    return first == 0 and next_one >= MANY_STEPS and int(np.argmin(curve.values)) == 0


VETOES = (
    Veto(("early-stopping", "keep-best-checkpoint", "shorter-training"), _best_untrained),
    Veto((*LOWERS, "clip-gradients", "warm-up"), _evaluated_well),
    Veto(REGULARISERS, _worse_than_guessing),
    Veto((*RAISES, "use-adam", "longer-training"), _fine_without_validation),
    Veto((*RAISES, "longer-training", "wider-model"), validation_stays),
    Veto(("wider-model",), worse_again),
    Veto(LOWERS, lambda case: case.has("unseen-classes")),
    Veto(LOWERS, lambda case: case.deciding in ("undecided", "too-short") and _warming_up(case)),
    Veto((*LASTING, *OF_NUMBERS, *LOWERS), lambda case: case.deciding == "range-test"),
    Veto((*LOWERS, "clip-gradients", "warm-up"), _nan_from_the_data),
    Veto(("longer-training", "longer-schedule"), lambda case: case.has("impossible-values", "unscaled-values")),
    Veto(("longer-training", *LOWERS), lambda case: case.has("rate-is-zero")),
    Veto(
        (*LOWERS, "clip-gradients", "warm-up"), lambda case: case.deciding == "diverging" and _score_at_its_best(case)
    ),
    Veto(("longer-training",), _no_progress),
    Veto(("longer-training",), _nothing_learned),
    Veto(("longer-training",), _passes_over_few_data),
    Veto((*RAISES, "use-adam"), lambda case: case.has("impossible-values", "unscaled-values")),
    Veto(REGULARISERS, lambda case: case.has("unseen-classes", "evaluation-differs")),
    Veto(LOWERS, lambda case: case.rate is not None and case.rate.value < TINY * min(LOWEST_RATE.values())),
    Veto(
        (
            "rl-exploration",
            "rl-trust-region",
            "check-training-loop",
            "several-seeds",
            "longer-training",
            "early-stopping",
            "log-evaluation-return",
            "keep-best-checkpoint",
        ),
        lambda case: case.has("return-at-ceiling"),
    ),
    Veto(RAISES, _at_the_top),
    Veto(RAISES, _warming_up),
    Veto(RAISES, _gradient_climbs),
    Veto(RAISES, _turned_up),
    Veto(RAISES, _too_high),
    Veto(("lr-up-3x", "lr-up-10x", "lr-down-10x"), _one_direction),
    Veto((*RAISES, "use-adam", "batch-norm"), _unknown_rate),
    Veto(("longer-training",), spoils_trained_weights),
    Veto(("lr-up-3x", "lr-up-10x"), _usual_rate),
    Veto((*RAISES, *LOWERS, *OF_STEPS), _constant),
    Veto((*RAISES, *LOWERS), lambda case: case.has("schedule-frozen-too-early")),
    Veto(LOWERS, _tiny_rate),
    Veto(DECAYS, _decays),
    Veto(("longer-schedule",), _without_schedule),
    Veto(("warm-up",), _warmed_up),
    Veto(("use-adam",), _adaptive),
    Veto(("use-adamw",), lambda case: case.optimizer == "AdamW"),
    Veto(("momentum-0.9",), _has_momentum),
    Veto(("less-weight-decay",), _off("weight_decay")),
    Veto(("less-dropout",), _off("dropout")),
    Veto(("batch-norm", "he-init", "relu-activation"), lambda case: case.traits.pretrained or case.traits.transformer),
    Veto(OF_NETWORKS, lambda case: case.traits.framework is Framework.BOOSTING),
    Veto(("transfer-learning",), lambda case: case.traits.pretrained),
    Veto(("discriminative-rates",), lambda case: not case.traits.pretrained),
    Veto(("augment",), lambda case: case.traits.domain in (Domain.TEXT, Domain.LANGUAGE_MODEL)),
    Veto(LABELS, lambda case: case.traits.domain is Domain.LANGUAGE_MODEL),
    Veto(("longer-training", "longer-schedule"), _memorised),
    Veto(("simple-start",), lambda case: simple_start(case) is None),
    Veto(("longer-training",), nothing_ahead),
    Veto(
        ("early-stopping", "shorter-training", "reduce-on-plateau", "label-smoothing", *LABELS),
        lambda case: case.view.task is Task.REINFORCEMENT,
    ),
)
"""What the log speaks against."""


def vetoed(case: Case, wanted: Iterable[str] | None = None) -> frozenset[str]:
    """The fixes, of those ``wanted`` (None: of all), that may not be offered to this run."""
    asked = None if wanted is None else frozenset(wanted)
    about = (veto for veto in VETOES if asked is None or not asked.isdisjoint(veto.fixes))
    found = frozenset(fix for veto in about if veto.when(case) for fix in veto.fixes)
    return found if asked is None else found & asked
