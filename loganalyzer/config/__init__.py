"""The configuration: one value from several sources, checked, with where it is from."""
