"""Documents and lines of JSON, and histories saved as one object."""
