"""Pass or fail: compare a report with conditions and with a baseline."""
