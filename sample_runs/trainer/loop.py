"""The training loop, in torch; a configuration that asks for Keras is handed to `model.fit`."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from . import batches, machine, models, objectives
from .config import Config
from .data import Data, load
from .schedules import learning_rate
from .writers import HyperParameters, Writer


@dataclass(frozen=True, slots=True)
class Result:
    """What a training left: every logged series by column name, where it ran and how long it took.

    `best_epoch` counts from 1 and has the lowest validation loss (0: none was finite).
    """

    config: Config
    device: str
    seconds: float
    best_epoch: int
    history: Mapping[str, Sequence[float]] = field(repr=False)

    @property
    def final(self) -> dict[str, float]:
        """The last value of each series."""
        return {name: values[-1] for name, values in self.history.items()}


def hyper_parameters(config: Config, data: Data) -> HyperParameters:
    """Return what a log should say about a training: its configuration and the sizes of its data."""
    sizes = {"n_train": len(data.train_x), "n_val": len(data.val_x), "n_classes": data.n_classes}
    return {**config.hyper_parameters(), **sizes, "loss": objectives.name(config, data)}


def train(config: Config, writers: Sequence[Writer] = ()) -> Result:
    """Train as `config` says, log each epoch to all `writers`, and return the logged series.

    The same configuration gives the same numbers on the same machine. A loss that is not finite ends nothing: the
    training goes on as planned and the log shows it. Raises DataUnavailable and ValueError before anything is written.
    """
    if config.framework == "keras":
        from .keras_fit import fit

        return fit(config, writers)
    return _Training(config, writers).run()


@dataclass(slots=True)
class _Sums:
    """Running sums over the batches since the last row, kept on the device until a row is due."""

    loss: Tensor
    hits: Tensor
    norm: Tensor
    samples: int = 0
    steps: int = 0

    @classmethod
    def zero(cls, device: torch.device) -> _Sums:
        loss, hits, norm = torch.zeros(3, dtype=torch.float64).to(device)
        return cls(loss, hits, norm)


class _Training:
    """One training under way."""

    def __init__(self, config: Config, writers: Sequence[Writer]) -> None:
        self.config = config
        self.writers = writers
        self.machine = machine.choose(config)
        self.device = self.machine.device
        self.data = load(config)
        machine.make_repeatable(config, self.machine)
        self.model = models.build(config, self.data).to(self.device)
        self.parameters = list(self.model.parameters())
        self.objective = objectives.choose(config, self.data)
        # A fused optimizer skips a scaled step inside its kernel, with momentum buffers that were never filled (torch 2.11)
        self.optimizer = _optimizer(config, self.parameters, fused=not self.machine.scales_loss)
        self.scaler = torch.amp.GradScaler(self.device.type, enabled=self.machine.scales_loss)
        self.batches = batches.of(config, self.data, self.device)
        self.noise = torch.Generator(self.device).manual_seed(config.seed + 1)
        self.val_x, self.val_y = self.data.val_x.to(self.device), self.data.val_y.to(self.device)
        self.history: dict[str, list[float]] = {}
        self.drops = 1.0
        self.best, self.best_epoch, self.dropped = math.inf, 0, 0
        self.best_weights: dict[str, Tensor] = {}

    def run(self) -> Result:
        """Train, log, and return the series."""
        began = time.perf_counter()
        for writer in self.writers:
            writer.start(hyper_parameters(self.config, self.data))
        step = 0
        try:
            for epoch in range(1, self.config.epochs + 1):
                step = self._epoch(epoch, step)
                if epoch == self.config.last_epoch:
                    break
                if self.config.patience and epoch - self.best_epoch >= self.config.patience:
                    break
        finally:
            for writer in self.writers:
                writer.end()
        if self.best_weights:
            self.model.load_state_dict(self.best_weights)
        return Result(self.config, str(self.device), time.perf_counter() - began, self.best_epoch, self.history)

    def _epoch(self, epoch: int, step: int) -> int:
        per_row = max(1, len(self.batches) // self.config.evals_per_epoch)
        rows = 0
        sums = _Sums.zero(self.device)
        for number, (x, y) in enumerate(self.batches, 1):
            rate = learning_rate(self.config, epoch - 1 + (number - 1) / len(self.batches)) * self.drops
            self._step(x, y, rate, sums)
            step += 1
            last = number == len(self.batches)
            if last or (number % per_row == 0 and rows < self.config.evals_per_epoch - 1):
                rows += 1
                self._row(epoch, step, rate, sums)
                sums = _Sums.zero(self.device)
        return step

    def _step(self, x: Tensor, y: Tensor, rate: float, sums: _Sums) -> None:
        config = self.config
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        if config.augment:
            x = x + config.augment * torch.randn(x.shape, generator=self.noise, device=self.device)
        self.optimizer.zero_grad(set_to_none=True)
        output = self._forward(x)
        loss = self.objective(output, y)
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call, unused-ignore]
        trains = any(
            parameter.grad is not None for parameter in self.parameters
        )  # else there is nothing to step or scale
        if self.machine.scales_loss and trains:
            self.scaler.unscale_(self.optimizer)
        norm = self._gradient_norm()
        if config.clip_norm:
            torch.nn.utils.clip_grads_with_norm_(self.parameters, config.clip_norm, norm)
        if any(
            parameter.grad is not None for parameter in self.parameters
        ):  # else there is nothing to step or to scale
            self.scaler.step(self.optimizer)
            self.scaler.update()
        with torch.no_grad():
            sums.loss += loss.detach().double() * len(x)
            sums.hits += objectives.hits(output.detach(), y, self.data)
            # A step that the loss scale skips has an infinite norm by design; it is no news about the training.
            if not self.machine.scales_loss or bool(norm.isfinite()):
                sums.norm += norm.double()
                sums.steps += 1
            sums.samples += len(x)
        if config.log_steps:
            self._log_batch(float(loss.detach()))

    def _log_batch(self, loss: float) -> None:
        losses = self.history.setdefault("train_loss_step", [])
        losses.append(loss)
        for writer in self.writers:
            writer.batch(len(losses), loss)

    def _gradient_norm(self) -> Tensor:
        gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        if not gradients:
            return torch.zeros((), device=self.device)
        return nn.utils.get_total_norm(gradients, foreach=True)

    def _forward(self, x: Tensor) -> Tensor:
        if self.machine.half is None:
            output: Tensor = self.model(x)
            return output
        with torch.autocast(self.device.type, dtype=self.machine.half):
            output = self.model(x)
        return output.float()

    @torch.no_grad()
    def _validate(self) -> tuple[float, float]:
        """Return the loss and the score on the validation data, with dropout off and batch statistics frozen."""
        self.model.eval()
        output = torch.cat([self._forward(part) for part in torch.split(self.val_x, 8192)])
        loss = self.objective(output, self.val_y)
        score = self._score(objectives.hits(output, self.val_y, self.data), self.val_y)
        self.model.train()
        return float(loss), score

    def _score(self, hits: Tensor, target: Tensor, samples: int | None = None) -> float:
        """Return accuracy, or R squared against the mean of `target`."""
        n = len(target) if samples is None else samples
        if self.data.task == "classification":
            return float(hits) / n
        return 1.0 - float(hits) / n / float(target.double().var(unbiased=False))

    def _row(self, epoch: int, step: int, rate: float, sums: _Sums) -> None:
        score = "acc" if self.data.task == "classification" else "r2"
        val_loss, val_score = self._validate()
        values = {
            "train_loss": float(sums.loss) / sums.samples,
            "val_loss": val_loss,
            f"train_{score}": self._score(sums.hits, self.data.train_y, sums.samples),
            f"val_{score}": val_score,
            "lr": rate,
            "grad_norm": float(sums.norm) / max(1, sums.steps),
        }
        if not self.config.log_objective:
            weights = [parameter.detach() for parameter in self.parameters]
            values = {
                "lr": rate,
                "grad_norm": values["grad_norm"],
                "weight_norm": float(nn.utils.get_total_norm(weights)),
            }
        for name, value in values.items():
            self.history.setdefault(name, []).append(value)
        for writer in self.writers:
            writer.row(epoch, step, values)
        self._judge(epoch, val_loss)

    def _judge(self, epoch: int, val_loss: float) -> None:
        """Keep the best epoch, and halve the rate after five epochs without a better one where that is the schedule."""
        if val_loss < self.best:
            self.best, self.best_epoch, self.dropped = val_loss, epoch, epoch
            if self.config.patience:
                self.best_weights = {name: value.clone() for name, value in self.model.state_dict().items()}
        elif self.config.schedule == "plateau" and epoch - self.dropped >= 5:
            self.drops, self.dropped = self.drops * 0.5, epoch


def _optimizer(config: Config, parameters: list[nn.Parameter], *, fused: bool) -> torch.optim.Optimizer:
    decay = config.weight_decay
    if config.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=config.lr, weight_decay=decay, fused=fused)
    if config.optimizer == "adamw":
        return torch.optim.AdamW(parameters, lr=config.lr, weight_decay=decay, fused=fused)
    if config.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=config.lr, weight_decay=decay, momentum=config.momentum)
    return torch.optim.SGD(parameters, lr=config.lr, momentum=config.momentum, weight_decay=decay, fused=fused)
