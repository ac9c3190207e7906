"""The whole pipeline from paths to a report, in one process or in many."""
