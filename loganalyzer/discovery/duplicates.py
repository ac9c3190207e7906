"""Find duplicate logs: checkpoints contain a copy of the trainer's state, some tools write a file twice."""

from __future__ import annotations

import filecmp
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from loganalyzer.discovery.job import LogFile, RunKey
from loganalyzer.model.run import Note, Unread

_TRAINER_STATE = "trainer_state.json"


def without_copies(
    base: Path, runs: Mapping[RunKey, list[LogFile]], fetch: Callable[[list[str]], object] = list
) -> tuple[dict[RunKey, list[LogFile]], list[Unread]]:
    """Split the files of each run into originals and copies; ``fetch`` makes files available below ``base``."""
    kept = dict(runs)
    copies: list[Unread] = []
    for run, document in _written_twice(runs):
        copies.extend(_copy(file, document) for file in kept.pop(run))
    for group in _states(runs).values():
        longest = max(group, key=lambda one: (one[1].size, -len(one[1].path)))
        for run, file in group:
            if run != longest[0]:
                del kept[run]
                copies.append(_copy(file, longest[1]))
    for group in _twins(kept).values():
        fetch([file.stored for _, file in group])
        for run, file in group[1:]:
            if _same_bytes(base, group[0][1], file):
                del kept[run]
                copies.append(_copy(file, group[0][1]))
    return kept, copies


def _copy(file: LogFile, original: LogFile) -> Unread:
    return Unread(file.path, Note("copy-of", {"file": original.path}), expected=True)


def _written_twice(runs: Mapping[RunKey, list[LogFile]]) -> list[tuple[RunKey, LogFile]]:
    """Find CatBoost's event files in ``learn/`` and ``test/``, which repeat its tables."""
    return [
        (("tensorboard", key), files[0])
        for (reader, key), files in runs.items()
        if reader == "catboost"
        and ("tensorboard", key) in runs
        and all(file.name == "events.out.tfevents" for file in runs["tensorboard", key])
    ]


def _states(runs: Mapping[RunKey, list[LogFile]]) -> dict[str, list[tuple[RunKey, LogFile]]]:
    """Keep the longest of a training's trainer states: Hugging Face puts the current one into every checkpoint."""
    groups: dict[str, list[tuple[RunKey, LogFile]]] = defaultdict(list)
    for run, files in runs.items():
        if len(files) == 1 and files[0].name == _TRAINER_STATE:
            folder = PurePosixPath(files[0].folder)
            owner = folder.parent if "checkpoint" in folder.name else folder
            groups[str(owner)].append((run, files[0]))
    return groups


def _twins(runs: Mapping[RunKey, list[LogFile]]) -> dict[tuple[str, int], list[tuple[RunKey, LogFile]]]:
    """Find twins: mmengine writes ``scalars.json`` and ``<time>.json`` with the same content into one folder.

    Two runs of a sweep may rightly be equal (both NaN throughout), so only such names are compared.
    """
    groups: dict[tuple[str, int], list[tuple[RunKey, LogFile]]] = defaultdict(list)
    for run, files in runs.items():
        if len(files) == 1 and files[0].name.endswith(".json"):
            stem = files[0].name.removesuffix(".json")
            if stem == "scalars" or stem.replace("_", "").isdigit():
                groups[files[0].folder, files[0].size].append((run, files[0]))
    return {k: sorted(v, key=lambda one: one[1].name != "scalars.json") for k, v in groups.items() if len(v) > 1}


def _same_bytes(base: Path, first: LogFile, second: LogFile) -> bool:
    try:
        return filecmp.cmp(base / first.stored, base / second.stored, shallow=False)
    except OSError:
        return False
