"""What a rule sees of a run: the signals that it declared, as curves, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from loganalyzer.features.curve import Curve, MetricCurves
from loganalyzer.features.lazy import lazy
from loganalyzer.features.rates import Rates
from loganalyzer.model.role import Quantity, Role, Roles, Split, Task
from loganalyzer.model.run import Detail, Run, Series

SIGNALS: Mapping[str, str] = {
    "train": "the training objective",
    "validation": "the validation objective",
    "objective": "the objective that is judged: validation where it is logged, else training; with both at hand",
    "metric": "metrics such as accuracy, on training and validation data",
    "learning_rate": "the learning rate",
    "gradient_norm": "the norm of the gradients",
    "reward": "the reward of a reinforcement-learning run",
    "adversarial": "the losses of generator and discriminator",
    "per_class": "metrics of single classes",
    "hyperparameters": "the hyper-parameters of the run",
    "wall_time": "the clock times of the points",
    "run": "all raw series, notes and restarts",
}


class UndeclaredSignal(LookupError):
    """A rule looked at a signal that it did not declare."""


class _Ready:
    """The curves of one run, made on first use and shared by all narrowed views."""

    def __init__(self, run: Run, roles: Roles) -> None:
        self.run = run
        self.roles = roles
        self.curves: dict[tuple[str, str], Curve] = {}

    @lazy
    def reach(self) -> tuple[float, float]:
        """First step and length of the judged part of the run, in steps."""
        known = [s for s in (self.roles.train, self.roles.validation, self.roles.reward) if s is not None and len(s)]
        if not known:
            known = [s for s in self.run.series.values() if len(s)]
        if not known:
            return 0.0, 1.0
        first = min(float(s.steps[0]) for s in known)
        last = max(float(s.steps[-1]) for s in known)
        return first, max(last - first, 1e-9)

    @lazy
    def present(self) -> frozenset[str]:
        """The signals that the run has."""
        known = {
            "train": self.roles.train is not None and len(self.roles.train) > 0,
            "validation": self.roles.validation is not None and len(self.roles.validation) > 0,
            "objective": any(s is not None and len(s) > 0 for s in (self.roles.train, self.roles.validation)),
            "metric": bool(self.roles.metrics),
            "learning_rate": self.roles.learning_rate is not None and len(self.roles.learning_rate) > 0,
            "gradient_norm": self.roles.gradient_norm is not None and len(self.roles.gradient_norm) > 0,
            "reward": self.roles.reward is not None and len(self.roles.reward) > 0,
            "adversarial": self.roles.generator is not None and self.roles.discriminator is not None,
            "per_class": any(r.quantity is Quantity.PER_CLASS for r in self.roles.by_name.values()),
            "hyperparameters": bool(self.run.hyperparameters),
            "wall_time": any(s.wall_times is not None for s in self.run.series.values()),
            "run": True,
        }
        return frozenset(name for name, there in known.items() if there)

    def curve(self, series: Series | None, direction: str) -> Curve | None:
        if series is None or len(series) == 0:
            return None
        key = series.name, direction
        if key not in self.curves:
            first, span = self.reach
            own_first, own_span = float(series.steps[0]), max(float(series.steps[-1] - series.steps[0]), 1e-9)
            if own_span < 0.5 * span and len(series) >= 3:
                # the series counts something else (epochs against batches): its own length is the run's
                first, span = own_first, own_span
            sign = -1.0 if direction == "max" else 1.0
            self.curves[key] = Curve(series.name, series.steps, series.values, sign, first, span, series.wall_times)
        return self.curves[key]

    @lazy
    def train(self) -> Curve | None:
        return self.curve(self.roles.train, self.roles.direction)

    @lazy
    def validation(self) -> Curve | None:
        return self.curve(self.roles.validation, self.roles.direction)

    @lazy
    def objective(self) -> Curve | None:
        train, held_out = self.train, self.validation
        if held_out is not None and (held_out.count >= 5 or train is None or train.count <= held_out.count):
            return held_out
        return train if train is not None else held_out

    @lazy
    def rates(self) -> Rates | None:
        curve = self.curve(self.roles.learning_rate, "")
        return Rates(curve) if curve is not None and curve.count else None

    @lazy
    def metrics(self) -> tuple[MetricCurves, ...]:
        found = (
            MetricCurves(m.name, m.direction, self.curve(m.train, m.direction), self.curve(m.validation, m.direction))
            for m in self.roles.metrics
        )
        return tuple(m for m in found if m.train is not None or m.validation is not None)


class View:
    """One run for the rules.

    ``view.narrowed(signals)`` is the same view that raises UndeclaredSignal for every signal outside ``signals``
    and shares all that was computed. A signal that the run does not have is None (or empty); ``view.has(name)`` asks.
    """

    def __init__(self, run: Run, roles: Roles) -> None:
        """A view of ``run`` with all signals."""
        self._ready = _Ready(run, roles)
        self._allowed: frozenset[str] | None = None

    def narrowed(self, signals: frozenset[str]) -> View:
        """The same view limited to ``signals``."""
        view = object.__new__(View)
        view._ready = self._ready
        view._allowed = signals
        return view

    def _ask(self, signal: str) -> None:
        if self._allowed is not None and signal not in self._allowed:
            raise UndeclaredSignal(signal)

    def has(self, signal: str) -> bool:
        """True when the run has this signal; asking is free for every rule."""
        return signal in self._ready.present

    @property
    def present(self) -> frozenset[str]:
        """The signals that the run has; asking is free for every rule."""
        return self._ready.present

    # --- signals -----------------------------------------------------------------------------------------------

    @property
    def train(self) -> Curve | None:
        """The training objective."""
        self._ask("train")
        return self._ready.train

    @property
    def validation(self) -> Curve | None:
        """The validation objective."""
        self._ask("validation")
        return self._ready.validation

    @property
    def objective(self) -> Curve | None:
        """What is judged: the validation objective where it has enough points, else the training one."""
        self._ask("objective")
        return self._ready.objective

    @property
    def main(self) -> Curve | None:
        """The training objective, or the validation objective where training is not logged."""
        self._ask("objective")
        return self._ready.train if self._ready.train is not None else self._ready.validation

    @property
    def metrics(self) -> tuple[MetricCurves, ...]:
        """The metrics, the best known first."""
        self._ask("metric")
        return self._ready.metrics

    @property
    def rates(self) -> Rates | None:
        """The learning rate."""
        self._ask("learning_rate")
        return self._ready.rates

    @property
    def gradient_norm(self) -> Curve | None:
        """The norm of the gradients."""
        self._ask("gradient_norm")
        return self._ready.curve(self._ready.roles.gradient_norm, "")

    @property
    def reward(self) -> Curve | None:
        """The reward; higher is better, so the curve's ``y`` is its negative."""
        self._ask("reward")
        return self._ready.curve(self._ready.roles.reward, "max")

    @property
    def generator(self) -> Curve | None:
        """The generator's loss."""
        self._ask("adversarial")
        return self._ready.curve(self._ready.roles.generator, "")

    @property
    def discriminator(self) -> Curve | None:
        """The discriminator's loss."""
        self._ask("adversarial")
        return self._ready.curve(self._ready.roles.discriminator, "")

    @property
    def per_class(self) -> tuple[tuple[Role, Curve], ...]:
        """Metrics of single classes with their roles, by name."""
        self._ask("per_class")
        ready = self._ready
        found = []
        for name, role in sorted(ready.roles.by_name.items()):
            if role.quantity is Quantity.PER_CLASS and name in ready.run.series:
                curve = ready.curve(ready.run.series[name], role.direction)
                if curve is not None and curve.count:
                    found.append((role, curve))
        return tuple(found)

    @property
    def hyperparameters(self) -> Mapping[str, Detail]:
        """The hyper-parameters."""
        self._ask("hyperparameters")
        return self._ready.run.hyperparameters

    @property
    def run(self) -> Run:
        """All raw series."""
        self._ask("run")
        return self._ready.run

    @property
    def roles(self) -> Roles:
        """Who is who, with raw series; for rules about the log itself."""
        self._ask("run")
        return self._ready.roles

    # --- free to ask -------------------------------------------------------------------------------------------

    @property
    def task(self) -> Task:
        """What kind of training the names point to."""
        return self._ready.roles.task

    @property
    def guessed(self) -> bool:
        """True when the objective or its direction was inferred rather than named."""
        return self._ready.roles.guessed

    @property
    def reach(self) -> tuple[float, float]:
        """First step and length of the run, in steps."""
        return self._ready.reach

    def steady(self, curve: Curve) -> Curve:
        """``curve`` without what a cyclic learning rate explains: only the points near the ends of its cycles.

        The curve itself where the rate is unknown or not cyclic. Levels of a cyclic run are comparable only where the
        rate is low (Loshchilov and Hutter, SGDR, 2017). Knowing the schedule is every rule's right, so this is free.
        """
        rates = self._ready.rates
        if rates is None or not rates.cyclic:
            return curve
        keep = np.zeros(len(curve.steps), dtype=bool)
        keep[: max(1, len(keep) // 100)] = True  # where it began
        before = float(rates.steps[0])
        for valley in rates.valleys:
            keep |= (curve.steps <= valley) & (curve.steps > valley - 0.12 * max(valley - before, 1.0))
            nearest = int(np.searchsorted(curve.steps, valley, side="right")) - 1
            if nearest >= 0:
                keep[nearest] = True
            before = float(valley)
        return curve.only(keep) if int(np.count_nonzero(keep & curve.finite)) >= min(5, curve.count) else curve

    def share(self, quantity: Quantity, split: Split) -> int:
        """How many series of a quantity and split the log has."""
        return sum(r.quantity is quantity and r.split is split for r in self._ready.roles.by_name.values())
