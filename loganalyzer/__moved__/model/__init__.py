"""First addresses in ``loganalyzer.model``."""
