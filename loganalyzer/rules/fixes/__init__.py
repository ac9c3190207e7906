"""The catalogue of fixes, and the order in which they are offered."""
