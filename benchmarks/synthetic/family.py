"""What a family is and what is known about the runs it makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.synthetic.desk import Desk
from loganalyzer.model.run import Run

Span = tuple[int, int]


@dataclass(frozen=True)
class Truth:
    """What is right to say about a run.

    ``accepted`` holds the right verdicts, the preferred one first; ``kinds`` the right kinds of the preferred one
    (empty: not judged). ``findings`` are rule ids that must be found, ``tolerated`` those that may be. Events are
    spans of steps within which the noise-free curve cannot tell the place apart: ``onset`` of a divergence from its
    cause to the first visible rise, ``best`` where the curve is as good as its minimum, ``spikes`` one step each.
    """

    accepted: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    findings: frozenset[str] = frozenset()
    tolerated: frozenset[str] = frozenset()
    onset: Span | None = None
    best: Span | None = None
    spikes: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Example:
    """One run and the truth about it; ``colour`` is the colour of its noise."""

    run: Run
    truth: Truth
    family: str = ""
    seed: int = 0
    colour: str = ""


@dataclass(frozen=True)
class Family:
    """A kind of training curve; ``least`` and ``most`` bound the number of training points (drawn log-uniformly)."""

    name: str
    draw: Callable[[Desk], tuple[Run, Truth]]
    least: int = 8
    most: int = 100_000
    held_out: bool = False

    def make(self, seed: int) -> Example:
        """The run number ``seed`` of this family; the same on every machine and in every order of calls."""
        rng = np.random.default_rng([sum(ord(c) * 31**i for i, c in enumerate(self.name)) % 2**32, seed])
        desk = Desk.draw(rng, self.least, self.most)
        run, truth = self.draw(desk)
        if desk.heavy:  # outliers of heavy-tailed noise are spikes too
            truth = replace(truth, tolerated=truth.tolerated | {"loss-spikes"})
        return Example(run, truth, self.name, seed, desk.colour)
