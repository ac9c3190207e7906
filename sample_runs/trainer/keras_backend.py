"""Keras on torch: imported late, as it takes seconds, and never with another backend."""

from __future__ import annotations

import os
from typing import Any


def load_keras() -> Any:
    """Import Keras with the torch backend.

    Raises ImportError where Keras is missing, or where it was imported before with another backend.
    """
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras  # type: ignore[import-untyped, unused-ignore]

    if keras.backend.backend() != "torch":
        raise ImportError(f"Keras runs on {keras.backend.backend()} here; set KERAS_BACKEND=torch")
    return keras
