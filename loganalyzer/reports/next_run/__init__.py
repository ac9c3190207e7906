"""The next run as a file: what to set and which checkpoint to use, for a script that trains again."""
