"""The catalogue of fixes as data: which there are, and which settings make one pointless."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

Entry = Mapping[str, Any]
"""A fix: its texts by language, its source, its code, the settings that contain it already (``unless``)."""


@lru_cache(maxsize=1)
def entries() -> Mapping[str, Entry]:
    """Every fix of this package by its id; ``rules.registry.fixes`` has those of plugins too."""
    folder = files("loganalyzer.rules.fixes")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    catalogue: dict[str, Entry] = {}
    for name in names:
        catalogue.update(tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8")))
    return catalogue
