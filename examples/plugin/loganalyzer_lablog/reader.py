"""LABLOG: the first line is ``LABLOG 1``, each further line an epoch, the name of a series and its value.

LABLOG 1
1 train_loss 0.92
1 val_loss 0.97
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from loganalyzer.model.run import Note, Run, Unread, make_series
from loganalyzer.readers.base import Match, Reader, Source

MAGIC = "LABLOG 1\n"
LARGEST_STEP = 2**53


def detect(source: Source) -> Match:
    """By the first line; the head is all that may be looked at."""
    return Match.CERTAIN if source.text_head is not None and source.text_head.startswith(MAGIC) else Match.NO


def key(source: Source) -> str:
    """Each file is a run."""
    return source.path


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run: a series for each name. A line that cannot be read costs only itself."""
    points: dict[str, list[tuple[int, float]]] = defaultdict(list)
    damaged = 0
    text = sources[0].read().decode("utf-8", "replace")
    lines = text.removeprefix(MAGIC).splitlines(keepends=True)
    for line in lines:
        try:
            step, name, value = line.split()
            point = int(step), float(value)
            # a last line without its end is still being written: its number may be cut
            if abs(point[0]) < LARGEST_STEP and line.endswith("\n"):
                points[name].append(point)
        except ValueError:
            damaged += bool(line.strip())
    if not points:
        yield Unread(key, Note("no-numbers"))
        return
    series = {}
    for name, rows in points.items():
        steps = np.array([step for step, _ in rows], dtype=np.int64)
        series[name] = make_series(name, steps, np.array([value for _, value in rows]))[0]
    notes = (Note("damaged-records", {"count": damaged}, harmful=True),) if damaged else ()
    yield Run(key, (key,), READER.id, series, notes=notes, step_unit="epoch")


READER = Reader("lablog", "LABLOG files", detect, key, read, suffixes=(".lablog",))
