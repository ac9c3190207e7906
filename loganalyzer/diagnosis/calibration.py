"""From the score of a rule to the probability that its verdict is right on a log that nobody here has seen.

Measured on six rounds of logs of other people (554 runs), each at its first judgement (benchmarks/blind_rounds.md): what a
word is worth there differs far more between the words than between their scores. Overfitting, once found, is right 29
times in 30, a run cut short 61 times in 67 (whatever the score), a settled one 192 times in 203; a plateau that only noise
speaks for three times in four, a blow-up half of the time: there the log was often not what it looked like (sessions read
as one, returns that swing, a few batches). On generated curves, whose labels are certain, nearly all of these are right;
the tables lie between.

What else tells how often a verdict is right was measured on the first answers to eleven rounds (888 verdicts) beside
generated runs (benchmarks/calibrate.py): whether a second opinion that looks at the curves alone agrees, and whether the
reader had to note something (several trainings in one file, steps that come again). ``weighed`` adds both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from loganalyzer.model.record import Record
from loganalyzer.model.verdicts import Verdict

Table = tuple[tuple[float, float], ...]
"""Knots: the score 0..1 (0.5 at the rule's threshold) and the probability there."""

USUAL: Table = ((0.0, 0.3), (0.3, 0.5), (0.5, 0.6), (0.6, 0.74), (0.75, 0.89), (0.9, 0.955), (1.0, 0.98))
"""Of verdicts that the rounds hold too few of; no verdict is surer than its last entry."""

TABLES: Mapping[Verdict, Table] = {
    Verdict.CONVERGED: ((0.0, 0.3), (0.3, 0.6), (0.5, 0.7), (0.6, 0.9), (0.65, 0.92), (0.8, 0.945), (1.0, 0.965)),
    Verdict.OVERFITTING: ((0.0, 0.3), (0.49, 0.6), (0.5, 0.91), (0.58, 0.93), (0.9, 0.955), (1.0, 0.975)),
    Verdict.UNDERFITTING: ((0.0, 0.3), (0.49, 0.6), (0.5, 0.88), (0.6, 0.905), (0.9, 0.925), (1.0, 0.95)),
    Verdict.PLATEAU: ((0.0, 0.3), (0.5, 0.55), (0.6, 0.62), (0.75, 0.76), (0.9, 0.89), (1.0, 0.96)),
    Verdict.DIVERGING: ((0.0, 0.3), (0.5, 0.55), (0.6, 0.62), (0.75, 0.76), (0.9, 0.88), (0.97, 0.9), (1.0, 0.98)),
}

MOST_OF_KIND: Mapping[tuple[Verdict, str], float] = {
    (Verdict.UNDERFITTING, "high-floor"): 0.86,
}
"""The most probability of a kind: an accuracy that looks poor may be one of padded texts, or of augmented data."""

MOST_UNSTABLE: Mapping[Verdict, float] = {Verdict.CONVERGED: 0.86, Verdict.UNDERFITTING: 0.87}
UNSTABLE = 0.72
"""The most probability that a verdict gets which changes when the log is cut or thinned: of the two that are often each
other's neighbours (right 26 times in 30 and 16 in 18), and of any other."""


def calibrated(score: float, verdict: Verdict, kind: str = "") -> float:
    """A rule's ``score`` (0..1, 0.5 at its threshold) as the share of right verdicts of that word and score, 0..1."""
    table = TABLES.get(verdict, USUAL)
    value = float(np.interp(score, [a for a, _ in table], [b for _, b in table]))
    return min(value, MOST_OF_KIND.get((verdict, kind), 1.0))


class Weights(Record):
    """Of a logistic regression on the log-odds of ``calibrated`` and of the second opinion, and on the reader's notes."""

    constant: float
    calibrated: float
    opinion: float
    noted: float


WEIGHTS = Weights(constant=1.016, calibrated=0.595, opinion=0.392, noted=-1.053)
"""As ``python -m benchmarks.calibrate`` prints them."""
SUREST = 0.98
"""A probability counts as no more than this, and no less than what is left to 1, before its log-odds are taken."""


def weighed(value: float, opinion: float | None, noted: bool, weights: Weights = WEIGHTS) -> float:
    """The probability that a verdict is right, 0..1.

    ``value`` is what its rule's score says, ``opinion`` the probability of the verdict by the second opinion (None of a
    verdict that it does not know), ``noted`` whether the reader noted something.
    """
    heard = 0.0 if opinion is None else log_odds(opinion)
    odds = weights.constant + weights.calibrated * log_odds(value) + weights.opinion * heard + weights.noted * noted
    return 1.0 / (1.0 + math.exp(-odds))


def log_odds(probability: float) -> float:
    """The logarithm of the odds of a probability, bounded by ``SUREST``."""
    bounded = min(max(probability, 1.0 - SUREST), SUREST)
    return math.log(bounded / (1.0 - bounded))
