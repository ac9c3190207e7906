"""The exit codes of the command line: public API."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit code of ``analyze-logs``; ``meaning`` is its text in ``--help``, translations are in ``messages``."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> ExitCode:
        """Create a code with its meaning."""
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    DONE = 0, "done"
    GATE_FAILED = 1, "the gate failed (--fail-on ...)"
    USAGE = 2, "wrong usage or configuration"
    INTERNAL = 3, "an internal error (please report it), or no memory left"
    UNREAD = 4, "done but some input could not be read (with --strict)"
    NO_RUNS = 5, "no run found"
    OUTPUT = 6, "standard output could not be written"
    HUNG_UP = 129, "ended by SIGHUP"
    INTERRUPTED = 130, "interrupted"
    TERMINATED = 143, "ended by SIGTERM"
