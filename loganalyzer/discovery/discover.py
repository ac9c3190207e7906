"""Which files make which run: ask every reader about every file, group, name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Protocol

from loganalyzer.discovery.detect import PACKED, Detection, detect
from loganalyzer.discovery.duplicates import without_copies
from loganalyzer.discovery.job import Job
from loganalyzer.discovery.remote.address import is_remote
from loganalyzer.discovery.run_names import Keys, folder_name, grouped, job_name, unique
from loganalyzer.discovery.sidecars import SIDECAR_NAMES
from loganalyzer.discovery.tree import LocalTree, Tree
from loganalyzer.discovery.walk import Folder, suffix
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Note, Unread
from loganalyzer.readers.base import Source

NEVER_LOGS = frozenset(
    {
        ".pt", ".pth", ".ckpt", ".h5", ".hdf5", ".keras", ".safetensors", ".onnx", ".bin", ".pb", ".tflite", ".index",
        ".png", ".jpg", ".jpeg", ".gif", ".svg", ".pdf", ".mp4", ".webp", ".bmp", ".tif", ".tiff", ".py", ".pyc",
        ".ipynb", ".md", ".rst", ".sh", ".html", ".css", ".js", ".zip", ".tar", ".tgz", ".7z", ".rar", ".so", ".o",
        ".whl", ".parquet", ".arrow", ".feather", ".lock", ".c", ".cpp", ".h", ".cu", ".java", ".rs", ".go",
        ".xml", ".tex", ".bib", ".wav", ".mp3", ".ttf", ".exe", ".dll", ".doc", ".docx", ".xlsx", ".pptx", ".proto",
        ".pbtxt", ".gv", ".dot", ".toml", ".ini", ".cfg", ".ds_store",
    }
)  # fmt: skip


OWN_CACHE = "loganalyzer-cache."


@dataclass(frozen=True)
class Discovery:
    """All jobs, and the files that no reader takes. What remote roots hold on this machine goes when it is closed."""

    jobs: tuple[Job, ...]
    unread: tuple[Unread, ...] = ()
    trees: tuple[Tree, ...] = ()

    def fetched(self, jobs: Sequence[Job]) -> tuple[list[Job], list[Unread]]:
        """The jobs with the files that are on this machine now, and those that could not be fetched."""
        wanted: dict[str, list[str]] = defaultdict(list)
        for job in jobs:
            wanted[job.root].extend((*job.files, *(s for s in job.settings if not s.endswith(".toml"))))
        failed = {str(tree.base): tree.fetch(wanted[str(tree.base)]) for tree in self.trees}
        ready: list[Job] = []
        unread: list[Unread] = []
        for job in jobs:
            gone = failed.get(job.root)
            if gone:
                unread.extend(gone[f] for f in job.files if f in gone)
                job = replace(job, files=tuple(f for f in job.files if f not in gone))
            if job.files:
                ready.append(job)
        return ready, unread

    def __enter__(self) -> Discovery:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for tree in self.trees:
            tree.close()


class DetectionCache(Protocol):
    """What files turned out to be in an earlier analysis."""

    def recall(
        self, tree: Tree, place: str, siblings: frozenset[str], max_bytes: int, *, asked_for: bool
    ) -> Detection | None:
        """What is known of a file that did not change since."""

    def remember(
        self, tree: Tree, place: str, siblings: frozenset[str], max_bytes: int, found: Detection, *, asked_for: bool
    ) -> None:
        """Keep it for the next time."""


@dataclass
class _Found:
    """What is gathered below one root: the sources of each run, the real paths of those that were unpacked, and the
    settings files of each folder."""

    tree: Tree
    max_bytes: int
    memory: DetectionCache | None = None
    claims: dict[tuple[str, str], list[Source]] = field(default_factory=lambda: defaultdict(list))
    unpacked: dict[str, str] = field(default_factory=dict)
    settings: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unread: list[Unread] = field(default_factory=list)

    @property
    def base(self) -> Path:
        """The folder of the files on this machine."""
        return self.tree.base


def discover(
    paths: Sequence[str],
    *,
    max_bytes: int = 2 * 2**30,
    follow_links: bool = False,
    memory: DetectionCache | None = None,
) -> Discovery:
    """Find the runs below ``paths`` (files or folders, or addresses as ``s3://bucket/runs``).

    Only regular files are opened. Links are not followed unless ``follow_links``, and never out of the root.
    Identities are paths relative to the root; they are unique. A file below two of the paths is read once. Files that
    ``memory`` knows are not opened.
    """
    jobs: list[Job] = []
    unread: list[Unread] = []
    seen: set[str] = set()
    trees: list[Tree] = []
    with ExitStack() as opened:  # what was fetched until a failure or an interrupt goes
        for path in paths:
            tree = open_tree(path, max_bytes=max_bytes, follow_links=follow_links)
            trees.append(tree)
            opened.callback(tree.close)
            found = _Found(tree, max_bytes, memory)
            if tree.single:
                _claim_all(found, [(tree.single, frozenset({tree.single}))], asked_for=True)
                found.settings[""].extend(tree.settings_beside())
            else:
                _walk(found)
            own = [job for job in _jobs(found, single=bool(tree.single)) if not _all_seen(job, seen)]
            if len(paths) > 1:
                taken = {job.name for job in jobs}
                own = [replace(j, name=f"{folder_name(found.base)}/{j.name}") if j.name in taken else j for j in own]
            jobs.extend(own)
            unread.extend(found.unread)
        opened.pop_all()
    named = unique(jobs)
    failures = tuple(sorted(unread, key=lambda u: u.file))
    return Discovery(tuple(_with_taken(grouped(named))), failures, tuple(trees))


def open_tree(path: str, *, max_bytes: int, follow_links: bool = False) -> Tree:
    """The root that a path or an address names. Raises UsageError."""
    if is_remote(path):
        from loganalyzer.discovery.remote.download import RemoteTree

        return RemoteTree(path, max_bytes)
    return LocalTree(path, follow_links)


def _walk(found: _Found) -> None:
    candidates: list[tuple[str, frozenset[str]]] = []
    for folder in found.tree.folders():
        siblings = frozenset(folder.files)
        for name in folder.files:
            if name in SIDECAR_NAMES:
                home = folder.path.removesuffix(".hydra").rstrip("/")  # Hydra keeps the settings one folder down
                found.settings[home].append(_place(folder, name))
                continue
            foreign = suffix(name) in NEVER_LOGS and "tfevents" not in name  # a host's name may end in ".go"
            if foreign or name.lower() == ".ds_store" or name.startswith(OWN_CACHE):
                continue
            candidates.append((_place(folder, name), siblings))
    _claim_all(found, candidates)
    found.unread.extend(found.tree.unread)


def _place(folder: Folder, name: str) -> str:
    return f"{folder.path}/{name}" if folder.path else name


def _claim_all(found: _Found, candidates: Sequence[tuple[str, frozenset[str]]], *, asked_for: bool = False) -> None:
    """Give each file to the reader that is most sure of it."""
    tree, memory, limit = found.tree, found.memory, found.max_bytes
    known: dict[str, Detection] = {}
    for place, siblings in candidates if memory else ():
        recalled = memory.recall(tree, place, siblings, limit, asked_for=asked_for) if memory else None
        if recalled is not None:
            known[place] = recalled
    tree.expect(place for place, _ in candidates if place not in known and suffix(place) not in PACKED)
    for place, siblings in candidates:
        one = known.get(place)
        if one is None:
            one = detect(tree, place, siblings, limit, asked_for=asked_for)
            if memory is not None:
                memory.remember(tree, place, siblings, limit, one, asked_for=asked_for)
        _take(found, place, siblings, one)


def _take(found: _Found, place: str, siblings: frozenset[str], detection: Detection) -> None:
    """Note what a file is: whose it is, or why it is nobody's."""
    if detection.path != place and detection.path.rpartition("/")[2] in siblings:  # log.csv beside log.csv.gz
        found.unread.append(Unread(place, Note("copy-of", {"file": detection.path}), expected=True))
    elif detection.reader:
        if detection.path != place:
            found.unpacked[detection.path] = place
        source = Source(detection.path, detection.size, b"", _unfetched)
        found.claims[detection.reader, detection.key].append(source)
    elif detection.note is not None:
        found.unread.append(Unread(place, detection.note, detection.expected))


def _unfetched() -> bytes:
    raise ReadError("vanished")  # claims are counted and named; who reads opens the file anew


def _jobs(found: _Found, *, single: bool) -> list[Job]:
    claims, copies = without_copies(found.base, found.claims, found.tree.fetch)
    found.unread.extend(copies)
    keys = Keys.of(key for _, key in claims)
    jobs = []
    for (reader, key), sources in claims.items():
        files = tuple(sorted(found.unpacked.get(s.path, s.path) for s in sources))
        is_file = any(s.path == key for s in sources)
        jobs.append(
            Job(
                root=str(found.base),
                reader=reader,
                key=key,
                files=files,
                name=job_name(found.base, key, keys, is_file=is_file, single=single, shown=files[0]),
                max_bytes=found.max_bytes,
                size=sum(s.size for s in sources),
                settings=_settings(found, key, files),
                origin=found.tree.origin,
            )
        )
    return sorted(jobs, key=lambda job: job.name)


def _settings(found: _Found, key: str, files: Sequence[str]) -> tuple[str, ...]:
    folders = {name.rpartition("/")[0] for name in files}
    if key not in files:
        folders.add(key)  # the run's own folder, where the files lie one further down
    return tuple(sorted(place for folder in folders for place in found.settings.get(folder, ())))


def _all_seen(job: Job, seen: set[str]) -> bool:
    """True if an earlier path gave all these files already; they are remembered."""
    paths = {f"{job.origin}/{name}" for name in job.files}
    old = paths <= seen
    seen |= paths
    return old


def _with_taken(jobs: Sequence[Job]) -> Iterator[Job]:
    """Each job with the names of others that its runs must not take."""
    below: dict[str, set[str]] = defaultdict(set)
    for job in jobs:
        for parent in PurePosixPath(job.name).parents:
            below[str(parent)].add(job.name)
    for job in jobs:
        yield replace(job, taken=frozenset(below.get(job.name, ())))
