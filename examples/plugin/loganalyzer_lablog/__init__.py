"""A plugin of loganalyzer to copy."""
