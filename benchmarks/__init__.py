"""Measurements of the package: what it reads, how fast, and how often its diagnosis is right."""
