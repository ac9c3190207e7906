"""What a look at the folders costs least: which files are there, and whether they changed since the last look."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from loganalyzer.discovery.tree import LocalTree

Stamp = tuple[int, int, int]
"""Size, time of the last change (ns) and inode of a file."""


def stamps(
    paths: Iterable[str], *, follow_links: bool = False, folders: bool = False, without: Iterable[str] = ()
) -> dict[str, Stamp]:
    """Return the stamps of all files below ``paths`` of this machine, by their whole paths, links resolved; none is opened.

    With ``folders`` those of the folders, too: a folder's changes when anything in it comes or goes, even what is no file.
    ``without`` are whole paths of files and folders that do not count: what is written there is no log.
    """
    found: dict[str, Stamp] = {}
    own = tuple(without)
    inside = tuple(f"{path}{os.sep}" for path in own)
    for path in paths:
        for file in _files(path, follow_links, folders):
            if file in own or file.startswith(inside):
                continue
            try:
                status = os.stat(file)  # noqa: PTH116 -- thousands of them, again and again
            except OSError:
                continue  # it has just gone
            found[file] = (status.st_size, status.st_mtime_ns, status.st_ino)
    return found


def changed(before: Mapping[str, Stamp], now: Mapping[str, Stamp]) -> set[str]:
    """Return the files that came, went or changed."""
    return {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}


def _files(path: str, follow_links: bool, folders: bool) -> Iterator[str]:
    tree = LocalTree(path, follow_links)
    base = str(tree.base)
    if tree.single:
        yield from (f"{base}/{name}" for name in (tree.single, *tree.sidecars_of_file()))
        return
    for folder in tree.folders():
        place = f"{base}/{folder.path}" if folder.path else base
        yield from ([place] if folders else ())
        yield from (f"{place}/{name}" for name in folder.files)
        yield from (os.path.realpath(f"{place}/{name}") for name in folder.links)
