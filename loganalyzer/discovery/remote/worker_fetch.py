"""A worker on another machine has none of what discovery fetched: it gets the files of its own job itself."""

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
def at_hand(origin: str, root: str, places: Sequence[str]) -> Iterator[str]:
    """The folder below which the files of ``origin`` are: ``root`` where it is, else one that goes afterwards.

    A file that cannot be had is not there; who opens it says so. Raises UsageError where fsspec or its part for this
    storage is not installed, or the address cannot be opened.
    """
    if Path(root).is_dir():
        yield root
        return
    fs, path = _file_system(origin)
    with tempfile.TemporaryDirectory(prefix="loganalyzer-") as folder:
        base = Path(folder) / (posixpath.basename(path.rstrip("/")) or "root")
        for place in filter(storable, places):
            target = base / place
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                _get(fs, f"{path.rstrip('/')}/{place}", target)
            except Exception:  # each storage has its own errors
                target.unlink(missing_ok=True)
        yield str(base)


@lru_cache(maxsize=8)
def _file_system(origin: str) -> tuple[Any, str]:
    return file_system(origin)


def _get(fs: Any, path: str, target: Path) -> None:
    persistent(lambda: fs.get_file(path, str(target)))
