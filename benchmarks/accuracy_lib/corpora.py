"""The labelled corpora, and the direction of the learning-rate advice on the one that varies the rate."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.accuracy_lib import scores
from benchmarks.accuracy_lib.judged import Judged, note
from benchmarks.synthetic.family import Example, Truth
from loganalyzer import load
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.run import Run

ORIGINS = {
    "deepobs": "DeepOBS baselines (github.com/fsschneider/DeepOBS_Baselines, 3da285abf978, MIT): 4 problems x 3"
    " optimizers x learning rates 1e-5 to 1e2; labels by intervention: ten times and more above or below the"
    " tuned rate, NaN",
    "algoperf": "AlgoPerf (github.com/mlcommons/submissions_algorithms, 12c8e4ea93dc, Apache-2.0); labels by the"
    " official metric and target",
}
TOO_HIGH, TOO_LOW = "learning-rate-too-high", "learning-rate-too-low"


def labels(folder: Path) -> dict[str, tuple[str, ...]]:
    """Accepted verdicts by path."""
    with (folder / "labels.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {r["path"]: tuple(r["accept"].split(",")) for r in rows if not r["path"].startswith("#")}


def examples(folder: Path) -> list[Example]:
    """The labelled runs of a corpus; the family is the problem (with its optimizer) that the run belongs to."""
    wanted = labels(folder)
    runs: dict[str, Run] = {}
    for run in load(folder):
        for file in run.files:
            runs.setdefault(file, run)
    found = []
    for path, accepted in sorted(wanted.items()):
        if path in runs:
            family = re.sub(r"__(lr|trial|study).*|\.csv$", "", path)
            found.append(Example(runs[path], Truth(accepted), family))
    return found


def judged(folder: Path) -> tuple[list[Judged], list[tuple[str, str, Judged]], int]:
    """All runs judged; with path and family for the advice; and how many labelled files gave no run."""
    answers, rows = [], []
    cases = examples(folder)
    for example in cases:
        answer = note(example, diagnose(example.run))
        answers.append(answer)
        rows.append((example.run.files[0], example.family, answer))
    return answers, rows, len(labels(folder)) - len(cases)


def summary(answers: list[Judged], unread: int) -> dict[str, Any]:
    """The scores of one corpus; a file that gave no run counts as wrong."""
    pairs = scores.pairs_of(answers) + [(("unread",), "")] * unread
    return {
        "runs": len(answers) + unread,
        "unread": unread,
        "accepted": scores.accepted(pairs),
        "accepted_interval": scores.interval(answers, scores.accepted),
        "macro_f1": scores.macro_f1(scores.pairs_of(answers)),
        "confusion": {k: dict(v) for k, v in scores.confusion(answers).items()},
    }


def advice(rows: list[tuple[str, str, Judged]]) -> dict[str, Any]:
    """Runs ten times or more off the tuned rate: does the advice point the right way, and how often is there any?

    The tuned rate of a problem and optimizer is that of its runs labelled ``converged`` first.
    """
    rates: dict[str, list[tuple[float, Judged]]] = defaultdict(list)
    for path, family, answer in rows:
        match = re.search(r"__lr([0-9.e+-]+?)__", path)
        if match:
            rates[family].append((float(match.group(1)), answer))
    tally = {
        "off": 0,
        "answered": 0,
        "right": 0,
        "both": 0,
        "high_off": 0,
        "high_answered": 0,
        "low_off": 0,
        "low_answered": 0,
        "tuned": 0,
        "tuned_advised": 0,
    }
    for runs in rates.values():
        tuned = sorted({rate for rate, a in runs if a.truth.accepted[0] == "converged"})
        if not tuned:
            continue
        for rate, answer in runs:
            high, low = TOO_HIGH in answer.found, TOO_LOW in answer.found
            if tuned[0] / 9.99 < rate < tuned[-1] * 9.99:
                tally["tuned"] += tuned[0] * 0.999 <= rate <= tuned[-1] * 1.001
                tally["tuned_advised"] += (high or low) and tuned[0] * 0.999 <= rate <= tuned[-1] * 1.001
                continue
            side = "high" if rate > tuned[-1] else "low"
            tally["off"] += 1
            tally[f"{side}_off"] += 1
            tally["both"] += high and low
            if high != low:
                tally["answered"] += 1
                tally[f"{side}_answered"] += 1
                tally["right"] += high == (side == "high")
    return {
        **tally,
        "answered_share": tally["answered"] / max(1, tally["off"]),
        "right_share": tally["right"] / max(1, tally["answered"]),
    }
