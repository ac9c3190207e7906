"""Keras: log every epoch, and judge the training when it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
from judge import judge


class JudgedCSVLogger(keras.callbacks.CSVLogger):
    """``CSVLogger`` that makes its folder, and writes the report beside the log when the training ends.

    >>> model.fit(x, y, validation_data=(xv, yv), callbacks=[JudgedCSVLogger("runs/first")])  # doctest: +SKIP
    """

    def __init__(self, folder: str | Path, lang: str = "en") -> None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        super().__init__(str(Path(folder) / "log.csv"))
        self.folder, self.lang, self.report = Path(folder), lang, None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Log plain numbers: ``CSVLogger`` stumbles over the tensors that the torch backend hands it."""
        super().on_epoch_end(epoch, {name: float(value) for name, value in (logs or {}).items()})

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Close the log, then judge it."""
        super().on_train_end(logs)
        self.report = judge(self.folder, self.lang)
