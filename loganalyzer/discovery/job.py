"""The files of one run, as discovery finds them and as they are sent to the worker that reads them."""

from __future__ import annotations

from dataclasses import dataclass

from loganalyzer.readers.base import MAX_FILE_BYTES

RunKey = tuple[str, str]
"""A run before it has an id: the id of its reader, and the key that the reader gave it."""


@dataclass(frozen=True)
class LogFile:
    """A file that a reader knows: its path and size (bytes) as readers see it, ``stored`` its path with ``.gz``."""

    path: str
    size: int
    stored: str

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The path of the folder, "" for the root."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True)
class Job:
    """The files of one run (or of one file with several), and who reads them; small, so that it travels.

    ``run_key`` is what the reader calls the run, ``run_id`` what it is called in the report, ``reserved_names`` the ids
    of other jobs below it, ``settings`` the files beside it that hold hyper-parameters, ``size`` the bytes of all files.
    ``also`` are jobs of other readers whose files may be of the same training; ``size`` is then that of all.
    ``root`` is where the files are read, ``source_uri`` where they are from: the same, but for a remote root.
    """

    root: str
    reader: str
    run_key: str
    files: tuple[str, ...]
    run_id: str = ""
    group: str = ""
    max_bytes: int = MAX_FILE_BYTES
    size: int = 0
    settings: tuple[str, ...] = ()
    reserved_names: frozenset[str] = frozenset()
    source_uri: str = ""
    also: tuple[Job, ...] = ()

    @property
    def parts(self) -> tuple[Job, ...]:
        """The job itself and those that are read with it."""
        return (self, *self.also)
