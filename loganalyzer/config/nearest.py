"""The known name that was meant, for the end of a sentence about one that is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from loganalyzer.model.errors import Message


def hint(name: str, known: Iterable[str]) -> Message | str:
    """ "; did you mean 'fail-on'?": the one name that begins like ``name``, else the nearest; "" where none is near."""
    names, plain = [str(k) for k in known], name.lower().replace("_", "-")
    begun = [k for k in names if len(plain) > 2 and k.startswith(plain)]
    close = begun if len(begun) == 1 else get_close_matches(plain, names, n=1) or get_close_matches(name, names, n=1)
    return Message("; did you mean {name!r}?", {"name": close[0]}) if close else ""
