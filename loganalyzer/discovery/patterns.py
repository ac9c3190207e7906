"""Which files and folders discovery looks into, by their names; the lists are in ``readers/common/file_names.py``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from loganalyzer.readers.common.file_names import (
    NEVER_LOGS,
    OWN_CACHE,
    PACKED,
    SKIPPED_FOLDERS,
    is_event_file,
    is_tracker_archive,
    suffix,
)
from loganalyzer.readers.registry import declared_suffixes

Kind = tuple[str, str]
"""Of what is passed over: the code of the note that says why, and the ending ("/" for folders)."""


def looks_like_log(path: str) -> bool:
    """True when a file's name promises a log, so that it is reported if it cannot be read."""
    ending = suffix(path)
    return ending in declared_suffixes() or ending == ".gz" or ending in PACKED or is_event_file(path)


def kind_not_opened(name: str) -> Kind | None:
    """Why a file in a folder is not opened, and its ending; None for one that is."""
    ending = suffix(name)
    if ending in unopened_suffixes() and not is_event_file(name) and not is_tracker_archive(name):
        return "kind-not-read", ending
    return ("own-cache", ending) if name.startswith(OWN_CACHE) else None


@lru_cache(maxsize=1)
def unopened_suffixes() -> frozenset[str]:
    """The endings of files that are not opened: those that are never logs, but for those that a reader declares."""
    return NEVER_LOGS - declared_suffixes()


def is_system_file(name: str) -> bool:
    """True for what macOS leaves siblings files (on foreign disks ``._name`` siblings each)."""
    return name.startswith(".") and (name.startswith("._") or name.lower() == ".ds_store")


def is_skipped_folder(name: str, siblings: Iterable[str]) -> bool:
    """True for folders of tools and for W&B's ``latest-run``, which repeats one of the ``run-*`` folders ``siblings`` it."""
    if name == "latest-run":
        return any(other.startswith(("run-", "offline-run-")) for other in siblings)
    return name in SKIPPED_FOLDERS
