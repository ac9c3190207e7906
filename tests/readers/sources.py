"""Sources from bytes, for the tests of readers."""

from __future__ import annotations

from pathlib import Path

from loganalyzer.readers.base import Source


def source(path: str, data: bytes, local: Path | None = None) -> Source:
    """A file of the given content at a path relative to the analysed root."""
    return Source(path, len(data), data[:65_536], lambda: data, frozenset({path.rpartition("/")[2]}), local)
