"""Headings of parts of a printed log: on which data the lines below them were measured, and where the part ends."""

from __future__ import annotations

import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers.base import Source
from loganalyzer.readers.common.printed.sections import heading_of
from loganalyzer.readers.text.reader import READER


def only_run(text: str) -> Run:
    data = text.encode()
    source = Source("train.log", len(data), data[:65_536], lambda: data)
    (run,) = [item for item in READER.read("train.log", [source]) if isinstance(item, Run)]
    return run


HEADINGS = {
    "Validation:": "val",
    "== Validation ==": "val",
    " > EVALUATION ": "val",
    "evaluate:dev": "val",
    "Validating...": "val",
    "[valid]": "val",
    "Evaluating on the dev set": "val",
    "***** Running Evaluation *****": "val",
    "2018-08-23 15:45:18,665 - log/train.log - INFO - evaluate:dev": "val",
    "2021-05-01 10:00:20,124 - INFO - allennlp.training.trainer - Validating": "val",
    "--- Validation Results ---": "val",
    "  --> EVAL PERFORMANCE": "val",
    "evaluate:test": "test",
    "Test Error: ": "test",
    "Testing": "test",
    "Test set results:": "test",
    "Evaluating on test data": "test",
    "testing in eval mode……": "val",
    "Validating in eval mode": "val",
    "--- Evaluating in test mode ---": "test",
    "Now continue training……": "",
    "Back to training": "",
    "Continue training:": "train",
    "Training:": "train",
    " > TRAINING (2022-05-01 10:00:00) ": "",
    "***** Running training *****": "",
    "Training": "",
}
OTHERS = (
    "Loading the validation data from val.csv",
    "Best validation loss so far",
    "validation loss",
    "Testing 1000 samples",
    "train, val and test are split by patient",
    "Save the model of the best validation",
    "evaluate(model, loader)",
    "x" * 300 + " validation",
)


@pytest.mark.parametrize("line", HEADINGS)
def test_headings(line: str) -> None:
    assert heading_of(line) == HEADINGS[line]


@pytest.mark.parametrize("line", OTHERS)
def test_other_lines(line: str) -> None:
    assert heading_of(line) is None


@pytest.mark.parametrize("heading", [h for h, split in HEADINGS.items() if split in ("val", "test")])
def test_the_heading_holds_for_all_lines_until_training_goes_on(heading: str) -> None:
    lines = []
    for epoch in (1, 2, 3):
        lines += [f"epoch {epoch} step {s} loss: {1 / (epoch + s):.4f}" for s in (1, 2)]
        lines += [heading, f"loss: {2 / epoch:.4f}", "", f"accuracy: 0.{epoch}5", f"F1: 0.{epoch}7"]
    run = only_run("\n".join(lines) + "\n")
    split = HEADINGS[heading]
    assert len(run.series["loss"]) == 6
    assert run.series[f"{split}/loss"].values.tolist() == [2.0, 1.0, 0.6667]
    assert run.series[f"{split}/accuracy"].values.tolist() == [0.15, 0.25, 0.35]
    assert run.series[f"{split}/F1"].values.tolist() == [0.17, 0.27, 0.37]


def test_headings_alternate() -> None:
    blocks = (
        f"Epoch {e}\nTraining:\n  loss: {1 / e}\n  acc: 0.5\nValidation:\n  loss: {2 / e}\n  acc: 0.{e}\n"
        for e in (1, 2, 4)
    )
    run = only_run("".join(blocks))
    assert run.series["train/loss"].values.tolist() == [1.0, 0.5, 0.25]
    assert run.series["train/acc"].values.tolist() == [0.5, 0.5, 0.5]
    assert run.series["val/loss"].values.tolist() == [2.0, 1.0, 0.5]
    assert run.series["val/acc"].values.tolist() == [0.1, 0.2, 0.4]


@pytest.mark.parametrize("line", ["epoch {e} loss: {v}", "Epoch {e}/3 - loss = {v}", "[{e}] loss {v}, epoch {e}"])
def test_lines_of_both_parts_may_look_alike(line: str) -> None:
    lines = []
    for epoch in (1, 2, 3):
        lines += ["Training:", line.format(e=epoch, v=1 / epoch), "Validation:", line.format(e=epoch, v=2.0)]
    run = only_run("\n".join(lines) + "\n")
    assert len(run.series["train/loss"]) == 3
    assert run.series["val/loss"].values.tolist() == [2.0, 2.0, 2.0]


def test_steps_of_a_pass_over_held_out_data_are_not_those_of_the_training() -> None:
    lines = []
    for epoch in (0, 1):
        lines += [f" > EPOCH: {epoch}/2", " > TRAINING (2022-05-01 10:00:00)"]
        for s in (0, 50):
            lines += [
                f"   --> STEP: {s}/100 -- GLOBAL_STEP: {100 * epoch + s}",
                f"     | > loss: {4 - epoch - s / 100}",
            ]
        lines += [
            " > EVALUATION ",
            "   --> STEP: 0",
            "     | > loss: 9.5",
            "   --> STEP: 1",
            f"     | > loss: {5 - epoch}",
        ]
    run = only_run("\n".join(lines) + "\n")
    assert run.series["loss"].values.tolist() == [4.0, 3.5, 3.0, 2.5]
    assert run.series["val/loss"].values.tolist() == [5.0, 4.0]


@pytest.mark.parametrize("heading", ["***** Running Evaluation *****", "Validation:", "Evaluating on the dev set"])
def test_an_evaluation_before_the_first_step_does_not_take_the_training_with_it(heading: str) -> None:
    lines = [heading, "val_loss: 5.5", *(f"step {s} loss: {1 / s:.4f}" for s in (1, 2, 4, 5))]
    run = only_run("\n".join(lines) + "\n")
    assert run.series["loss"].values.tolist() == [1.0, 0.5, 0.25, 0.2]


@pytest.mark.parametrize(
    "opening", ["testing in eval mode……", "Evaluating in eval mode", "## validation in eval mode ##"]
)
@pytest.mark.parametrize("closing", ["Now continue training……\n", "Back to training\n", ""])
@pytest.mark.parametrize("line", ["epoch: {e},  loss is: {v}, acc is: {a}\n", "[epoch {e}] loss {v} acc {a}\n"])
def test_a_pass_in_eval_mode_may_print_the_line_of_the_training(opening: str, closing: str, line: str) -> None:
    text = "".join(
        line.format(e=e, v=1 / (e + 1), a=e / 10) + f"{opening}\n" + line.format(e=e, v=2 / (e + 1), a=e / 20) + closing
        for e in range(8)
    )
    run = only_run(text)
    for name, own, held_out in (("loss", [1 / (e + 1) for e in range(8)], [2 / (e + 1) for e in range(8)]),):
        assert run.series[name].values.tolist() == pytest.approx(own)
        (val,) = [one for other, one in run.series.items() if other != name and other.endswith(name)]
        assert val.values.tolist() == pytest.approx(held_out) and val.steps.tolist() == list(range(8))
