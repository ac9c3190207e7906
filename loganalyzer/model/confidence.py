"""Levels of confidence: ranges of the probability that a verdict is right; when another is close."""

from __future__ import annotations

LEVELS = {"high": 0.85, "likely": 0.65, "possible": 0.5, "weak": 0.0}
"""Each level's id with the probability (0..1) from which it holds, the surest first."""
CLOSE = 0.2
"""A verdict of this probability is named beside the one that is given."""


def level(probability: float) -> str:
    """Return the id of the level for a probability of 0..1."""
    return next((name for name, least in LEVELS.items() if probability >= least), "weak")


def span(name: str) -> tuple[float, float]:
    """Return the range of probabilities (from, to) of a level."""
    names, bounds = list(LEVELS), [1.0, *LEVELS.values()]
    return LEVELS[name], bounds[names.index(name)]
