"""Logs in the wild: is every one read, whole, and is nothing else taken for a run?

``python -m benchmarks.formats CORPUS [LABELLED] [SMALL]`` reads a folder of real logs (public repositories, MIT or
Apache-2.0; their list is ``CORPUS/MANIFEST.tsv``) and compares with ``tests/readers/formats_expected.toml``: each run
with its points and its curves, each file that holds none with the reason. Of a folder of ``LABELLED`` logs
(``labels.tsv``) every series is compared with an independent count; ``SMALL`` inputs with ``formats_small.toml``. Writes
``benchmarks/formats.md``; exit code 1 if anything in ``CORPUS`` differs.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import formats_counted, formats_small
from loganalyzer.discovery.discover import discover
from loganalyzer.model.run import Run
from loganalyzer.pipeline.read_job import read_job

HERE = Path(__file__).parent
EXPECTED = HERE.parent / "tests" / "readers" / "formats_expected.toml"


@dataclass
class Outcome:
    """What was read below a folder: runs by id, reasons by file."""

    runs: dict[str, Run] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    failures: set[str] = field(default_factory=set)


def read_corpus(root: Path) -> Outcome:
    """Read everything below ``root`` as the command line does."""
    outcome = Outcome()
    found = discover([str(root)])
    unread = list(found.unread)
    for job in found.jobs:
        runs, left = read_job(job)
        unread.extend(left)
        outcome.runs.update((run.id, run) for run in runs)
    for item in unread:
        outcome.unread[item.file] = item.note.code
        if not item.expected:
            outcome.failures.add(item.file)
    return outcome


def differences(outcome: Outcome, expected: Mapping[str, Any]) -> list[str]:
    """One line for each thing that is not as expected; none when all is."""
    lines = []
    for name, wanted in expected["runs"].items():
        run = outcome.runs.get(name)
        if run is None:
            lines.append(f"not read: {name} ({wanted['points']} points)")
            continue
        if run.points != wanted["points"]:
            lines.append(f"points: {name}: {run.points}, expected {wanted['points']}")
        for curve, length in wanted["curves"].items():
            got = len(run.series[curve]) if curve in run.series else 0
            if got != length:
                lines.append(f"curve: {name}: {curve} has {got} points, expected {length}")
    lines += [f"not expected as a run: {name}" for name in sorted(outcome.runs.keys() - expected["runs"].keys())]
    for file, code in expected["unread"].items():
        if outcome.unread.get(file) != code:
            lines.append(f"reason: {file}: {outcome.unread.get(file, 'none')}, expected {code}")
    lines += [f"not read: {f} ({outcome.unread[f]})" for f in sorted(outcome.unread.keys() - expected["unread"].keys())]
    return lines


def report(outcome: Outcome, expected: Mapping[str, Any], wrong: list[str], files: int) -> str:
    """The page ``formats.md``."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for name, wanted in expected["runs"].items():
        row, run = rows[name.partition("/")[0]], outcome.runs.get(name)
        row["runs"] += 1
        row["points"] += wanted["points"]
        row["read"] += run is not None
        row["got"] += run.points if run is not None else 0
    for name in outcome.runs.keys() - expected["runs"].keys():
        rows[name.partition("/")[0]]["false"] += 1
    for file in expected["unread"]:
        rows[file.partition("/")[0]]["none"] += 1
    lines = [
        "# Logs in the wild",
        "",
        f"{files} files of public repositories (MIT, Apache-2.0) in their own folders, read by `python -m benchmarks.formats"
        " CORPUS`. Expected runs, points and curves: `tests/readers/formats_expected.toml`; counted independently where an"
        " independent reader exists (event files: TensorBoard's loader; CSV: cells that are numbers; printed text: lines).",
        "",
        "| family | runs | read | points | read | files without a curve, told so | taken for a run by mistake |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    total: Counter[str] = Counter()
    for family, row in sorted(rows.items()):
        total.update(row)
        lines.append(_row(family, row))
    lines.append(_row("all", total))
    lines += ["", f"Differences: {len(wrong)}", *(f"- {line}" for line in wrong), ""]
    return "\n".join(lines)


def _row(name: str, row: Mapping[str, int]) -> str:
    cells = (row["runs"], row["read"], row["points"], row["got"], row["none"], row["false"])
    return f"| {name} | " + " | ".join(f"{c:,}" for c in cells) + " |"


def main(arguments: list[str]) -> int:
    """Compare and write the page."""
    if len(arguments) not in (1, 2, 3):
        print("usage: python -m benchmarks.formats CORPUS [LABELLED] [SMALL]", file=sys.stderr)
        return 2
    root = Path(arguments[0])
    expected = tomllib.loads(EXPECTED.read_text(encoding="utf-8"))
    outcome = read_corpus(root)
    wrong = differences(outcome, expected)
    files = sum(p.is_file() for p in root.rglob("*"))
    page = report(outcome, expected, wrong, files)
    for section, folder in zip((formats_counted.section, formats_small.section), arguments[1:], strict=False):
        page += "\n" + "\n".join(section(Path(folder)))
    (HERE / "formats.md").write_text(page, encoding="utf-8")
    print(page)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
