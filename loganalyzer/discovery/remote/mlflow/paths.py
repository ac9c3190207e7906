"""Where the runs of an experiment lie: ``parent/child/<run id>.mlflow.json``, by the names that the user gave them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from loganalyzer.discovery.remote.mlflow.experiment import MlflowRun

SUFFIX = ".mlflow.json"
MOST_NESTING = 10
LONGEST_SEGMENT = 80
_NO_NAME = re.compile(r'[/\\\x00-\x1f\x7f:*?"<>|]+')


def run_paths(runs: Sequence[MlflowRun]) -> dict[str, MlflowRun]:
    """Each run by the path of its file; runs of one name beside each other get the beginning of their ids behind it."""
    known = {run.id: run for run in runs}
    names = {run.id: segment(run.name) or run.id for run in runs}
    counts = Counter((_parent(run, known), names[run.id]) for run in runs)
    for run in runs:
        if counts[_parent(run, known), names[run.id]] > 1:
            names[run.id] += f"-{run.id[:8]}"
    return {f"{'/'.join(names[one] for one in _ancestry(run, known))}/{run.id}{SUFFIX}": run for run in runs}


def run_id_in(path: str) -> str:
    """The id of the run in the path of its file."""
    return path.rpartition("/")[2].removesuffix(SUFFIX)


def segment(name: str) -> str:
    """A name as one part of a path; "" where nothing is left of it."""
    plain = _NO_NAME.sub("_", name.encode("utf-8", "replace").decode())
    return plain[:LONGEST_SEGMENT].strip(". ")


def _parent(run: MlflowRun, known: dict[str, MlflowRun]) -> str:
    return run.parent if run.parent in known else ""


def _ancestry(run: MlflowRun, known: dict[str, MlflowRun]) -> list[str]:
    """The ids of the runs that a run is nested in, the outermost first, and its own."""
    ids = [run.id]
    while (parent := _parent(known[ids[0]], known)) and parent not in ids and len(ids) < MOST_NESTING:
        ids.insert(0, parent)
    return ids
