"""Find duplicate logs. Names say which files may be copies; only what is in them says that they are.

* Hugging Face puts the trainer's state into every checkpoint: the history of an earlier one is the beginning of a later one's.
* A log may lie beside its gzip file; mmengine writes ``scalars.json`` and ``<time>.json``; W&B's ``latest-run`` is one of
  the ``run-*`` beside it: the same bytes.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from msgspec import Struct

from loganalyzer.discovery.job import LogFile, RunKey
from loganalyzer.discovery.tree import LocalFiles
from loganalyzer.model.errors import ReadError
from loganalyzer.model.late import late
from loganalyzer.model.record import field
from loganalyzer.model.run import Note, Unread
from loganalyzer.readers.limits import MAX_FILE_BYTES

_TRAINER_STATE = "trainer_state.json"
_CHECKPOINT = late(lambda: re.compile(r"checkpoint-\d+"))
_LATEST = "latest-run"
_WANDB_RUN = late(lambda: re.compile(r"(?:offline-)?run-.+"))
_HISTORY = late(lambda: re.compile(rb'\n  "log_history": \[(.*?)\n  \]', re.DOTALL))
"""As the trainer writes it: only the end of the history stands at two blanks."""

Runs = dict[RunKey, list[LogFile]]
One = tuple[RunKey, LogFile]


def without_copies(
    files: LocalFiles,
    runs: Mapping[RunKey, list[LogFile]],
    fetch: Callable[[list[str]], object] = list,
    max_bytes: int = MAX_FILE_BYTES,
) -> tuple[Runs, list[Unread]]:
    """Split the files of each run into originals and copies; ``fetch`` makes ``files`` available."""
    search = _Search(files, fetch, max_bytes, {run: list(own) for run, own in runs.items()})
    for twin, original in _packed(search.kept):
        search.drop_if_same(twin, original)
    for group in _states(search.kept).values():
        search.drop_earlier_states(group)
    for original, *others in _twins(search.kept).values():
        for other in others:
            search.drop_if_same(other, original)
    for latest, originals in _latest_runs(search.kept):
        search.drop_if_any_is_same(latest, originals)
    return search.kept, search.copies


class _Search(Struct):
    """The files that are kept, and the copies found so far."""

    files: LocalFiles
    fetch: Callable[[list[str]], object]
    max_bytes: int
    kept: Runs
    copies: list[Unread] = field(default_factory=list)

    def drop_if_same(self, one: One, original: One) -> None:
        """Drop a file of the same content as another."""
        self.fetch([one[1].stored, original[1].stored])
        content = self._content(one[1])
        if content is not None and content == self._content(original[1]):
            self._drop(one, original[1])

    def drop_if_any_is_same(self, run: RunKey, originals: Sequence[RunKey]) -> None:
        """Drop a run whose files, by their names, all have the content of those of one of ``originals``."""
        own = {file.name: file for file in self.kept[run]}
        for original in originals:
            theirs = {file.name: file for file in self.kept[original]}
            if {n: f.size for n, f in own.items()} != {n: f.size for n, f in theirs.items()}:
                continue
            self.fetch([file.stored for file in (*own.values(), *theirs.values())])
            contents = [(self._content(file), self._content(theirs[name])) for name, file in own.items()]
            if all(mine is not None and mine == other for mine, other in contents):
                for name, file in own.items():
                    self._drop((run, file), theirs[name])
                return

    def drop_earlier_states(self, group: Sequence[One]) -> None:
        """Drop each trainer state whose history is the beginning of a longer one's."""
        if len(group) < 2:
            return
        self.fetch([file.stored for _, file in group])
        longest: list[tuple[One, bytes]] = []
        for one in sorted(group, key=lambda one: (-one[1].size, len(one[1].path))):
            content = self._content(one[1])
            if content is None:
                continue
            original = next((kept for kept, whole in longest if _begins_with(whole, content)), None)
            if original is None:
                longest.append((one, content))
            else:
                self._drop(one, original[1])

    def _drop(self, one: One, original: LogFile) -> None:
        run, file = one
        left = [other for other in self.kept[run] if other is not file]
        if left:
            self.kept[run] = left
        else:
            del self.kept[run]
        self.copies.append(Unread(file.stored, Note("copy-of", {"file": original.stored}), expected=True))

    def _content(self, file: LogFile) -> bytes | None:
        """The content of a file, decompressed; None for one that cannot be read, which is a copy of nothing."""
        try:
            return self.files.open(file.stored, self.max_bytes).read()
        except ReadError:
            return None


def _packed(runs: Runs) -> list[tuple[One, One]]:
    """Pairs of a gzip file and the file of the same name without ``.gz``."""
    plain = {file.path: (run, file) for run, files in runs.items() for file in files if file.path == file.stored}
    packed = [(run, file) for run, files in runs.items() for file in files if file.path != file.stored]
    return [(one, plain[one[1].path]) for one in packed if one[1].path in plain]


def _states(runs: Runs) -> dict[str, list[One]]:
    """The trainer states of one training: its own and those of its checkpoints."""
    groups: dict[str, list[One]] = defaultdict(list)
    for run, files in runs.items():
        if len(files) == 1 and files[0].name == _TRAINER_STATE:
            folder = PurePosixPath(files[0].folder)
            owner = folder.parent if _CHECKPOINT.fullmatch(folder.name) else folder
            groups[str(owner)].append((run, files[0]))
    return groups


def _begins_with(whole: bytes, part: bytes) -> bool:
    """Whether the history of the trainer state ``part`` is the beginning of that of ``whole``."""
    if whole == part:
        return True
    one, other = _HISTORY.search(whole), _HISTORY.search(part)
    if one and other and one[1].startswith(other[1]) and one[1][len(other[1]) :][:1] in (b"", b","):
        return True
    entries, earlier = _history(whole), _history(part)
    return entries is not None and earlier is not None and entries[: len(earlier)] == earlier


def _history(state: bytes) -> list[Any] | None:
    """The entries of a trainer state; NaN is equal to itself there. None for a damaged one."""
    try:
        data = json.loads(state, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    found = data.get("log_history") if isinstance(data, dict) else None
    return found if isinstance(found, list) else None


def _twins(runs: Runs) -> dict[tuple[str, int], list[One]]:
    """Find twins: mmengine writes ``scalars.json`` and ``<time>.json`` with the same content into one folder.

    Two runs of a sweep may rightly be equal (both NaN throughout), so only such names are compared.
    """
    groups: dict[tuple[str, int], list[One]] = defaultdict(list)
    for run, files in runs.items():
        if len(files) == 1 and files[0].name.endswith(".json"):
            stem = files[0].name.removesuffix(".json")
            if stem == "scalars" or stem.replace("_", "").isdigit():
                groups[files[0].folder, files[0].size].append((run, files[0]))
    return {k: sorted(v, key=lambda one: one[1].name != "scalars.json") for k, v in groups.items() if len(v) > 1}


def _latest_runs(runs: Runs) -> list[tuple[RunKey, list[RunKey]]]:
    """Runs below W&B's ``latest-run``, each with those at the same place below one of the ``run-*`` beside it."""
    latest: dict[RunKey, tuple[str, str, str]] = {}
    others: dict[tuple[str, str, str], list[RunKey]] = defaultdict(list)
    for run, files in runs.items():
        parts = files[0].path.split("/")
        for at, part in enumerate(parts[:-1]):
            place = (run[0], "/".join(parts[:at]), "/".join(parts[at + 1 :]))
            if part == _LATEST:
                latest[run] = place
            elif _WANDB_RUN.fullmatch(part):
                others[place].append(run)
    return [(run, others[place]) for run, place in latest.items() if place in others]
