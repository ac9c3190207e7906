"""Paths of the runs of an experiment: ``parent/child/<run id>.mlflow.json``, from the users' names of the runs."""

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
    """Map the path of each run's file to the run; siblings of one name are suffixed with the start of their ids."""
    known = {run.id: run for run in runs}
    names = {run.id: segment(run.name) or run.id for run in runs}
    counts = Counter((_parent(run, known), names[run.id]) for run in runs)
    for run in runs:
        if counts[_parent(run, known), names[run.id]] > 1:
            names[run.id] += f"-{run.id[:8]}"
    return {f"{'/'.join(names[one] for one in _ancestry(run, known))}/{run.id}{SUFFIX}": run for run in runs}


def run_id_in(path: str) -> str:
    """Return the id of the run from the path of its file."""
    return path.rpartition("/")[2].removesuffix(SUFFIX)


def segment(name: str) -> str:
    """Convert a name to one part of a path; "" if nothing is left."""
    plain = _NO_NAME.sub("_", name.encode("utf-8", "replace").decode())
    return plain[:LONGEST_SEGMENT].strip(". ")


def _parent(run: MlflowRun, known: dict[str, MlflowRun]) -> str:
    return run.parent if run.parent in known else ""


def _ancestry(run: MlflowRun, known: dict[str, MlflowRun]) -> list[str]:
    """Return the ids of a run's ancestors, outermost first, and its own."""
    ids = [run.id]
    while (parent := _parent(known[ids[0]], known)) and parent not in ids and len(ids) < MOST_NESTING:
        ids.insert(0, parent)
    return ids
