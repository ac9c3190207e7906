"""The options of ``analyze-logs``: one file per group, and the record of their values in one call."""
