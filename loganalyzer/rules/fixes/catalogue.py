"""The catalogue of fixes as data: which there are, and which settings make one pointless."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from loganalyzer.model.own_files import own_folder

Entry = Mapping[str, Any]
"""A fix: its texts by language, its source, its code, the settings that contain it already (``unless``)."""


_HEADING = re.compile(r'^\["?([a-z0-9.-]+)"?\]$', re.MULTILINE)


def entries() -> Mapping[str, Entry]:
    """Every fix of this package by its id; ``rules.registry.fixes`` has those of plugins too."""
    return {fix_id: found for fix_id in _texts() if (found := entry(fix_id)) is not None}


@lru_cache(maxsize=512)
def entry(fix_id: str) -> Entry | None:
    """One fix; None for an id that this package does not have.

    A diagnosis asks for a few of them: to parse all their sentences takes a tenth of what importing numpy takes.
    """
    text = _texts().get(fix_id)
    return None if text is None else tomllib.loads(text)[fix_id]


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, str]:
    """The text of each fix's table, by its id."""
    found: dict[str, str] = {}
    for file in sorted(own_folder("loganalyzer.rules.fixes").glob("*.toml")):
        text = file.read_text(encoding="utf-8")
        begins = [(match[1], match.start()) for match in _HEADING.finditer(text)]
        for (fix_id, start), (_, stop) in zip(begins, [*begins[1:], ("", len(text))], strict=True):
            found[fix_id] = found.get(fix_id, "") + text[start:stop]
    return found
