"""Which files make which run: walk the folders, let every reader smell, group, name."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from loganalyzer.catalog import find_reader, iter_readers
from loganalyzer.errors import ReadError
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.reader import Reader, Smell, Source
from loganalyzer.sidecars import SIDECAR_NAMES, hyperparameters
from loganalyzer.source import open_source

SKIPPED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", "venv", ".ipynb_checkpoints", ".mypy_cache",
     ".pytest_cache", ".ruff_cache", ".tox", ".eggs", "site-packages"})  # fmt: skip
NEVER_LOGS = frozenset(
    ".pt .pth .ckpt .h5 .hdf5 .keras .safetensors .onnx .bin .pb .tflite .index .png .jpg .jpeg .gif .svg .pdf .mp4 .webp"
    " .py .pyc .ipynb .md .rst .sh .html .css .js .zip .tar .tgz .7z .so .o .whl .parquet .arrow .tfrecord .lock .gitignore"
    " .c .cpp .h .cu .java .rs .go .xml .tex .bib .wav .mp3 .ttf .exe .dll .doc .docx .xlsx .pptx .proto .pbtxt .gv .dot".split()
)
LOOKS_LIKE_LOG = frozenset(
    ".csv .tsv .json .jsonl .log .txt .tfevents .wandb .npy .npz .pkl .pickle .out .db .gz".split()
)
GENERIC_STEMS = frozenset(
    "metrics log logs history results result progress trainer_state training train training_log train_log scores output"
    " monitor loss losses stdout events scalars catboost_training evals_result data run measurements logfile nohup".split()
)


COPY = re.compile(r"\(\d+\)|copy|コピー|-checkpoint", re.IGNORECASE)
"""Names of copies. Equal bytes alone prove nothing: two runs that failed at once may have written the same."""


@dataclass(frozen=True)
class Job:
    """The files of one run (or of one file with several), and who reads them; small, so that it travels."""

    root: str
    reader: str
    key: str
    files: tuple[str, ...]
    name: str = ""
    group: str = ""
    max_bytes: int = 2 * 2**30
    size: int = 0
    prefix: str = ""


@dataclass(frozen=True)
class Discovery:
    """All jobs, and the files that no reader takes."""

    jobs: tuple[Job, ...]
    unread: tuple[Unread, ...] = ()


@dataclass
class _Folder:
    """What a walk gathers below one root."""

    claims: dict[tuple[str, str], list[Source]] = field(default_factory=lambda: defaultdict(list))
    unread: list[Unread] = field(default_factory=list)


def discover(paths: Sequence[str], *, max_bytes: int = 2 * 2**30, follow_links: bool = False) -> Discovery:
    """Find the runs below ``paths`` (files or folders).

    Only regular files are opened. Links are not followed unless ``follow_links``, and never out of the root.
    Identities are paths relative to the root; they are unique.
    """
    jobs: list[Job] = []
    unread: list[Unread] = []
    for path in paths:
        root = Path(path)
        base, names = (root, None) if root.is_dir() else (root.parent, [root.name])
        found = _claims(base, names, max_bytes, follow_links)
        own = _jobs(base, found, max_bytes, single=names is not None)
        if len(paths) > 1:
            taken = {job.name for job in jobs}
            own = [replace(j, name=f"{_name_of(base)}/{j.name}") if j.name in taken else j for j in own]
        jobs.extend(own)
        unread.extend(found.unread)
    return Discovery(tuple(_unique(jobs)), tuple(sorted(unread, key=lambda u: u.file)))


def read_job(job: Job) -> tuple[list[Run], list[Unread]]:
    """Read one job's files. Never raises: a fault of a file or of a reader becomes an Unread."""
    reader = find_reader(job.reader)
    runs: list[Run] = []
    unread: list[Unread] = []
    sources = []
    for name in job.files:
        try:
            sources.append(open_source(Path(job.root, name), name, max_bytes=job.max_bytes))
        except ReadError as error:
            unread.append(Unread(name, Note(error.code, error.details)))
    try:
        for item in reader.read(job.key, sources) if sources else ():
            if isinstance(item, Unread):
                unread.append(item)
            else:
                runs.append(item)
    except ReadError as error:
        unread.append(Unread(job.files[0], Note(error.code, error.details)))
    except (Exception, RecursionError, MemoryError) as error:  # one file's fault never costs another run
        details = {"reader": job.reader, "error": f"{type(error).__name__}: {error}"[:200]}
        unread.append(Unread(job.files[0], Note("reader-failed", details)))
    return [_finished(run, job) for run in runs], unread


def _finished(run: Run, job: Job) -> Run:
    own = run.id[len(job.key) :] if run.id.startswith(job.key) else f"/{run.id}"
    beside = hyperparameters(Path(job.root), job.key, job.files)
    return replace(
        run,
        id=(job.name + own).strip("/") or job.name,
        group=job.group,
        hyperparameters={**beside, **run.hyperparameters},
    )


def _claims(base: Path, names: list[str] | None, max_bytes: int, follow_links: bool) -> _Folder:
    found = _Folder()
    listing = [("", sorted(names))] if names is not None else _walk(base, found.unread, follow_links)
    for folder, files in listing:
        siblings = frozenset(files)
        for name in files:
            relative = f"{folder}/{name}" if folder else name
            if names is None and (PurePosixPath(name).suffix.lower() in NEVER_LOGS or name in SIDECAR_NAMES):
                continue
            _claim(base, relative, siblings, max_bytes, found)
    return found


def _claim(base: Path, relative: str, siblings: frozenset[str], max_bytes: int, found: _Folder) -> None:
    try:
        source = open_source(base / relative, relative, siblings, max_bytes)
    except ReadError as error:
        if error.code != "not-a-regular-file" or _looks_like_log(relative):
            found.unread.append(Unread(relative, Note(error.code, error.details)))
        return
    best, chosen = Smell.NO, None
    for reader in iter_readers():
        smell = _smell(reader, source)
        if smell > best:
            best, chosen = smell, reader
        if best is Smell.SURE:
            break
    if chosen is not None:
        found.claims[chosen.id, chosen.key(source)].append(replace(source, head=source.head[:0], siblings=frozenset()))
    elif _looks_like_log(relative):
        found.unread.append(_unclaimed(source))


def _smell(reader: Reader, source: Source) -> Smell:
    try:
        return reader.smell(source)
    except Exception:  # a reader that chokes on a head does not know the file; the others are still asked
        return Smell.NO


def _unclaimed(source: Source) -> Unread:
    if source.size == 0:
        return Unread(source.path, Note("empty-file"))
    if source.head.startswith(b"version https://git-lfs"):
        return Unread(source.path, Note("lfs-pointer"), expected=True)
    binary = source.text_head is None
    text_name = PurePosixPath(source.path).suffix.lower() in {".csv", ".tsv", ".json", ".jsonl", ".txt", ".log"}
    if binary:
        return Unread(source.path, Note("binary-content"), expected=not text_name and "tfevents" not in source.path)
    return Unread(source.path, Note("no-training-log"), expected=True)


def _looks_like_log(relative: str) -> bool:
    return PurePosixPath(relative).suffix.lower() in LOOKS_LIKE_LOG or "tfevents" in relative


def _walk(base: Path, unread: list[Unread], follow_links: bool) -> Iterator[tuple[str, list[str]]]:
    """Folders below ``base`` with the names of their files, both sorted; each real folder once."""
    top = os.path.realpath(base)
    seen: set[tuple[int, int]] = set()
    stack = [""]
    while stack:
        folder = stack.pop()
        path = base / folder if folder else base
        try:
            status = os.stat(path)
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(path) as scan:
                entries = sorted(scan, key=lambda e: e.name)
        except OSError as error:
            unread.append(Unread(folder or ".", Note("cannot-open", {"reason": error.strerror or "error"})))
            continue
        files, below = [], []
        for entry in entries:
            if entry.is_symlink() and not (follow_links and _inside(entry.path, top)):
                if not entry.is_dir():
                    _note_link(entry, folder, top, unread)
                continue
            if entry.is_dir():
                if entry.name not in SKIPPED_FOLDERS and not _is_copy(entry.name, entries):
                    below.append(f"{folder}/{entry.name}" if folder else entry.name)
            else:
                files.append(entry.name)
        stack.extend(reversed(below))
        yield folder, files


def _inside(path: str, top: str) -> bool:
    real = os.path.realpath(path)
    return real == top or real.startswith(top + os.sep)


def _note_link(entry: os.DirEntry[str], folder: str, top: str, unread: list[Unread]) -> None:
    """A link to a file inside the root is seen at its own place; one that leads elsewhere is said, not followed."""
    relative = f"{folder}/{entry.name}" if folder else entry.name
    if _looks_like_log(relative) and not _inside(entry.path, top):
        unread.append(Unread(relative, Note("link-not-followed"), expected=True))


def _is_copy(name: str, entries: Sequence[os.DirEntry[str]]) -> bool:
    """W&B's ``latest-run`` repeats one of the ``run-*`` folders beside it."""
    return name == "latest-run" and any(e.name.startswith(("run-", "offline-run-")) for e in entries)


def _jobs(base: Path, found: _Folder, max_bytes: int, *, single: bool) -> list[Job]:
    claims = _without_copies(base, found)
    per_folder = Counter(str(PurePosixPath(key).parent) for _, key in claims)
    jobs = []
    for (reader, key), sources in claims.items():
        files = tuple(s.path if s.local else f"{s.path}.gz" for s in sources)
        jobs.append(
            Job(
                str(base),
                reader,
                key,
                tuple(sorted(files)),
                _name(base, key, files, per_folder, single),
                "",
                max_bytes,
                sum(s.size for s in sources),
            )
        )
    jobs.sort(key=lambda j: j.name)
    return _grouped(jobs)


def _name(base: Path, key: str, files: Sequence[str], per_folder: Counter[str], single: bool) -> str:
    if key in ("", "."):
        return _name_of(base)
    path = PurePosixPath(key)
    is_file = key in files or f"{key}.gz" in files
    if is_file and not single and path.stem.lower() in GENERIC_STEMS and per_folder[str(path.parent)] == 1:
        return str(path.parent) if str(path.parent) != "." else _name_of(base)
    return key


def _name_of(base: Path) -> str:
    return base.resolve().name or "run"


def _without_copies(base: Path, found: _Folder) -> dict[tuple[str, str], list[Source]]:
    """Leave out checkpoint copies of a log (a trainer state in every checkpoint folder) and identical twins."""
    kept = dict(found.claims)
    states: dict[str, list[tuple[tuple[str, str], Source]]] = defaultdict(list)
    twins: dict[tuple[str, str, int], list[tuple[tuple[str, str], Source]]] = defaultdict(list)
    for claim, sources in found.claims.items():
        if len(sources) != 1:
            continue
        source = sources[0]
        parent = PurePosixPath(source.folder)
        if source.name == "trainer_state.json":
            owner = str(parent.parent) if "checkpoint" in parent.name else str(parent)
            states[owner].append((claim, source))
        twins[claim[0], source.folder, source.size].append((claim, source))
    for group in states.values():
        group.sort(key=lambda c: ("checkpoint" in PurePosixPath(c[1].folder).name, -c[1].size, c[1].path))
        longest = max(group, key=lambda c: c[1].size)
        for claim, source in group:
            if claim != longest[0]:
                kept.pop(claim, None)
                found.unread.append(Unread(source.path, Note("copy-of", {"file": longest[1].path}), expected=True))
    for group in twins.values():
        for claim, source in group[1:]:
            named_a_copy = "scalars.json" in (group[0][1].name, source.name) or COPY.search(source.name)
            if claim in kept and named_a_copy and _same_bytes(base, group[0][1].path, source.path):
                kept.pop(claim)
                found.unread.append(Unread(source.path, Note("copy-of", {"file": group[0][1].path}), expected=True))
    return kept


def _same_bytes(base: Path, first: str, second: str) -> bool:
    import filecmp

    try:
        return filecmp.cmp(base / first, base / second, shallow=False)
    except OSError:
        return False


def _grouped(jobs: list[Job]) -> list[Job]:
    """Runs whose folders lie side by side are candidates for one sweep."""
    parents = Counter(str(PurePosixPath(j.name).parent) for j in jobs)
    return [
        replace(j, group=parent if parents[parent] > 1 and parent != "." else "")
        for j in jobs
        for parent in [str(PurePosixPath(j.name).parent)]
    ]


def _unique(jobs: list[Job]) -> list[Job]:
    """No two equal names: a clash falls back to the file's own path, then to a number."""
    counts = Counter(j.name for j in jobs)
    taken: set[str] = set()
    result = []
    for job in jobs:
        name = job.name if counts[job.name] == 1 else (job.key or job.name)
        number = 2
        while name in taken:
            name, number = f"{job.name}~{number}", number + 1
        taken.add(name)
        result.append(replace(job, name=name))
    return result


def is_plain_file(path: Path) -> bool:
    """True for a regular file, links not followed."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
