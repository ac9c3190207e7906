"""Real logs with labels, read and compared with what ``referee`` counts: a section of ``formats.md``."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.referee import counted
from loganalyzer import load
from loganalyzer.model.run import Run

NO_LOG = "none"
PRINTED = frozenset({"text-log", "wandb"})
"""Readers of printed text, in which a name may be part of a longer one."""


@dataclass
class Group:
    """Runs that share files: the names of their series, and the files."""

    runs: list[Run] = field(default_factory=list)
    files: set[str] = field(default_factory=set)


def section(root: Path) -> list[str]:
    """What was read of the labelled logs below ``root``, and which series differ from the independent count."""
    with (root / "labels.tsv").open(encoding="utf-8", newline="") as file:
        labels = {row["path"].rstrip("/"): row["accept"].split(",") for row in csv.DictReader(file, delimiter="\t")}
    runs = load(root)
    logs = [path for path, accepted in labels.items() if NO_LOG not in accepted]
    others = [path for path, accepted in labels.items() if accepted == [NO_LOG]]
    unread = [path for path in logs if not any(_belongs(run, path) for run in runs)]
    false = [path for path in others if any(_belongs(run, path) for run in runs)]
    equal, compared, uncounted, lines = 0, 0, 0, []
    for group in _groups(runs):
        read = Counter({n: 0 for run in group.runs for n in run.series})
        for run in group.runs:
            read.update({name: len(series) for name, series in run.series.items()})
        wanted = _by_tail(read) if group.runs[0].reader in PRINTED else read
        each = [counted(root / name, wanted) for name in sorted(group.files)]
        differing = []
        for name, points in sorted(wanted.items()):
            found = [own[name] for own in each if name in own]
            if not found:
                uncounted += 1
                continue
            compared += 1
            fits = points in (sum(found), max(found))
            equal += fits
            if not fits:
                differing.append(f"{name} {points:,} of {sum(found):,}")
        if differing:
            more = f" and {len(differing) - 4} more" if len(differing) > 4 else ""
            lines.append(f"- {min(group.files)} ({group.runs[0].reader}): {', '.join(differing[:4])}{more}")
    return [
        "## Labelled logs, counted independently",
        "",
        "Event files are counted by TensorBoard's loader (different steps), tables by `csv` (cells that are numbers), JSON by"
        " `json`, printed text by how often a series' name stands before a number, together with the longer names that end in"
        " it (`loss` with `test/loss`); of a training that two files tell, one of them. A difference is a place to look at, not"
        " yet a fault.",
        "",
        f"- logs read: {len(logs) - len(unread)} of {len(logs)}",
        f"- files that are no logs, taken for runs: {len(false)} of {len(others)}",
        f"- series with as many points as counted: {equal:,} of {compared:,}; not countable this way: {uncounted:,}",
        *(f"- not read: {path}" for path in unread),
        *(f"- taken for a run: {path}" for path in false),
        "",
        "Points read, of values counted, where they differ:",
        "",
        *sorted(lines),
        "",
    ]


def _tail(name: str) -> str:
    """The name without the data set that the reader put in front of it."""
    return re.sub(r"^(?:train|val|test)/", "", name)


def _by_tail(read: Counter[str]) -> dict[str, int]:
    """The points of the series that end in each name, where a printed text holds them under that name."""
    tails = {_tail(name) for name in read}
    return {
        tail: sum(n for name, n in read.items() if re.search(rf"(?<!\w){re.escape(tail)}$", name, re.IGNORECASE))
        for tail in tails
    }


def _belongs(run: Run, path: str) -> bool:
    return run.id.partition("#")[0] == path or any(f == path or f.startswith(f"{path}/") for f in run.files)


def _groups(runs: list[Run]) -> list[Group]:
    groups: list[Group] = []
    for run in runs:
        own = Group([run], set(run.files))
        for other in [group for group in groups if group.files & own.files]:
            groups.remove(other)
            own.runs += other.runs
            own.files |= other.files
        groups.append(own)
    return groups
