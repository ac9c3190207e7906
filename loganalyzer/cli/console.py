"""The console that the analysis is shown on."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def open_console(*, quiet: bool, to_stderr: bool) -> Console:
    """A plain console on standard output or standard error that can print any character in some way."""
    from rich.console import Console

    stream = sys.stderr if to_stderr else sys.stdout
    for each in (sys.stdout, sys.stderr):
        if hasattr(each, "reconfigure"):
            each.reconfigure(errors="replace")  # a terminal that cannot show a sign shows "?" instead of dying
    # a pipe gets whole lines: nobody wants a log wrapped at 80 columns
    width = None if stream.isatty() or os.environ.get("COLUMNS") else 200
    return Console(file=stream, quiet=quiet, markup=False, highlight=False, emoji=False, width=width)
