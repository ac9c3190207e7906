"""Values that are no numbers now and then: single batches are at fault then, and the weights are sound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RETURNS = 2
"""A loss that is finite again so many times is NaN at single batches only."""


def comes_back(bad: NDArray[np.bool_]) -> bool:
    """Whether numbers follow unusable values (``bad``, bool[k], one a point) ``RETURNS`` times or more.

    False where the first value is unusable: nothing is known of how the training began.
    """
    return len(bad) > 0 and not bool(bad[0]) and int(np.count_nonzero(np.diff(bad.astype(int)) < 0)) >= RETURNS
