"""The command line ``analyze-logs``."""

from loganalyzer.cli.command import main

__all__ = ["main"]
