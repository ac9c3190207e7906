"""The rules that explain a verdict or stand beside it."""
