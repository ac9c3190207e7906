"""How much is read unless the caller sets another limit; the options of the command line show both, and load nothing else."""

MAX_FILE_BYTES = 2 * 2**30
"""The most that is read of one file."""
MAX_SECONDS = 600.0
"""The longest that one run's files are read."""
