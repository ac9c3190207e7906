"""Databases of strangers: opened read-only and never written to, with work in line with their size."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from loganalyzer.model.errors import ReadError
from loganalyzer.readers.base import Source

SMALLEST_ROW = 8
"""No row takes fewer bytes (https://www.sqlite.org/fileformat2.html, 2.3); a damaged tree gives one page again and again."""
STEPS_A_BYTE = 4
LONGEST_VALUE = 1_000_000
_COMPUTED = 2  # of table_xinfo's column "hidden"


@contextmanager
def opened(source: Source) -> Iterator[sqlite3.Connection]:
    """A connection to the database in a file. Raises ReadError "bad-database" for whatever fails within."""
    try:
        with _place(source) as place, closing(_open(place)) as connection:
            if source.local is None:
                data = bytearray(source.read())
                data[18:20] = b"\x01\x01"  # a copy in memory has no write-ahead log beside it
                connection.deserialize(bytes(data))
            _bound(connection, stored_bytes(source))
            yield connection
    except (sqlite3.Error, OverflowError, ValueError, TypeError, MemoryError) as error:
        raise ReadError("bad-database", reason=str(error)[:100] or type(error).__name__) from error


def real_tables(connection: sqlite3.Connection) -> set[str]:
    """The tables that are stored, not made up by a module when they are read."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type='table' AND rootpage > 0")
    return {str(row[0]) for row in found}


def columns(connection: sqlite3.Connection, table: str) -> set[str]:
    """The columns of a table; none where one is computed when read: by any function, and one call may cost a gigabyte."""
    rows = list(connection.execute("SELECT * FROM pragma_table_xinfo(?)", (table,)))
    return set() if any(row[6] == _COMPUTED for row in rows) else {str(row[1]) for row in rows}


def stored_bytes(source: Source) -> int:
    """The bytes of a database and of the write-ahead log beside it."""
    log = _write_ahead_log(source)
    return source.size + (log.stat().st_size if log is not None else 0)


def _write_ahead_log(source: Source) -> Path | None:
    """The log of changes that are not in the database file yet, if there are any."""
    if source.local is None:
        return None
    log = source.local.with_name(f"{source.local.name}-wal")
    return log if log.is_file() and not log.is_symlink() and log.stat().st_size else None


@contextmanager
def _place(source: Source) -> Iterator[str]:
    """What to open: the file as it stands or, with a write-ahead log, a copy of both, since reading it writes beside it."""
    log = _write_ahead_log(source)
    if source.local is None:
        yield ""
    elif log is None:
        yield f"file:{quote(str(source.local.absolute()))}?mode=ro&immutable=1"
    else:
        with TemporaryDirectory(prefix="loganalyzer-") as folder:
            copy = Path(folder, "copy.db")
            copy.write_bytes(source.read())
            shutil.copyfile(log, f"{copy}-wal")
            yield f"file:{quote(str(copy))}?mode=rw"


def _open(place: str) -> sqlite3.Connection:
    return sqlite3.connect(place, uri=True) if place else sqlite3.connect(":memory:")


def _bound(connection: sqlite3.Connection, size: int) -> None:
    """What SQLite advises for files of strangers (https://www.sqlite.org/security.html)."""
    left = [100 + STEPS_A_BYTE * size // 10_000]

    def stop() -> int:
        left[0] -= 1
        return left[0] <= 0

    connection.set_progress_handler(stop, 10_000)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    for setting in ("query_only=ON", "trusted_schema=OFF", "cell_size_check=ON"):
        connection.execute(f"PRAGMA {setting}")
