"""The files of one run, as they travel to whoever reads them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """The files of one run (or of one file with several), and who reads them; small, so that it travels.

    ``name`` is the run's identity, ``taken`` are the names of other jobs below it, ``settings`` the files
    beside it that hold hyper-parameters, ``size`` the bytes of all files. ``root`` is where the files are read,
    ``origin`` where they are from: the same, but for a remote root.
    """

    root: str
    reader: str
    key: str
    files: tuple[str, ...]
    name: str = ""
    group: str = ""
    max_bytes: int = 2 * 2**30
    size: int = 0
    settings: tuple[str, ...] = ()
    taken: frozenset[str] = frozenset()
    origin: str = ""
