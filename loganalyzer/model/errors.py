"""Exceptions that the package raises deliberately; any other exception that escapes is a bug."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """An English message with placeholders, and their values; ``messages.errors`` translates it.

    A value may itself be a Message; a tuple is a list of names, joined as the language joins them. Without values the text is
    used literally, braces included.
    """

    text: str
    placeholders: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        joined = {name: ", ".join(v) if isinstance(v, tuple) else v for name, v in self.placeholders.items()}
        return self.text.format_map(joined) if joined else self.text


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the one of ``known`` that ``name`` misspells or abbreviates; None if there is none.

    Case and the difference between ``-`` and ``_`` do not count. ``cutoff`` (0..1) is the required similarity.
    """
    from difflib import get_close_matches

    normal = _normal(name)
    names = {_normal(k): k for k in sorted(map(str, known), reverse=True)}
    begun = [k for k in names if len(normal) > 2 and k.startswith(normal)]
    close = begun if len(begun) == 1 else get_close_matches(normal, names, n=1, cutoff=cutoff)
    return names[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str], *, cutoff: float = 0.6, quote: bool = True) -> Message | str:
    """Return the end of an error message that suggests the nearest name (see ``nearest``); "" if there is none."""
    close = nearest(name, known, cutoff)
    if close is None:
        return ""
    return (
        Message("; did you mean {name!r}?", {"name": close})
        if quote
        else Message("; did you mean {name}?", {"name": close})
    )


def _normal(name: str) -> str:
    return name.lower().replace("_", "-")


class LogAnalyzerError(Exception):
    """Base of all deliberate exceptions: ``message``, with placeholders, and its English text."""

    def __init__(self, text: str = "", /, **placeholders: object) -> None:
        self.message = Message(text, placeholders)
        super().__init__(str(self.message))


class UsageError(LogAnalyzerError):
    """The call cannot be carried out as given: a path that does not exist, an unknown rule name."""


class ConfigError(UsageError):
    """The configuration is wrong: unknown key, wrong type, value out of range."""


class ReadError(LogAnalyzerError):
    """A file cannot be read in its format.

    Raised by readers with the code of a note (see ``messages/notes.toml``) and the values of its placeholders.
    """

    def __init__(self, code: str, **details: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
