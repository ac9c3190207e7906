"""From the score of a rule to the probability that its verdict is right on a log that nobody here has seen.

Measured on six rounds of logs of other people (554 runs), each at its first judgement (benchmarks/blind_rounds.md): what a
word is worth there differs far more between the words than between their scores. Overfitting, once found, is right 29
times in 30, a run cut short 61 times in 67 (whatever the score), a settled one 192 times in 203; a plateau that only noise
speaks for three times in four, a blow-up half of the time: there the log was often not what it looked like (sessions read
as one, returns that swing, a few batches). On generated curves, whose labels are certain, nearly all of these are right;
the tables lie between.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

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
