"""An array that was found in a pickle or an archive, as readers pass it on."""

from __future__ import annotations

from typing import Any

import numpy as np


class Array:
    """``values`` is an array, or a list where the file keeps objects; empty until it is filled."""

    def __init__(self) -> None:
        self.values: Any = np.zeros(0)
