"""What experiment trackers and training libraries keep in files of their own."""
