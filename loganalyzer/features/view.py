"""What a rule sees of a run: the signals that it declared, as curves, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, overload

import numpy as np

from loganalyzer.features.curve import Curve, MetricCurves
from loganalyzer.features.lazy import lazy
from loganalyzer.features.range_test import on_purpose
from loganalyzer.features.rates import Rates
from loganalyzer.features.returns import averaged
from loganalyzer.model.record import replace
from loganalyzer.model.role import Quantity, Role, Roles, Task
from loganalyzer.model.run import Detail, Run, Series
from loganalyzer.roles.words import words_of

T = TypeVar("T")
_LENGTHS = frozenset("len length lengths".split())
FEW, OFTEN = 8, 4
"""Training logged fewer than FEW times says less than a validation curve of OFTEN times as many values."""


class UndeclaredSignal(LookupError):
    """A rule looked at a signal that it did not declare."""


class _Log:
    """One run with its roles, and all that was made of it for any view; shared by all narrowed views."""

    def __init__(self, run: Run, roles: Roles) -> None:
        self.run = run
        self.roles = roles
        self.curves: dict[tuple[str, str], Curve] = {}
        self.values: dict[str, Any] = {}
        self.steady: dict[Curve, Curve] = {}

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
        return frozenset(
            name for name, accessor in ACCESSORS.items() if accessor.present is not None and accessor.present(self)
        )

    @property
    def by_return(self) -> bool:
        """True where the run is judged by its return: losses of a policy do not measure its quality."""
        return self.roles.task is Task.REINFORCEMENT

    def curve(self, series: Series | None, direction: str, source: Series | None = None) -> Curve | None:
        """The curve of a series, made once; ``direction`` is "max" where higher is better.

        ``source`` is the logged series that ``series`` holds means of.
        """
        if series is None or len(series) == 0:
            return None
        key = series.name, direction
        if key not in self.curves:
            first, span = self.reach
            own_first = float(series.steps[0])
            own_span = max(float(series.steps[-1].item() - series.steps[0].item()), 1e-9)  # beyond 64 bits, if need be
            if own_span < 0.5 * span and len(series) >= 3:
                # the series counts something else (epochs against batches): its own length is the run's
                first, span = own_first, own_span
            sign = -1.0 if direction == "max" else 1.0
            self.curves[key] = Curve(
                series.name, series.steps, series.values, sign, first, span, series.wall_times, source=source
            )
        return self.curves[key]


Presence = Callable[[_Log], bool]


class Accessor(Generic[T]):
    """An attribute of View: the value of a signal, made once for each run and kept from views that may not see it.

    ``signal`` is the signal's name; ``present(log)`` tells whether a run has it (None in a further value of a
    signal that is declared elsewhere); ``make(log)`` gives the value.
    """

    def __init__(self, make: Callable[[_Log], T], signal: str, present: Presence | None) -> None:
        """Made by ``signal`` and ``part_of``."""
        self._make, self._key = make, make.__name__
        self.signal = signal
        self.present = present
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, view: None, owner: type) -> Accessor[T]: ...
    @overload
    def __get__(self, view: View, owner: type) -> T: ...
    def __get__(self, view: View | None, owner: type) -> Accessor[T] | T:
        """The value for ``view``. Raises UndeclaredSignal where it may not see the signal."""
        if view is None:
            return self
        if view._allowed is not None and self.signal not in view._allowed:
            raise UndeclaredSignal(self.signal)
        values = view._log.values
        return values[self._key] if self._key in values else self.of(view._log)  # asked for a hundred times a run

    def of(self, log: _Log) -> T:
        """The value for ``log``."""
        if self._key not in log.values:
            log.values[self._key] = self._make(log)
        value: T = log.values[self._key]
        return value


def signal(present: Presence, name: str = "") -> Callable[[Callable[[_Log], T]], Accessor[T]]:
    """Declare a signal: its name (that of the function, unless given), its meaning (the docstring), when a run has it
    (``present``), and its value (what the function makes of the log)."""
    return lambda make: Accessor(make, name or make.__name__, present)


def part_of(name: str) -> Callable[[Callable[[_Log], T]], Accessor[T]]:
    """Declare another value that the signal ``name`` gives."""
    return lambda make: Accessor(make, name, None)


def _logged(*series: Series | None) -> bool:
    return any(s is not None and len(s) > 0 for s in series)


def _is_loss(name: str, role: Role) -> bool:
    return role.quantity in (Quantity.LOSS, Quantity.LOSS_PART, Quantity.RL_SIGNAL) and "loss" in words_of(name)


def _is_drift(name: str) -> bool:
    """KL to the reference (not that of one update, "approx_kl") and the length of answers (not of episodes)."""
    words = words_of(name)
    kl = "kl" in words and not {"approx", "approxkl", "old", "coef", "loss", "penalty", "target"}.intersection(words)
    length = {"completion", "completions", "response", "tokens"}.intersection(words) and _LENGTHS.intersection(words)
    return kl or (bool(length) and not {"min", "max", "clipped", "terminated"}.intersection(words))


class View:
    """One run for the rules.

    ``view.narrowed(signals)`` is the same view that raises UndeclaredSignal for every signal outside ``signals``
    and shares all that was computed. A signal that the run does not have is None (or empty); ``view.has(name)`` asks.
    """

    def __init__(self, run: Run, roles: Roles) -> None:
        """A view of ``run`` with all signals."""
        self._log = _Log(run, roles)
        self._allowed: frozenset[str] | None = None

    def narrowed(self, signals: frozenset[str]) -> View:
        """The same view limited to ``signals``."""
        view = object.__new__(View)
        view._log = self._log
        view._allowed = signals
        return view

    # --- signals -----------------------------------------------------------------------------------------------

    @signal(lambda log: not log.by_return and _logged(log.roles.train))
    def train(log: _Log) -> Curve | None:
        """The training objective; None in reinforcement learning."""
        return None if log.by_return else log.curve(log.roles.train, log.roles.direction)

    @signal(lambda log: not log.by_return and _logged(log.roles.validation))
    def validation(log: _Log) -> Curve | None:
        """The validation objective; None in reinforcement learning."""
        return None if log.by_return else log.curve(log.roles.validation, log.roles.direction)

    @signal(lambda log: _logged(log.roles.reward) if log.by_return else _logged(log.roles.train, log.roles.validation))
    def objective(log: _Log) -> Curve | None:
        """The objective that is judged: validation where it has enough points, else training; an agent's return.

        A validation loss of exactly 0 throughout, beside training, was not measured.
        """
        if log.by_return:
            return View.reward.of(log)
        train, held_out = View.train.of(log), View.validation.of(log)
        if train is not None and held_out is not None and held_out.sign > 0 and not held_out.values.any():
            return train
        if held_out is not None and (held_out.count >= 5 or train is None or train.count <= held_out.count):
            return held_out
        return train if train is not None else held_out

    @part_of("objective")
    def main(log: _Log) -> Curve | None:
        """The training objective, or the validation objective where training is not logged, or a handful of times beside
        many evaluations; an agent's return."""
        if log.by_return:
            return View.reward.of(log)
        train, held_out = View.train.of(log), View.validation.of(log)
        if train is None or held_out is None:
            return held_out if train is None else train
        return held_out if train.count < FEW and held_out.count >= OFTEN * max(1, train.count) else train

    @signal(lambda log: not log.by_return and bool(log.roles.metrics), name="metric")
    def metrics(log: _Log) -> tuple[MetricCurves, ...]:
        """Metrics such as accuracy, on training and validation data, the best known first."""
        known = (
            MetricCurves(m.name, m.direction, log.curve(m.train, m.direction), log.curve(m.validation, m.direction))
            for m in (() if log.by_return else log.roles.metrics)
        )
        return tuple(m for m in known if m.train is not None or m.validation is not None)

    @signal(lambda log: _logged(log.roles.learning_rate), name="learning_rate")
    def rates(log: _Log) -> Rates | None:
        """The learning rate."""
        curve = log.curve(log.roles.learning_rate, "")
        rates = Rates(curve) if curve is not None and curve.count else None
        if rates is not None and rates.rises_by_decades and not on_purpose(log.run, log.roles, rates):
            return replace(rates, by_mistake=True)
        return rates

    @signal(lambda log: _logged(log.roles.gradient_norm))
    def gradient_norm(log: _Log) -> Curve | None:
        """The norm of the gradients."""
        return log.curve(log.roles.gradient_norm, "")

    @signal(lambda log: _logged(log.roles.reward))
    def reward(log: _Log) -> Curve | None:
        """The return of a reinforcement-learning run; higher is better, so the curve's values are its negative.

        Of evaluations where they are logged. The returns of many episodes are means of neighbouring ones.
        """
        reward = log.roles.reward
        return log.curve(averaged(reward), "max", source=reward) if reward is not None else None

    @signal(lambda log: log.by_return and any(_is_loss(n, r) for n, r in log.roles.by_name.items()))
    def policy_losses(log: _Log) -> tuple[Curve, ...]:
        """The losses of an agent, by name; they do not measure its quality, but they may become NaN."""
        if not log.by_return:
            return ()
        names = sorted(n for n, r in log.roles.by_name.items() if n in log.run.series and _is_loss(n, r))
        return tuple(c for n in names if (c := log.curve(log.run.series[n], "")) is not None)

    @signal(lambda log: log.by_return and any(_is_drift(n) for n in log.roles.by_name))
    def drift(log: _Log) -> tuple[Curve, ...]:
        """How far a policy is from where it began, and how long its answers are (an agent's KL and length), by name."""
        if not log.by_return:
            return ()
        names = sorted(n for n in log.roles.by_name if n in log.run.series and _is_drift(n))
        return tuple(
            c for n in names if (c := log.curve(averaged(log.run.series[n]), "", source=log.run.series[n])) is not None
        )

    @signal(lambda log: log.roles.generator is not None and log.roles.discriminator is not None, name="adversarial")
    def generator(log: _Log) -> Curve | None:
        """The losses of generator and discriminator: the generator's."""
        return log.curve(log.roles.generator, "")

    @part_of("adversarial")
    def discriminator(log: _Log) -> Curve | None:
        """The discriminator's loss."""
        return log.curve(log.roles.discriminator, "")

    @signal(lambda log: any(r.quantity is Quantity.PER_CLASS for r in log.roles.by_name.values()))
    def per_class(log: _Log) -> tuple[tuple[Role, Curve], ...]:
        """Metrics of single classes with their roles, by name."""
        known = []
        for name, role in sorted(log.roles.by_name.items()):
            if role.quantity is Quantity.PER_CLASS and name in log.run.series:
                curve = log.curve(log.run.series[name], role.direction)
                if curve is not None and curve.count:
                    known.append((role, curve))
        return tuple(known)

    @signal(lambda log: bool(log.run.hyperparameters))
    def hyperparameters(log: _Log) -> Mapping[str, Detail]:
        """The hyper-parameters of the run."""
        return log.run.hyperparameters

    @signal(lambda log: any(s.wall_times is not None for s in log.run.series.values()))
    def wall_time(log: _Log) -> bool:
        """The clock times of the points: whether any curve has its ``wall_times``."""
        return "wall_time" in log.present

    @signal(lambda _log: True)
    def run(log: _Log) -> Run:
        """All raw series, notes and restarts."""
        return log.run

    @part_of("run")
    def roles(log: _Log) -> Roles:
        """Which series plays which role, with raw series; for rules about the log itself."""
        return log.roles

    # --- free to ask -------------------------------------------------------------------------------------------

    def has(self, name: str) -> bool:
        """True when the run has the signal ``name``."""
        return name in self._log.present

    @property
    def present(self) -> frozenset[str]:
        """The signals that the run has."""
        return self._log.present

    @property
    def task(self) -> Task:
        """What kind of training the names point to."""
        return self._log.roles.task

    @property
    def reach(self) -> tuple[float, float]:
        """First step and length of the run, in steps."""
        return self._log.reach

    def steady(self, curve: Curve) -> Curve:
        """``curve`` without what a cyclic learning rate explains: only the points near the ends of its cycles.

        The curve itself where the rate is unknown or not cyclic. Levels of a cyclic run are comparable only where the
        rate is low (Loshchilov and Hutter, SGDR, 2017). Knowing the schedule is every rule's right, so this is free.
        """
        rates = View.rates.of(self._log)
        if rates is None or not rates.cyclic:
            return curve
        known = self._log.steady
        if curve not in known:
            known[curve] = _at_low_rates(curve, rates)
        return known[curve]


def _at_low_rates(curve: Curve, rates: Rates) -> Curve:
    """``curve`` near the ends of the cycles of ``rates`` and at its beginning; itself where hardly a point is left."""
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


ACCESSORS: Mapping[str, Accessor[Any]] = {
    a.signal: a for a in vars(View).values() if isinstance(a, Accessor) and a.present is not None
}
SIGNALS: Mapping[str, str] = {name: accessor.__doc__ or "" for name, accessor in ACCESSORS.items()}
"""All signals by name, and what they are."""
