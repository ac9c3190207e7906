"""Hugging Face Trainer: judge its own history when the training ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from judge import judge
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments


class JudgeAtEnd(TrainerCallback):
    """Write ``trainer_state.json`` into the output folder, judge it, and keep the result as ``report``.

    >>> Trainer(model=model, args=args, callbacks=[JudgeAtEnd()]).train()  # doctest: +SKIP
    """

    def __init__(self, lang: str = "en") -> None:
        self.lang, self.report = lang, None

    def on_train_begin(self, args: TrainingArguments, *states: Any, **kwargs: Any) -> None:
        """Have NaN logged as NaN: by default the Trainer logs 0 in its place, which looks like a perfect loss."""
        args.logging_nan_inf_filter = False

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        """Judge on one process only."""
        if state.is_world_process_zero:
            file = Path(args.output_dir) / "trainer_state.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            state.save_to_json(str(file))
            self.report = judge(file, self.lang)
