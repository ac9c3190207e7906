"""Folders of logs with a ``labels.tsv``: what people wrote of each log, and what was said of it.

Columns: ``path`` (from the folder, or from ``logs`` in it; ``path#3`` is the third training of a log), ``accept`` (the right
verdicts, the preferred one first), and perhaps ``repository`` (or ``repo``). Lines that begin with ``#`` are comments.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from loganalyzer import Run, load

T = TypeVar("T")


@dataclass(frozen=True)
class Label:
    """What people wrote of one training: its log, which training of it (from 1; 0: any), what is right, its repository."""

    path: str
    which: int
    accepted: tuple[str, ...]
    repository: str


def labels_of(folder: Path) -> list[Label]:
    """The labels of a folder, in their order."""
    with (folder / "labels.tsv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [_label(row) for row in rows if not row["path"].startswith("#")]


def _label(row: Mapping[str, str]) -> Label:
    path = row["path"].strip("/").removeprefix("logs/")
    log, _, number = path.rpartition("#")
    path, which = (log, int(number)) if log and number.isdigit() else (path, 0)
    accepted = tuple(word.strip() for word in row["accept"].split(","))
    return Label(path, which, accepted, row.get("repository") or row.get("repo") or "")


def said_by_place(folder: Path, say: Callable[[Run], T]) -> dict[str, list[T]]:
    """What ``say`` says of every run of a folder, under its files and the folders that they are in."""
    said: dict[str, list[T]] = defaultdict(list)
    for run in load(folder / "logs" if (folder / "logs").is_dir() else folder):
        answer = say(run)
        for place in {str(p) for file in run.files for p in (Path(file), *Path(file).parents)}:
            said[place].append(answer)
    return said


def said_of(label: Label, said: Mapping[str, list[T]]) -> list[T]:
    """What was said of the training that a label is about, or of each one of its log; empty if none was read."""
    answers = said.get(label.path, [])
    return answers[label.which - 1 : label.which] if 0 < label.which <= len(answers) else answers
