"""What a scenario is, and the two trainings that most scenarios are made from."""

from __future__ import annotations

from dataclasses import dataclass

from .config import Config


@dataclass(frozen=True, slots=True)
class Scenario:
    """One training and what a reader of its log should say.

    `expected` holds the verdicts that are right, the preferred one first; `kind` belongs to the first (empty: none).
    `see` says in one sentence what the curves show. `fault` marks a healthy training with one fault put in.
    """

    name: str
    config: Config
    expected: tuple[str, ...]
    kind: str
    see: str
    fault: bool = False


HEALTHY = Config(lr=0.03, hidden=(32,), weight_decay=5e-3, epochs=50)
"""The training that the faults are put into: handwritten digits, one hidden layer, SGD with momentum."""

BIG = Config(optimizer="adam", lr=2e-3, hidden=(128,), epochs=60)
"""A network with more weights than its data can hold down."""
