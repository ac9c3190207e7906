"""Verify the reader of TensorBoard files: every point that tbparse reads must be among those that we read.

tbparse uses TensorBoard's own decoder, which is independent of our framing and templates. It is slow and stops at the
first damage, so it is used only on demand; points that only our reader finds are no fault, points that it misses are.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from loganalyzer.discovery.discover import discover
from loganalyzer.discovery.job import Job
from loganalyzer.discovery.roots import job_files
from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import Record, replace
from loganalyzer.model.run import Note, Unread
from loganalyzer.readers.base import Source
from loganalyzer.readers.tensorboard.event_file import EventFile, read_event_file
from loganalyzer.readers.tensorboard.reader import damage
from loganalyzer.readers.tensorboard.templates import joined

Points = Counter[tuple[str, int, str]]
"""Points by tag, step and value, the value as its shortest decimal (so that NaN equals NaN); equal points counted."""


class Compared(Record):
    """Comparison of one event file.

    ``points`` is our number of points, ``theirs`` that of tbparse (None if it failed, see ``reason``), ``missing`` how many
    of theirs are not among ours: 0, or our reader is wrong; ``example`` names one of them. ``notes`` report damage.
    """

    file: str
    points: int
    theirs: int | None
    missing: int = 0
    example: str = ""
    reason: str = ""
    notes: tuple[Note, ...] = ()


def compare(paths: list[str], max_bytes: int) -> Iterator[Compared | Unread]:
    """Compare every TensorBoard file below ``paths``; all checksums are verified, also those of images."""
    with discover(paths, max_bytes=max_bytes) as found:
        jobs, gone = found.fetched([part for job in found.jobs for part in _alone(job) if part.reader == "tensorboard"])
        yield from gone
        for job in jobs:
            yield from _files(job)


def _alone(job: Job) -> list[Job]:
    return [replace(part, also=()) for part in job.parts]


def _files(job: Job) -> Iterator[Compared | Unread]:
    with job_files(job) as files:
        for path in job.files:
            try:
                yield _compared(files.open(path, job.max_bytes))
            except ReadError as error:
                yield Unread(path, Note(error.code, error.details))


def _compared(source: Source) -> Compared:
    file = read_event_file(source, verify=True)
    ours, notes = _ours(file), tuple(damage(file))
    try:
        theirs = _theirs(source)
    except Exception as error:  # tbparse may fail in any way on a damaged file: report the reason, count no fault
        return Compared(source.path, ours.total(), None, reason=f"{type(error).__name__}: {error}"[:200], notes=notes)
    missing = theirs - ours
    example = next((f"{tag}, step {step}: {value}" for tag, step, value in missing), "")
    return Compared(source.path, ours.total(), theirs.total(), missing.total(), example, notes=notes)


def _ours(file: EventFile) -> Points:
    points: Points = Counter()
    gathered = file.gathered
    for tag in {*gathered.chunks, *gathered.singles}:
        _, steps, _, values = joined([gathered.columns(tag)])
        _count(points, tag.decode("utf-8", "backslashreplace"), steps.tolist(), values.tolist())
    return points


def _theirs(source: Source) -> Points:
    if source.local is None:  # compressed
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "events.out.tfevents"
            path.write_bytes(source.read())
            return _read_by_tbparse(path)
    return _read_by_tbparse(source.local)


def _read_by_tbparse(path: Path) -> Points:
    from tbparse import SummaryReader

    points: Points = Counter()
    chatter = logging.getLogger("tensorboard")
    before = chatter.level
    chatter.setLevel(logging.ERROR)  # it remarks on graphs
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it calls pandas as it was
            reader = SummaryReader(str(path), event_types={"scalars", "tensors"})
            tables = [reader.scalars, reader.tensors]
    finally:
        chatter.setLevel(before)
    for table in tables:
        for tag, rows in table.groupby("tag") if len(table) else ():
            steps, values = rows["step"].tolist(), [np.asarray(value) for value in rows["value"]]
            single = [i for i, value in enumerate(values) if value.size == 1 and value.dtype.kind in "fiu"]
            _count(points, str(tag), [int(steps[i]) for i in single], [float(values[i].item()) for i in single])
    return points


def _count(points: Points, tag: str, steps: list[int], values: list[float]) -> None:
    points.update((tag, step, repr(value)) for step, value in zip(steps, values, strict=True))
