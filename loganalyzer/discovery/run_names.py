"""Make the ids of runs: paths relative to the root, as short as possible and unique."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from loganalyzer.discovery.job import Job
from loganalyzer.model.record import Record, replace
from loganalyzer.readers.common.file_names import GENERIC_STEMS
from loganalyzer.roles.secrets import hidden_path


def folder_name(base: Path) -> str:
    """Return the name of the analysed folder itself."""
    return base.name or "run"


class Keys(Record):
    """Keys of all runs below a root, and the number of runs in each folder."""

    all: frozenset[str]
    per_folder: Mapping[str, int]

    @classmethod
    def of(cls, keys: Iterable[str]) -> Keys:
        """Count the runs of each folder once."""
        listed = list(keys)
        return cls(frozenset(listed), Counter(str(PurePosixPath(key).parent) for key in listed))

    def alone(self, path: PurePosixPath, folder: PurePosixPath) -> bool:
        """Return True if ``path`` is the only run in ``folder``."""
        own = str(path.parent)
        others = self.per_folder[own] - 1 + (self.per_folder.get(str(folder), 0) if str(folder) != own else 0)
        return others == 0 and str(folder) not in self.all and not (str(folder) == "." and "" in self.all)


def job_name(base: Path, key: str, keys: Keys, *, is_file: bool, single: bool, shown: str) -> str:
    """Return the name of the run with ``key`` among all ``keys`` below ``base``.

    A file of a generic name (``metrics.csv``) with the only run of its folder is named after the folder.
    """
    if key in ("", "."):
        return folder_name(base)
    if single or not is_file:
        return shown if single and is_file else key
    path = PurePosixPath(key)
    if path.stem.lower() not in GENERIC_STEMS:
        return shown
    folder = path.parent.parent if path.parent.name.startswith("checkpoint-") else path.parent
    if not keys.alone(path, folder):
        return shown
    return folder_name(base) if str(folder) == "." else str(folder)


def unique(jobs: Sequence[Job]) -> list[Job]:
    """Make names unique and remove secrets: a clash falls back to the file's own path, then to a number."""
    shown = [hidden_path(job.run_id) for job in jobs]
    counts = Counter(shown)
    used: set[str] = set()
    result = []
    for job, own in zip(jobs, shown, strict=True):
        name = own if counts[own] == 1 else hidden_path(job.run_key or job.run_id)
        number, free = 2, name
        while free in used:
            free, number = f"{name}~{number}", number + 1
        used.add(free)
        result.append(replace(job, run_id=free))
    return result


def grouped(jobs: Sequence[Job]) -> list[Job]:
    """Group runs in sibling folders, as candidates for one sweep; ``group`` is their parent folder."""
    above = [str(PurePosixPath(job.run_id).parent) for job in jobs]
    parents = Counter(above)
    return [replace(job, group=parent if parents[parent] > 1 else "") for job, parent in zip(jobs, above, strict=True)]


def with_reserved_names(jobs: Sequence[Job]) -> list[Job]:
    """Give each job the ids of other jobs that its runs must not get."""
    below: dict[str, set[str]] = defaultdict(set)
    for job in jobs:
        for parent in PurePosixPath(job.run_id).parents:
            below[str(parent)].add(job.run_id)
    return [replace(job, reserved_names=frozenset(below.get(job.run_id, ()))) for job in jobs]
