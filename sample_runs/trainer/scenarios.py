"""The scenarios: trainings that go well, and trainings that go wrong for a reason that is in their configuration."""

from __future__ import annotations

from dataclasses import replace

from .config import Config
from .faults import FAULTS
from .scenario import BIG, HEALTHY, Scenario

__all__ = ["SCENARIOS", "Scenario"]

_CONVERGED = (
    Scenario("healthy", HEALTHY, ("converged",), "", "The training that the faults are put into: it settles."),
    Scenario(
        "converged-plain",
        Config(data="breast_cancer", lr=0.01, hidden=(16,), epochs=60, weight_decay=2e-2),
        ("converged",),
        "",
        "Both losses fall together, flatten, and stay at their best values.",
    ),
    Scenario(
        "converged-step-decay",
        Config(lr=0.05, schedule="step", period=15, hidden=(32,), epochs=50, weight_decay=1e-3),
        ("converged",),
        "",
        "The learning rate drops tenfold at epochs 15, 30 and 45, and the losses come to rest.",
    ),
    Scenario(
        "converged-cosine",
        Config(optimizer="adamw", lr=3e-3, schedule="cosine", dropout=0.2, epochs=60, weight_decay=0.1),
        ("converged",),
        "",
        "A cosine schedule takes the learning rate to zero while both losses settle.",
    ),
    Scenario(
        "converged-warm-restarts",
        Config(lr=0.05, schedule="warm-restarts", period=15, hidden=(32,), epochs=60, weight_decay=5e-3),
        ("converged",),
        "",
        "The learning rate jumps back up every 15 epochs; the small bumps that follow are healthy.",
    ),
    Scenario(
        "converged-small-validation",
        Config(lr=0.02, n_val=25, hidden=(32,), epochs=60, weight_decay=1e-2),
        ("converged",),
        "",
        "Twenty-five validation images make the validation accuracy jump by 4 % at a time, while the losses settle.",
    ),
    Scenario(
        "converged-dropout",
        Config(optimizer="adam", lr=1e-3, dropout=0.5, hidden=(128,), epochs=100),
        ("converged",),
        "",
        "Dropout holds the training loss above the validation loss for most of the run; both settle.",
    ),
    Scenario(
        "converged-regression",
        Config(data="friedman", lr=0.01, hidden=(32,), epochs=80, weight_decay=5e-3),
        ("converged",),
        "",
        "A regression: the squared error settles and R squared ends above 0.95.",
    ),
    Scenario(
        "converged-negative-loss",
        Config(
            data="friedman",
            loss="gaussian-nll",
            optimizer="adam",
            lr=2e-3,
            schedule="cosine",
            hidden=(32,),
            epochs=80,
            weight_decay=1e-3,
        ),
        ("converged",),
        "",
        "A Gaussian log-likelihood: the loss passes below zero and settles there.",
    ),
    Scenario(
        "converged-keras",
        Config(framework="keras", data="wine", optimizer="adam", lr=5e-3, hidden=(16,), epochs=80),
        ("converged",),
        "",
        "Keras's model.fit on the wine data: both losses fall and settle.",
    ),
)

_DIVERGING = (
    Scenario(
        "diverging-nan",
        Config(loss="naive-log", lr=0.01, schedule="linear-growth", lr_final=2.0, weight_decay=5e-3, epochs=60),
        ("diverging",),
        "non-finite",
        "A cross-entropy written without guards: it learns well, until exp overflows and every later loss is NaN.",
    ),
    Scenario(
        "diverging-rising",
        Config(optimizer="adam", lr=1e-3, schedule="linear-growth", lr_final=0.5, epochs=60),
        ("diverging",),
        "rising",
        "The learning rate grows without end: the loss falls for ten epochs, then climbs far above where it began.",
    ),
    Scenario(
        "diverging-blow-up",
        Config(data="friedman", hidden=(), lr=1.1, momentum=0.0, batch_size=1200),
        ("diverging",),
        "blow-up",
        "Gradient descent past its stable learning rate: the loss multiplies by the same factor every epoch.",
    ),
    Scenario(
        "diverging-at-once",
        Config(data="diabetes", lr=0.5, hidden=(32,)),
        ("diverging",),
        "non-finite",
        "A learning rate far too large: the very first epoch overflows, and no value is ever finite.",
    ),
)

_OVERFITTING = (
    Scenario(
        "overfitting-mild",
        replace(BIG, lr=1e-3, n_train=300, label_noise=0.1, epochs=90),
        ("overfitting",),
        "mild",
        "The validation loss turns at a third of the run and gives back a few percent of what it had gained.",
    ),
    Scenario(
        "overfitting-moderate",
        replace(BIG, n_train=300, label_noise=0.1, epochs=80),
        ("overfitting",),
        "moderate",
        "The training loss goes on to zero while the validation loss gives back a quarter of its gain.",
    ),
    Scenario(
        "overfitting-severe",
        replace(BIG, n_train=400, hidden=(128, 128), label_noise=0.15),
        ("overfitting",),
        "severe",
        "The network learns wrong labels by heart: the validation loss ends above where it started.",
    ),
    Scenario(
        "overfitting-tabular",
        Config(data="breast_cancer", optimizer="adam", lr=3e-3, hidden=(64, 64), epochs=80, n_train=150),
        ("overfitting",),
        "moderate",
        "150 patients and 6,000 weights: the training loss vanishes, the validation loss doubles from its best.",
    ),
    Scenario(
        "overfitting-keras",
        replace(BIG, framework="keras", n_train=300, label_noise=0.2),
        ("overfitting",),
        "moderate",
        "Keras's model.fit with one label in five replaced: validation turns up early while training falls.",
    ),
)

_OSCILLATING = (
    Scenario(
        "oscillating-momentum",
        Config(data="friedman", hidden=(), lr=0.05, momentum=0.999, batch_size=1200, epochs=120),
        ("oscillating",),
        "periodic",
        "Momentum 0.999 on whole-data gradients: the loss swings like a pendulum about its minimum.",
    ),
    Scenario(
        "oscillating-sorted-data",
        Config(
            data="friedman",
            shuffle=False,
            evals_per_epoch=6,
            lr=0.02,
            momentum=0.5,
            epochs=20,
            hidden=(16,),
            batch_size=16,
        ),
        ("oscillating",),
        "periodic",
        "Data sorted by target and never shuffled: both losses swing once an epoch, six rows apart.",
    ),
    Scenario(
        "oscillating-large-rate",
        Config(lr=0.3, batch_size=16, hidden=(32,), activation="tanh", epochs=25, weight_decay=0.01, evals_per_epoch=4),
        ("oscillating",),
        "erratic",
        "A learning rate too large for batches of 16: the loss jumps about and never comes down.",
    ),
    Scenario(
        "oscillating-small-batch",
        Config(
            data="breast_cancer",
            lr=1.0,
            batch_size=16,
            hidden=(16,),
            epochs=100,
            weight_decay=0.02,
            activation="tanh",
        ),
        ("oscillating",),
        "erratic",
        "Learning rate 1 with momentum: good epochs and bad ones follow each other without any order.",
    ),
)

_PLATEAU = (
    Scenario(
        "plateau-zero-init",
        replace(HEALTHY, init="zero"),
        ("plateau",),
        "never-learned",
        "All weights start at zero, so no gradient reaches them: the loss stays at ln 10, the accuracy at one tenth.",
    ),
    Scenario(
        "plateau-sigmoid-stack",
        Config(hidden=(64,) * 6, activation="sigmoid", init="default", lr=0.01),
        ("plateau",),
        "never-learned",
        "Six sigmoid layers: the gradient vanishes on its way down and the loss stays at ln 10.",
    ),
    Scenario(
        "plateau-stalled",
        Config(lr=0.01, momentum=0.0, schedule="exponential", gamma=0.3, epochs=60),
        ("plateau",),
        "stalled",
        "The learning rate decays so fast that learning stops after a few epochs, hardly below the start.",
    ),
    Scenario(
        "plateau-constant",
        Config(loss="error-rate"),
        ("plateau",),
        "constant",
        "The loss is an error rate without a gradient: not one value ever changes.",
    ),
    Scenario(
        "plateau-keras-softmax-of-one",
        Config(framework="keras", data="breast_cancer", loss="softmax-of-one", hidden=(16,), lr=0.01),
        ("plateau",),
        "constant",
        "Keras with softmax on a single output unit: the prediction is always 1, the loss never moves.",
    ),
)

_UNDERFITTING = (
    Scenario(
        "underfitting-slow",
        Config(lr=5e-4, momentum=0.5),
        ("underfitting",),
        "undertrained",
        "A learning rate too small: both losses are still falling steadily when the run ends.",
    ),
    Scenario(
        "underfitting-short-regression",
        Config(data="friedman", optimizer="adam", lr=1e-4),
        ("underfitting",),
        "undertrained",
        "A regression stopped halfway down: R squared is still rising at the last epoch.",
    ),
    Scenario(
        "underfitting-small-model",
        Config(hidden=(2,), lr=0.02, epochs=80, schedule="step", period=40, weight_decay=0.02),
        ("underfitting",),
        "high-floor",
        "Two hidden units for ten digits: both losses settle together, at a training accuracy of 60 %.",
    ),
    Scenario(
        "underfitting-weight-decay",
        Config(data="friedman", hidden=(8,), lr=1e-3, weight_decay=0.6, epochs=60),
        ("underfitting",),
        "high-floor",
        "So much weight decay that the network cannot fit: settled, no gap, R squared near 0.5.",
    ),
    Scenario(
        "underfitting-keras",
        Config(framework="keras", data="diabetes", optimizer="adam", lr=1e-4, hidden=(32,), epochs=60),
        ("underfitting",),
        "undertrained",
        "Keras's model.fit with a small learning rate: both losses are still falling at the end.",
    ),
)

_INCONCLUSIVE = (
    Scenario(
        "inconclusive-too-short",
        replace(HEALTHY, epochs=3),
        ("inconclusive",),
        "too-short",
        "Three epochs: the losses fall, but three points say nothing about where they go.",
    ),
    Scenario(
        "inconclusive-no-objective",
        replace(HEALTHY, epochs=30, log_objective=False),
        ("inconclusive",),
        "no-objective",
        "Only the learning rate, the gradient norm and the weight norm were logged: nothing to judge by.",
    ),
    Scenario(
        "inconclusive-range-test",
        Config(lr=1e-5, lr_final=10.0, schedule="range-test", epochs=6, evals_per_epoch=10),
        ("inconclusive",),
        "range-test",
        "A learning-rate range test: the rate grows a millionfold, and the blow-up at its end is the purpose.",
    ),
)

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for group in (
        _CONVERGED,
        _OVERFITTING,
        _OSCILLATING,
        _PLATEAU,
        _UNDERFITTING,
        _DIVERGING,
        _INCONCLUSIVE,
        FAULTS,
    )
    for scenario in group
}
