"""Logs that are there twice: checkpoints carry a copy of the trainer's state, some tools write one file two times."""

from __future__ import annotations

import filecmp
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from loganalyzer.model.run import Note, Unread
from loganalyzer.readers.base import Source

Claim = tuple[str, str]
_TRAINER_STATE = "trainer_state.json"


def without_copies(
    base: Path, claims: Mapping[Claim, list[Source]], fetch: Callable[[list[str]], object] = list
) -> tuple[dict[Claim, list[Source]], list[Unread]]:
    """The claims without copies, and the copies; ``fetch`` has files below ``base`` that may not be there yet."""
    kept = dict(claims)
    copies: list[Unread] = []
    for claim, document in _said_twice(claims):
        copies.extend(_copy(source, document) for source in kept.pop(claim))
    for group in _states(claims).values():
        longest = max(group, key=lambda one: (one[1].size, -len(one[1].path)))
        for claim, source in group:
            if claim != longest[0]:
                del kept[claim]
                copies.append(_copy(source, longest[1]))
    for group in _twins(kept).values():
        fetch([source.path for _, source in group])
        for claim, source in group[1:]:
            if _same_bytes(base, group[0][1], source):
                del kept[claim]
                copies.append(_copy(source, group[0][1]))
    return kept, copies


def _copy(source: Source, original: Source) -> Unread:
    return Unread(source.path, Note("copy-of", {"file": original.path}), expected=True)


def _said_twice(claims: Mapping[Claim, list[Source]]) -> list[tuple[Claim, Source]]:
    """CatBoost also writes what its tables hold as event files, into ``learn/`` and ``test/`` beside them."""
    return [
        (("tensorboard", key), sources[0])
        for (reader, key), sources in claims.items()
        if reader == "catboost"
        and ("tensorboard", key) in claims
        and all(source.name == "events.out.tfevents" for source in claims["tensorboard", key])
    ]


def _states(claims: Mapping[Claim, list[Source]]) -> dict[str, list[tuple[Claim, Source]]]:
    """Hugging Face puts the state so far into every checkpoint: of one training, the longest is kept."""
    groups: dict[str, list[tuple[Claim, Source]]] = defaultdict(list)
    for claim, sources in claims.items():
        if len(sources) == 1 and sources[0].name == _TRAINER_STATE:
            folder = PurePosixPath(sources[0].folder)
            owner = folder.parent if "checkpoint" in folder.name else folder
            groups[str(owner)].append((claim, sources[0]))
    return groups


def _twins(claims: Mapping[Claim, list[Source]]) -> dict[tuple[str, int], list[tuple[Claim, Source]]]:
    """mmengine writes ``scalars.json`` and ``<time>.json`` beside it with the same content.

    Two runs of a sweep may rightly be equal (both NaN throughout), so only such names are compared.
    """
    groups: dict[tuple[str, int], list[tuple[Claim, Source]]] = defaultdict(list)
    for claim, sources in claims.items():
        if len(sources) == 1 and sources[0].name.endswith(".json"):
            stem = sources[0].name.removesuffix(".json")
            if stem == "scalars" or stem.replace("_", "").isdigit():
                groups[sources[0].folder, sources[0].size].append((claim, sources[0]))
    return {k: sorted(v, key=lambda one: one[1].name != "scalars.json") for k, v in groups.items() if len(v) > 1}


def _same_bytes(base: Path, first: Source, second: Source) -> bool:
    try:
        return filecmp.cmp(base / first.path, base / second.path, shallow=False)
    except OSError:
        return False
