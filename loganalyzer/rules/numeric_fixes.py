"""What to do about values that are no numbers, for the verdict and the finding that see them."""

from __future__ import annotations

LASTING = ("lr-down-10x", "clip-gradients", "check-numerics", "normalise-inputs", "warm-up", "loss-scaling")
NOW_AND_THEN = ("loss-scaling", "check-outliers", "check-numerics", "clip-gradients")
"""Where numbers come back by themselves, no weight was spoiled."""
