"""Group files to runs: files of one reader with the same key, without copies; each run becomes a job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from loganalyzer.discovery.candidates import Candidate
from loganalyzer.discovery.detect import Detection
from loganalyzer.discovery.duplicates import without_copies
from loganalyzer.discovery.job import Job, LogFile, RunKey
from loganalyzer.discovery.passed_over import Counts
from loganalyzer.discovery.run_names import Keys, job_name
from loganalyzer.discovery.tree import LocalFiles, Tree
from loganalyzer.model.run import Unread

Runs = dict[RunKey, list[LogFile]]


def group_by_run(detections: Iterable[tuple[Candidate, Detection]], passed_over: Counts) -> tuple[Runs, list[Unread]]:
    """Return the files of each run, and those to be reported as unread; count the others in ``passed_over``."""
    runs: Runs = defaultdict(list)
    unread: list[Unread] = []
    for file, detection in detections:
        if detection.reader:
            runs[detection.reader, _key(file, detection)].append(LogFile(detection.path, detection.size, file.path))
        elif detection.note is not None and detection.reported:
            unread.append(Unread(file.path, detection.note, detection.expected))
        elif detection.note is not None:
            passed_over.add_path(detection.note.code, file.path)
    return runs, unread


def _key(file: Candidate, detection: Detection) -> str:
    """Return the key of a file's run; log.csv.gz beside log.csv is one of its own unless it turns out to be a copy."""
    packed = detection.path != file.path and detection.path.rpartition("/")[2] in file.siblings
    return file.path if packed and detection.key == detection.path else detection.key


def make_jobs(
    tree: Tree, runs: Runs, settings: Mapping[str, Sequence[str]], max_bytes: int
) -> tuple[list[Job], list[Unread]]:
    """Return one job for each run, by id, and the copies; ``settings`` are the settings files by folder."""
    kept, copies = without_copies(LocalFiles(tree.base, tree.follow_links), runs, tree.fetch, max_bytes)
    keys = Keys.of(key for _, key in kept)
    jobs = []
    for (reader, key), files in kept.items():
        stored = tuple(sorted(file.stored for file in files))
        is_file = any(key in (file.path, file.stored) for file in files)
        run_id = job_name(tree.base, key, keys, is_file=is_file, single=bool(tree.single), shown=stored[0])
        jobs.append(
            Job(
                root=str(tree.base),
                reader=reader,
                run_key=key,
                files=stored,
                run_id=run_id,
                max_bytes=max_bytes,
                size=sum(file.size for file in files),
                settings=_settings_of(key, stored, settings),
                source_uri=tree.source_uri,
                follow_links=tree.follow_links,
            )
        )
    return sorted(jobs, key=lambda job: job.run_id), copies


def _settings_of(key: str, files: Sequence[str], settings: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    folders = {name.rpartition("/")[0] for name in files}
    if key not in files:
        folders.add(key)  # the run's own folder, if its files are in a subfolder
    return tuple(sorted(path for folder in folders for path in settings.get(folder, ())))
