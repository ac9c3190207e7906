"""Lightning: judge what the trainer's own logger wrote, when the training ends."""

from __future__ import annotations

from pathlib import Path

import pytorch_lightning as pl  # with the package "lightning": import lightning.pytorch as pl
from judge import judge


class JudgeAtEnd(pl.Callback):
    """Works with ``CSVLogger`` and ``TensorBoardLogger``, whose folder is the trainer's ``log_dir``.

    >>> pl.Trainer(logger=CSVLogger("runs"), callbacks=[JudgeAtEnd()]).fit(model, data)  # doctest: +SKIP
    """

    def __init__(self, lang: str = "en") -> None:
        self.lang, self.report = lang, None

    def teardown(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Judge after ``fit``, on one process only: the loggers are flushed by then."""
        for logger in trainer.loggers:
            logger.save()
        if stage == "fit" and trainer.is_global_zero and trainer.log_dir and Path(trainer.log_dir).is_dir():
            self.report = judge(trainer.log_dir, self.lang)
