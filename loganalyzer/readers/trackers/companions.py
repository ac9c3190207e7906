"""What lies among logs and is none: named, so that it is neither read as a run nor counted as a failure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source

LFS_HEAD = b"version https://git-lfs.github.com/spec/"

_SERVICE_LOG = re.compile(
    r"(?:^|/)(?:wandb/)?(?:(?:offline-)?run-[^/]+/)?(?:logs/)?debug(?:-internal|-core|-cli\.[^/]*)?\.log$"
)
_SETTINGS = re.compile(
    r"(?:^|/)(?:wandb-metadata\.json|wandb-summary\.json|conda-environment\.yaml|requirements\.txt|diff\.patch|"
    r"experiment_state-[^/]*\.json|all_results\.json|dvc\.yaml)$"
)


def detect(source: Source) -> Match:
    """By content where it tells, else by the names that tools give such files."""
    return Match.CERTAIN if _reason(source) else Match.NO


def read(_key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """Say for each file what it is."""
    for source in sources:
        whole = source if source.head else Source(source.path, source.size, source.read()[:4096], source.fetch)
        yield Unread(source.path, Note(_reason(whole) or "no-training-log"), expected=True)


def _reason(source: Source) -> str:
    if source.head.startswith(LFS_HEAD):
        return "lfs-pointer"
    if _SERVICE_LOG.search(source.path):
        return "service-log"
    if _SETTINGS.search(source.path):
        return "settings"
    return ""


READER = Reader("not-logs", "No training log", detect, lambda source: source.path, read)
