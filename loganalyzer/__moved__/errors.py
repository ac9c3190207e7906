"""Now ``loganalyzer.model.errors``; ``Told`` is ``Message``."""

from loganalyzer.model.errors import ConfigError, LogAnalyzerError, Message, ReadError, UsageError

Told = Message

__all__ = ["ConfigError", "LogAnalyzerError", "Message", "ReadError", "Told", "UsageError"]
