"""Name patterns: which files and folders discovery opens; the lists are in ``readers/common/file_names.py``."""

from __future__ import annotations

from functools import lru_cache

from loganalyzer.readers.common.file_names import (
    ARCHIVES,
    NEVER_LOGS,
    OWN_CACHE,
    PACKED,
    SKIPPED_FOLDERS,
    is_event_file,
    is_log_in_markdown,
    is_tracker_archive,
    suffix,
)
from loganalyzer.readers.registry import declared_suffixes

Kind = tuple[str, str]
"""Of what is passed over: the code of the note that says why, and the ending ("/" for folders)."""


def looks_like_log(path: str) -> bool:
    """Return True if a file's name indicates a log, so that it is reported if it cannot be read."""
    ending = suffix(path)
    return ending in declared_suffixes() or ending == ".gz" or ending in PACKED or is_event_file(path)


def kind_not_opened(name: str) -> Kind | None:
    """Return the reason why a file is not opened, and its suffix; None for one that is."""
    ending = suffix(name)
    is_log = is_event_file(name) or is_tracker_archive(name) or is_log_in_markdown(name)
    if ending in unopened_suffixes() and not is_log:
        return "kind-not-read", ending
    return ("own-cache", ending) if name.startswith(OWN_CACHE) else None


def is_archive_name(path: str) -> bool:
    """Return True for archives in which logs may be packed, except those that a tracker writes for one run."""
    packed = suffix(path) in ARCHIVES or path.lower().endswith(".tar.gz")
    return packed and not is_tracker_archive(path)


@lru_cache(maxsize=1)
def unopened_suffixes() -> frozenset[str]:
    """Return the suffixes of files that are not opened: those that are never logs, except those declared by a reader."""
    return NEVER_LOGS - declared_suffixes()


def is_system_file(name: str) -> bool:
    """Return True for files that macOS adds to folders (on other file systems ``._name`` for each file)."""
    return name.startswith(".") and (name.startswith("._") or name.lower() == ".ds_store")


def is_skipped_folder(name: str) -> bool:
    """Return True for folders of tools."""
    return name in SKIPPED_FOLDERS
