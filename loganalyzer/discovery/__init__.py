"""Find logs: list roots and folders, detect formats, group files to runs, name the runs."""
