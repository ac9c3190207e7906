"""The healthy training with one fault put in: what benchmarks of a diagnosis are run on."""

from __future__ import annotations

from dataclasses import replace

from .config import Config
from .scenario import BIG, HEALTHY, Scenario


def _fault(name: str, config: Config, expected: tuple[str, ...], kind: str, see: str) -> Scenario:
    return Scenario(f"fault-{name}", config, expected, kind, see, fault=True)


FAULTS = (
    _fault("lr-x100", replace(HEALTHY, lr=3.0), ("diverging",), "non-finite", "The learning rate times 100."),
    _fault(
        "lr-over-1000",
        replace(HEALTHY, lr=3e-5),
        ("underfitting", "plateau"),
        "undertrained",
        "The learning rate divided by 1,000.",
    ),
    _fault(
        "no-shuffle",
        Config(data="friedman", shuffle=False, evals_per_epoch=8, lr=0.02, epochs=15, hidden=(32,), batch_size=32),
        ("oscillating",),
        "periodic",
        "Sorted data, not shuffled, logged eight times an epoch.",
    ),
    _fault(
        "tiny-data",
        Config(data="breast_cancer", n_train=40, optimizer="adam", lr=3e-3, hidden=(64, 64), epochs=80),
        ("overfitting",),
        "moderate",
        "Forty training samples.",
    ),
    _fault(
        "label-noise",
        replace(BIG, label_noise=0.4),
        ("overfitting",),
        "severe",
        "Four labels in ten replaced by random ones.",
    ),
    _fault(
        "huge-dropout",
        Config(hidden=(32, 32), dropout=0.9, optimizer="adam", lr=1e-3, epochs=80),
        ("plateau", "underfitting"),
        "never-learned",
        "Dropout 0.9 on two narrow layers.",
    ),
    _fault(
        "raw-inputs",
        Config(data="breast_cancer", normalise=False, lr=0.01),
        ("plateau",),
        "never-learned",
        "Inputs of very different scales, not normalised.",
    ),
    _fault(
        "dead-relu",
        replace(HEALTHY, init="negative-bias"),
        ("plateau",),
        "never-learned",
        "Every ReLU starts far on its flat side.",
    ),
    _fault(
        "few-epochs",
        replace(HEALTHY, lr=3e-3, epochs=8),
        ("underfitting", "inconclusive"),
        "undertrained",
        "Eight epochs where fifty are needed.",
    ),
    _fault(
        "heavy-weight-decay",
        replace(HEALTHY, weight_decay=1.0, lr=5e-3),
        ("plateau", "diverging", "underfitting"),
        "never-learned",
        "Weight decay 1: what is learned in the first epoch dies away, and the loss goes back up to ln 10.",
    ),
    _fault(
        "random-labels",
        replace(HEALTHY, label_noise=1.0, hidden=(16,), weight_decay=0.05, lr=0.01),
        ("plateau",),
        "never-learned",
        "Labels that have nothing to do with the images.",
    ),
    _fault("wrong-loss", replace(HEALTHY, loss="error-rate"), ("plateau",), "constant", "A loss without a gradient."),
    _fault(
        "no-guard-in-log",
        replace(HEALTHY, loss="naive-log", lr=0.5),
        ("diverging",),
        "non-finite",
        "A logarithm of zero in a hand-written loss.",
    ),
)
