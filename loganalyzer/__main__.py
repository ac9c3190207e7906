"""``python -m loganalyzer`` is ``analyze-logs``."""

from loganalyzer.cli.command import main

main()
