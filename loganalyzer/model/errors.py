"""The errors that the package raises on purpose; everything else that escapes is a bug."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """A sentence in English with placeholders, and what fills them; ``messages.errors`` says it in other languages.

    What fills a placeholder may be such a sentence itself. Without placeholders the text stands as it is, braces included.
    """

    text: str
    placeholders: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format_map(self.placeholders) if self.placeholders else self.text


class LogAnalyzerError(Exception):
    """Base of all errors raised on purpose: a sentence with placeholders (see ``Message``), ``told``, and its English text."""

    def __init__(self, text: str = "", /, **placeholders: object) -> None:
        self.message = Message(text, placeholders)
        super().__init__(str(self.message))


class UsageError(LogAnalyzerError):
    """The call cannot be carried out as given: a path that does not exist, an unknown rule name."""


class ConfigError(UsageError):
    """The configuration is wrong: unknown key, wrong type, value out of range."""


class ReadError(LogAnalyzerError):
    """A file cannot be read as what it claims to be.

    Raised by readers with the code of a note (see ``messages/notes.toml``) and what the sentence needs.
    """

    def __init__(self, code: str, **details: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
