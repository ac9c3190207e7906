"""Options of an analysis in Python."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

from loganalyzer.discovery.discover import MOST_NAMES
from loganalyzer.model.record import Record, field
from loganalyzer.readers.limits import MAX_FILE_BYTES, MAX_SECONDS


class Options(Record):
    """Options of reading and diagnosis: overridden limits per rule, roles by glob, bounds of reading.

    ``limits`` maps a rule id to its overridden limits; ``roles`` maps globs over series names to roles;
    ``max_bytes`` is the size limit per file, ``max_seconds`` the time limit for reading one run;
    ``keep_series`` False drops the curves after the diagnosis.
    Of the files that were passed over, the first ``passed_over_names`` of each reason and ending are named (None: all).
    ``cache`` is a folder that stores the diagnoses of runs, valid while files, settings and code do not change.
    """

    limits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    max_bytes: int = MAX_FILE_BYTES
    max_seconds: float = MAX_SECONDS
    follow_links: bool = False
    keep_series: bool = True
    cache: str | PathLike[str] | None = None
    passed_over_names: int | None = MOST_NAMES
