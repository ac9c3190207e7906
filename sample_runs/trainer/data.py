"""The data sets: those that come with scikit-learn, generated ones, and torchvision's where it is installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch
from sklearn import datasets  # type: ignore[import-untyped, unused-ignore]

from .config import Config

Task = Literal["classification", "regression"]
Floats = npt.NDArray[np.floating[Any]]

VISION = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "cifar10": "CIFAR10"}
VAL_SHARE = 0.25


class DataUnavailable(RuntimeError):
    """A data set that this machine cannot load; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Data:
    """One data set, split. Inputs are (n, features) float32; targets are (n,) int64 classes or float32 values."""

    task: Task
    n_classes: int
    train_x: torch.Tensor
    train_y: torch.Tensor
    val_x: torch.Tensor
    val_y: torch.Tensor

    @property
    def n_features(self) -> int:
        """The number of input features."""
        return int(self.train_x.shape[1])


def _bundled(loader: Callable[..., Any], task: Task) -> Callable[[int], tuple[Floats, Floats, Task]]:
    def load(seed: int) -> tuple[Floats, Floats, Task]:
        x, y = loader(return_X_y=True)
        return np.asarray(x, np.float64), np.asarray(y, np.float64), task

    return load


def _moons(seed: int) -> tuple[Floats, Floats, Task]:
    x, y = datasets.make_moons(n_samples=1200, noise=0.25, random_state=seed)
    return np.asarray(x, np.float64), np.asarray(y, np.float64), "classification"


def _friedman(seed: int) -> tuple[Floats, Floats, Task]:
    x, y = datasets.make_friedman1(n_samples=1600, n_features=10, noise=0.5, random_state=seed)
    return np.asarray(x, np.float64), np.asarray(y, np.float64), "regression"


def _quantiles(seed: int) -> tuple[Floats, Floats, Task]:
    x, y = datasets.make_gaussian_quantiles(n_samples=1200, n_features=6, n_classes=4, random_state=seed)
    return np.asarray(x, np.float64), np.asarray(y, np.float64), "classification"


def _hastie(seed: int) -> tuple[Floats, Floats, Task]:
    x, y = datasets.make_hastie_10_2(n_samples=1200, random_state=seed)
    return np.asarray(x, np.float64), np.asarray(y > 0, np.float64), "classification"


def _swiss_roll(seed: int) -> tuple[Floats, Floats, Task]:
    x, y = datasets.make_swiss_roll(n_samples=1200, noise=0.5, random_state=seed)
    return np.asarray(x, np.float64), np.asarray(y, np.float64), "regression"


def _sparse(seed: int) -> tuple[Floats, Floats, Task]:
    x, y = datasets.make_sparse_uncorrelated(n_samples=1200, n_features=10, random_state=seed)
    return np.asarray(x, np.float64), np.asarray(y, np.float64), "regression"


def _mixture(seed: int) -> tuple[Floats, Floats, Task]:
    x, y = datasets.make_classification(
        n_samples=1200, n_features=20, n_informative=6, n_classes=3, class_sep=1.2, flip_y=0.02, random_state=seed
    )
    return np.asarray(x, np.float64), np.asarray(y, np.float64), "classification"


def _circles(seed: int) -> tuple[Floats, Floats, Task]:
    x, y = datasets.make_circles(n_samples=1200, noise=0.12, factor=0.5, random_state=seed)
    return np.asarray(x, np.float64), np.asarray(y, np.float64), "classification"


def _impedance(seed: int) -> tuple[Floats, Floats, Task]:
    x, y = datasets.make_friedman2(n_samples=1200, noise=50.0, random_state=seed)
    return np.asarray(x, np.float64), np.asarray(y, np.float64), "regression"


def _s_curve(seed: int) -> tuple[Floats, Floats, Task]:
    x, y = datasets.make_s_curve(n_samples=1200, noise=0.1, random_state=seed)
    return np.asarray(x, np.float64), np.asarray(y, np.float64), "regression"


def _spirals(seed: int) -> tuple[Floats, Floats, Task]:
    """Five arms that turn around a centre, as places in a picture, in pixels."""
    rng = np.random.default_rng(seed)
    arm, along = rng.integers(0, 5, 1500), rng.uniform(0.15, 1.0, 1500)
    angle = 2 * np.pi * arm / 5 + 3.5 * along + rng.normal(0.0, 0.18, 1500)
    x = 320.0 + 300.0 * along[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return x, arm.astype(np.float64), "classification"


def _clusters(seed: int) -> tuple[Floats, Floats, Task]:
    """Eight classes of three clusters each."""
    x, cluster = datasets.make_blobs(n_samples=2000, n_features=8, centers=24, cluster_std=4.0, random_state=seed)
    return np.asarray(x, np.float64), np.asarray(cluster % 8, np.float64), "classification"


def _phase(seed: int) -> tuple[Floats, Floats, Task]:
    x, y = datasets.make_friedman3(n_samples=1600, noise=0.1, random_state=seed)
    return np.asarray(x, np.float64), np.asarray(y, np.float64), "regression"


def _arm(seed: int) -> tuple[Floats, Floats, Task]:
    """How far an arm of three links reaches: their lengths in centimetres, the angles of the joints between them."""
    rng = np.random.default_rng(seed)
    links, joints = rng.uniform(10.0, 50.0, (1000, 3)), rng.uniform(-2.5, 2.5, (1000, 2))
    angles = np.cumsum(np.column_stack([np.zeros(1000), joints]), axis=1)
    reach = np.hypot((links * np.cos(angles)).sum(1), (links * np.sin(angles)).sum(1))
    return np.column_stack([links, joints]), reach + rng.normal(0.0, 2.0, 1000), "regression"


SOURCES: dict[str, Callable[[int], tuple[Floats, Floats, Task]]] = {
    "digits": _bundled(datasets.load_digits, "classification"),
    "breast_cancer": _bundled(datasets.load_breast_cancer, "classification"),
    "wine": _bundled(datasets.load_wine, "classification"),
    "diabetes": _bundled(datasets.load_diabetes, "regression"),
    "moons": _moons,
    "friedman": _friedman,
    "quantiles": _quantiles,
    "hastie": _hastie,
    "swiss-roll": _swiss_roll,
    "sparse": _sparse,
    "mixture": _mixture,
    "circles": _circles,
    "impedance": _impedance,
    "s-curve": _s_curve,
    "spirals": _spirals,
    "clusters": _clusters,
    "phase": _phase,
    "arm": _arm,
}
NAMES = (*SOURCES, *VISION)


def _vision(config: Config) -> tuple[Floats, Floats, Floats, Floats]:
    """Load a torchvision set as flat arrays: train inputs, train labels, test inputs, test labels."""
    try:
        import torchvision.datasets as vision  # type: ignore[import-not-found, import-untyped, unused-ignore]
    except ImportError as error:
        raise DataUnavailable(
            f"--data {config.data} needs torchvision, which is not installed here. "
            "Install the torchvision that matches your torch (see https://pytorch.org/get-started/locally/), "
            f"or choose one of: {', '.join(SOURCES)}."
        ) from error
    parts: list[Floats] = []
    for train in (True, False):
        split = getattr(vision, VISION[config.data])(root=config.data_dir, train=train, download=True)
        images = np.asarray(split.data, np.float32)
        parts += [images.reshape(len(images), -1), np.asarray(split.targets, np.float64)]
    return parts[0], parts[1], parts[2], parts[3]


def _noisy_labels(y: Floats, share: float, n_classes: int, rng: np.random.Generator) -> Floats:
    hit = rng.random(len(y)) < share
    return np.where(hit, rng.integers(0, n_classes, len(y)), y)


def load(config: Config) -> Data:
    """Load, split, cut, spoil and scale the data as `config` says; the same seed gives the same arrays.

    Raises DataUnavailable for a torchvision set without torchvision, and for an unknown name.
    """
    rng = np.random.default_rng(config.seed)
    if config.data in VISION:
        train_x, train_y, val_x, val_y = _vision(config)
        task: Task = "classification"
        order, val_order = rng.permutation(len(train_x)), rng.permutation(len(val_x))
        train_x, train_y, val_x, val_y = train_x[order], train_y[order], val_x[val_order], val_y[val_order]
    elif config.data in SOURCES:
        x, y, task = SOURCES[config.data](config.seed)
        order = rng.permutation(len(x))
        cut = round(len(x) * VAL_SHARE)
        val_x, val_y, train_x, train_y = x[order[:cut]], y[order[:cut]], x[order[cut:]], y[order[cut:]]
    else:
        raise DataUnavailable(f"unknown data set {config.data!r}; choose one of: {', '.join(NAMES)}")

    train_x, train_y = train_x[: config.n_train or None], train_y[: config.n_train or None]
    val_x, val_y = val_x[: config.n_val or None], val_y[: config.n_val or None]
    n_classes = 0
    if task == "classification":
        n_classes = int(max(train_y.max(), val_y.max())) + 1
        if config.label_noise:
            train_y = _noisy_labels(train_y, config.label_noise, n_classes, rng)
            val_y = _noisy_labels(val_y, config.label_noise, n_classes, rng)
    else:
        mean, spread = train_y.mean(), train_y.std()
        train_y, val_y = (train_y - mean) / spread, (val_y - mean) / spread
    if not config.shuffle:
        by_target = np.argsort(train_y, kind="stable")
        train_x, train_y = train_x[by_target], train_y[by_target]
    if config.normalise:
        mean_x, spread_x = train_x.mean(0), train_x.std(0)
        spread_x = np.where(spread_x > 0, spread_x, 1.0)
        train_x, val_x = (train_x - mean_x) / spread_x, (val_x - mean_x) / spread_x
    target = torch.int64 if task == "classification" else torch.float32
    return Data(
        task=task,
        n_classes=n_classes,
        train_x=torch.tensor(train_x, dtype=torch.float32),
        train_y=torch.tensor(train_y, dtype=target),
        val_x=torch.tensor(val_x, dtype=torch.float32),
        val_y=torch.tensor(val_y, dtype=target),
    )
