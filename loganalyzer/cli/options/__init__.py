"""The options of ``analyze-logs``: one file per group, and the record of what a call gave."""
