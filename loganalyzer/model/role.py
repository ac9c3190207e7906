"""Roles of series in a training: what is measured, on which data, and the assignment of roles in a run."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from loganalyzer.model.record import Record, field
from loganalyzer.model.run import Series


class Quantity(StrEnum):
    """Quantity that a series measures."""

    LOSS = "loss"
    LOSS_PART = "loss-part"
    METRIC = "metric"
    LEARNING_RATE = "learning-rate"
    GRADIENT_NORM = "gradient-norm"
    UPDATE_RATIO = "update-ratio"
    GENERATOR_LOSS = "generator-loss"
    DISCRIMINATOR_LOSS = "discriminator-loss"
    REWARD = "reward"
    RL_SIGNAL = "rl-signal"
    PER_CLASS = "per-class"
    EPOCH = "epoch"
    STEP = "step"
    TIME = "time"
    OTHER = "other"


class Split(StrEnum):
    """Data that it was measured on."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"
    NONE = ""


class Task(StrEnum):
    """Kind of training that the names indicate; supervised runs are judged by their loss, agents by their return."""

    SUPERVISED = "supervised"
    ADVERSARIAL = "adversarial"
    REINFORCEMENT = "reinforcement"


class Role(Record):
    """Role of a series. ``direction``: "min", "max" or "" when the name does not say.

    ``metric`` is the name without split words, so that ``train_acc`` and ``val_acc`` are equal; ``rank`` orders
    candidates for the same role, the lowest first.
    """

    quantity: Quantity
    split: Split = Split.NONE
    direction: str = ""
    metric: str = ""
    rank: int = 0


class Metric(Record, eq=False):
    """One metric, on training and on validation data where logged."""

    name: str
    direction: str
    train: Series | None = None
    validation: Series | None = None


class Roles(Record, eq=False):
    """Assignment of roles to the series of a run.

    ``train`` and ``validation`` are the objective; ``direction`` is "min" or "max"; ``metrics`` the best known first;
    ``guessed`` is True when the direction or the objective was inferred rather than named.
    """

    task: Task = Task.SUPERVISED
    train: Series | None = None
    validation: Series | None = None
    direction: str = "min"
    guessed: bool = False
    objective_is_metric: bool = False
    metrics: tuple[Metric, ...] = ()
    learning_rate: Series | None = None
    gradient_norm: Series | None = None
    epoch: Series | None = None
    generator: Series | None = None
    discriminator: Series | None = None
    reward: Series | None = None
    by_name: Mapping[str, Role] = field(default_factory=dict)
