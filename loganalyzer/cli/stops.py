"""Signals that end the process: each becomes an exception, so that every ``with`` and ``finally`` on its way cleans up."""

from __future__ import annotations

import os
import signal
import sys
import time
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECONDS_TO_CLEAN_UP = 10.0
TICK_SECONDS = 0.1


class Stop(KeyboardInterrupt):
    """The process was asked to end."""


class Stops:
    """The signals of one process: the first one raises ``Stop``, later ones change nothing (``timeout`` sends two).

    A ``Stop`` can be lost: in a destructor, in a callback of a C library that knows no Python exceptions, or in code that
    catches everything. It is raised again until ``acknowledged``. A clean-up that takes longer than
    ``SECONDS_TO_CLEAN_UP`` is given up.
    """

    def __init__(self) -> None:
        self.received = 0
        self._owner = os.getpid()
        self._until = 0.0
        self._known = False

    @property
    def code(self) -> int:
        """Exit code after a signal, as shells have it: 128 and the signal's number; 0 without one."""
        return 128 + self.received if self.received else 0

    def listen(self) -> None:
        """Install the handlers; signals that are ignored already (nohup, jobs in the background) stay so."""
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._first)
        signal.signal(signal.SIGALRM, self._tick)
        sys.unraisablehook = self._unraisable

    def acknowledged(self) -> None:
        """The exception has arrived where the process ends: it need not be raised again."""
        self._known = True

    def _first(self, number: int, _: FrameType | None) -> None:
        if os.getpid() != self._owner:  # a worker that was forked and has no handlers of its own yet
            os._exit(128 + number)
        if self.received:
            return
        self.received = number
        self._until = time.monotonic() + SECONDS_TO_CLEAN_UP
        signal.setitimer(signal.ITIMER_REAL, TICK_SECONDS, TICK_SECONDS)
        raise Stop

    def _tick(self, *_: object) -> None:
        if time.monotonic() > self._until:
            kill_children()
            os._exit(self.code)
        if not self._known and not _handled(sys.exc_info()[1]):
            raise Stop

    def _unraisable(self, unraisable: sys.UnraisableHookArgs) -> None:
        if not issubclass(unraisable.exc_type, Stop):
            sys.__unraisablehook__(unraisable)


def kill_children() -> None:
    """End all processes that this one started by multiprocessing."""
    if "multiprocessing.process" in sys.modules:
        from multiprocessing import active_children

        for child in active_children():
            child.kill()


def _handled(error: BaseException | None) -> bool:
    """True while a ``Stop``, or an error that came up while one was handled, is on its way up."""
    while error is not None and not isinstance(error, Stop):
        error = error.__context__
    return error is not None
