"""From paths to jobs: list each root, detect the format of each file, group files to runs, give the runs their ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from types import TracebackType

from loganalyzer.discovery.candidates import find_candidates
from loganalyzer.discovery.detect import DetectionCache, detect_all
from loganalyzer.discovery.group import group_by_run, make_jobs
from loganalyzer.discovery.job import Job
from loganalyzer.discovery.passed_over import Counts
from loganalyzer.discovery.roots import open_tree
from loganalyzer.discovery.run_names import folder_name, grouped, unique, with_reserved_names
from loganalyzer.discovery.together import together
from loganalyzer.discovery.tree import Tree
from loganalyzer.model.record import Record, replace
from loganalyzer.model.run import PassedOver, Unread
from loganalyzer.readers.limits import MAX_FILE_BYTES
from loganalyzer.roles.secrets import unread_without_secrets

MOST_NAMES = 1000
"""So many names are kept of the files that were passed over for one reason and have one ending."""


class Discovery(Record):
    """All jobs, the files to be reported as unread, and counts of the other files not used.

    Closing it removes files fetched from remote roots.
    """

    jobs: tuple[Job, ...]
    unread: tuple[Unread, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    trees: tuple[Tree, ...] = ()

    def fetched(self, jobs: Sequence[Job]) -> tuple[list[Job], list[Unread]]:
        """Fetch the files of jobs; return the jobs with their local files, and the files that could not be fetched."""
        wanted: dict[str, list[str]] = defaultdict(list)
        for job in jobs:
            for part in job.parts:
                wanted[part.root].extend((*part.files, *part.settings))
        failed = {str(tree.base): tree.fetch(wanted[str(tree.base)]) for tree in self.trees}
        ready: list[Job] = []
        unread: list[Unread] = []
        for job in jobs:
            gone = failed.get(job.root)
            if gone:
                unread.extend(unread_without_secrets(gone[f]) for part in job.parts for f in part.files if f in gone)
                left = [replace(part, files=tuple(f for f in part.files if f not in gone)) for part in job.parts]
                left = [part for part in left if part.files]
                if not left:
                    continue
                job = replace(left[0], also=tuple(left[1:]))
            ready.append(job)
        return ready, unread

    def __enter__(self) -> Discovery:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for tree in self.trees:
            tree.close()


def discover(
    paths: Sequence[str],
    *,
    max_bytes: int = MAX_FILE_BYTES,
    follow_links: bool = False,
    cache: DetectionCache | None = None,
    most_names: int | None = MOST_NAMES,
) -> Discovery:
    """Find the runs below ``paths`` (files or folders, or addresses as ``s3://bucket/runs``).

    Only regular files are opened. Links inside a root are read where their target is not read at its own path; links
    that lead out of it only if ``follow_links``.
    Ids are paths relative to the root; they are unique. A file below two of the paths is read once. Files with a
    result in ``cache`` are not opened. Of the files that were passed over, the first ``most_names`` (None: all) of each
    reason and ending are named, the others counted.
    """
    by_root: list[tuple[str, list[Job]]] = []
    unread: list[Unread] = []
    passed_over = Counts(most_names)
    trees: list[Tree] = []
    with ExitStack() as opened:  # on failure or interrupt, removes fetched files
        for path in paths:
            tree = open_tree(path, max_bytes=max_bytes, follow_links=follow_links)
            trees.append(tree)
            opened.callback(tree.close)
            found, failures = _jobs_below(tree, max_bytes, cache, passed_over)
            unread.extend(failures)
            by_root.append((folder_name(tree.base), found))
        opened.pop_all()
    jobs = together(with_reserved_names(grouped(unique(_joined(by_root)))))
    shown = sorted(map(unread_without_secrets, unread), key=lambda u: u.file)
    return Discovery(tuple(jobs), tuple(shown), passed_over.listed(), tuple(trees))


def _jobs_below(
    tree: Tree, max_bytes: int, cache: DetectionCache | None, passed_over: Counts
) -> tuple[list[Job], list[Unread]]:
    """Return the jobs of one root, and the files to be reported as unread."""
    candidates = find_candidates(tree, passed_over)
    detections = detect_all(tree, candidates.files, max_bytes, cache)
    runs, unread = group_by_run(detections, passed_over)
    jobs, copies = make_jobs(tree, runs, candidates.settings, max_bytes)
    used = {path for job in jobs for path in job.settings}
    for path in (path for paths in candidates.settings.values() for path in paths if path not in used):
        passed_over.add_path("settings-of-no-run", path)
    return jobs, [*unread, *candidates.unread, *tree.unread, *copies]


def _joined(by_root: Iterable[tuple[str, Sequence[Job]]]) -> list[Job]:
    """Merge the jobs of all roots, dropping those whose files are all in earlier jobs.

    An id that a job of an earlier root has is prefixed with the name of its own root's folder.
    """
    joined: list[Job] = []
    seen: set[str] = set()
    ids: set[str] = set()
    for folder, jobs in by_root:
        before = len(joined)
        for job in jobs:
            files = {f"{job.source_uri}/{file}" for file in job.files}
            if not files <= seen:
                joined.append(replace(job, run_id=f"{folder}/{job.run_id}") if job.run_id in ids else job)
            seen |= files
        ids.update(job.run_id for job in joined[before:])
    return joined
