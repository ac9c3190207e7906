"""One SQLite file that several processes may read and write at once; a damaged one is deleted and built again."""

from __future__ import annotations

import contextlib
import hashlib
import time
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganalyzer.model.errors import UsageError

if TYPE_CHECKING:
    import sqlite3

FILE = "loganalyzer-cache.sqlite3"
FORMAT = 1
WAIT_SECONDS = 30.0
BUFFER_ROWS, BUFFER_BYTES = 512, 8 * 2**20
DAY = 86_400
FORGOTTEN_DAYS, NOTED_DAYS = 90, 7
"""A row is dropped if no analysis used it for so many days; its use is recorded at most every so many days."""
_TABLES = """
CREATE TABLE IF NOT EXISTS rows (
    id BLOB PRIMARY KEY, stamp BLOB NOT NULL, used INTEGER NOT NULL, full INTEGER NOT NULL,
    sum BLOB NOT NULL, data BLOB NOT NULL, curves BLOB
);
CREATE INDEX IF NOT EXISTS rows_used ON rows (used);
"""


class Store:
    """Rows by id, each with the stamp of its input.

    Write-ahead logging lets readers go on while one process writes; the others wait their turn. Rows carry a checksum,
    since a torn page may still look valid. Raises UsageError when the folder cannot be used at all; later
    failures (a full disk) cost cached rows, never the analysis.
    """

    def __init__(self, folder: str | PathLike[str]) -> None:
        self._path = Path(folder) / FILE
        self._today = int(time.time() // DAY)
        self._connection: sqlite3.Connection | None = None
        self._buffer: dict[bytes, tuple[Any, ...]] = {}
        self._bytes = 0
        self._used: list[bytes] = []
        self._off = False
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise UsageError(
                "cannot use {folder} as a cache: {reason}", folder=self._path.parent, reason=error.strerror
            ) from error
        if not self._opened():
            raise UsageError("cannot use {folder} as a cache: no file can be written there", folder=self._path.parent)

    def has(self, key: bytes, stamp: bytes, *, full: bool) -> bool:
        """Return True if there is a row with that stamp (and with curves, if ``full``)."""
        row = self._one("SELECT stamp, full FROM rows WHERE id=?", key)
        return row is not None and row[0] == stamp and (bool(row[1]) or not full)

    def get(self, key: bytes, stamp: bytes, *, full: bool) -> tuple[bytes, bytes | None] | None:
        """Return the row's data and curves (None unless ``full``); None if missing, damaged, or with another stamp."""
        row = self._one("SELECT stamp, used, sum, data, curves FROM rows WHERE id=?", key)
        if row is None or row[0] != stamp:
            return None
        used, checksum, data, curves = row[1:]
        whole = isinstance(used, int) and isinstance(data, bytes) and isinstance(curves, bytes | None)
        if not whole or _sum(key, stamp, data, curves) != checksum:
            self._rebuild()  # rows that are written into a damaged file may be lost again, without an error
            return None
        if used < self._today - NOTED_DAYS:
            self._used.append(key)
        return data, curves if full else None

    def put(self, key: bytes, stamp: bytes, data: bytes, curves: bytes | None = None, *, full: bool = True) -> None:
        """Store a row, replacing an older one of that id; rows are written by the hundreds."""
        if self._off:
            return
        self._buffer[key] = (key, stamp, self._today, int(full), _sum(key, stamp, data, curves), data, curves)
        self._bytes += len(data) + len(curves or b"")
        if len(self._buffer) >= BUFFER_ROWS or self._bytes >= BUFFER_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write pending rows in one short transaction."""
        rows, self._buffer, self._bytes = list(self._buffer.values()), {}, 0
        used, self._used = self._used, []
        if (rows or used) and not self._off:
            self._write(rows, used)

    def close(self) -> None:
        """Write pending rows and close the file; it is reopened on demand."""
        self.flush()
        self._let_go()

    def forget_old(self) -> None:
        """Delete the rows that were not used for three months."""
        import sqlite3

        if self._opened() and self._connection is not None:
            with contextlib.suppress(sqlite3.Error), self._connection as db:
                db.execute("DELETE FROM rows WHERE used < ?", (self._today - FORGOTTEN_DAYS,))

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _one(self, query: str, key: bytes) -> Any:
        import sqlite3

        if not self._opened() or self._connection is None:
            return None
        try:
            return self._connection.execute(query, (key,)).fetchone()
        except sqlite3.DatabaseError as error:
            if not _circumstance(error):
                self._rebuild()
            return None

    def _write(self, rows: list[tuple[Any, ...]], used: list[bytes]) -> None:
        import sqlite3

        for _ in range(2):
            if not self._opened() or self._connection is None:
                return
            try:
                with self._connection as db:
                    db.execute("BEGIN IMMEDIATE")
                    db.executemany("INSERT OR REPLACE INTO rows VALUES (?,?,?,?,?,?,?)", rows)
                    db.executemany("UPDATE rows SET used=? WHERE id=?", ((self._today, key) for key in used))
                return
            except sqlite3.DatabaseError as error:
                if _circumstance(error):
                    self._off = True
                    return
                self._rebuild()

    def _opened(self) -> bool:
        if self._connection is not None:
            return True
        if self._off:
            return False
        import sqlite3

        for _ in range(2):
            try:
                db = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
            except sqlite3.OperationalError:
                break
            try:
                self._prepare(db)
                self._connection = db
                return True
            except sqlite3.DatabaseError as error:
                db.close()
                if _circumstance(error):
                    break
                self._remove()
        self._off = True
        return False

    def _prepare(self, db: sqlite3.Connection) -> None:
        import sqlite3

        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")  # a power cut costs the last rows, not the file
        db.execute("PRAGMA trusted_schema=OFF")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, FORMAT):
            raise sqlite3.DatabaseError("another format")
        if version == 0:
            db.executescript(_TABLES)
            db.execute(f"PRAGMA user_version={FORMAT}")
        db.execute("SELECT stamp, used, full, sum, data, curves FROM rows LIMIT 1").fetchone()

    def _rebuild(self) -> None:
        self._let_go()
        self._remove()

    def _remove(self) -> None:
        # the log before the database: a log that outlived its database would be replayed into the next one
        for ending in ("-wal", "-shm", ""):
            with contextlib.suppress(OSError):
                self._path.with_name(self._path.name + ending).unlink()


def _circumstance(error: sqlite3.DatabaseError) -> bool:
    """Return True if the file itself is intact: it was locked for too long, the disk is full, the folder is read-only."""
    import sqlite3

    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    return code in {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM,
    }  # fmt: skip


def _sum(key: bytes, stamp: bytes, data: bytes, curves: bytes | None) -> bytes:
    digest = hashlib.blake2b(key + stamp, digest_size=16)
    digest.update(len(data).to_bytes(8, "little"))
    digest.update(data)
    digest.update(curves or b"")
    return digest.digest()
