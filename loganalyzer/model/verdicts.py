"""The verdicts: one record each, with the properties that outputs, gate and diagnosis use. Their texts are in
``messages/verdicts.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from loganalyzer.model.record import Record

Tone = Literal["good", "warn", "bad", "unknown"]
Topic = Literal["learning_rate", "data", "model", "loss", "optimizer", "implementation", "logging"]


class Verdict(StrEnum):
    """Verdict on a run, in order of priority when several apply."""

    DIVERGING = "diverging"
    OVERFITTING = "overfitting"
    OSCILLATING = "oscillating"
    PLATEAU = "plateau"
    UNDERFITTING = "underfitting"
    CONVERGED = "converged"
    INCONCLUSIVE = "inconclusive"

    @property
    def info(self) -> VerdictInfo:
        """The verdict's record."""
        return VERDICTS[self]


class VerdictInfo(Record, kw_only=True):
    """Properties of a verdict.

    ``sign`` is one character wide, ``ascii_sign`` replaces it on terminals without Unicode; ``style`` is Rich's;
    ``colours`` are CSS colours on light and on dark paper, legible as text (contrast 4.5:1 or more). ``badness`` ranks
    verdicts against a baseline: larger is worse, the numbers mean nothing else. ``judged`` is False where no verdict
    could be given, ``healthy`` True where nothing is to be done, ``learned`` True where the training loop evidently
    works. ``more_training_may_help`` is True where a run that goes on may still leave the verdict behind.
    ``points_at`` names the topics of the closing checklist that the verdict speaks against.
    """

    sign: str
    ascii_sign: str
    style: str
    colours: tuple[str, str]
    tone: Tone
    badness: int
    judged: bool = True
    healthy: bool = False
    learned: bool = False
    more_training_may_help: bool = False
    points_at: tuple[Topic, ...] = ()


VERDICTS: Mapping[Verdict, VerdictInfo] = MappingProxyType({
    Verdict.DIVERGING: VerdictInfo(
        sign="▲", ascii_sign="^", style="bold red", colours=("#b3261e", "#ff8f85"), tone="bad", badness=60,
        points_at=("learning_rate",),
    ),
    Verdict.OVERFITTING: VerdictInfo(
        sign="⤴", ascii_sign="/", style="yellow", colours=("#96500a", "#f0b066"), tone="bad", badness=50,
        learned=True, points_at=("model",),
    ),
    Verdict.OSCILLATING: VerdictInfo(
        sign="∿", ascii_sign="~", style="magenta", colours=("#6f3a9c", "#cba2f2"), tone="warn", badness=40,
        points_at=("learning_rate",),
    ),
    Verdict.PLATEAU: VerdictInfo(
        sign="▬", ascii_sign="=", style="bright_black", colours=("#4c5a68", "#b3c0cc"), tone="warn", badness=30,
    ),
    Verdict.UNDERFITTING: VerdictInfo(
        sign="⤵", ascii_sign="\\", style="blue", colours=("#1f5fae", "#8cbcf7"), tone="warn", badness=20,
        more_training_may_help=True,
    ),
    Verdict.CONVERGED: VerdictInfo(
        sign="✓", ascii_sign="+", style="green", colours=("#0b6b5b", "#58c9b1"), tone="good", badness=0,
        healthy=True, learned=True,
    ),
    Verdict.INCONCLUSIVE: VerdictInfo(
        sign="?", ascii_sign="?", style="bright_black", colours=("#5b6670", "#b0bac4"), tone="unknown", badness=10,
        judged=False, more_training_may_help=True,
    ),
})  # fmt: skip

BY_PRIORITY = tuple(verdict for verdict in Verdict if VERDICTS[verdict].judged)
"""The verdicts that a rule can give, the first that holds wins."""

DEGREES = ("mild", "moderate", "severe")
"""Kinds that say how much of it, from the least: a condition on one of them is met by the worse ones too."""

_RENAMED_KINDS = {
    "overfitting:clear": "overfitting:moderate",
    "inconclusive:reinforcement": "inconclusive:no-objective",
}


def current(condition: str) -> str:
    """Return the current name of a verdict with its kind ("overfitting:severe"), for older configurations and reports."""
    return _RENAMED_KINDS.get(condition, condition)


def with_kind(verdict: Verdict, kind: str) -> str:
    """Join a verdict and its kind as in ``fail-on``: "overfitting:severe", "converged"."""
    return f"{verdict.value}:{kind}" if kind else verdict.value
