"""What TensorBoard's page hands out for one tag of one run: "Download CSV" and "Download JSON".

The run and the tag stand in the file's name only (``run-<run>-tag-<tag>.csv``); the files of one run in one folder are one
run. A file that was renamed is what its name or its folder says ("PPO_JumpReward_v2.csv"). Keras' ``train`` and
``validation`` are two runs to TensorBoard and one training.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.late import late
from loganalyzer.model.record import Record
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Floats, Ints, Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.file_names import stem_of
from loganalyzer.readers.common.json_text import documents
from loganalyzer.readers.common.last_number import LINES_ABOVE, is_cut
from loganalyzer.readers.common.log_order import in_order_of_time
from loganalyzer.readers.common.number_lists import as_number
from loganalyzer.readers.common.plain_rows import plain_rows
from loganalyzer.readers.common.quantities import curve_name
from loganalyzer.readers.common.records import clean_name
from loganalyzer.readers.common.sessions import Column, runs_in
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import text_of
from loganalyzer.roles.assign import role_of
from loganalyzer.roles.vocabulary import TEST_WORDS, TRAIN_WORDS, VALIDATION_WORDS

SPLITS = TRAIN_WORDS | VALIDATION_WORDS | TEST_WORDS
LARGEST_STEP = 2**53
Triple = tuple[float, int, float]
_HEADER = re.compile(r'\ufeff?"?wall[ _]time"?,"?step"?,"?value"?[ \t]*(?:[\r\n]|$)', re.IGNORECASE)
_TRIPLES = late(lambda: re.compile(r"\[\s*\[\s*\d{9,11}(?:\.\d{0,20})?\s*,\s*-?\d{1,18}\s*,\s*[-\"\dNI]"))
_NAME = late(lambda: re.compile(r"(?:run[-_])?(?P<run>.{1,200}?)[-_]tag[-_](?P<tag>.{1,200})"))
_COPY = late(lambda: re.compile(r" ?\(\d{1,3}\)$"))
_SPLIT_END = late(lambda: re.compile(r"(?P<run>.{0,200}?)[-_ /\\.]?(?P<split>[A-Za-z]{2,10})"))


class Place(Record):
    """What a file's name says: the run ("" if nothing), the split that the run is of, the name of the series."""

    run: str
    split: str
    tag: str

    @property
    def series(self) -> str:
        """The tag, its split in front where the tag does not say it."""
        said = any(word in SPLITS for word in re.split(r"[_/ .-]", self.tag.lower()))
        return self.tag if not self.split or said else f"{self.split}/{self.tag}"


class Points(Record, eq=False):
    """The points of one file in the order in which they were written; ``bad`` rows hold something else."""

    walls: Floats
    steps: Ints
    values: Floats
    bad: int = 0


def detect(source: Source) -> Match:
    """The header of the CSV, or triples of wall time, step and value."""
    text = source.text_head
    if not text:
        return Match.NO
    return Match.CERTAIN if _HEADER.match(text) or _TRIPLES.match(text.lstrip()) else Match.NO


def key(source: Source) -> str:
    """The folder and the run in the file's name; a file whose name tells no run is one by itself, but for "train_loss"."""
    place = place_of(source.name)
    if place.run:
        run = "" if place.run in (".", "_") else place.run
        return f"{source.folder}/{run}".strip("/") if source.folder else run
    return source.folder if len(source.siblings) > 1 and place.split and _is_known(place.tag) else source.path


def place_of(name: str) -> Place:
    """What the name of an exported file says."""
    stem = _COPY.sub("", stem_of(name))
    found = _NAME.fullmatch(stem)
    if found is None:
        split = next((w for w in re.split(r"[_/ .-]", stem.lower()) if w in SPLITS), "")
        return Place("", split, clean_name(stem))
    run, split = found["run"], ""
    ending = _SPLIT_END.fullmatch(run)
    if ending is not None and ending["split"].lower() in SPLITS:
        run, split = ending["run"] or ".", ending["split"].lower()
    return Place(run, split, clean_name(found["tag"]))


def _series_of(source: Source) -> str:
    """The name of the series in a file: its tag, or what the file or its folder is called after where it says no tag."""
    place = place_of(source.name)
    return place.series if place.run or _is_known(place.tag) else curve_name(source.path) or place.series


def _is_known(name: str) -> bool:
    return role_of(name).quantity is not Quantity.OTHER


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run of all files, or one for each session."""
    tags: dict[str, tuple[Points, str]] = {}
    notes: list[Note] = []
    for source in sorted(sources, key=lambda s: s.path):
        try:
            points = _points(source, notes)
        except ReadError as error:
            yield Unread(source.path, Note(error.code, error.details))
            continue
        name = _series_of(source)
        if name not in tags or not _equal(points, tags[name][0]):
            tags[_free(name, tags)] = points, source.path
    if not tags:
        return
    if not any(map(_is_known, tags)):
        yield Unread(sources[0].path, Note("tag-unknown"))
        return
    files = tuple(path for _, path in tags.values())
    bad = sum(points.bad for points, _ in tags.values())
    if bad:
        notes.append(Note("damaged-records", {"count": bad}, harmful=True))
    columns = {
        name: Column(np.arange(len(points.steps)), points.steps, points.values, points.walls)
        for name, (points, _) in tags.items()
    }
    unit = "epoch" if any(re.search(r"(?:^|/)epoch_", name) for name in columns) else "step"
    yield from runs_in(in_order_of_time(columns), key, files, "tensorboard-export", unit, notes)


def _points(source: Source, notes: list[Note]) -> Points:
    text, replaced = text_of(source.read())
    if replaced:
        notes.append(replaced)
    if text.lstrip().startswith("["):
        rows = _json_rows(text, notes)
    else:
        plain = _plain_points(text)
        if plain is not None:
            return plain
        lines = _lines(text, notes)
        rows = [_triple([cell.strip('" ') for cell in line.split(",")]) for line in within(lines, done=1)]
    good = [row for row in rows if row is not None]
    if not good:
        raise ReadError("no-rows")
    walls, steps, values = zip(*good, strict=True)
    return Points(np.array(walls), np.array(steps, np.int64), np.array(values), len(rows) - len(good))


def _lines(text: str, notes: list[Note]) -> list[str]:
    """The lines below the header of a CSV."""
    lines = [line for line in text.splitlines()[1:] if line.strip()]
    if len(lines) > 1 and not text.endswith(("\n", "\r")) and is_cut(*(r.split(",") for r in lines[-LINES_ABOVE:])):
        notes.append(Note("last-line-unfinished", {"cells": lines.pop().count(",") + 1, "columns": 3}))
    return lines


def _plain_points(text: str) -> Points | None:
    """The points of a CSV of which every line holds three plain numbers; None where any holds something else."""
    rows = plain_rows(text, text.find("\n") + 1, ",", 3)
    if rows is None:
        return None
    walls, steps, values = rows.values.T
    if not (np.isfinite(walls).all() and (np.abs(steps) < LARGEST_STEP).all()):
        return None
    return Points(walls, steps.astype(np.int64), values, 0)


def _json_rows(text: str, notes: list[Note]) -> list[Triple | None]:
    inner = text[text.index("[") + 1 :]
    rows, end = documents(inner)
    if inner[end:].strip() != "]":
        notes.append(Note("json-torn", {"records": len(rows)}, harmful=True))
    return [_triple(row) if isinstance(row, list) else None for row in within(rows, "record")]


def _triple(cells: Sequence[object]) -> Triple | None:
    """Wall time, step and value; the step of a CSV may be written as a decimal."""
    numbers = [as_number(cell) for cell in cells]
    if len(numbers) != 3:
        return None
    wall, step, value = numbers
    if wall is None or step is None or value is None or not np.isfinite(wall) or not abs(step) < LARGEST_STEP:
        return None
    return wall, int(step), value


def _equal(one: Points, two: Points) -> bool:
    return np.array_equal(one.steps, two.steps) and np.array_equal(one.values, two.values, equal_nan=True)


def _free(name: str, taken: dict[str, tuple[Points, str]]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}~{number}", number + 1
    return free


READER = Reader("tensorboard-export", "CSV and JSON from TensorBoard's page", detect, key, read)
