"""Memory of what was done: what a file is, and what was found in it, as long as neither it nor we change."""
