"""Fetch the files of one job in a worker on another machine, which has no access to discovery's files."""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from loganalyzer.discovery.remote.address import file_system, persistent
from loganalyzer.discovery.remote.listing import storable


@contextmanager
def fetched(source_uri: str, paths: Sequence[str]) -> Iterator[Path]:
    """Fetch files of ``source_uri`` to a temporary folder.

    A file that cannot be fetched is missing there, and opening it raises ReadError. Raises UsageError where fsspec or
    its package for this storage is not installed, or the address cannot be opened.
    """
    fs, folder = _file_system(source_uri)
    folder = folder.rstrip("/")
    with tempfile.TemporaryDirectory(prefix="loganalyzer-") as store:
        base = Path(store) / (posixpath.basename(folder) or "root")
        for path in filter(storable, paths):
            target = base / path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                _get(fs, f"{folder}/{path}", target)
            except Exception:  # each storage has its own errors
                target.unlink(missing_ok=True)
        yield base


@lru_cache(maxsize=8)
def _file_system(source_uri: str) -> tuple[Any, str]:
    return file_system(source_uri)


def _get(fs: Any, path: str, target: Path) -> None:
    persistent(lambda: fs.get_file(path, str(target)))
