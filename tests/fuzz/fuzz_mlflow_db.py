"""MLflow's SQLite store: good databases with places written over, and bytes as they are; on disk and in memory."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.trackers.mlflow_db import READER
from tests.fuzz.checks import of_pieces, pieces, reading, scratch

NAME = "a/mlflow.db"
_TABLES = """
PRAGMA page_size={page}; PRAGMA encoding='{encoding}';
CREATE TABLE params (key VARCHAR, value VARCHAR, run_uuid VARCHAR);
CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT, step BIGINT, is_nan BOOLEAN{keys}){end};
INSERT INTO params VALUES ('lr', '0.5', 'aa');
"""


@cache
def databases() -> tuple[bytes, ...]:
    """Small pages and few of them, so that a change hits something."""
    plain, primary = ("", ""), (", PRIMARY KEY (run_uuid, key, step)", " WITHOUT ROWID")
    kinds = [(512, "UTF-8", *plain), (512, "UTF-16le", *plain), (512, "UTF-8", *primary), (4096, "UTF-8", *plain)]
    return tuple(_database(*kind, count) for kind in kinds for count in (3, 40))


def seeds() -> list[bytes]:
    """Each database with a few bytes written over at each of its pages' begins, and one as it is."""
    changed = [bytes((n,)) + of_pieces(_edits(one)) for n, one in enumerate(databases())]
    unchanged = [bytes((n,)) for n in range(len(databases()))]
    return [*unchanged, *changed, b"\xff" + databases()[0]]


def _edits(database: bytes) -> list[bytes]:
    """A place and what is written there: the last bytes of some pages, which are part of the first rows."""
    places = range(1024 - 9, len(database), 1024)
    return [place.to_bytes(3, "little") + database[place : place + 2] for place in places]


def _database(page: int, encoding: str, keys: str, end: str, count: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "m.db")
        connection = sqlite3.connect(path)
        connection.executescript(_TABLES.format(page=page, encoding=encoding, keys=keys, end=end))
        rows = [("loss", 9 / (n + 1), 1000 * n, run, n, n == count) for run in ("aa", "bb") for n in range(count)]
        connection.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.execute("CREATE INDEX of_runs ON metrics (run_uuid)")
        connection.commit()
        connection.close()
        return path.read_bytes()


def read(data: bytes) -> Iterator[Run | Unread]:
    """The runs in it, read twice; the file must be left as it is."""
    content = _file(data)
    path = scratch() / "mlflow.db"
    path.write_bytes(content)
    with suppress(ReadError):
        yield from reading(READER, NAME, content, path)
    assert path.read_bytes() == content and [p.name for p in path.parent.glob("mlflow.db*")] == [path.name]
    yield from reading(READER, NAME, content)


def _file(data: bytes) -> bytes:
    """The database that the first byte names, written over by the pieces; above 127 the rest as it is."""
    if data[:1] >= b"\x80":
        return data[1:]
    content = bytearray(databases()[data[0] % len(databases()) if data else 0])
    for cut, part in pieces(data[1:]):
        at = int.from_bytes(part[:3], "little") % len(content)
        content[at : at + len(part) - 3] = part[3:]
        if cut and at > 100:
            del content[at:]
    return bytes(content)
