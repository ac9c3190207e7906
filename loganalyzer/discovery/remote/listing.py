"""One recursive listing of a remote root, converted to folders as from a local walk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from loganalyzer.discovery.patterns import is_skipped_folder, is_system_file
from loganalyzer.discovery.remote.address import failure, persistent
from loganalyzer.discovery.walk import Folder
from loganalyzer.model.record import Record

_ETAGS = ("ETag", "etag", "md5Hash", "blob_id", "content_md5")
_TIMES = ("LastModified", "last_modified", "mtime", "updated", "modified", "created")
LONGEST_NAME = 255


class Remote(Record):
    """One object: its size in bytes and its version (etag, else time; "" if the storage has none)."""

    size: int
    version: str

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> Remote:
        """Convert fsspec's info of an object; its keys differ by storage."""
        version = next((str(info[k]) for k in (*_ETAGS, *_TIMES) if info.get(k)), "")
        return cls(int(info.get("size") or 0), version.strip('"'))


def listed(fs: Any, path: str, url: str) -> dict[str, Remote]:
    """List all objects at and below ``path``, relative to it; "" is the key of ``path`` itself where it is one object.

    One listing, at any depth of folders. Raises UsageError if there is nothing.
    """
    top = path.rstrip("/")
    try:
        found = persistent(lambda: fs.find(path, detail=True))
    except Exception as error:
        raise failure(url, error) from None
    below = f"{top}/" if top else ""
    objects: dict[str, Remote] = {}
    for name, info in found.items():
        if name.endswith("/") or info.get("type", "file") != "file":
            continue  # placeholders of some tools for folders
        if name == top:
            objects[""] = Remote.of(info)
        elif name.startswith(below):
            objects[name[len(below) :]] = Remote.of(info)
    if not objects:
        raise failure(url, FileNotFoundError())
    return objects


def folders(paths: Mapping[str, Remote]) -> Iterator[Folder]:
    """Yield the folders of the paths: the root first, then depth first by name, without skipped ones."""
    files: dict[str, list[str]] = defaultdict(list)
    below: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        folder, _, name = path.rpartition("/")
        files[folder].append(name)
        while folder:
            parent, _, own = folder.rpartition("/")
            if own in below[parent]:
                break
            below[parent].add(own)
            folder = parent
    stack = [""]
    while stack:
        folder = stack.pop()
        inner, names = sorted(below.get(folder, ())), sorted(files.get(folder, ()))
        skipped = [name for name in inner if is_skipped_folder(name)]
        system = [name for name in names if is_system_file(name)]
        stack.extend(f"{folder}/{name}" if folder else name for name in reversed(inner) if name not in skipped)
        passed_over = [*((f"{n}/", "folder-not-searched") for n in skipped), *((n, "system-file") for n in system)]
        yield Folder(folder, tuple(n for n in names if n not in system), tuple(passed_over))


def storable(path: str) -> bool:
    """Return True if a local file can have that path: no empty parts, no ``..``, no NUL, not too long."""
    parts = path.split("/")
    return not any(p in ("", ".", "..") or "\0" in p or len(p.encode("utf-8", "replace")) > LONGEST_NAME for p in parts)
