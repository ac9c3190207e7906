"""The console for terminal output."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def open_console(*, quiet: bool, to_stderr: bool) -> Console:
    """Open a plain console on standard output or standard error that replaces unencodable characters."""
    from rich.console import Console

    stream = sys.stderr if to_stderr else sys.stdout
    for each in (sys.stdout, sys.stderr):
        if hasattr(each, "reconfigure"):
            each.reconfigure(errors="replace")  # unencodable characters become "?" instead of an exception
    # do not wrap lines in a pipe or log file
    width = None if stream.isatty() or os.environ.get("COLUMNS") else 200
    return Console(file=stream, quiet=quiet, markup=False, highlight=False, emoji=False, width=width)
