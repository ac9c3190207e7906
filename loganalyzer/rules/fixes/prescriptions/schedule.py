"""How the learning rate changes over a run: warm-up, decay, restarts."""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features.rates import Rates
from loganalyzer.features.schedule import Family, Schedule, recognise
from loganalyzer.model.outcome import Number
from loganalyzer.model.prescription import Change, Prescription
from loganalyzer.model.record import replace
from loganalyzer.model.verdicts import Verdict
from loganalyzer.roles.hyperparameters import is_on
from loganalyzer.rules.fixes.prescriptions.case import Case, changed, rounded, tidy
from loganalyzer.rules.fixes.prescriptions.clipping import loosened
from loganalyzer.rules.fixes.prescriptions.held_back import TIMID
from loganalyzer.rules.fixes.prescriptions.regularisation import DROPOUT, HEAVY, less_dropout
from loganalyzer.rules.fixes.prescriptions.stopping import (
    LEAST_PATIENCE,
    SHORT_PATIENCE,
    begun_patience,
    many_epochs,
    patience_meaning,
    short_run,
)

WARM_UP = 0.05
"""The share of a run that a warm-up takes."""
AT_THE_END = 0.01
"""The share of its peak at which a rate that decays should end."""
WAITS = 10
"""A rate that follows validation waits a tenth of the evaluations, ..."""
PATIENCE = (2, 10)
"""... at least and at most so many."""
DROPS = 3
"""A rate that is lowered in steps is lowered this often, the last time at the end."""
CYCLE_FACTOR = 25.0
"""A one-cycle schedule starts at this fraction of its peak (the default of PyTorch)."""
FASTER = 3.0
"""Its peak may be so many times the rate that a constant one needs."""
CYCLES = 7
"""Three cycles, each twice as long as the one before, are seven times as long as the first."""
SETTLED = 0.5
"""A rate that ends below this share of its peak is falling already."""
RISEN = 1.5
"""A rate that ends above so many times its first value, and never fell, was raised."""
FASTER_LEARNING = frozenset(
    (
        "lr-up-3x",
        "lr-up-10x",
        "default-rates",
        "less-dropout",
        "fewer-layers",
        "shorter-warm-up",
        "longer-patience",
        "less-augmentation",
        "smaller-batch",
        "usual-settings",
        "he-init",
        "batch-norm",
        "relu-activation",
        "less-weight-decay",
        "looser-clipping",
    )
)
"""Fixes that make a run learn faster, after which its rate has to fall."""
RAISES_RATE = ("default-rates", "lr-up-3x", "lr-up-10x")
SLOWS_LEARNING_BY_HEART = ("more-data", "add-dropout")
"""Fixes after which a model learns by heart later, if it goes on to move."""
POOR = (Verdict.UNDERFITTING, Verdict.PLATEAU)
STEPWISE = (Family.STEP, Family.MULTI_STEP, Family.ON_PLATEAU)


def warm_up(case: Case) -> Prescription | None:
    """So many steps of warm-up, at least twice those that were too few."""
    if case.length < 2:
        return None
    name = _warm_up_name(case)
    if "ratio" in name:
        own = case.setting("warm_up")
        new = rounded(max(WARM_UP, 2 * own.value if own is not None else 0.0))
        return changed("share", case.change("warm_up", min(new, 0.2)))
    found = case.findings.get("warm-up-too-short")
    warmed = found.numbers.get("warmup", 0) if found is not None else 0
    first, _ = case.view.reach
    former = round(warmed - first) if isinstance(warmed, int | float) and warmed > first else None
    steps = max(1, round(WARM_UP * case.length), 2 * (former or 0))
    return Prescription("", variant="known", changes=(Change("warm_up", name, former, steps),))


def shorter_warm_up(case: Case) -> Prescription | None:
    """A twentieth of the run instead of a warm-up that outlasts it."""
    own, rates = case.setting("warm_up"), case.view.rates
    if own is None or rates is None or case.length < 2:
        return None
    share = "ratio" in own.name
    new: float = WARM_UP if share else max(1, round(WARM_UP * case.length))
    return changed("known", case.change("warm_up", new), reached=rates.last) if new < own.value else None


def _warm_up_name(case: Case) -> str:
    """The run's own name, unless that counts in another unit than its log; else the usual one for that unit."""
    said, epochs = case.said("warm_up"), case.length_meaning == "epochs"
    usual = "warmup_epochs" if epochs else "warmup_steps"
    other = "step" if epochs else "epoch"
    return usual if said is None or other in said[0].lower() else said[0]


def follow_validation(case: Case) -> Prescription | None:
    """Halve the rate after as many evaluations without improvement as suit the length of the run."""
    if case.rate is None or case.judged is None:
        return None
    patience = min(max(round(case.judged.count / WAITS), PATIENCE[0]), PATIENCE[1])
    rates, best = case.view.rates, case.best
    if rates is not None and best is not None and _only_rose(rates):
        held = Change("learning_rate", case.rate.name, tidy(rates.last), rounded(rates.at_step(best.step)))
        own: dict[str, Number] = {
            "low": tidy(float(rates.values[0])), "patience": patience, "at": best.step, "series": case.judged.name,
        }  # fmt: skip
        return Prescription("", variant="risen", changes=(held,), numbers=own)
    return Prescription(
        "", variant="known", changes=_named(case, "plateau"),
        numbers={
            "rate": tidy(case.rate.value), "name": case.rate.name, "patience": patience, "series": case.judged.name,
        },
    )  # fmt: skip


def _only_rose(rates: Rates) -> bool:
    """True for a rate that only rose, by more than rounding, to the end of the log."""
    values = rates.values
    return len(values) > 2 and rates.last > RISEN * float(values[0]) and bool((np.diff(values) >= 0).all())


def cosine(case: Case) -> Prescription | None:
    """From the rate of the run to nearly zero over its length."""
    if case.rate is None or case.length < 2:
        return None
    changes = _named(case, "cosine")
    return Prescription(
        "", variant="known", changes=changes, numbers={"rate": tidy(case.rate.value), "length": case.length}
    )


def _named(case: Case, schedule: str) -> tuple[Change, ...]:
    """The schedule by its name, for a run that has none; for one that has another, what would replace it is not known."""
    said = case.said("lr_schedule")
    return () if said is not None and is_on(said[1]) else (case.change("lr_schedule", schedule),)


def settled(found: Prescription, case: Case) -> Prescription:
    """``found`` with a cosine schedule, where the fix makes a run with a constant rate learn faster: at a constant rate it
    would go on moving and never settle."""
    rates = case.view.rates
    falls = rates is not None and rates.last < SETTLED * rates.peak
    known = rates is not None and not rates.range_test and not falls
    unsettled = case.verdict in POOR or case.verdict is Verdict.DIVERGING
    faster = found.fix in FASTER_LEARNING or found.fix == "longer-training"
    if _held_by_heart(found, case):
        patience = begun_patience(case)
        ends = patience is not None and found.fix == "add-dropout"  # ended in time, the run need not settle
        falling = _named(case, "cosine") if known and not ends else ()
        return replace(found, changes=(*found.changes, *falling, *((patience,) if patience is not None else ())))
    if _still_high(found, case):
        return replace(found, changes=(*found.changes, *_loosened(case), *_named(case, "cosine")))
    if rates is not None and rates.cyclic and found.fix in RAISES_RATE and found.changes and case.verdict in POOR:
        # each restart takes the higher rate away again before the run could learn at it
        return replace(found, changes=(*found.changes, case.change("lr_schedule", "cosine")))
    if not faster or not found.changes or not unsettled:
        return found
    steady = (*_less_dropped(case, found), *_named(case, "cosine"), *_patient(case, found)) if known else ()
    return replace(found, changes=(*found.changes, *steady, *_enough_epochs(case, found)))


def _held_by_heart(found: Prescription, case: Case) -> bool:
    """True for what keeps a model that overfits heavily from it: at a constant rate it would go on to learn by heart, later."""
    return found.fix in SLOWS_LEARNING_BY_HEART and case.verdict is Verdict.OVERFITTING and case.kind in HEAVY


def _still_high(found: Prescription, case: Case) -> bool:
    """True for a rate far too high that is constant, and is still at the top of the usual ones when it is lowered: a model
    learns at that rate, and settles when it falls."""
    rates = case.view.rates
    new = next(
        (float(c.new) for c in found.changes if c.meaning == "learning_rate" and found.fix == "lr-down-10x"), 0.0
    )
    return rates is not None and rates.constant and rates.peak > case.highest_rate and new >= 0.99 * case.highest_rate


def _loosened(case: Case) -> tuple[Change, ...]:
    """A usual clipping instead of a tighter one, which at the lower rate would leave little of a step, for a run that stayed
    bounded."""
    clip = loosened(case) if case.deciding != "diverging" else None
    return (clip,) if clip is not None else ()


def _enough_epochs(case: Case, found: Prescription) -> tuple[Change, ...]:
    """More epochs where there were few: at whatever rate, they are too few to learn and to settle."""
    own, done = case.setting("epochs"), any(change.meaning == "epochs" for change in found.changes)
    if done or own is None or case.length_meaning != "epochs" or case.length != own.value or not short_run(case):
        return ()
    return (case.change("epochs", many_epochs(case)),)


def _less_dropped(case: Case, found: Prescription) -> tuple[Change, ...]:
    """Less of a strong dropout that keeps training behind validation, beside a higher rate: either alone may not be enough."""
    own = case.setting("dropout")
    strong = own is not None and own.value >= DROPOUT[0] and case.has("validation-better-than-train")
    less = less_dropout(case) if strong and found.fix in RAISES_RATE else None
    return less.changes if less is not None else ()


def _patient(case: Case, found: Prescription) -> tuple[Change, ...]:
    """A longer patience where a short one is set: it would take the first noisy evaluation for the end."""
    meaning = patience_meaning(case)
    own = case.setting(meaning)
    short = own is not None and 0 < own.value < SHORT_PATIENCE
    done = any(change.meaning == meaning for change in found.changes)
    return (case.change(meaning, LEAST_PATIENCE),) if short and not done else ()


def in_steps(case: Case) -> Prescription | None:
    """Tenfold down at each third of the run."""
    if case.rate is None or case.length < 2 * DROPS:
        return None
    every = math.ceil(case.length / DROPS)
    return Prescription("", variant="known", numbers={"rate": tidy(case.rate.value), "every": every})


def one_cycle(case: Case) -> Prescription | None:
    """Up to a few times the rate of the run, as far as that is usual, and down again."""
    if case.rate is None or case.length < 2:
        return None
    peak = rounded(min(FASTER * case.rate.value, case.highest_rate))
    if peak <= case.rate.value:
        return None
    numbers = {"peak": peak, "low": rounded(peak / CYCLE_FACTOR), "length": case.length}
    return Prescription("", variant="known", numbers=numbers)


def restarts(case: Case) -> Prescription | None:
    """Three cycles over the run, each twice as long as the one before."""
    if case.rate is None or case.length < CYCLES:
        return None
    first = round(case.length / CYCLES)
    return Prescription(
        "", variant="known", numbers={"rate": tidy(case.rate.value), "first": first, "second": 2 * first}
    )


def stretch(case: Case) -> Prescription | None:
    """The same kind of decay, so that it ends at the end of the planned run at a hundredth of its peak."""
    rates = case.view.rates
    schedule = recognise(rates.curve.steps, rates.curve.raw) if rates is not None else None
    if rates is None or schedule is None or case.length < 2:
        return None
    replaced = _replaced(case, rates) if case.verdict in POOR else None
    if replaced is not None:
        return replaced
    if schedule.family is Family.EXPONENTIAL:
        found = _slower_factor(case, rates)
    elif schedule.family in STEPWISE and schedule.period > 0 and 0 < schedule.factor < 1:
        found = _longer_steps(case, schedule)
    else:
        found = _longer_decay(case, rates, schedule)
    return _replaced(case, rates) if found is None else found


def _replaced(case: Case, rates: Rates) -> Prescription | None:
    """A cosine over the run instead of a schedule that the settings name, and that let the rate fall."""
    said = case.said("lr_schedule")
    falls = rates.last < rates.peak and not rates.range_test
    if said is None or not is_on(said[1]) or "cos" in str(said[1]).lower() or not falls:
        return None
    change = case.change("lr_schedule", "cosine")
    if 0 < rates.peak <= TIMID * case.first_rate and not case.traits.transformer:
        return changed("higher", change, case.change_rate(case.first_rate), rate=tidy(rates.peak), length=case.length)
    if case.optimizer and rates.peak > case.highest_rate:
        return changed("lower", change, case.change_rate(case.highest_rate), rate=tidy(rates.peak), length=case.length)
    return changed("cosine", change, rate=tidy(rates.peak), length=case.length)


def _slower_factor(case: Case, rates: Rates) -> Prescription | None:
    """The factor a step (an epoch) of an exponential decay."""
    falling = rates.values > 0
    values, steps = np.log(rates.values[falling]), rates.steps[falling]
    if len(values) < 2:
        return None
    per_step = float(np.median(np.diff(values) / np.diff(steps)))
    old, new = math.exp(per_step), AT_THE_END ** (1.0 / case.length)
    digits = max(2, math.ceil(-math.log10(max(1.0 - new, 1e-9))) + 1)  # 0.9 and 0.99 differ in what is missing to 1
    if not old < round(new, digits) < 1.0:
        return None
    change = Change("rate_decay", case.name_of("rate_decay"), round(old, digits), round(new, digits))
    return Prescription("", variant="factor", changes=(change,), numbers={"share": AT_THE_END, "length": case.length})


def _longer_steps(case: Case, schedule: Schedule) -> Prescription | None:
    """The distance between the drops of a stepwise decay."""
    drops = math.log(AT_THE_END) / math.log(schedule.factor)
    old, new = max(1, round(schedule.period)), round(case.length / drops)
    if new <= old:
        return None
    change = Change("step_schedule", case.name_of("step_schedule"), old, new)
    return Prescription("", variant="steps", changes=(change,), numbers={"factor": rounded(schedule.factor)})


def _longer_decay(case: Case, rates: Rates, schedule: Schedule) -> Prescription | None:
    """The length of a decay that ended before the run did; twice the run where it ended with it."""
    first, _ = case.view.reach
    ended = rates.steps[np.flatnonzero(rates.values > AT_THE_END * rates.peak)[-1]] if rates.peak > 0 else 0
    if rates.constant or rates.last > 0.1 * rates.peak or schedule.family in (Family.RISING, Family.RANGE_TEST):
        return None
    spent = round(float(ended) - first)
    early = 0 < spent < 0.8 * case.length
    old, new = (spent, case.length) if early else (case.length, 2 * case.length)
    return Prescription("", variant="length", numbers={"old": old, "new": new, "length": new})


COMPUTED = {
    "warm-up": warm_up,
    "shorter-warm-up": shorter_warm_up,
    "reduce-on-plateau": follow_validation,
    "cosine-schedule": cosine,
    "step-schedule": in_steps,
    "one-cycle": one_cycle,
    "warm-restarts": restarts,
    "longer-schedule": stretch,
}
