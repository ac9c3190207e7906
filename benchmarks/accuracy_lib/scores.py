"""Scores: macro-F1 with accepted sets, bootstrap by family, calibration, multi-label precision, localisation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.accuracy_lib.judged import Judged, accepts

Pair = tuple[tuple[str, ...], str]
LABELS = (
    "diverging",
    "overfitting",
    "oscillating",
    "plateau",
    "underfitting",
    "non-finite",
    "loss-spikes",
    "over-confidence",
    "constant-loss",
)
"""The findings whose presence or absence a family knows for certain."""


def accepted(pairs: Sequence[Pair]) -> float:
    """The share of answers that are in the accepted set."""
    return sum(accepts(a, v) for a, v in pairs) / max(1, len(pairs))


def f1_by_verdict(pairs: Sequence[Pair]) -> dict[str, float]:
    """F1 per preferred verdict; an answer that is accepted counts for itself, another one against both.

    A verdict that was preferred, but neither missed nor said (another accepted one was said each time), has an F1 of
    0/0 and is left out, as undefined classes are (scikit-learn's ``zero_division=nan``).
    """
    hit, false, missed = Counter[str](), Counter[str](), Counter[str]()
    for wanted, got in pairs:
        if accepts(wanted, got):
            hit[got] += 1
        else:
            missed[wanted[0]] += 1
            false[got] += 1
    counted = {v: 2 * hit[v] + false[v] + missed[v] for v in sorted({a[0] for a, _ in pairs})}
    return {v: 2 * hit[v] / n for v, n in counted.items() if n}


def macro_f1(pairs: Sequence[Pair]) -> float:
    """The mean of the F1 over the preferred verdicts that have one; 1 if none has, for then every answer is accepted."""
    scores = f1_by_verdict(pairs)
    return sum(scores.values()) / len(scores) if scores else float(bool(pairs))


def pairs_of(judged: Sequence[Judged]) -> list[Pair]:
    """What was accepted and what was said."""
    return [(j.truth.accepted, j.verdict) for j in judged]


def interval(
    judged: Sequence[Judged], score: Callable[[Sequence[Pair]], float], draws: int = 400
) -> tuple[float, float]:
    """The 95 % bootstrap interval of ``score``: families are drawn with replacement, then runs within each."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for j in judged:
        groups[j.family].append((j.truth.accepted, j.verdict))
    # a verdict that few families show must not vanish from a draw: families are drawn within their verdict
    strata: dict[str, list[list[Pair]]] = defaultdict(list)
    for group in groups.values():
        strata[group[0][0][0]].append(group)
    rng = np.random.default_rng(0)
    values = []
    for _ in range(draws):
        sample: list[Pair] = []
        for families in strata.values():
            for pick in rng.integers(0, len(families), len(families)):
                family = families[pick]
                sample += [family[i] for i in rng.integers(0, len(family), len(family))]
        values.append(score(sample))
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def multilabel(judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 of each finding that families are certain about, and their micro average.

    A finding that a truth tolerates counts neither way; an accepted verdict that was not preferred is tolerated.
    """
    counts: dict[str, Counter[str]] = {label: Counter() for label in LABELS}
    for j in judged:
        must = set(j.truth.findings)
        free = set(j.truth.tolerated) | set(j.truth.accepted[1:])
        if len(j.truth.accepted) == 1:
            must.add(j.truth.accepted[0])
        else:
            free.add(j.truth.accepted[0])
        for label in LABELS:
            if label in free and label not in must:
                continue
            says = label in j.found
            counts[label][
                "hit" if says and label in must else "false" if says else "missed" if label in must else "clear"
            ] += 1
    counts["all"] = sum(counts.values(), Counter[str]())
    return {label: _precision(c) for label, c in counts.items()}


def _precision(c: Counter[str]) -> dict[str, float]:
    precision = c["hit"] / max(1, c["hit"] + c["false"])
    recall = c["hit"] / max(1, c["hit"] + c["missed"])
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * c["hit"] / max(1, 2 * c["hit"] + c["false"] + c["missed"]),
        "present": c["hit"] + c["missed"],
        "said": c["hit"] + c["false"],
    }


def calibration(
    confidence: Sequence[float], right: Sequence[bool], bins: int = 10
) -> tuple[float, list[dict[str, float]]]:
    """The expected calibration error over equal-mass bins (Naeini et al. 2015; Nguyen & O'Connor 2015)."""
    if not len(confidence):
        return float("nan"), []
    order = np.argsort(np.asarray(confidence), kind="stable")
    said, was = np.asarray(confidence)[order], np.asarray(right, dtype=np.float64)[order]
    rows, error = [], 0.0
    for part in np.array_split(np.arange(len(said)), bins):
        if len(part) == 0:
            continue
        row = {
            "n": len(part),
            "low": float(said[part[0]]),
            "high": float(said[part[-1]]),
            "said": float(said[part].mean()),
            "was": float(was[part].mean()),
        }
        rows.append(row)
        error += len(part) / len(said) * abs(row["said"] - row["was"])
    return error, rows


def localisation(judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """Events that were named within 2 % of the run or 2 evaluations of the truth.

    Counted over the runs whose verdict is right; ``answered`` is the share of these for which a place was named.
    """
    tally: dict[str, Counter[str]] = {k: Counter() for k in ("onset", "best", "spike", "spike precision")}
    for j in judged:
        if not j.right or not j.steps:
            continue
        slack = max(0.02 * (j.steps[1] - j.steps[0]), 2 * _spacing(j))
        if j.truth.onset is not None and j.verdict == "diverging":
            _count(tally["onset"], j.onset is not None, j.onset is not None and _near(j.onset, j.truth.onset, slack))
        if j.truth.best is not None and j.verdict == "overfitting":
            _count(tally["best"], j.best is not None, j.best is not None and _near(j.best, j.truth.best, slack))
        for spike in j.truth.spikes:
            hit = any(first - slack <= spike <= last + slack for first, last in j.spikes)
            _count(tally["spike"], bool(j.spikes), hit)
        if j.truth.spikes:
            for first, last in j.spikes:
                hit = any(first - slack <= spike <= last + slack for spike in j.truth.spikes)
                _count(tally["spike precision"], True, hit)
    return {
        k: {"n": c["n"], "answered": c["answered"] / max(1, c["n"]), "hit": c["hit"] / max(1, c["n"])}
        for k, c in tally.items()
    }


def _count(tally: Counter[str], answered: bool, hit: bool) -> None:
    tally["n"] += 1
    tally["answered"] += answered
    tally["hit"] += hit


def _near(step: int, truth: tuple[int, int], slack: float) -> bool:
    return truth[0] - slack <= step <= truth[1] + slack


def _spacing(j: Judged) -> float:
    return float(np.median(np.diff(j.evaluations))) if len(j.evaluations) > 1 else 0.0


def confusion(judged: Sequence[Judged]) -> dict[str, Counter[str]]:
    """What was said, per preferred verdict."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for j in judged:
        table[j.truth.accepted[0]][j.verdict] += 1
    return dict(sorted(table.items()))
