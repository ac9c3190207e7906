"""Where the terminal output goes."""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import IO, TYPE_CHECKING

from loganalyzer.model.record import Record

if TYPE_CHECKING:
    from rich.console import Console


class Screen(Record, dict=True):
    """A stream for terminal output, and whether nothing is printed there; a quiet call does not load rich."""

    file: IO[str]
    quiet: bool

    @cached_property
    def console(self) -> Console:
        """A plain console on the stream."""
        from rich.console import Console

        # do not wrap lines in a pipe or log file
        width = None if self.file.isatty() or os.environ.get("COLUMNS") else 200
        return Console(file=self.file, quiet=self.quiet, markup=False, highlight=False, emoji=False, width=width)


def open_screen(*, quiet: bool, to_stderr: bool) -> Screen:
    """Open standard output or standard error, both of which replace characters that they cannot encode."""
    for each in (sys.stdout, sys.stderr):
        if hasattr(each, "reconfigure"):
            each.reconfigure(errors="replace")  # unencodable characters become "?" instead of an exception
    return Screen(sys.stderr if to_stderr else sys.stdout, quiet)
