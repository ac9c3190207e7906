"""The catalogue of fixes as data: which there are, and which settings make one pointless. Its texts are ``messages``' business."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def entries() -> Mapping[str, Mapping[str, Any]]:
    """Every fix by its id: its texts by language, its source, its code, the settings that contain it already."""
    folder = files("loganalyzer.rules.fixes")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    catalogue: dict[str, Mapping[str, Any]] = {}
    for name in names:
        catalogue.update(tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8")))
    return catalogue


def unless(fix_id: str) -> tuple[str, ...]:
    """The meanings of the hyper-parameters that, where a run has one on, make the fix pointless; none for an unknown fix."""
    return tuple(entries().get(fix_id, {}).get("unless", ()))
