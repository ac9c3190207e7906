"""A job: the files of one run, as found by discovery and sent to the worker that reads them."""

from __future__ import annotations

from pathlib import PurePath

from loganalyzer.model.record import Record
from loganalyzer.readers.limits import MAX_FILE_BYTES

RunKey = tuple[str, str]
"""A run before it has an id: the id of its reader, and the key that the reader gave it."""


class LogFile(Record):
    """A detected file: its path and size (bytes) as seen by readers; ``stored`` is its path with ``.gz``."""

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


class Job(Record):
    """The files of one run (or a file with several runs), and their reader; small, as it is sent to workers.

    ``run_key`` is the reader's key of the run, ``run_id`` its id in the report, ``reserved_names`` the ids of other jobs
    below it, ``settings`` its files with hyper-parameters, ``size`` the bytes of all files. ``also`` are jobs of other
    readers whose files may be of the same training; ``size`` is then that of all. ``root`` is the local folder to read
    from, ``source_uri`` the origin: different only for a remote root. ``follow_links`` lets links lead out of ``root``.
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
    follow_links: bool = False
    also: tuple[Job, ...] = ()

    @property
    def folder_name(self) -> str:
        """The name of the folder that was given, without its path; of a remote one as its address has it."""
        return PurePath(self.source_uri.rstrip("/") or self.root).name

    @property
    def parts(self) -> tuple[Job, ...]:
        """The job itself and those that are read with it."""
        return (self, *self.also)
