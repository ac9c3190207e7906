"""Where logs are: roots, folders, files, which of them make one run, and what the run is called."""
