"""Batches: index permutations of one tensor on the CPU, a DataLoader with pinned memory for the GPU."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

from .config import Config
from .data import Data


class Batches(Protocol):
    """An endless supply of epochs."""

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the batches of one epoch, on the device."""


@dataclass(slots=True)
class InMemory:
    """Batches cut out of tensors that are already where they are needed."""

    x: Tensor
    y: Tensor
    batch_size: int
    shuffle: bool
    generator: torch.Generator

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return math.ceil(len(self.x) / self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the batches of one epoch in a fresh order, or in the order of the data without `shuffle`."""
        order = torch.randperm(len(self.x), generator=self.generator) if self.shuffle else torch.arange(len(self.x))
        for start in range(0, len(order), self.batch_size):
            index = order[start : start + self.batch_size]
            yield self.x[index], self.y[index]


@dataclass(slots=True)
class Pinned:
    """Batches that a DataLoader collects in pinned memory and that are copied to the GPU without waiting."""

    loader: DataLoader[tuple[Tensor, ...]]
    device: torch.device

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        return len(self.loader)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the batches of one epoch, each on its way to the device."""
        for x, y in self.loader:
            yield x.to(self.device, non_blocking=True), y.to(self.device, non_blocking=True)


def of(config: Config, data: Data, device: torch.device) -> Batches:
    """Return the training batches of `data`; their order depends on the seed alone."""
    generator = torch.Generator().manual_seed(config.seed)
    if device.type != "cuda":
        return InMemory(data.train_x, data.train_y, config.batch_size, config.shuffle, generator)
    loader = DataLoader(
        TensorDataset(data.train_x, data.train_y),
        batch_size=config.batch_size,
        shuffle=config.shuffle,
        generator=generator,
        pin_memory=True,
    )
    return Pinned(loader, device)
