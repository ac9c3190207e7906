"""The synthetic families, judged: verdicts, false alarms, events, calibration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.accuracy_lib import scores
from benchmarks.accuracy_lib.judged import Judged, judge
from benchmarks.synthetic import HELD_OUT, TUNED, Family
from benchmarks.synthetic.clean import LENGTHS, make
from benchmarks.synthetic.noise import COLOURS


def judged(families: Sequence[Family], seeds: range) -> list[Judged]:
    """Every family's runs for ``seeds``."""
    return [judge(family.make(seed)) for family in families for seed in seeds]


def summary(runs: Sequence[Judged]) -> dict[str, Any]:
    """The scores of one set of runs."""
    pairs = scores.pairs_of(runs)
    kinds = [j for j in runs if j.verdict == j.truth.accepted[0] and j.truth.kinds]
    return {
        "runs": len(runs),
        "families": len({j.family for j in runs}),
        "macro_f1": scores.macro_f1(pairs),
        "macro_f1_interval": scores.interval(runs, scores.macro_f1),
        "accepted": scores.accepted(pairs),
        "accepted_interval": scores.interval(runs, scores.accepted),
        "kind_right": sum(j.kind in j.truth.kinds for j in kinds) / max(1, len(kinds)),
        "f1": scores.f1_by_verdict(pairs),
        "confusion": {k: dict(v) for k, v in scores.confusion(runs).items()},
        "by_family": {
            name: scores.accepted(scores.pairs_of([j for j in runs if j.family == name]))
            for name in dict.fromkeys(j.family for j in runs)
        },
        "findings": scores.multilabel(runs),
        "events": scores.localisation(runs),
    }


def sets(per_family: int) -> tuple[list[Judged], list[Judged]]:
    """The runs of the tuned and of the held-out families; seeds from 1000, which nobody developed on."""
    seeds = range(1000, 1000 + per_family)
    return judged(TUNED, seeds), judged(HELD_OUT, seeds)


def clean(per_cell: int, longest_per_cell: int) -> dict[str, dict[str, dict[str, Any]]]:
    """Per length and noise colour: how many healthy runs got a finding of severity warning or worse, and which."""
    table: dict[str, dict[str, dict[str, Any]]] = {}
    for n in LENGTHS:
        table[str(n)] = {}
        for colour in COLOURS:
            count = per_cell if n <= 1000 else longest_per_cell
            answers = [judge(make(n, colour, 1000 + seed)) for seed in range(count)]
            rules = sorted({rule for j in answers for rule in j.alarms})
            table[str(n)][colour] = {
                "runs": count,
                "alarmed": sum(bool(j.alarms) for j in answers),
                "rules": rules,
                "wrong_verdict": sum(not j.right for j in answers),
            }
    return table
