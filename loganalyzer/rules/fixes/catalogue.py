"""The catalogue of fixes as data: which there are, and which settings make one pointless."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from loganalyzer.model.own_files import own_folder

Entry = Mapping[str, Any]
"""A fix: its texts by language, its source, its code, the settings that contain it already (``unless``)."""


@lru_cache(maxsize=1)
def entries() -> Mapping[str, Entry]:
    """Every fix of this package by its id; ``rules.registry.fixes`` has those of plugins too."""
    catalogue: dict[str, Entry] = {}
    for file in sorted(own_folder("loganalyzer.rules.fixes").glob("*.toml")):
        catalogue.update(tomllib.loads(file.read_text(encoding="utf-8")))
    return catalogue
