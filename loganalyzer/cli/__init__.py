"""The command line ``analyze-logs``."""

from loganalyzer.cli.main import main

__all__ = ["main"]
