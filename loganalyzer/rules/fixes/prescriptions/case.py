"""The case that a prescription is computed for: a diagnosed run, with what several computations ask of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from loganalyzer.features.curve import Curve
from loganalyzer.features.lazy import lazy
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Number, Outcome
from loganalyzer.model.prescription import Change, Keep, Prescription
from loganalyzer.model.record import Record, replace
from loganalyzer.model.run import Detail
from loganalyzer.model.traits import Traits
from loganalyzer.model.verdicts import Verdict
from loganalyzer.roles.hyperparameters import TABLE, Setting, find, is_number, number, optimizer, plain
from loganalyzer.rules.usual_ranges import HIGHEST_RATE, LOWEST_RATE, START_RATE

DIGITS = 2
"""Significant digits of a computed setting: more would claim a precision that no advice has."""
AGREE = 1.25
"""A logged rate within this factor of the one in the settings is the same."""
LONGEST = 1e12
"""A length beyond this is a way to say that there is none."""
USUAL_TOP = 0.1
"""Share of the highest rate of an optimizer that is usual for SGD, and for weights that were trained before."""
SAMPLES = (
    "n_train", "num_train", "train_size", "n_samples", "num_samples", "num_train_samples", "max_train_samples", "train_samples",
    "num_training_samples", "num_train_examples", "train_examples",
    "n_train_samples", "train_samples", "num_train_examples", "num_examples",
)  # fmt: skip
"""Names of the number of training samples."""
USUAL_BATCH = 32
"""The batch to begin with."""
MOMENTUM = 0.9
"""The usual momentum of SGD."""
FINE_TUNING = 1e-4
"""The highest usual rate for the weights of a pretrained Transformer."""


class Known(Record):
    """A quantity of the run: its value, and the name under which it is set ("lr")."""

    name: str
    value: float


class Case(Record, eq=False, dict=True):
    """A run and what was found: ``findings`` holds the outcomes that found something, by rule; ``deciding`` is that rule."""

    view: View
    traits: Traits
    verdict: Verdict
    kind: str
    deciding: str
    findings: Mapping[str, Outcome]

    @property
    def settings(self) -> Mapping[str, Detail]:
        """The run's hyper-parameters."""
        return self.view.run.hyperparameters

    def said(self, meaning: str) -> tuple[str, Detail] | None:
        """Name and value of the setting that means ``meaning``, whatever its value: a key of ``TABLE``, or any name."""
        known = find(self.settings, meaning)
        if meaning not in TABLE:
            known = [(name, value) for name, value in self.settings.items() if plain(name) == plain(meaning)]
        return next(iter(known), None)

    def setting(self, meaning: str) -> Setting | None:
        """The setting that means ``meaning`` and is a finite number."""
        if meaning in TABLE:
            return number(self.settings, meaning)
        said = self.said(meaning)
        if said is None or not is_number(said[1]) or not math.isfinite(said[1]):
            return None
        return Setting(said[0], float(said[1]))

    def name_of(self, meaning: str) -> str:
        """The name under which the run sets ``meaning``, else the usual one."""
        said = self.said(meaning)
        if said is not None:
            return said[0]
        return TABLE[meaning].names[0] if meaning in TABLE else meaning

    @lazy
    def optimizer(self) -> str:
        """The optimizer's family; "" where it is not known."""
        return optimizer(self.settings)

    @lazy
    def rate(self) -> Known | None:
        """The peak learning rate: as set, unless the log shows another one all along or a higher one; None if unknown."""
        own, rates = self.setting("learning_rate"), self.view.rates
        name = self.name_of("learning_rate")
        logged = rates.peak if rates is not None and not rates.range_test else 0.0
        if own is None or own.value <= 0:
            return Known(name, logged) if logged > 0 else None
        higher = logged > own.value * AGREE
        other = rates is not None and rates.constant and 0 < logged < own.value / AGREE
        return Known(name, logged if higher or other else own.value)

    @lazy
    def highest_rate(self) -> float:
        """The highest rate that is usual for this optimizer and these weights."""
        if self.traits.pretrained and self.traits.transformer:
            return FINE_TUNING
        top = HIGHEST_RATE.get(self.optimizer, HIGHEST_RATE["SGD"])
        usual = USUAL_TOP if self.optimizer in ("", "SGD") else 1.0
        return top * usual * (USUAL_TOP if self.traits.pretrained else 1.0)

    @property
    def highest_rate_of_batch(self) -> float:
        """``highest_rate``, lowered for SGD in proportion to a batch below the usual one (Goyal et al., 2017)."""
        batch = self.setting("batch_size")
        if batch is None or self.optimizer != "SGD" or batch.value <= 0:
            return self.highest_rate
        return self.highest_rate * min(1.0, batch.value / USUAL_BATCH)

    @lazy
    def first_rate(self) -> float:
        """The rate that the optimizer is usually started at; 0.0 where that is not known.

        That of SGD is meant for a momentum of 0.9, with which a step reaches ten times as far as without.
        """
        usual = START_RATE.get(self.optimizer, 0.0)
        own = self.setting("momentum")
        if self.optimizer != "SGD" or own is None or not 0 <= own.value < MOMENTUM:
            return usual
        return rounded(usual * (1.0 - own.value) / (1.0 - MOMENTUM))

    @lazy
    def lowest_rate(self) -> float:
        """The lowest rate that is usual for this optimizer and these weights."""
        low = LOWEST_RATE.get(self.optimizer, min(LOWEST_RATE.values()))
        return low * USUAL_TOP if self.traits.pretrained else low

    @lazy
    def length(self) -> int:
        """The planned length of the run in its own steps: as planned, else as set, else as logged."""
        first, span = self.view.reach
        epochs = self.length_meaning == "epochs"
        from_start = self.view.run.begins_at is None and first <= max(1, span)
        logged = round(span + first) if from_start else round(span)
        logged += epochs and first == 0
        planned = self.view.run.planned or 0
        own = self.setting(self.length_meaning)
        return max(planned, logged, round(own.value) if own is not None and own.value < LONGEST else 0)

    @lazy
    def judged(self) -> Curve | None:
        """The validation objective, else the one that is judged."""
        held_out = self.view.validation
        return held_out if held_out is not None and held_out.count >= 2 else self.view.objective

    @lazy
    def best(self) -> Keep | None:
        """The best value of the judged objective as logged, and its step."""
        outcome = self.findings.get(self.deciding)
        curve = self.judged
        if outcome is not None and curve is not None and outcome.numbers.get("series") not in (None, curve.name):
            named = (m.validation for m in self.view.metrics)
            curve = next((c for c in named if c is not None and c.name == outcome.numbers["series"]), curve)
        if curve is None or curve.count == 0:
            return None
        best = curve.logged.best
        return Keep(curve.name, best.step, best.value)

    @lazy
    def went_wrong(self) -> int | None:
        """The step at which the run became NaN, left its best level or spiked; None where no finding says so."""
        return self._step("at", "diverging", "non-finite", "loss-spikes")

    @lazy
    def trouble(self) -> int | None:
        """The step from which that could be seen coming: where the climb to it began."""
        climb = self._step("climb", "diverging")
        return self.went_wrong if climb is None else climb

    def _step(self, number_of: str, *rules: str) -> int | None:
        found = (self.findings[rule].numbers.get(number_of) for rule in rules if rule in self.findings)
        return next((int(at) for at in found if is_number(at) and math.isfinite(at)), None)

    @lazy
    def good_until(self) -> int | None:
        """The step of the best loss before the trouble; None without trouble, or without a loss before it."""
        curve = self.view.main
        if self.trouble is None or curve is None:
            return None
        before = curve.finite_steps < self.trouble
        return int(curve.finite_steps[before][int(np.argmin(curve.values[before]))]) if before.any() else None

    @lazy
    def samples(self) -> Setting | None:
        """The number of training samples, as set; None where the settings do not tell."""
        return next((s for s in map(self.setting, SAMPLES) if s is not None), None)

    @lazy
    def updates(self) -> int | None:
        """How often the weights were updated; None where the log does not tell."""
        batch, samples = self.setting("batch_size"), self.samples
        if self.length_meaning != "epochs":
            return self.length if self.view.run.step_unit == "step" else None
        if batch is None or samples is None or batch.value < 1:
            return None
        first, span = self.view.reach
        epochs = max(1, round(first + span) + (first == 0))
        return epochs * math.ceil(samples.value / batch.value)

    @property
    def length_meaning(self) -> str:
        """What sets the length of the run: "epochs" where its steps count epochs, else "steps"."""
        own = self.setting("epochs")
        first, span = self.view.reach
        counted = own is not None and abs(span + first - own.value) <= 1
        return "epochs" if self.view.run.step_unit == "epoch" or counted else "steps"

    def has(self, *rules: str) -> bool:
        """True if one of ``rules`` found something."""
        return any(rule in self.findings for rule in rules)

    def change(self, meaning: str, new: Detail, old: Detail | None = None) -> Change:
        """A change of the setting that means ``meaning``; ``old`` is its value in the settings unless given."""
        if old is None and (said := self.said(meaning)) is not None:
            old = said[1]
        return Change(meaning, self.name_of(meaning), old, new)

    def change_rate(self, new: float) -> Change | None:
        """A change of the learning rate to ``new``, rounded; None where the rate is unknown or would stay."""
        if self.rate is None or not math.isfinite(new) or new <= 0:
            return None
        new = rounded(new)
        same = math.isclose(new, self.rate.value, rel_tol=0.05)
        return None if same else Change("learning_rate", self.rate.name, tidy(self.rate.value), new)


Compute = Callable[[Case], Prescription | None]
"""What computes a fix for a case; None where the run does not tell enough, and the fix's general text stands."""


def with_known(found: Prescription, case: Case) -> Prescription:
    """``found`` with what sentences and code of any fix may name: the optimizer and the learning rate of the run."""
    known: dict[str, Number] = {"optimizer": case.optimizer} if case.optimizer else {}
    known |= {"rate": tidy(case.rate.value)} if case.rate is not None else {}
    return replace(found, numbers={**known, **found.numbers})


def rounded(value: float, digits: int = DIGITS) -> float:
    """``value`` with so many significant digits."""
    return float(f"{value:.{digits - 1}e}")


def tidy(value: float) -> float:
    """A logged number without the digits that float32 adds: 0.0010000000474974513 -> 0.001."""
    return float(f"{value:.6g}")


def changed(variant: str, *changes: Change | None, **numbers: float | int | str) -> Prescription | None:
    """A prescription of ``changes``; None where one of them is."""
    known = tuple(c for c in changes if c is not None)
    return Prescription("", variant=variant, changes=known, numbers=numbers) if len(known) == len(changes) else None
