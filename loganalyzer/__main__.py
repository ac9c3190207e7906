"""``python -m loganalyzer`` is ``analyze-logs``."""

from loganalyzer.cli.main import main

main()
