"""Frozen data that every floor above speaks in: runs, names, outcomes, reports. No I/O."""
