"""The settings in a command line that somebody kept beside a log: ``python train.py --lr 0.1 -epochs 20 --amp``."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from loganalyzer.model.late import late

MOST_CHARACTERS = 20_000
_OPTION = late(lambda: re.compile(r"--?([A-Za-z][\w.-]*)(?:=(.*))?", re.DOTALL))


def options(text: str) -> Mapping[str, str | int | float | bool]:
    """The options of a command line and their values, by name without dashes; True for one without a value.

    Line breaks after a backslash are read over. Empty for a text without options, or one that is no command line.
    """
    try:
        words = shlex.split(text[:MOST_CHARACTERS].replace("\\\n", " "), comments=True)
    except ValueError:  # a quote that is not closed
        return {}
    found: dict[str, str | int | float | bool] = {}
    waiting = ""
    for word in words:
        option = _OPTION.fullmatch(word)
        if option is not None:
            name, value = option.groups()
            found[name] = True if value is None else _typed(value)
            waiting = name if value is None else ""
        elif waiting:
            found[waiting] = _typed(word)
            waiting = ""
    return found


def _typed(word: str) -> str | int | float | bool:
    """A number or truth value as such, anything else as it is."""
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word
