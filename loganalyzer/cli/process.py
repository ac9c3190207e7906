"""The process of ``analyze-logs``, from its first line to its exit code: it ends clean, whatever ends it.

Exit code 1 belongs to the gate alone, so it is left neither to Python (1 after a traceback) nor to C libraries (1 where
memory runs out).
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import warnings
from typing import NoReturn

from loganalyzer.cli.stops import Stop, Stops, kill_children
from loganalyzer.cli.streams import open_standard_streams

INTERNAL = 3
"""``ExitCode.INTERNAL``, for where no memory is left to import it."""
GARBAGE = 100_000
"""Objects made and kept before Python looks for rings of them that nothing needs any more (its own 700 suit programs that
stay): a start makes fifty thousand that stay to the end, and looking through them took a tenth of it."""
LAST_WORDS = b"analyze-logs: ended by a fault that left no room for a better message, most likely for want of memory\n"


def main() -> NoReturn:
    """Run ``analyze-logs`` with the arguments of this process, and exit."""
    stops = Stops()
    code = INTERNAL
    try:
        stops.listen()
        out = open_standard_streams()
        if not sys.warnoptions:
            warnings.simplefilter("ignore", RuntimeWarning)  # numpy's, on numbers as odd as logs have them
        gc.set_threshold(GARBAGE)
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # nothing here multiplies matrices, each thread takes memory
        guard = _guard_against_exit()  # referenced until the end
        from loganalyzer.cli.call import code_of

        code = code_of(sys.argv[1:], stops, out)
        del guard
    except Stop:
        stops.acknowledged()
    except BaseException:
        os.write(2, LAST_WORDS)
    _leave(stops, code)


def _leave(stops: Stops, code: int) -> NoReturn:
    """Exit without waiting for threads, which may hang in a network or be busy for long."""
    try:
        if stops.received:
            kill_children()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(stops.code or code)


def _guard_against_exit() -> object:
    """Have a library's call of C's ``exit`` end with ``INTERNAL``; return what must stay alive for that.

    ``_leave`` calls no such function: what is registered here runs for others only.
    """
    import ctypes

    callback = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _: os._exit(INTERNAL))
    register = getattr(ctypes.CDLL(None), "__cxa_atexit", None)  # "atexit" itself is no symbol of glibc
    if register is not None:
        register(callback, None, None)
    return callback
