"""Fit what a verdict's probability is made of: `python -m benchmarks.calibrate` prints the weights (`WEIGHTS`).

`first_sight.tsv` has the first answers to eleven rounds of logs of strangers (blind_rounds.md; each by the version that had
not seen the round): the verdict, what the tables of `diagnosis/calibration.py` say of its score, its probability by a second
opinion that was fitted without the round, whether the reader noted something, and whether the label accepts the verdict.
Beside them stand generated runs of the tuned families with seeds of their own, which together count `GENERATED` times as much
as the strangers' logs: a clean log of one training is what many users have. Both are fitted by one logistic regression; each
round is judged by weights fitted without it.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.accuracy_lib.judged import accepts
from benchmarks.accuracy_lib.scores import calibration
from benchmarks.synthetic import TUNED
from loganalyzer.diagnosis import verdict
from loganalyzer.diagnosis.calibration import Weights, log_odds, weighed
from loganalyzer.diagnosis.diagnose import diagnose

FIRST_SIGHT = Path(__file__).parent / "first_sight.tsv"
GENERATED = 0.4
SEEDS = range(600, 606)
SURE = 0.9


@dataclass(frozen=True)
class Answer:
    """One verdict: its round ("" for a generated run), what speaks for it, and whether it was right."""

    round: str
    calibrated: float
    opinion: float | None
    noted: bool
    right: bool

    @property
    def heard(self) -> float:
        """The log-odds of the second opinion, 0 where it has none."""
        return 0.0 if self.opinion is None else log_odds(self.opinion)

    def said(self, weights: Weights) -> float:
        """The probability by ``weights``."""
        return weighed(self.calibrated, self.opinion, self.noted, weights)


def first_sight() -> list[Answer]:
    """The first answers to logs of strangers."""
    with FIRST_SIGHT.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Answer(
            row["round"],
            float(row["calibrated"]),
            float(row["opinion"]) if row["opinion"] else None,
            row["noted"] == "1",
            row["right"] == "1",
        )
        for row in rows
    ]


def generated(seeds: range) -> list[Answer]:
    """The same of generated runs."""
    heard: list[tuple[float, float | None, bool]] = []

    def listen(value: float, opinion: float | None, noted: bool) -> float:
        heard.append((value, opinion, noted))
        return weighed(value, opinion, noted)

    shipped, verdict.weighed = verdict.weighed, listen
    answers = []
    for example in (family.make(seed) for family in TUNED for seed in seeds):
        said = diagnose(example.run).verdict
        answers.append(Answer("", *heard[-1], accepts(example.truth.accepted, said.value)))
    verdict.weighed = shipped
    return answers


def fit(strangers: Sequence[Answer], made: Sequence[Answer]) -> Weights:
    """The weights that make what happened most probable."""
    rows = [*strangers, *made]
    x = np.array([[1.0, log_odds(row.calibrated), row.heard, row.noted] for row in rows])
    right = np.array([row.right for row in rows], dtype=float)
    share = np.where(np.arange(len(rows)) < len(strangers), 1.0, GENERATED * len(strangers) / max(1, len(made)))

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = x @ weights
        lost = share @ (np.logaddexp(0, odds) - right * odds)
        return float(lost), x.T @ (share * (1 / (1 + np.exp(-odds)) - right))

    found = minimize(loss, np.zeros(4), jac=True, method="L-BFGS-B").x
    return Weights(*(round(float(value), 3) for value in found))


def line(name: str, rows: Sequence[Answer], say: Callable[[Answer], float]) -> str:
    """What was said and what was right: error over bins of equal mass, Brier score, the sure ones."""
    said, right = np.array([say(row) for row in rows]), np.array([row.right for row in rows], dtype=float)
    sure = said >= SURE
    error = calibration(list(said), [row.right for row in rows])[0]
    return (
        f"| {name} | {len(rows)} | {right.mean():.3f} | {said.mean():.3f} | {error:.3f} | {np.mean((said - right) ** 2):.4f} |"
        f" {int(right[sure].sum())} of {sure.sum()} ({right[sure].mean():.3f}) | {sure.mean():.2f} |"
    )


def main() -> int:
    """Fit, measure with each round left out, print."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    strangers, made = first_sight(), generated(SEEDS)
    together = {name: {"I": "IJ", "J": "IJ"}.get(name, name) for name in {row.round for row in strangers}}
    without = {
        group: fit([row for row in strangers if together[row.round] != group], made) for group in set(together.values())
    }

    def left_out(row: Answer) -> float:
        return row.said(without[together[row.round]])

    print("| logs | verdicts | right | said | error | Brier | right at .9 and more | share of these |\n|" + "---|" * 8)
    print(line("by the tables alone", strangers, lambda row: row.calibrated))
    print(line("weighed, round left out", strangers, left_out))
    for name in sorted(together):
        print(line(f"round {name}", [row for row in strangers if row.round == name], left_out))
    weights = fit(strangers, made)
    print(line("generated", made, lambda row: row.said(weights)))
    print(weights)
    return 0


if __name__ == "__main__":
    sys.exit(main())
