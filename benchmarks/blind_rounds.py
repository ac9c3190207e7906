"""How the diagnosis does on logs described before it saw them: `python -m benchmarks.blind_rounds --logs DIR [DIR ...]`.

A round is a folder with a `labels.tsv` (columns `path`, `accept`, `repository`; the paths lead from the folder, or from
`logs` in it, and `path#3` is the third training of a log) that people wrote from the logs alone. What was found is kept in
blind_rounds.md, the first judgement of each round beside the later ones: only the first was made blind.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from benchmarks.by_source import SURE, Row, best_row, mean_over_sources, sure_line, verdict_of
from benchmarks.labelled_logs import Label, labels_of, said_by_place

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


def judge(folder: Path) -> list[tuple[Label, Row]]:
    """Every label of a round with what was said; of several trainings of a log the one that agrees best counts, unless
    the label names one."""
    said = said_by_place(folder, verdict_of)
    labels = labels_of(folder)
    sources = (label.repository or label.path.split("/")[0] for label in labels)
    return [(label, best_row(folder.name, source, label, said)) for label, source in zip(labels, sources, strict=True)]


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
