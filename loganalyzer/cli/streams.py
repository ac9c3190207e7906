"""Standard streams that cannot stop the work: what cannot be written any more is dropped, and the reason is kept."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


class Lenient(io.FileIO):
    """A standard stream at its lowest level.

    ``failed`` is the reason why something could not be written. A reader that has left (``| head -1``) is none: it had
    enough.
    """

    failed: str = ""

    def write(self, data: object, /) -> int:
        """Write or drop ``data``; never fails."""
        try:
            return super().write(data)  # type: ignore[arg-type]
        except BrokenPipeError:
            pass
        except OSError as error:
            self.failed = self.failed or error.strerror or str(error)
        return len(data)  # type: ignore[arg-type]


def open_standard_streams() -> Lenient:
    """Replace ``sys.stdout`` and ``sys.stderr``; return standard output at its lowest level.

    A closed descriptor is occupied by the null device, lest the next file that is opened takes its number.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
    out, err = Lenient(1, "w", closefd=False), Lenient(2, "w", closefd=False)
    sys.stdout, sys.stderr = _text(out, sys.stdout), _text(err, sys.stderr)
    return out


def _text(raw: Lenient, replaced: TextIO | None) -> TextIO:
    """Text over ``raw`` with the settings of the stream that it replaces, which is None if its descriptor was closed."""
    if not isinstance(replaced, io.TextIOWrapper):
        return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors="replace")
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=replaced.encoding,
        errors=replaced.errors,
        line_buffering=replaced.line_buffering
        or replaced.write_through,  # PYTHONUNBUFFERED: nothing stays in the buffer
        write_through=replaced.write_through,
    )
