"""``python -m loganalyzer`` is ``analyze-logs``."""

from loganalyzer.cli.process import main

main()
