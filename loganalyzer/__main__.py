"""``python -m loganalyzer`` is ``analyze-logs``."""

from loganalyzer.cli import main

main()
