"""Where a page comes from: what was analysed, when, at which commit, by which command; and links to the logs."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from loganalyzer.messages import Lang, listed
from loganalyzer.model.record import Record
from loganalyzer.roles.secrets import hidden, hidden_path


class Origin(Record):
    """What the head of a page shows beside the folder's name; everything may be unknown.

    ``command`` is the command line without secrets. ``folders`` are the local folders that were analysed, and ``beside``
    is the folder of the page, which links to logs are relative to; without it nothing is linked.
    """

    time: datetime.datetime | None = None
    command: str = ""
    commit: str = ""
    branch: str = ""
    folders: tuple[Path, ...] = ()
    beside: Path | None = None

    def link(self, file: str) -> str:
        """Return the address of a run's file from the page, escaped for an URL.

        "" if it is not on this machine, or if there is a secret in the way.
        """
        if self.beside is None:
            return ""
        places = [folder / file for folder in self.folders]
        found = places if len(places) == 1 else [place for place in places if place.exists()]
        return _address(found[0], self.beside) if found else ""


def _address(place: Path, beside: Path) -> str:
    try:
        way = Path(os.path.relpath(place, beside)).as_posix()
    except ValueError:  # on another drive
        return ""
    return quote(way) if hidden_path(way) == way else ""


def folder_title(roots: Sequence[str], lang: Lang) -> str:
    """Return the names of the analysed files and folders: "my_runs", "night-1, night-2"."""
    return listed([hidden(_last_name(root)) for root in roots], lang)


def _last_name(root: str) -> str:
    name = root.rstrip("/\\").replace("\\", "/").rpartition("/")[2]
    return Path(root).resolve().name if name in ("", ".", "..") else name
