"""Calls of another package's functions: they may not hang, end the process, go on as a second one, or print into our output."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, TypeVar

MOST_SECONDS = 60.0
"""The longest that a call may take."""
AGAIN_SECONDS = 1.0
"""So long after the first try a function that has caught the end of its time is told again."""
Result = TypeVar("Result")
Seconds = Callable[[], float]


class PluginError(Exception):
    """What a function of another package did that it may not do."""


class _TimeIsUp(BaseException):
    """Raised inside of a call that takes too long; no ``except Exception`` keeps it."""


def guarded(
    function: Callable[..., Result], package: str, seconds: Seconds = lambda: MOST_SECONDS
) -> Callable[..., Result]:
    """``function`` of a ``package``, which is given ``seconds``; what it prints goes to standard error.

    Raises PluginError with the name of the package where it takes longer or asks for the end of the process, and warns of
    it; a function that took too long once is not called again. A process that it forks
    and that comes back ends here: one report is enough. In other threads than the main one, only what Python executes is
    interrupted (a call of the system is not), and what is printed stays where it was printed to.
    """
    too_slow: list[PluginError] = []

    @functools.wraps(function)
    def call(*arguments: Any) -> Result:
        if too_slow:
            raise too_slow[0]
        allowed, process = seconds(), os.getpid()
        try:
            with _at_most(allowed), _prints_elsewhere():
                return function(*arguments)
        except _TimeIsUp:
            too_slow.append(_told(f"the plugin package {package} took longer than {allowed:.3g} s and was interrupted"))
            raise too_slow[0] from None
        except SystemExit as error:
            raise _told(f"the plugin package {package} asked for the end of the process ({error.code})") from error
        finally:
            if os.getpid() != process:
                os._exit(0)

    return call


def guarded_items(
    function: Callable[..., Any], package: str, seconds: Seconds = lambda: MOST_SECONDS
) -> Callable[..., Iterator[Any]]:
    """The same of a function that gives one thing after the other: each may take ``seconds``."""
    begin, step = guarded(function, package, seconds), guarded(next, package, seconds)

    @functools.wraps(function)
    def call(*arguments: Any) -> Iterator[Any]:
        items, end = iter(begin(*arguments)), object()
        while (item := step(items, end)) is not end:
            yield item

    return call


def _told(what: str) -> PluginError:
    warnings.warn(what, stacklevel=3)
    return PluginError(what)


@contextlib.contextmanager
def _prints_elsewhere() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with contextlib.redirect_stdout(sys.stderr):
        yield


def _at_most(seconds: float) -> contextlib.AbstractContextManager[None]:
    """Raise _TimeIsUp in the block once it has taken so long."""
    main = threading.current_thread() is threading.main_thread()
    return _by_signal(seconds) if main and hasattr(signal, "setitimer") else _by_thread(seconds)


@contextlib.contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    def end(_number: int, _frame: FrameType | None) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    import ctypes  # only where another package's functions run in threads

    caller, over = threading.get_ident(), threading.Event()

    def watch() -> None:
        wait = seconds
        while not over.wait(wait):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(caller), ctypes.py_object(_TimeIsUp))
            wait = AGAIN_SECONDS

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
