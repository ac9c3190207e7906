"""Healthy trainings with a fault put in: kinds of fault and data sets that fixes were never ranked on.

``MENDED_ON`` are the kinds whose trials were looked at while the prescriptions were worked on; ``UNSEEN`` those that were
only counted, once: kinds whose figures somebody read move to ``MENDED_ON``. Each fault is put into each of the four tasks
that it was written for (``fault_tasks``), those of ``UNSEEN`` into tasks of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.fault_tasks import NAMES, RENAMED_TASKS, TASKS, UNSEEN_TASKS
from benchmarks.trials import Config

Fault = Mapping[str, Any]
MENDED_ON_PLAIN: Mapping[str, Fault] = {
    "adam-at-a-rate-for-sgd": {"optimizer": "adam", "lr": 0.3},
    "rate-drops-too-early": {"schedule": "step", "period": 2, "gamma": 0.1, "lr": 5e-3, "momentum": 0.0},
    "inputs-drowned-in-noise": {"augment": 4.0},
    "gradients-clipped-to-nothing": {"clip_norm": 1e-3},
    "warm-up-longer-than-the-run": {"warmup_epochs": 2000},
    "deep-tanh": {"hidden": (24,) * 10, "activation": "tanh", "init": "default", "lr": 2e-3, "momentum": 0.0},
    "deep-without-normalisation": {"hidden": (24,) * 14, "init": "default"},
    "too-few-updates": {"batch_size": 900, "momentum": 0.0, "epochs": 30},
    "batches-of-one": {"batch_size": 1, "lr": 0.05, "epochs": 25, "n_train": 250},
    "restarts-too-hot": {"schedule": "warm-restarts", "period": 6, "lr": 0.4},
    "decay-of-adamw-too-strong": {"optimizer": "adamw", "lr": 3e-3, "weight_decay": 30.0},
    "bottleneck": {"hidden": (48, 1, 48), "weight_decay": 1e-3},
    "large-model-on-few-samples": {
        "hidden": (256, 256),
        "n_train": 90,
        "optimizer": "adam",
        "lr": 2e-3,
        "weight_decay": 0.0,
    },
    "patience-too-short": {"patience": 1, "lr": 3e-3, "momentum": 0.5, "batch_size": 16},
    "linear-model": {"hidden": ()},
    "rmsprop-with-momentum-too-fast": {"optimizer": "rmsprop", "lr": 0.05},
    "exponential-decay-too-fast": {"schedule": "exponential", "gamma": 0.7, "lr": 5e-3, "momentum": 0.0},
    "dropout-and-decay-together": {"dropout": 0.6, "weight_decay": 0.2, "hidden": (16, 16)},
    "rmsprop-learns-by-heart": {"n_train": 120, "hidden": (128, 128), "optimizer": "rmsprop", "lr": 1e-3, "momentum": 0.0,
                                   "weight_decay": 0.0, "epochs": 120},
    "whole-data-batches-too-fast": {"batch_size": 900, "lr": 3.0, "momentum": 0.8, "epochs": 120},
    "cosine-over-before-it-learned": {"schedule": "cosine", "epochs": 12, "lr": 1e-3},
    "adam-too-fast-for-small-batches": {"optimizer": "adam", "lr": 0.1, "batch_size": 4, "epochs": 25, "n_train": 400},
    "batch-norm-on-batches-of-two": {"batch_norm": True, "batch_size": 2, "lr": 0.1, "epochs": 25, "n_train": 300},
    "narrow-and-deep": {"hidden": (2, 2, 2)},
    "rate-creeps-up": {"schedule": "linear-growth", "lr_final": 4.0},
    "augmentation-too-strong": {"augment": 2.0, "optimizer": "adam", "lr": 2e-3},
    "few-large-batches": {"optimizer": "adam", "lr": 5e-4, "batch_size": 450, "epochs": 25},
    "warm-up-outlasts-the-run": {"warmup_epochs": 400, "lr": 0.01, "momentum": 0.5},
    "stopped-at-the-first-worse-epoch": {"patience": 1, "optimizer": "adam", "lr": 3e-4},
    "decay-of-sgd-too-strong": {"weight_decay": 0.6},
    "rate-of-sgd-far-too-high": {"lr": 2.0},
    "rate-of-adam-far-too-low": {"optimizer": "adam", "lr": 3e-6},
    "momentum-near-one": {"momentum": 0.995, "lr": 0.05},
    "dropout-of-most-units": {"dropout": 0.85, "hidden": (32, 32)},
    "rate-of-adam-halved-each-epoch": {"optimizer": "adam", "lr": 1e-3, "schedule": "exponential", "gamma": 0.5},
    "wide-on-sixty-samples": {"hidden": (512,), "n_train": 60, "lr": 0.05, "weight_decay": 0.0, "epochs": 150},
    "small-batches-in-order": {"shuffle": False, "batch_size": 8, "lr": 0.1, "epochs": 25},
    "rate-of-adamw-far-too-high": {"optimizer": "adamw", "lr": 1.0},
    "rate-of-sgd-far-too-low": {"lr": 2e-5},
    "weights-start-at-zero": {"init": "zero", "hidden": (48, 48)},
    "five-sigmoid-layers": {"hidden": (24,) * 5, "activation": "sigmoid", "init": "xavier", "lr": 5e-3},
    "decay-of-adam-too-strong": {"optimizer": "adam", "lr": 2e-3, "weight_decay": 1.0},
    "steps-down-every-third-epoch": {"schedule": "step", "period": 3, "gamma": 0.05, "lr": 0.01, "momentum": 0.5},
    "batches-of-four-at-a-rate-for-large": {"batch_size": 4, "lr": 0.3, "momentum": 0.5, "epochs": 25},
    "adamw-learns-by-heart": {"n_train": 150, "hidden": (128, 64), "optimizer": "adamw", "lr": 3e-3, "weight_decay": 0.0,
                              "epochs": 150},
    "ended-after-twelve-epochs": {"epochs": 12, "lr": 1.5e-3, "momentum": 0.5},
    "one-hidden-unit": {"hidden": (1,)},
    "clipped-at-a-hundredth": {"clip_norm": 0.01, "lr": 5e-3, "momentum": 0.0},
    "adam-restarts-too-hot": {"schedule": "warm-restarts", "optimizer": "adam", "lr": 0.2, "period": 5},
    "inputs-as-they-are": {"normalise": False, "lr": 0.05},
    "rate-of-rmsprop-far-too-low": {"optimizer": "rmsprop", "lr": 3e-6, "momentum": 0.0},
    "biases-start-negative": {"init": "negative-bias", "hidden": (32, 32)},
    "tanh-at-a-hot-rate": {"activation": "tanh", "lr": 1.0},
    "cosine-from-a-tiny-rate": {"schedule": "cosine", "lr": 1e-4, "momentum": 0.5},
    "large-batches-at-a-rate-for-small": {"batch_size": 512, "lr": 2e-3, "momentum": 0.0},
    "dropout-on-a-narrow-layer": {"hidden": (6,), "dropout": 0.7},
    "normalised-layers-on-eighty-samples": {"n_train": 80, "hidden": (64, 64, 64), "batch_norm": True, "optimizer": "adam",
                                            "lr": 1e-3, "weight_decay": 0.0, "epochs": 100},
    "decay-of-rmsprop-too-strong": {"optimizer": "rmsprop", "lr": 2e-3, "momentum": 0.0, "weight_decay": 0.5},
    "hot-behind-a-clip": {"clip_norm": 0.1, "lr": 2.0},
    "one-slow-sigmoid-layer": {"activation": "sigmoid", "hidden": (64,), "init": "default", "lr": 1e-3, "momentum": 0.0},
    "adam-ended-after-six-epochs": {"epochs": 6, "optimizer": "adam", "lr": 3e-4},
    "sigmoid-layers-with-adam": {"hidden": (24,) * 4, "activation": "sigmoid", "init": "xavier", "optimizer": "adam", "lr": 3e-4},
    "small-clip-and-small-rate": {"clip_norm": 0.05, "lr": 2e-3},
    "sorted-batches-with-adam": {"shuffle": False, "optimizer": "adam", "lr": 5e-3, "batch_size": 16},
    "labels-smoothed-away": {"label_smoothing": 0.9},
    "cosine-from-a-hot-rate": {"schedule": "cosine", "lr": 1.5},
    "rate-of-adam-somewhat-too-high": {"optimizer": "adam", "lr": 0.05},
    "rate-of-adam-given-to-sgd": {"lr": 3e-4, "momentum": 0.0},
    "tanh-learns-by-heart": {"activation": "tanh", "hidden": (192, 192), "n_train": 100, "optimizer": "adam", "lr": 3e-3,
                             "weight_decay": 0.0, "epochs": 120},
    "dropout-in-a-short-run": {"dropout": 0.5, "epochs": 8, "lr": 3e-3, "momentum": 0.5},
    "everything-against-overfitting": {"dropout": 0.5, "weight_decay": 0.1, "augment": 1.0, "label_smoothing": 0.3},
    "wide-and-hot": {"hidden": (512, 512), "lr": 0.3},
    "thirty-samples": {"n_train": 30, "epochs": 120, "weight_decay": 0.0},
    "a-third-of-the-labels-wrong": {"label_noise": 0.35, "hidden": (128, 128), "optimizer": "adam", "lr": 2e-3,
                                    "weight_decay": 0.0, "epochs": 100},
    "twenty-layers-from-xavier": {"hidden": (24,) * 20, "init": "xavier"},
    "restarts-every-second-epoch": {"schedule": "warm-restarts", "period": 2, "lr": 1e-3, "momentum": 0.5},
    "inputs-as-they-are-with-adamw": {"normalise": False, "optimizer": "adamw", "lr": 3e-4},
    "dropout-beside-batch-norm": {"batch_norm": True, "dropout": 0.7, "hidden": (16, 16)},
    "noise-on-eighty-samples": {"n_train": 80, "augment": 2.0},
    "warm-up-fills-a-short-run": {"warmup_epochs": 10, "epochs": 14, "schedule": "cosine", "lr": 5e-3, "momentum": 0.5},
    "hot-with-strong-decay": {"lr": 0.8, "weight_decay": 0.1},
    "rmsprop-in-batches-of-two": {"optimizer": "rmsprop", "lr": 0.02, "batch_size": 2, "n_train": 300, "epochs": 25},
    "tanh-from-zero": {"activation": "tanh", "init": "zero", "hidden": (32, 32)},
    "validated-on-fifteen-samples": {"n_val": 15, "n_train": 100, "hidden": (64, 64), "weight_decay": 0.0, "epochs": 100},
    "patience-of-three-on-noisy-steps": {"patience": 3, "batch_size": 4, "lr": 0.1, "momentum": 0.5},
}  # fmt: skip
MENDED_ON_RENAMED: Mapping[str, Fault] = {
    "lowered-on-plateaus-from-a-tiny-rate": {"schedule": "plateau", "lr": 1e-4, "momentum": 0.0},
    "no-momentum-at-a-low-rate": {"momentum": 0.0, "lr": 5e-4, "batch_size": 128},
    "biases-start-negative-in-five-layers": {"init": "negative-bias", "hidden": (24,) * 5, "optimizer": "adam", "lr": 1e-3},
    "tanh-of-sgd-learns-by-heart": {"activation": "tanh", "hidden": (256,), "n_train": 150, "lr": 0.1, "weight_decay": 0.0,
                                    "epochs": 150},
    "some-labels-wrong-on-two-hundred-samples": {"label_noise": 0.2, "n_train": 200, "hidden": (96, 96), "optimizer": "adamw",
                                                 "lr": 2e-3, "weight_decay": 0.0, "epochs": 80},
    "rate-of-adam-creeps-up": {"schedule": "linear-growth", "optimizer": "adam", "lr": 1e-3, "lr_final": 0.3},
    "inputs-as-they-are-into-tanh": {"normalise": False, "activation": "tanh", "lr": 0.05},
    "sixteen-tanh-layers-with-adam": {"hidden": (20,) * 16, "activation": "tanh", "init": "xavier", "optimizer": "adam",
                                      "lr": 0.01},
    "patience-of-two-under-dropout": {"patience": 2, "dropout": 0.5, "optimizer": "adam", "lr": 5e-4, "hidden": (32,)},
    "noise-and-a-low-rate-of-adamw": {"optimizer": "adamw", "lr": 5e-5, "augment": 1.5},
    "two-units-between-wide-layers": {"hidden": (32, 2, 32), "dropout": 0.3},
    "sorted-batches-at-a-hot-rate-of-rmsprop": {"shuffle": False, "optimizer": "rmsprop", "lr": 0.03, "momentum": 0.0,
                                                "batch_size": 16},
}  # fmt: skip
MENDED_ON: Mapping[str, Fault] = {**MENDED_ON_PLAIN, **MENDED_ON_RENAMED}
UNSEEN: Mapping[str, Fault] = {
    "warm-up-to-a-rate-far-too-high": {"warmup_epochs": 25, "lr": 4.0},
    "eight-layers-at-a-hot-rate": {"hidden": (32,) * 8, "lr": 0.3},
    "rate-of-rmsprop-falls-after-the-end": {"optimizer": "rmsprop", "lr": 0.08, "momentum": 0.0,
                                            "schedule": "step", "period": 100},
    "wrong-labels-in-small-hot-batches": {"label_noise": 0.5, "batch_size": 8, "lr": 0.03},
    "sorted-batches-under-batch-norm": {"shuffle": False, "batch_norm": True},
    "long-run-on-few-samples": {"n_train": 100, "hidden": (96,), "weight_decay": 0.0, "epochs": 400},
    "dropout-in-ten-layers": {"hidden": (32,) * 10, "dropout": 0.3, "optimizer": "adam", "lr": 1e-3},
    "inputs-as-they-are-behind-a-clip": {"normalise": False, "clip_norm": 0.1, "lr": 1e-3},
    "few-units-and-a-low-rate": {"hidden": (2,), "lr": 5e-4, "momentum": 0.0},
    "rate-falls-during-the-warm-up": {"schedule": "exponential", "gamma": 0.8, "warmup_epochs": 20},
    "batch-norm-under-strong-decay": {"batch_norm": True, "weight_decay": 0.5},
    "whole-batches-of-sixty-learn-by-heart": {"n_train": 60, "batch_size": 60, "hidden": (128,), "optimizer": "adam", "lr": 5e-3,
                                              "weight_decay": 0.0, "epochs": 400},
}  # fmt: skip
_ROUNDS = ((MENDED_ON_PLAIN, TASKS), (MENDED_ON_RENAMED, RENAMED_TASKS), (UNSEEN, UNSEEN_TASKS))


@dataclass(frozen=True)
class Sick:
    """A fault in a task, with the seed of the data, the weights and the batches."""

    kind: str
    task: str
    seed: int

    @property
    def name(self) -> str:
        """The name of the run."""
        return f"{self.kind}-{self.task}-{self.seed}"

    @property
    def config(self) -> Config:
        """The training."""
        kinds, tasks = _round_of(self.kind)
        return replace(tasks[self.task], device="cpu", seed=self.seed, **kinds[self.kind])

    @property
    def names(self) -> Mapping[str, str]:
        """What the log calls settings, by the trainer's names."""
        return NAMES.get(self.task, {})


def all_of(kinds: Mapping[str, Fault], seeds: Sequence[int]) -> Iterator[Sick]:
    """Every fault of ``kinds`` in every one of its tasks, with every seed."""
    return (Sick(kind, task, seed) for kind in kinds for task in _round_of(kind)[1] for seed in seeds)


def _round_of(kind: str) -> tuple[Mapping[str, Fault], Mapping[str, Config]]:
    """The kinds among which ``kind`` was written, and their tasks. Raises StopIteration for an unknown one."""
    return next(found for found in _ROUNDS if kind in found[0])
