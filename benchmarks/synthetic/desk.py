"""The desk at which a family draws its run: length, axis, scale, noise colour, names; all drawn before the illness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.synthetic import noise
from benchmarks.synthetic.noise import Floats
from loganalyzer.model.run import Ints, Run, Series

NAMES: tuple[Mapping[str, str], ...] = (
    {
        "train": "loss/train",
        "val": "loss/val",
        "train_acc": "acc/train",
        "val_acc": "acc/val",
        "lr": "lr",
        "norm": "grad_norm",
    },
    {
        "train": "loss",
        "val": "val_loss",
        "train_acc": "accuracy",
        "val_acc": "val_accuracy",
        "lr": "learning_rate",
        "norm": "grad_norm",
    },
    {
        "train": "train/loss",
        "val": "eval/loss",
        "train_acc": "train/accuracy",
        "val_acc": "eval/accuracy",
        "lr": "train/learning_rate",
        "norm": "train/grad_norm",
    },
    {
        "train": "train_loss",
        "val": "valid_loss",
        "train_acc": "train_acc",
        "val_acc": "valid_acc",
        "lr": "lr",
        "norm": "gnorm",
    },
    {
        "train": "Loss/Train",
        "val": "Loss/Validation",
        "train_acc": "Accuracy/Train",
        "val_acc": "Accuracy/Validation",
        "lr": "LR",
        "norm": "gradient_norm",
    },
)


@dataclass(frozen=True, eq=False)
class Desk:
    """``n`` training points at ``steps``; those at the indices ``seen`` have a validation value too."""

    rng: np.random.Generator
    n: int
    steps: Ints
    seen: Ints
    unit: str
    scale: float
    colour: str
    heavy: bool
    names: Mapping[str, str]

    @classmethod
    def draw(cls, rng: np.random.Generator, least: int, most: int, colour: str = "") -> Desk:
        """A desk with ``least`` to ``most`` training points."""
        n = round(float(np.exp(rng.uniform(np.log(least), np.log(most + 0.49)))))
        by_epoch = n <= 600 and rng.random() < 0.7
        stride = 1 if by_epoch else int(rng.choice([1, 5, 10, 50, 100, 500]))
        steps = (np.arange(n, dtype=np.int64) + int(rng.integers(0, 2))) * stride
        every = 1 if by_epoch or n < 60 else max(1, n // int(rng.integers(30, 200)))
        seen = np.arange(every - 1, n, every, dtype=np.int64)
        return cls(
            rng,
            n,
            steps,
            seen,
            "epoch" if by_epoch else "step",
            float(10.0 ** rng.uniform(-4, 6)) if rng.random() < 0.6 else 1.0,
            colour or str(rng.choice(noise.COLOURS)),
            bool(rng.random() < 0.25),
            NAMES[int(rng.integers(len(NAMES)))],
        )

    @property
    def t(self) -> Floats:
        """float64[n], the share of the run that has passed."""
        return np.linspace(0.0, 1.0, self.n)

    def noise(self, sigma: float | Floats, colour: str | None = None) -> Floats:
        """float64[n] of standard deviation ``sigma``."""
        return sigma * noise.draw(self.rng, self.n, colour or self.colour, self.heavy)

    def uniform(self, low: float, high: float) -> float:
        """A number between ``low`` and ``high``."""
        return float(self.rng.uniform(low, high))

    def log_uniform(self, low: float, high: float) -> float:
        """A number between ``low`` and ``high``, uniform in its logarithm."""
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))

    def chance(self, share: float) -> bool:
        """True in ``share`` of the cases."""
        return bool(self.rng.random() < share)

    def span(self, first: float, last: float, *, evaluated: bool = False) -> tuple[int, int]:
        """The steps at the shares ``first`` and ``last`` of the run (of the evaluations)."""
        steps = self.steps[self.seen] if evaluated else self.steps
        place = [int(np.clip(round(x * (len(steps) - 1)), 0, len(steps) - 1)) for x in (first, last)]
        return int(steps[place[0]]), int(steps[place[1]])

    def best_span(self, curve: Floats, slack: float, *, evaluated: bool = True) -> tuple[int, int]:
        """The steps around the minimum of the noise-free ``curve`` (length n) where it is within ``slack`` of it."""
        index = self.seen if evaluated else np.arange(self.n)
        values = curve[index]
        low = int(np.argmin(values))
        near = values <= values[low] + slack
        first = last = low
        while first > 0 and near[first - 1]:
            first -= 1
        while last < len(near) - 1 and near[last + 1]:
            last += 1
        return int(self.steps[index[first]]), int(self.steps[index[last]])

    def run(
        self,
        *,
        scaled: bool = True,
        restarts: tuple[int, ...] = (),
        rename: Mapping[str, str] | None = None,
        **columns: Floats | None,
    ) -> Run:
        """The run with ``columns`` by role; losses are multiplied by the scale, validation is thinned to ``seen``.

        A role that is not known is taken as the name of the series; ``rename`` maps roles to other names.
        """
        names = {**self.names, **(rename or {})}
        series: dict[str, Series] = {}
        for role, values in columns.items():
            if values is None:
                continue
            name = names.get(role, role)
            if scaled and role in {"train", "val"}:
                values = values * self.scale
            held_out = role.startswith("val")
            index = self.seen if held_out else np.arange(self.n)
            series[name] = Series(name, self.steps[index], np.asarray(values, dtype=np.float64)[index])
        return Run("synthetic", ("synthetic",), "synthetic", series, step_unit=self.unit, restarts=restarts)
