"""What to do about values that are no numbers, for the verdict and the finding that see them."""

from __future__ import annotations

LASTING = (
    "lr-down-10x", "check-labels-inputs", "check-numerics", "clip-gradients", "normalise-inputs", "warm-up", "loss-scaling",
    "simple-start",
)  # fmt: skip
"""In the order of how often each was the cause where people asked for help: too large steps, data, a logarithm of 0."""
NOW_AND_THEN = ("loss-scaling", "check-outliers", "check-numerics", "clip-gradients")
"""Where numbers come back by themselves, no weight was spoiled."""
