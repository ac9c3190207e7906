"""The command line ``analyze-logs``."""

from __future__ import annotations

from loganalyzer.cli.process import main  # light: signals are listened to before anything else is imported

__all__ = ["main"]
