"""How the diagnosis does on sources of its own: `python -m benchmarks.by_source --corpus DIR` writes by_source.md.

DIR holds labelled corpora (folders with a `labels.tsv`). A source is a repository, problem or workload; each has one
vote, however many runs it has. What is fitted to labels (the map from a score to a probability) is refitted without the
source, or without the corpus, that is measured. Rules and limits are not: they were written with some of the runs in
view, so what counts is the corpora that nobody looked at.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.accuracy_lib.judged import accepts
from benchmarks.labelled_logs import Label, labels_of, said_by_place, said_of
from loganalyzer import Run
from loganalyzer.diagnosis.diagnose import diagnose

SURE = 0.9
BANDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)


@dataclass(frozen=True)
class Row:
    """One labelled log and what was said of it; ``given`` is "" for one of which no run was read."""

    corpus: str
    source: str
    accepted: tuple[str, ...]
    given: str
    probability: float

    @property
    def right(self) -> bool:
        """Whether the verdict is among the accepted ones."""
        return accepts(self.accepted, self.given or "none")

    @property
    def first(self) -> bool:
        """Whether it is the preferred one."""
        return (self.given or "none") == self.accepted[0]


def source_of(path: str, repository: str) -> str:
    """The repository that the labels name; else the problem or workload in the file's name; else its leading letters."""
    if "/" in repository:
        return repository
    parts = path.split("__")
    if len(parts) > 4:
        return "_".join(parts[4].split("_")[:2])
    if len(parts) > 1:
        return parts[0]
    return (re.match(r"[A-Za-z_-]+", path) or re.match(".*", path))[0]  # type: ignore[index]


def verdict_of(run: Run) -> tuple[str, float]:
    """The verdict of a run and its probability."""
    diagnosis = diagnose(run)
    return diagnosis.verdict.value, diagnosis.probability


def best_row(corpus: str, source: str, label: Label, said: Mapping[str, list[tuple[str, float]]]) -> Row:
    """One labelled log and what was said of it; of several runs of a log the one that agrees best with its label."""
    answers = said_of(label, said) or [("", 0.0)]
    return max((Row(corpus, source, label.accepted, *answer) for answer in answers), key=lambda r: (r.first, r.right))


def rows_of(folder: Path) -> list[Row]:
    """All labelled logs of one corpus."""
    said = said_by_place(folder, verdict_of)
    return [best_row(folder.name, source_of(label.path, label.repository), label, said) for label in labels_of(folder)]


def mean_over_sources(rows: Iterable[Row], of: Callable[[Row], bool]) -> float:
    """The mean over the sources of the share of their rows of which ``of`` holds."""
    shares: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in rows:
        shares[row.corpus, row.source].append(of(row))
    return float(np.mean([np.mean(v) for v in shares.values()])) if shares else float("nan")


def isotonic(scores: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float, float]]:
    """Steps of the isotonic fit: lowest score, highest score, share right (smoothed by one count on either side)."""
    order = np.argsort(scores, kind="stable")
    steps: list[list[float]] = []  # low, high, n, right
    for i in order:
        steps.append([scores[i], scores[i], 1.0, float(right[i])])
        while len(steps) > 1 and steps[-2][3] / steps[-2][2] >= steps[-1][3] / steps[-1][2]:
            low, _, n, hits = steps.pop(-2)
            steps[-1] = [low, steps[-1][1], steps[-1][2] + n, steps[-1][3] + hits]
    return [(low, high, (hits + 1) / (n + 2)) for low, high, n, hits in steps]


def refitted(rows: Sequence[Row], left_out: Callable[[Row], str]) -> list[float]:
    """Of each row the probability by a fit to the rows of the other groups (``left_out`` names a row's group)."""
    fits = {}
    for group in {left_out(row) for row in rows}:
        others = [row for row in rows if left_out(row) != group and row.given]
        steps = isotonic([r.probability for r in others], [r.right for r in others])
        places = [x for low, high, _ in steps for x in (low, high)]
        fits[group] = places, [share for *_, share in steps for _ in range(2)]
    return [float(np.interp(row.probability, *fits[left_out(row)])) if row.given else 0.0 for row in rows]


def sure_line(rows: Sequence[Row], probabilities: Sequence[float]) -> tuple[str, str]:
    """The share of the verdicts that are sure (``SURE`` or more), and the share of these that are wrong."""
    sure = [row for row, p in zip(rows, probabilities, strict=True) if p >= SURE and row.given]
    wrong = sum(not row.right for row in sure)
    share = len(sure) / max(1, len(rows))
    return f"{share:.2f}", f"{wrong / len(sure):.3f} ({wrong} of {len(sure)})" if sure else "–"


def curve(rows: Sequence[Row]) -> list[str]:
    """The learning curve: Brier score on sources left out, by how many sources the probability is fitted to."""
    groups = sorted({(r.corpus, r.source) for r in rows})
    rng, lines = np.random.default_rng(0), []
    for count in (2, 4, 8, 16, 32):
        if count >= len(groups):
            break
        errors = []
        for _ in range(20):
            chosen = {groups[i] for i in rng.permutation(len(groups))[:count]}
            seen = [r for r in rows if (r.corpus, r.source) in chosen and r.given]
            rest = [r for r in rows if (r.corpus, r.source) not in chosen and r.given]
            if not seen or not rest:
                continue
            steps = isotonic([r.probability for r in seen], [r.right for r in seen])
            places, shares = [x for a, b, _ in steps for x in (a, b)], [s for *_, s in steps for _ in range(2)]
            errors.append(np.mean([(np.interp(r.probability, places, shares) - r.right) ** 2 for r in rest]))
        lines.append(f"| {count} | {np.mean(errors):.4f} |")
    return lines


def page(corpora: dict[str, list[Row]]) -> str:
    """The page in Markdown."""
    everything = [row for rows in corpora.values() for row in rows]
    by_source = dict(zip(map(id, everything), refitted(everything, lambda r: f"{r.corpus}/{r.source}"), strict=True))
    by_corpus = dict(zip(map(id, everything), refitted(everything, lambda r: r.corpus), strict=True))
    lines = [
        "# How often the diagnosis is right, one vote a source", "",
        "Made by `python -m benchmarks.by_source --corpus DIR`. *accepted*: the verdict is among those that the label"
        " accepts; *first*: it is the one the label prefers. *sure*: the share of the logs whose verdict has a probability"
        f" of {SURE} or more; *sure and wrong*: the share of these that are wrong, as shipped, and with the probability"
        " refitted to all other sources and to all other corpora.", "",
        "| corpus | logs | sources | accepted | first | accepted, mean over sources | first, mean over sources | sure"
        " | sure and wrong | without the source | without the corpus |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, rows in [*corpora.items(), ("all", everything)]:
        share, wrong = sure_line(rows, [r.probability for r in rows])
        refits = [sure_line(rows, [known[id(r)] for r in rows])[1] for known in (by_source, by_corpus)]
        lines.append(
            f"| {name} | {len(rows)} | {len({(r.corpus, r.source) for r in rows})} |"
            f" {np.mean([r.right for r in rows]):.3f} | {np.mean([r.first for r in rows]):.3f} |"
            f" {mean_over_sources(rows, lambda r: r.right):.3f} | {mean_over_sources(rows, lambda r: r.first):.3f} |"
            f" {share} | {wrong} | {refits[0]} | {refits[1]} |"
        )
    lines += ["", "## Probability against truth", "", "| corpus | stated | logs | right |", "|---|---|---|---|"]
    for name, rows in corpora.items():
        for low, high in pairwise(BANDS):
            band = [r for r in rows if r.given and low <= r.probability < high]
            if band:
                right = np.mean([r.right for r in band])
                lines.append(f"| {name} | {low:g}–{min(high, 1.0):g} | {len(band)} | {right:.3f} |")
    lines += [
        "",
        "## Learning curve of the probability",
        "",
        "| sources fitted to | Brier score on the others |",
        "|---|---|",
    ]
    return "\n".join([*lines, *curve(everything)]) + "\n"


def main() -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=os.environ.get("LOGANALYZER_CORPUS"), required=False)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "by_source.md")
    options = parser.parse_args()
    if options.corpus is None or not Path(options.corpus).is_dir():
        parser.error("give the folder of the labelled corpora with --corpus")
    folders = sorted(path.parent for path in Path(options.corpus).glob("*/labels.tsv"))
    text = page({folder.name: rows_of(folder) for folder in folders})
    options.out.write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
