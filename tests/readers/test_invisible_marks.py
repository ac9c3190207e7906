"""Marks that nobody sees change nothing: of direction, width and encoding, fixed blanks, titles of a terminal's window."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.readers.encoding import decode, decode_head

LOSS = [2.5, 1.75, 1.25, 1.0, 0.875, 0.75]
FILES = {
    "log.csv": "epoch,loss,lr\n" + "".join(f"{i},{a},0.1\n" for i, a in enumerate(LOSS)),
    "log.jsonl": "".join(json.dumps({"epoch": i, "loss": a}) + "\n" for i, a in enumerate(LOSS)),
    "train.log": "".join(f"Epoch {i}/6 - loss: {a} - lr: 0.1\n" for i, a in enumerate(LOSS)),
    "out.txt": "".join(f"{{'loss': {a}, 'epoch': {i}}}\n" for i, a in enumerate(LOSS)),
    "history.json": json.dumps({"loss": LOSS, "lr": [0.1] * 6}),
    "trainer_state.json": json.dumps({"log_history": [{"step": i, "loss": a} for i, a in enumerate(LOSS)]}, indent=1),
}
MARKS: dict[str, Callable[[str], str]] = {
    "files with a mark, joined": lambda text: "".join("\ufeff" + line for line in text.splitlines(keepends=True)),
    "right to left": lambda text: "".join("\u200f" + line for line in text.splitlines(keepends=True)),
    "left to right before numbers": lambda text: text.replace(": ", ": \u200e").replace(",", ",\u200e"),
    "embedded": lambda text: text.replace(": ", ": \u202a").replace(",", "\u202c,"),
    "isolated": lambda text: "".join(f"\u2066{line}\u2069" for line in text.splitlines(keepends=True)),
    "no width": lambda text: text.replace(" ", " \u200b").replace(",", ",\u200b"),
    "fixed blanks": lambda text: text.replace(" ", "\xa0"),
}


def losses(folder: Path, name: str, data: bytes) -> list[float]:
    (folder / name).write_bytes(data)
    (run,) = loganalyzer.load(folder)
    return run.series["loss"].values.tolist()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_marks_inside_a_log(tmp_path: Path, name: str, mark: str, encoding: str) -> None:
    assert losses(tmp_path, name, MARKS[mark](FILES[name]).encode(encoding)) == LOSS


@pytest.mark.parametrize("name", ["train.log", "out.txt"])
@pytest.mark.parametrize("title", ["\x1b]0;training\x07", "\x1b]2;a@b: ~/runs\x07\r", "\x07"])
def test_a_recorded_terminal(tmp_path: Path, name: str, title: str) -> None:
    text = "".join(title + line for line in FILES[name].splitlines(keepends=True))
    assert losses(tmp_path, name, text.encode()) == LOSS


@pytest.mark.parametrize("text", ["1\xa0234", "a\u200cb", "می\u200cشود", "👩\u200d💻", "é", "損失 0.5", "plain"])
def test_what_letters_and_numbers_need_is_kept(text: str) -> None:
    assert decode(text.encode()) == (text, None) and decode_head(text.encode()) == text
