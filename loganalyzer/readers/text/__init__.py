"""Training logs as printed text."""
