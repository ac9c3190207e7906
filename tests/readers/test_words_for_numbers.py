"""A printed word in place of a number is a missing value, whatever the word; missing to the end is NaN."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import loganalyzer

STATEMENTS = {
    "steps": "step {i} loss {v} lr 0.001",
    "epochs": "Epoch [{i}/60] loss: {v}, lr: 0.001",
    "pairs": "epoch={i} loss={v} time=0.3s",
    "at the end": "Epoch {i}: loss {v}",
    "aligned": "epoch {i}   loss {v:>12}   acc 0.5",
    "brackets": "[{i}/60] (loss {v}) 12.5 it/s",
    "stamped": "2026-01-02 03:04:05,123 INFO step {i} | loss {v} | grad_norm 1.5",
    "ahead": "loss {v} at epoch {i}",
}
WORDS = (
    "INFINITY", "qnan", "nanf", "NULL", "nil", "n/a", "<NA>", "missing", "undefined", "#N/A", "******", "Overflow",
    "非数値", "非数字", "NeuN", "не\u00a0число", "+unendlich", "n. def.", "正无穷大", "invalid!",
)  # fmt: skip


def curve(folder: Path, lines: list[str]) -> list[float]:
    (folder / "train.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (run,) = loganalyzer.load(folder / "train.log")
    return run.series["loss"].values.tolist()


def printed(statement: str, values: list[str]) -> list[str]:
    return [statement.format(i=i, v=v) for i, v in enumerate(values, 1)]


FALLING = [f"{2 * math.exp(-i / 9) + 0.1:.4f}" for i in range(60)]


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
@pytest.mark.parametrize("word", WORDS)
def test_a_word_to_the_end(word: str, statement: str, tmp_path: Path) -> None:
    found = curve(tmp_path, printed(statement, [*FALLING[:30], *[word] * 30]))
    assert len(found) == 60 and not any(map(math.isfinite, found[30:])) and all(map(math.isfinite, found[:30]))
    assert [d.verdict for d in loganalyzer.analyze(tmp_path / "train.log").runs] == ["diverging"]


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_a_word_between_numbers_is_no_value(statement: str, tmp_path: Path) -> None:
    found = curve(tmp_path, printed(statement, [*FALLING[:30], "skipped", "skipped", *FALLING[32:]]))
    assert len(found) == 58 and all(map(math.isfinite, found))


@pytest.mark.parametrize(
    "behind",
    [
        ["step 60 loss improved lr 0.001"],  # one line is a remark
        ["step 60 loss: has improved a lot since the last time, saving lr 0.001"] * 5,  # a sentence
        ["step 60 accuracy unknown lr 0.001"] * 5,  # another statement
        ["Loaded step 60 loss unknown lr 0.001"] * 5,
        ["step done loss 0.5 lr 0.001"] * 5,  # the counter is a word: where it is cannot be told
    ],
    ids=["one", "sentence", "other", "ahead", "counter"],
)
def test_what_is_no_missing_value(behind: list[str], tmp_path: Path) -> None:
    found = curve(tmp_path, [*printed(STATEMENTS["steps"], FALLING), *behind])
    assert len(found) in {60, 61} and all(map(math.isfinite, found))
