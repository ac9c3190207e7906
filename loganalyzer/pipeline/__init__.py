"""The whole way from paths to a report, in one process or in many."""
