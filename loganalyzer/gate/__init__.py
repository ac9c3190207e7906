"""Pass or fail: a report held against conditions and against a baseline."""
