"""The reference trainer: real small trainings that go well, or go wrong for a known reason."""

from __future__ import annotations

from .config import Config
from .loop import Result, train
from .scenarios import SCENARIOS, Scenario

__all__ = ["SCENARIOS", "Config", "Result", "Scenario", "train"]
