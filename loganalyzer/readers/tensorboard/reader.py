"""TensorBoard event files: every scalar point of every file of a folder.

A run is a folder. Keras writes ``train/`` and ``validation/`` below it, CatBoost ``learn/`` and ``test/``,
``SummaryWriter.add_scalars`` a folder for each line, ``add_hparams`` one named by the time: they belong to the folder
above them. Several files of one folder are sessions, in the order of their start: of one training, or of several.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Detail, Note, Run, Series, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.different import different
from loganalyzer.readers.common.sessions import Column, Training, numbered, trainings
from loganalyzer.readers.tensorboard.event_file import EventFile, read_event_file
from loganalyzer.readers.tensorboard.hparams import hyperparameters
from loganalyzer.readers.tensorboard.sessions import start as _start
from loganalyzer.readers.tensorboard.sessions import writers
from loganalyzer.readers.tensorboard.templates import joined
from loganalyzer.readers.tensorboard.tfrecord import HEADER, LengthCheck
from loganalyzer.readers.tensorboard.wire import WireError, parse

SPLITS = frozenset(
    {"train", "training", "learn", "validation", "valid", "val", "dev", "eval", "evaluation", "test", "testing"}
)
_HPARAMS_FOLDER = re.compile(r"\d{9,11}\.\d+")
_WALL_TIME_FIELD = 0x09
MOST_PLACES = 2**40
"""Places of records in all files of a run count on from file to file, each file having so many."""


def detect(source: Source) -> Match:
    """Sure when the first record's header holds and its payload begins as an event does, or the name says so."""
    head = source.head
    if head.startswith(b"version https://git-lfs"):
        return Match.NO
    named = "tfevents" in source.name and source.size > 0
    if len(head) <= HEADER:
        return Match.MAYBE if named else Match.NO
    right = LengthCheck().ok(int.from_bytes(head[:8], "little"), int.from_bytes(head[8:12], "little"))
    if right and (named or head[HEADER] == _WALL_TIME_FIELD):
        return Match.CERTAIN
    return Match.CERTAIN if named and source.text_head is None else Match.NO


def key(source: Source) -> str:
    """The folder of the run: the file's own, or the one above when the file's folder is a part of a run."""
    folder = PurePosixPath(source.folder)
    if not folder.name:
        return ""
    if folder.name.lower() in SPLITS or _HPARAMS_FOLDER.fullmatch(folder.name) or _line_of(source):
        return "" if str(folder.parent) == "." else str(folder.parent)
    return str(folder)


def _line_of(source: Source) -> str:
    """The series name of a folder written by ``add_scalars``: it is called ``<tag>_<line>`` and holds only that tag."""
    at, head = 0, source.head
    folder = PurePosixPath(source.folder).name
    for _ in range(4):
        length = int.from_bytes(head[at : at + 8], "little")
        payload = head[at + HEADER : at + HEADER + length]
        if not payload or len(payload) < length:
            return ""
        try:
            scalars = parse(payload).scalars
        except WireError:
            return ""
        if scalars:
            tag = _text(scalars[0].tag)
            stem = tag.replace("/", "_") + "_"
            return f"{tag}/{folder[len(stem) :]}" if tag and folder.startswith(stem) and len(folder) > len(stem) else ""
        at += HEADER + length + 4
    return ""


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run of all files, or one for each training that began anew; a file without scalars is no run."""
    files: list[EventFile] = []
    for source in sources:
        try:
            files.append(read_event_file(source))
        except ReadError as error:
            yield Unread(source.path, Note(error.code, error.details))
    if len({source.folder for source in sources}) == 1:
        lanes = writers(sorted(files, key=_start))
        if len(lanes) > 1:
            for lane in lanes:
                yield from _runs(
                    key, f"{key}/{lane[0].source.name}".lstrip("/"), lane, Note("two-writers", {"count": len(lanes)})
                )
            return
    yield from _runs(key, key, files)


def _runs(key: str, run_id: str, files: Sequence[EventFile], *said: Note) -> Iterator[Run | Unread]:
    """The trainings in ``files``, one after the other; all tags of all folders go back together."""
    ordered = sorted(files, key=_start)
    columns, by_time = _columns(key, ordered)
    if not columns:
        for file in files:
            wrong = [Note("no-records")] if file.source.size and not file.gathered.records else damage(file)
            yield Unread(file.source.path, wrong[0] if wrong else Note("no-scalars"), expected=not wrong)
        return
    found = trainings(columns)
    for number, training in enumerate(found, 1):
        own = ordered if len(found) == 1 else _files_in(ordered, columns, training)
        numbered_id, told = numbered(run_id, number, len(found), "one-of-sessions")
        notes = [*said, *(note for file in files if file in own for note in damage(file)), *training.notes, *told]
        if by_time:
            notes.append(Note("steps-missing", {"count": by_time}))
        attachments = [
            attachment for file in own for _, attachment in sorted(file.gathered.attachments, key=lambda one: one[0])
        ]
        yield Run(
            id=numbered_id,
            files=tuple(sorted(file.source.path for file in own)),
            reader="tensorboard",
            series=training.series,
            hyperparameters=hyperparameters(attachments),
            notes=tuple(notes),
            step_unit=_unit(training.series),
            restarts=training.restarts,
        )


def _files_in(ordered: Sequence[EventFile], columns: Mapping[str, Column], training: Training) -> list[EventFile]:
    """The files that hold points of a training."""
    parts = [column.between(training.start, training.stop).rows for column in columns.values()]
    ranks = {rank for rows in parts for rank in different(rows // MOST_PLACES).tolist()}
    return [file for rank, file in enumerate(ordered) if rank in ranks]


def _columns(key: str, ordered: Sequence[EventFile]) -> tuple[dict[str, Column], int]:
    """The points of each tag of each folder over all sessions, and how many of the longest tag had no step."""
    folders: dict[str, list[tuple[int, EventFile]]] = {}
    for rank, file in enumerate(ordered):
        folders.setdefault(file.source.folder, []).append((rank, file))
    columns: dict[str, Column] = {}
    by_time = 0
    for folder in sorted(folders):
        sessions = folders[folder]
        for tag in sorted({t for _, f in sessions for t in (*f.gathered.chunks, *f.gathered.singles)}):
            parts = [
                (places + rank * MOST_PLACES, steps, walls, values)
                for rank, f in sessions
                if tag in f.gathered.chunks or tag in f.gathered.singles
                for places, steps, walls, values in [f.gathered.columns(tag)]
            ]
            rows, steps, walls, values = joined(parts)
            if not len(steps):
                continue
            if len(steps) > 2 and bool(np.all(steps == steps[0])):  # nothing counted: the order of writing is left
                by_time = max(by_time, len(steps))
                steps = np.arange(len(steps), dtype=np.int64)
            columns[_unique(_name(key, sessions[0][1].source, tag), columns)] = Column(rows, steps, values, walls)
    return columns, by_time


def _name(key: str, source: Source, tag: bytes) -> str:
    name = _text(tag) or "unnamed"
    if source.folder in ("", key):
        return name
    inside = str(PurePosixPath(source.folder).relative_to(key or "."))
    if inside == "." or _HPARAMS_FOLDER.fullmatch(inside):
        return name
    stem = name.replace("/", "_") + "_"
    if inside.lower() not in SPLITS and inside.startswith(stem):
        return f"{name}/{inside[len(stem) :]}"
    return f"{inside}/{name}"


def _unique(name: str, taken: Container[str]) -> str:
    number, candidate = 2, name
    while candidate in taken:
        candidate, number = f"{name}~{number}", number + 1
    return candidate


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def damage(file: EventFile) -> list[Note]:
    """What was wrong with a file, as notes."""
    where: dict[str, Detail] = {"file": file.source.name}
    notes = []
    if file.gathered.bad:
        first = min(place for place, _ in file.gathered.bad)
        notes.append(Note("corrupt-records", {**where, "count": len(file.gathered.bad), "first": first}, harmful=True))
    if file.lost:
        notes.append(Note("bytes-lost", {**where, "count": file.lost, "first": file.lost_at}, harmful=True))
    if file.shrank:
        size = file.source.size
        notes.append(Note("file-shrank", {"expected": size, "found": size - file.shrank}, harmful=True))
    if file.torn:
        notes.append(Note("torn-tail", {**where, "count": file.torn}))
    if file.zeros:
        notes.append(Note("zero-tail", {**where, "count": file.zeros}))
    return notes


def _unit(series: dict[str, Series]) -> str:
    names = {name: name.rstrip("/").rpartition("/")[2] for name in series}
    if any(name.startswith("epoch_") for name in names.values()):
        return "epoch"
    for name, one in series.items():
        if names[name].lower() == "epoch":
            return "epoch" if bool(np.all(np.abs(one.values - one.steps) <= 1)) else "step"
    longest = max((int(one.steps[-1]) for one in series.values() if len(one)), default=0)
    return "step" if longest > 10_000 or any("iteration" in name for name in names.values()) else ""


READER = Reader("tensorboard", "TensorBoard event files", detect, key, read)
