"""What one training is made of: every knob, as one frozen record."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

Framework = Literal["torch", "keras"]
Schedule = Literal["none", "step", "exponential", "cosine", "warm-restarts", "linear-growth", "range-test", "plateau"]
Activation = Literal["relu", "tanh", "sigmoid"]
Init = Literal["default", "he", "xavier", "zero", "negative-bias"]
Loss = Literal["auto", "gaussian-nll", "naive-log", "error-rate", "softmax-of-one"]
Optimizer = Literal["sgd", "adam", "adamw", "rmsprop"]
Amp = Literal["auto", "off", "bf16", "fp16"]

_MACHINE = ("device", "amp", "data_dir", "log_objective", "log_steps", "evals_per_epoch", "last_epoch")
_ONLY_WITH = {
    "period": ("step", "warm-restarts"),
    "gamma": ("step", "exponential"),
    "lr_final": ("linear-growth", "range-test"),
}


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of one training.

    Sizes: `hidden` is the width of each hidden layer; `n_train` and `n_val` cap the number of samples (0: all).
    Rates: `label_noise` is the share of labels replaced by random ones; `augment` is the standard deviation of the
    noise added to each training input; `clip_norm` is the largest total L2 norm of a step's gradients (0: any).
    Time: `epochs` is what was planned; `patience` ends the training that many epochs after the best validation loss
    (0: never), `last_epoch` after that one, whatever was planned (0: as planned). `evals_per_epoch` above 1 logs that many
    rows an epoch. `lr_final` is where the schedules `linear-growth` and `range-test` end, `period` is the length in epochs
    of the schedules that have one.
    """

    # data
    data: str = "digits"
    n_train: int = 0
    n_val: int = 0
    label_noise: float = 0.0
    normalise: bool = True
    shuffle: bool = True
    augment: float = 0.0
    # model
    hidden: tuple[int, ...] = (64,)
    activation: Activation = "relu"
    init: Init = "he"
    batch_norm: bool = False
    dropout: float = 0.0
    # objective
    loss: Loss = "auto"
    label_smoothing: float = 0.0
    # optimisation
    optimizer: Optimizer = "sgd"
    lr: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 0.0
    batch_size: int = 64
    clip_norm: float = 0.0
    # time
    epochs: int = 40
    schedule: Schedule = "none"
    warmup_epochs: int = 0
    period: int = 10
    gamma: float = 0.1
    lr_final: float = 0.0
    patience: int = 0
    last_epoch: int = 0
    # logging
    evals_per_epoch: int = 1
    log_objective: bool = True
    log_steps: bool = False
    # machine
    framework: Framework = "torch"
    seed: int = 0
    device: str = "auto"
    amp: Amp = "auto"
    data_dir: str = "data"

    def hyper_parameters(self) -> dict[str, int | float | str | bool]:
        """Return the values that a log should carry, named as the field names them.

        Left out: settings of the machine and of the log, and what the schedule or optimizer makes no use of.
        """
        values: dict[str, int | float | str | bool] = {}
        unused = set(_MACHINE) | {name for name, users in _ONLY_WITH.items() if self.schedule not in users}
        if self.optimizer not in {"sgd", "rmsprop"}:
            unused.add("momentum")
        for field in dataclasses.fields(self):
            if field.name not in unused:
                value = getattr(self, field.name)
                name = {"schedule": "scheduler", "period": "step_size"}.get(field.name, field.name)
                values[name] = "-".join(str(width) for width in value) if field.name == "hidden" else value
        return values
