"""Check the paths to analyse."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from loganalyzer.discovery.roots import local_paths
from loganalyzer.model.errors import Message, UsageError, nearest

Paths = str | PathLike[str] | Iterable[str | PathLike[str]]


def existing(paths: Paths) -> tuple[str, ...]:
    """Return one or several paths as strings. Raises UsageError if one of them does not exist on this machine.

    Remote addresses are only listed when they are opened, so they are not checked here.
    """
    listed = [paths] if isinstance(paths, str | PathLike) else list(paths)
    for path in local_paths(map(str, listed)):
        if not Path(path).exists():
            raise UsageError("no such file or folder: {path}{hint}", path=path, hint=_suggestion(Path(path)))
    return tuple(str(path) for path in listed)


def _suggestion(path: Path) -> Message | str:
    """A sibling of a missing path with a similar name, as a "; did you mean ...?" clause; "" if there is none."""
    try:
        siblings = [p.name for p in path.parent.iterdir()]
    except OSError:
        return ""
    close = nearest(path.name, siblings)
    return Message("; did you mean {name}?", {"name": path.parent / close}) if close else ""
