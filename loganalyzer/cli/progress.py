"""A progress bar on a terminal, shown once the work has taken a second."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import rich.progress

    from loganalyzer.cli.console import Screen
    from loganalyzer.messages import Lang

SHOWN_AFTER_SECONDS = 1.0


class Progress:
    """Progress bar on standard error; invisible if that is no terminal or the screen is quiet."""

    def __init__(self, screen: Screen, lang: Lang) -> None:
        self._wanted = sys.stderr.isatty() and not screen.quiet
        self._lang = lang
        self._started = time.monotonic()
        self._bar: rich.progress.Progress | None = None
        self._task: rich.progress.TaskID | None = None

    def __enter__(self) -> Progress:
        return self

    def update(self, done: int, total: int) -> None:
        """Report that ``done`` of ``total`` jobs are finished."""
        if not self._wanted or (self._bar is None and time.monotonic() - self._started < SHOWN_AFTER_SECONDS):
            return
        if self._bar is None or self._task is None:
            self._start(total)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done)

    def _start(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import Progress as Bar

        from loganalyzer import messages

        self._bar = Bar(console=Console(stderr=True), transient=True)
        self._bar.start()
        self._task = self._bar.add_task(messages.ui("terminal", "reading", self._lang), total=total)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
