"""Dicts and JSON objects that a program printed one after another without an end of line between them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import loganalyzer

LOSSES = [round(2.4 / (i + 1) + 0.3, 4) for i in range(12)]
Record = dict[str, float]


def counted(counter: str, first: int = 1) -> list[Record]:
    return [{counter: first + i, "train_loss": loss, "val_loss": round(loss + 0.1, 4)} for i, loss in enumerate(LOSSES)]


def lines_of(count: int, dump: Callable[[Record], str], records: Sequence[Record]) -> str:
    """``count`` records a line."""
    texts = [dump(one) for one in records]
    return "".join("".join(texts[at : at + count]) + "\n" for at in range(0, len(texts), count))


EPOCHS = counted("epoch")
TRAINER = [{"train_loss": loss, "learning_rate": 1e-4, "epoch": (i + 1) / 2} for i, loss in enumerate(LOSSES)]
LOGS = {
    "python.log": "".join(map(repr, EPOCHS)),
    "commas.log": ", ".join(map(repr, EPOCHS)),
    "commas_at_the_end.log": "".join(f"{one!r}, " for one in EPOCHS),
    "commas_alone.log": ",".join(map(json.dumps, EPOCHS)),
    "blanks.log": " ".join(map(repr, EPOCHS)),
    "json.log": "".join(map(json.dumps, EPOCHS)),
    "json.jsonl": "".join(map(json.dumps, EPOCHS)),
    "json.json": "".join(map(json.dumps, EPOCHS)),
    "four_a_line.log": lines_of(4, repr, EPOCHS),
    "four_a_line.jsonl": lines_of(4, json.dumps, EPOCHS),
    "steps.txt": "".join(map(repr, counted("step", 100))),
    "iterations.txt": "".join(map(repr, counted("iter", 0))),
    "trainer.log": "".join(map(repr, TRAINER)),
    "counter_behind.log": "".join(repr({"train_loss": loss, "epoch": i}) for i, loss in enumerate(LOSSES)),
    "between_words.log": f"Loading data\n{''.join(map(repr, EPOCHS))}\nDone.\n",
    "windows.log": lines_of(3, repr, EPOCHS).replace("\n", "\r\n"),
    "no_counter.log": "".join(repr({"train_loss": loss, "lr": 0.01}) for loss in LOSSES),
}


@pytest.mark.parametrize("name", LOGS)
def test_each_is_a_point(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(LOGS[name], newline="")
    (run,) = loganalyzer.load(tmp_path)
    assert run.series["train_loss"].values.tolist() == LOSSES


def test_a_trainer_that_evaluates_gives_both_curves(tmp_path: Path) -> None:
    pairs = (
        f"{{'loss': {loss}, 'epoch': {i}.0}}{{'eval_loss': {loss + 1:.4f}, 'epoch': {i}.0}}\n"
        for i, loss in enumerate(LOSSES, 1)
    )
    (tmp_path / "train.log").write_text("".join(pairs))
    (run,) = loganalyzer.load(tmp_path)
    assert run.series["loss"].values.tolist() == LOSSES
    assert run.series["eval_loss"].values.tolist() == [float(f"{loss + 1:.4f}") for loss in LOSSES]


@pytest.mark.parametrize(
    "form",
    [
        "{{'epoch': {e}, 'loss': {v}}}\n",
        "Epoch {e} {{'loss': {v}}} {{'val_loss': 3.5}}\n",
        "Epoch {e} {{'loss': {v}}}{{'val_loss': 3.5}}\n",
        "{{'epoch': {e}, 'loss': {v}}} {{'val_loss': 3.5}}\n",
        "{{'epoch': {e}, 'loss': {v}}}{{'val_loss': 3.5}}\n",
        "{{'epoch': {e}, 'loss': {v}, 'best': {{'acc': 0.5}}}}\n",
        '{{"epoch": {e}, "loss": {v}, "note": "a {{}} {{b}}"}}\n',
    ],
)
def test_what_belongs_together_stays_together(tmp_path: Path, form: str) -> None:
    (tmp_path / "train.log").write_text("".join(form.format(e=e, v=v) for e, v in enumerate(LOSSES, 1)))
    (run,) = loganalyzer.load(tmp_path)
    assert run.series["loss"].values.tolist() == LOSSES
    assert run.series["loss"].steps.tolist() == list(range(1, 13))
