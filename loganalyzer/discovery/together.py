"""Jobs in one folder which may be logs of one training become one job; where its runs are read, their values decide.

Trainers write a table beside an event file, the same numbers one folder further down or in a folder for each logger, a text
of losses beside the log. Only such neighbours are put together, so that runs are still read one folder at a time and in
parallel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from loganalyzer.discovery.job import Job
from loganalyzer.model.record import replace

PARTS = frozenset({"vis_data", "files", "tf_logs"})
"""Folders inside a run's own folder in which mmengine, W&B and mmcv keep one of its logs."""
LOGGERS = frozenset(
    {"csv", "csv_log", "csv_logs", "csv_logger", "csvlogger", "tb", "tb_log", "tb_logs", "tb_logger", "tensorboard"}
    | {"tensorboard_log", "tensorboard_logs", "tensorboard_logger", "tensorboardlogger", "lightning_logs", "events"}
)
"""Folders named after one of several loggers, between the training's own folder and its versions."""
MOST_TOGETHER = 8
"""A folder of more logs than this is a collection of runs."""
MOST_BYTES = 512 * 2**20


def together(jobs: Sequence[Job]) -> list[Job]:
    """The jobs in their order, those that may be of one training as one, under the name of the first."""
    homes: dict[tuple[str, str], list[Job]] = defaultdict(list)
    for job in jobs:
        homes[job.root, home(job)].append(job)
    for (root, folder), below in _event_folders(homes):
        homes[root, folder].extend(homes.pop((root, below)))
    joined: dict[str, Job] = {}
    taken: set[str] = set()
    for neighbours in homes.values():
        if _may_be_one(neighbours):
            first, *others = neighbours
            size = sum(job.size for job in neighbours)
            joined[first.run_id] = replace(first, also=tuple(others), size=size)
            taken.update(job.run_id for job in others)
    return [joined.get(job.run_id, job) for job in jobs if job.run_id not in taken]


def _event_folders(homes: Mapping[tuple[str, str], Sequence[Job]]) -> list[tuple[tuple[str, str], str]]:
    """Folders of printed text, each with the only folder below it where that holds one event file: ``train.log``, ``tb/``.

    Whatever it is called: the output of a program is often saved beside the folder that it was told to write to.
    """
    below: dict[tuple[str, str], list[str]] = defaultdict(list)
    for root, folder in homes:
        if folder:
            above = str(PurePosixPath(folder).parent)
            below[root, "" if above == "." else above].append(folder)
    return [
        (key, names[0])
        for key, names in below.items()
        if len(names) == 1
        and key[1]
        and [job.reader for job in homes[key[0], names[0]]] == ["tensorboard"]
        and {job.reader for job in homes.get(key, ())} == {"text-log"}
    ]


def home(job: Job) -> str:
    """The folder of the training that a job's files belong to, "" for the root."""
    own = job.run_key not in job.files and not any(file.startswith(f"{job.run_key}.") for file in job.files)
    folder = PurePosixPath(job.run_key if own else PurePosixPath(job.files[0]).parent)
    while folder.name.lower() in PARTS | LOGGERS:
        folder = folder.parent
    if folder.parent.name.lower() in LOGGERS:  # <output>/csv/version_0 beside <output>/tensorboard/version_0
        folder = folder.parent.parent / folder.name
    if folder.parent.name == "runs" and job.reader == "tensorboard":  # Hugging Face: <output>/runs/<time and host>
        folder = folder.parent.parent
    return "" if str(folder) == "." else str(folder)


def _may_be_one(jobs: Sequence[Job]) -> bool:
    if not 1 < len(jobs) <= MOST_TOGETHER or sum(job.size for job in jobs) > MOST_BYTES:
        return False
    return len({job.reader for job in jobs}) > 1 or all(job.reader == "text-log" for job in jobs)
