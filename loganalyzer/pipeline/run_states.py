"""Load one side of a comparison: a report of ``--json``, or logs that are analysed now."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from loganalyzer.gate.run_states import of_diagnosis, of_report
from loganalyzer.model.changes import RunState
from loganalyzer.model.errors import UsageError
from loganalyzer.model.report import Analysis

SCHEMA = re.compile(r'"schema"\s*:\s*"loganalyzer')
HEAD = 4096


def load_run_states(path: str, analysed: Callable[[str], Analysis]) -> tuple[RunState, ...]:
    """Return the runs of ``path``; ``analysed`` judges logs. Raises UsageError if it does not exist or has no run."""
    file = Path(path)
    if file.is_file():
        try:
            with file.open(encoding="utf-8") as stream:
                is_report = SCHEMA.search(stream.read(HEAD)) is not None
                text = file.read_text(encoding="utf-8") if is_report else ""
        except (OSError, UnicodeDecodeError):
            is_report, text = False, ""
        if is_report:
            return of_report(text, path)
    runs = analysed(path).runs
    if not runs:
        raise UsageError("{path} holds no run that can be read", path=path)
    return tuple(map(of_diagnosis, runs))
