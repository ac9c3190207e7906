"""Unusual settings: hyper-parameters beyond their usual range, in a run that behaves as if its steps were too large.

What it sees
    A learning rate above what its optimizer usually takes, a momentum close to 1, a tiny batch, as logged.

Why it matters
    The curve says that the steps are too large; the settings say which knob makes them so.

How it is measured
    A learning rate above {HIGHEST_RATE.SGD} (SGD), {HIGHEST_RATE.Adam} (Adam, AdamW, RMSprop) or {HIGHEST_RATE.Adagrad}
    (Adagrad), ten times the common starting points (Bengio 2012; under another optimizer the rate is not judged); a
    momentum above ``momentum`` and below 1; a batch below ``batch``. The largest distance from its range is named first.
    A number alone says nothing: this is a hint, only ever beside NaN, divergence, too high a learning rate, oscillation
    or spikes, and never a verdict.

When it is silent
    Without logged hyper-parameters, in every run that shows no sign of too large steps, and in inconclusive ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Outcome
from loganalyzer.roles.hyperparameters import number, optimizer
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit
from loganalyzer.rules.usual_ranges import HIGHEST_RATE, OutOfRange, reported


class Limits(LimitSet):
    """Limits of this rule."""

    momentum: float = limit(0.95, "highest usual momentum", 0.0, 1.0)
    batch: float = limit(8, "smallest usual batch", 1, 1024)


def check(view: View, limits: Limits) -> Outcome:
    """Compare the logged settings with the usual ranges."""
    return reported(_out_of_range(view, limits))


def _out_of_range(view: View, limits: Limits) -> Iterator[OutOfRange]:
    logged = view.hyperparameters
    family = optimizer(logged)
    rate = number(logged, "learning_rate")
    if rate is not None and family and rate.value > HIGHEST_RATE[family]:
        most = HIGHEST_RATE[family]
        yield OutOfRange(rate, rate.value / most, f"{family}: ≤ {most:g}", "default-rates")
    momentum = number(logged, "momentum")
    if momentum is not None and limits.momentum < momentum.value < 1.0:
        # 1 / (1 - momentum) is how far a step reaches
        times = (1.0 - limits.momentum) / (1.0 - momentum.value)
        yield OutOfRange(momentum, times, f"≤ {limits.momentum:g}", "momentum-0.9")
    batch = number(logged, "batch_size")
    if batch is not None and 0 < batch.value < limits.batch:
        yield OutOfRange(batch, limits.batch / batch.value, f"≥ {limits.batch:g}", "larger-batch")


RULE = Rule(
    "unusual-settings-high",
    Limits(),
    check,
    formerly="bold-settings",
    requires=frozenset({"hyperparameters"}),
    fixes=("default-rates", "momentum-0.9", "larger-batch"),
    hint_for=("non-finite", "diverging", "learning-rate-too-high", "oscillating", "loss-spikes"),
)
