"""Detect runs that are still being written: the verdict on an unfinished training is not final.

A process of this machine that holds a log open for writing is certain evidence (read from Linux' /proc: the processes
of this user, of all users for the superuser; elsewhere nothing is known). Of the trainings that one log holds one after
the other, the last is the one that goes on; of the runs of a database each may. Writers that close the file between two
lines, and writers on other machines, leave only the time of the last change; since a training that has just ended looks
the same, that time counts only if configured.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from loganalyzer.model.record import Record
from loganalyzer.model.report import Analysis, Diagnosis

_PROC = Path("/proc")


class Writing(Record):
    """Why a run counts as running: ``process`` holds ``file`` open, or ("") it changed ``age`` seconds ago."""

    file: str
    process: str = ""
    age: float = 0.0


def find(
    analysis: Analysis,
    settled_minutes: float = 0.0,
    *,
    now: float | None = None,
    seen_changing: Mapping[str, float] | None = None,
) -> dict[str, Writing]:
    """Find the runs that are still being written, by id. Never raises: a file that cannot be examined counts as finished.

    ``seen_changing`` are files, by their whole paths, that were seen to change, so many seconds ago.
    """
    local: dict[str, list[tuple[str, str]]] = {}
    for diagnosis in _last_trainings(analysis):
        for file in diagnosis.files:
            for path in _possible_paths(file, analysis.roots):
                local.setdefault(path, []).append((diagnosis.id, file))
    running: dict[str, Writing] = {}
    for path, process in sorted(_open_for_writing(local).items()):
        for run, file in local[path]:
            running.setdefault(run, Writing(file, process))
    for path, age in sorted((seen_changing or {}).items()):
        for run, file in local.get(path, ()):
            running.setdefault(run, Writing(file, age=age))
    if settled_minutes > 0:
        moment = time.time() if now is None else now
        for path, runs in sorted(local.items()):
            try:
                age = max(0.0, moment - Path(path).stat().st_mtime)
            except OSError:
                continue
            if age < settled_minutes * 60:
                for run, file in runs:
                    running.setdefault(run, Writing(file, age=age))
    return running


def _last_trainings(analysis: Analysis) -> list[Diagnosis]:
    """The runs without those after which the same log holds another: of ``log#1`` to ``log#11`` the last."""
    last: dict[tuple[tuple[str, ...], str], tuple[int, Diagnosis]] = {}
    for diagnosis in analysis.runs:
        name, _, number = diagnosis.id.rpartition("#")
        numbered = bool(name) and number.isdecimal()
        key = (diagnosis.files, name if numbered else diagnosis.id)
        place = int(number) if numbered else 0
        if key not in last or last[key][0] <= place:
            last[key] = (place, diagnosis)
    return [diagnosis for _, diagnosis in last.values()]


def _possible_paths(file: str, roots: Iterable[str]) -> list[str]:
    """Possible paths of a report's ``file`` on this machine: below a root, or the root itself; links resolved."""
    found = []
    name = file.rpartition("/")[2]
    for root in roots:
        for path in (os.path.join(root, file), root):  # noqa: PTH118 -- thousands, no object each
            if os.path.basename(path) == name and os.path.isfile(path):  # noqa: PTH119, PTH113
                found.append(os.path.realpath(path))
    return found


def _open_for_writing(wanted: Mapping[str, object]) -> dict[str, str]:
    """Find files of ``wanted`` that another process holds open for writing, with the name and id of that process."""
    held: dict[str, str] = {}
    for process in _listed(str(_PROC)):
        if not process.isdigit() or int(process) == os.getpid():
            continue
        folder = f"{_PROC}/{process}"
        for number in _listed(f"{folder}/fd"):
            try:
                target = os.readlink(f"{folder}/fd/{number}")  # noqa: PTH115 -- one of thousands, no object each
                if target not in wanted:
                    continue
                flags = Path(folder, "fdinfo", number).read_text().partition("flags:")[2].split()[0]
                if int(flags, 8) & os.O_ACCMODE != os.O_RDONLY:
                    held[target] = f"{Path(folder, 'comm').read_text().strip()} ({process})"
            except (OSError, IndexError, ValueError):
                continue  # it has just ended, or belongs to another user
    return held


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 -- names only, thousands of them
    except OSError:
        return []
