"""The errors that the package raises on purpose; everything else that escapes is a bug."""

from __future__ import annotations


class LogAnalyzerError(Exception):
    """Base of all errors raised on purpose."""


class UsageError(LogAnalyzerError):
    """The call cannot be carried out as given: a path that does not exist, an unknown rule name."""


class ConfigError(UsageError):
    """The configuration is wrong: unknown key, wrong type, value out of range."""


class ReadError(LogAnalyzerError):
    """A file cannot be read as what it claims to be.

    Raised by readers with the code of a note (see ``words/notes.toml``) and what the sentence needs.
    """

    def __init__(self, code: str, **details: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
