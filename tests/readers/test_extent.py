"""Where a log begins and to which step its training was planned, from lines, counters in records, and settings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from loganalyzer import Options, analyze
from loganalyzer.model.run import Run
from loganalyzer.pipeline.analyze import load


def lines(form: str, numbers: Iterable[int], start: float = 4.0) -> str:
    """``form`` for each of the numbers {i}, with a falling loss {v}."""
    return "".join(form.format(i=i, v=f"{start / (n + 1):.4f}") + "\n" for n, i in enumerate(numbers))


def only(folder: Path, name: str, text: str) -> Run:
    (folder / name).write_bytes(text.encode())
    (run,) = load(folder / name)
    return run


LATE = {
    "epochs": ("run.log", lines("epoch {i} loss: {v}", range(69, 76)), 69),
    "epochs of": ("run.log", lines("Epoch {i}/200 loss: {v} val_loss: {v}", range(91, 99)), 91),
    "steps": ("run.log", lines("step {i} loss: {v}", range(5000, 9000, 100)), 5000),
    "time stamps": ("run.log", lines("2024-05-01 10:00:00,123 INFO epoch {i} train_loss={v}", range(40, 60)), 40),
    "Windows": ("run.log", lines("epoch {i} loss: {v}", range(69, 76)).replace("\n", "\r\n"), 69),
    "German": ("run.log", lines("Epoche {i} Verlust: {v} loss: {v}".replace("Epoche", "Epoch"), range(30, 50)), 30),
    "Japanese": ("run.log", lines("エポック {i} loss: {v}", range(30, 50)), 30),
    "torn": ("run.log", lines("epoch {i} loss: {v}", range(69, 76)) + "epoch 76 loss: 0.", 69),
    "table": ("run.csv", "epoch,loss\n" + lines("{i},{v}", range(120, 150)), 120),
    "table of steps": ("run.csv", "step,loss\n" + lines("{i},{v}", range(3000, 6000, 50)), 3000),
    "records": ("run.jsonl", lines('{{"step": {i}, "loss": {v}}}', range(700, 900, 10)), 700),
    "records of epochs": ("run.jsonl", lines('{{"epoch": {i}, "loss": {v}}}', range(17, 31)), 17),
}
FROM_START = {
    "epochs from zero": ("run.log", lines("epoch {i} loss: {v}", range(20))),
    "epochs from one": ("run.log", lines("epoch {i} loss: {v}", range(1, 20))),
    "from two": ("run.log", lines("epoch {i} loss: {v}", range(2, 20))),
    "every hundred": ("run.log", lines("step {i} loss: {v}", range(100, 3000, 100))),
    "the last of every fifty": ("run.csv", "step,loss\n" + lines("{i},{v}", range(49, 3000, 50))),
    "every five epochs": ("run.csv", "epoch,val_loss\n" + lines("{i},{v}", range(5, 60, 5))),
    "a little is missing": ("run.log", lines("epoch {i} loss: {v}", range(5, 200))),
    "validation begins later": (
        "run.csv",
        "epoch,loss,val_loss\n" + "".join(f"{i},{4 / (i + 1)},{5 / (i + 1) if i > 20 else ''}\n" for i in range(40)),
    ),
    "samples": ("run.jsonl", lines('{{"step": {i}, "loss": {v}}}', range(4_194_304, 90_000_000, 4_194_304))),
    "clock times": ("run.jsonl", lines('{{"step": {i}, "loss": {v}}}', range(1_700_000_000, 1_700_001_000, 10))),
    "two points": ("run.csv", "epoch,loss\n0,4\n1,3\n"),
    "no counter": ("run.csv", "loss,val_loss\n" + "".join(f"{4 / (i + 1)},{5 / (i + 1)}\n" for i in range(20))),
}


@pytest.mark.parametrize("name", LATE)
def test_a_late_beginning_is_told(name: str, tmp_path: Path) -> None:
    file, text, begins_at = LATE[name]
    run = only(tmp_path, file, text)
    assert run.begins_at == begins_at
    (note,) = [note for note in run.notes if note.code.startswith("begins-late")]
    assert note.details == {"at": begins_at} and note.code.endswith("-epoch") == (run.step_unit == "epoch")


@pytest.mark.parametrize("name", FROM_START)
def test_a_log_from_the_start_is_none(name: str, tmp_path: Path) -> None:
    run = only(tmp_path, *FROM_START[name])
    assert run.begins_at is None
    assert not any(note.code.startswith("begins-late") for note in run.notes)


TEN = range(1, 11)
PLANNED = {
    "epoch of": ("run.log", lines("Epoch {i}/100 loss: {v}", TEN), 100),
    "epoch of, in brackets": ("run.log", lines("Epoch [{i}/100], Loss: {v}", TEN), 100),
    "step of": ("run.log", lines("step {i}/500 loss: {v}", TEN), 500),
    "Keras": (
        "run.log",
        "".join(f"Epoch {i}/25\n100/100 [====] - 3s 30ms/step - loss: {4 / i:.3f}\n" for i in range(1, 9)),
        25,
    ),
    "Japanese": ("run.log", lines("エポック {i}/100 loss: {v}", TEN), 100),
    "total steps in each record": (
        "run.jsonl",
        lines('{{"step": {i}, "total_steps": 900, "loss": {v}}}', range(10, 300, 10)),
        900,
    ),
    "a percentage": (
        "run.jsonl",
        "".join(json.dumps({"step": i, "loss": 4 / i, "percentage": i / 4}) + "\n" for i in range(10, 200, 10)),
        400,
    ),
    "a trainer state": (
        "trainer_state.json",
        json.dumps({
            "best_metric": None, "max_steps": 1200, "num_train_epochs": 3,
            "log_history": [{"step": i, "epoch": i / 400, "loss": 40 / i} for i in range(10, 300, 10)],
        }),
        1200,
    ),
    "epochs of a state without steps": (
        "trainer_state.json",
        json.dumps({
            "best_metric": None, "max_steps": -1, "num_train_epochs": 3,
            "log_history": [{"step": i, "epoch": i / 400, "loss": 40 / i} for i in range(10, 300, 10)],
        }),
        1200,
    ),
    "settings in the head of a log": ("run.log", "max_epochs: 80\n" + lines("epoch {i} loss: {v}", TEN), 80),
    "max_steps in the head of a log": ("run.log", "max_steps: 4000\n" + lines("step {i} loss: {v}", TEN), 4000),
}  # fmt: skip
UNPLANNED = {
    "nothing says it": ("run.log", lines("epoch {i} loss: {v}", TEN)),
    "less than what was reached": ("run.log", "epochs: 5\n" + lines("epoch {i} loss: {v}", TEN)),
    "epochs of a log of steps": ("run.log", "epochs: 50\n" + lines("step {i} loss: {v}", range(1, 200))),
    "a percentage of something else": (
        "run.jsonl", lines('{{"step": {i}, "loss": {v}, "percentage": 0.5}}', range(10, 300, 10)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANNED)
def test_the_planned_last_step(name: str, tmp_path: Path) -> None:
    file, text, planned = PLANNED[name]
    assert only(tmp_path, file, text).planned == planned


@pytest.mark.parametrize("name", UNPLANNED)
def test_no_plan_is_made_up(name: str, tmp_path: Path) -> None:
    assert only(tmp_path, *UNPLANNED[name]).planned is None


def test_settings_beside_the_log_and_epochs_from_zero(tmp_path: Path) -> None:
    (tmp_path / "hparams.yaml").write_text("max_epochs: 60\n")
    assert only(tmp_path, "metrics.csv", "epoch,loss\n" + lines("{i},{v}", range(20))).planned == 59


def test_both_are_in_the_document_and_outlast_the_cache(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "run.log").write_text(LATE["epochs of"][1])
    documents = [analyze(runs, options=Options(cache=tmp_path / "cache")).to_dict() for _ in range(2)]
    for document in documents:
        assert (document["runs"][0]["begins_at"], document["runs"][0]["planned_steps"]) == (91, 200)


@pytest.mark.parametrize("settled", [0.0602, 12.3])
def test_an_excerpt_at_rest_never_learned_nothing(settled: float, tmp_path: Path) -> None:
    rows = [settled * (1 + 0.001 * (-1) ** i) for i in range(10)]
    (tmp_path / "run.log").write_text("".join(f"Epoch {91 + i}/200 loss: {v:.4f}\n" for i, v in enumerate(rows)))
    (run,) = analyze(tmp_path).to_dict()["runs"]
    assert (run["verdict"], run["kind"]) == ("inconclusive", "undecided")
    assert "begins at epoch 91" in run["headline"]
    assert not {"plateau", "loss-never-decreases"} & {finding["rule"] for finding in run["findings"]}
