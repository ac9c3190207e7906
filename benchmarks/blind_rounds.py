"""How the diagnosis does on logs described before it saw them: `python -m benchmarks.blind_rounds --logs DIR [DIR ...]`.

A round is a folder with a `labels.tsv` (columns `path`, `accept`, `repository`; the paths lead from the folder, or from
`logs` in it, and `path#3` is the third training of a log) that people wrote from the logs alone. What was found is kept in
blind_rounds.md, the first judgement of each round beside the later ones: only the first was made blind.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.by_source import SURE, Row, mean_over_sources, sure_line
from loganalyzer import load
from loganalyzer.diagnosis.diagnose import diagnose

COLUMNS = (
    "round",
    "logs",
    "repositories",
    "read",
    "accepted",
    "first",
    "accepted, mean over repositories",
    "sure and wrong",
)


@dataclass(frozen=True)
class Label:
    """What people wrote of one training: its log, which training of it (from 1; 0: any), what is right, its repository."""

    path: str
    which: int
    accepted: tuple[str, ...]
    repository: str


def labels_of(folder: Path) -> list[Label]:
    """The labels of a round."""
    labels = []
    with (folder / "labels.tsv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["path"].startswith("#"):
                continue
            path, _, which = row["path"].strip("/").removeprefix("logs/").rpartition("#")
            path, which = (path, which) if which.isdigit() and path else (f"{path}#{which}" if path else which, "0")
            accepted = tuple(word.strip() for word in row["accept"].split(","))
            labels.append(Label(path, int(which), accepted, row.get("repository") or path.split("/")[0]))
    return labels


def judge(folder: Path) -> list[tuple[Label, Row]]:
    """Every label of a round with what was said; of several trainings of a log the one that agrees best counts, unless
    the label names one."""
    logs = folder / "logs" if (folder / "logs").is_dir() else folder
    said: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for run in load(logs):
        diagnosis = diagnose(run)
        for place in {str(p) for file in run.files for p in (Path(file), *Path(file).parents)}:
            said[place].append((diagnosis.verdict.value, diagnosis.probability))
    judged = []
    for label in labels_of(folder):
        answers = said.get(label.path, [])
        if 0 < label.which <= len(answers):
            answers = answers[label.which - 1 : label.which]
        rows = [Row(folder.name, label.repository, label.accepted, *answer) for answer in answers or [("", 0.0)]]
        judged.append((label, max(rows, key=lambda row: (row.first, row.right))))
    return judged


def summary(name: str, rows: list[Row]) -> str:
    """One line of the table of rounds."""
    read = np.mean([bool(row.given) or "none" in row.accepted for row in rows])
    cells = [
        name,
        str(len(rows)),
        str(len({row.source for row in rows})),
        f"{read:.3f}",
        f"{np.mean([row.right for row in rows]):.3f}",
        f"{np.mean([row.first for row in rows]):.3f}",
        f"{mean_over_sources(rows, lambda row: row.right):.3f}",
        sure_line(rows, [row.probability for row in rows])[1],
    ]
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=Path, nargs="+", required=True, metavar="DIR", help="the folders of the rounds")
    parser.add_argument("--wrong", action="store_true", help="list what is not among the accepted verdicts")
    parser.add_argument("--labels", action="store_true", help="list all labels as a table in Markdown")
    options = parser.parse_args()
    for folder in options.logs:
        if not (folder / "labels.tsv").is_file():
            parser.error(f"no labels.tsv in {folder}")
    rounds = {folder.name: judge(folder) for folder in options.logs}
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for name, judged in rounds.items():
        print(summary(name, [row for _, row in judged]))
    for name, judged in rounds.items():
        for label, row in judged:
            place = f"{label.path}#{label.which}" if label.which else label.path
            if options.labels:
                print(f"| {name} | {place} | {', '.join(label.accepted)} |")
            elif options.wrong and not row.right:
                sure = " (sure)" if row.probability >= SURE else ""
                print(f"{name}  {place}  {','.join(label.accepted)}  {row.given or 'none'}{sure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
