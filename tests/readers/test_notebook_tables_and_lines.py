"""Cells that show one training as a table and as printed lines: what only the lines have is put to the table's run."""

from __future__ import annotations

import pytest

from tests.readers.test_notebook import cell, notebook, runs, shown, stream, table

STEPS = (100, 200, 300, 400)
TRAIN, HELD_OUT = (4.5, 3.5, 3.25, 2.75), (3.625, 3.125, 2.875, 2.5)
EVERY = tuple((50 * i, round(8 * 0.9**i, 4)) for i in range(1, 10))
TABLE = table(
    ["Step", "Training Loss", "Validation Loss"], [list(row) for row in zip(STEPS, TRAIN, HELD_OUT, strict=True)]
)
AS_DICTS = (
    "{{'loss': {v}, 'learning_rate': 5e-05, 'epoch': 0.5, 'step': {s}}}\n",
    "{{'eval_loss': {v}, 'epoch': 0.5, 'step': {s}}}\n",
)


def printed(
    train: str, held_out: str, every: tuple[tuple[int, float], ...] = EVERY, measured: tuple[float, ...] = HELD_OUT
) -> str:
    lines = [(step, 0, train.format(s=step, v=value)) for step, value in every]
    lines += [(step, 1, held_out.format(s=step, v=value)) for step, value in zip(STEPS, measured, strict=True)]
    return "".join(line for *_, line in sorted(lines))


@pytest.mark.parametrize(
    ("train", "held_out", "name"),
    [
        (*AS_DICTS, "loss"),
        ("{{'step': {s}, 'loss': {v}}}\n", "{{'step': {s}, 'eval_loss': {v}}}\n", "loss"),
        ("{{'loss': '{v}', 'step': '{s}'}}\n", "{{'eval_loss': '{v}', 'step': '{s}'}}\n", "loss"),
        ('{{"loss": {v}, "step": {s}}}\n', '{{"eval_loss": {v}, "step": {s}}}\n', "loss"),
        ("step {s} loss {v}\n", "step {s} eval_loss {v}\n", "loss"),
        ("Step {s}/450: loss={v}\r\n", "Step {s}/450: val_loss={v}\r\n", "loss"),
        ("step: {s} | train_loss: {v} | grad_norm: 1.5\n", "step: {s} | eval_loss: {v}\n", "train_loss"),
        ("2025-01-02 10:00:00 INFO step {s} loss {v}\n", "2025-01-02 10:00:01 INFO step {s} val_loss {v}\n", "loss"),
        ("[step {s}] batch loss: {v}\n", "[step {s}] val loss: {v}\n", "batch loss"),
        ("iter {s}: ppl_loss {v}\n", "iter {s}: eval_loss {v}\n", "ppl_loss"),
    ],
)
@pytest.mark.parametrize("first", ["table", "lines"])
def test_one_training(train: str, held_out: str, name: str, first: str) -> None:
    outputs = [shown(TABLE), stream("Done!\n" + printed(train, held_out))]
    (run,) = runs(notebook(cell(*(outputs if first == "table" else outputs[::-1]))))
    assert run.series["Training Loss"].values.tolist() == list(TRAIN)
    assert run.series["Validation Loss"].values.tolist() == list(HELD_OUT)
    assert list(zip(run.series[name].steps.tolist(), run.series[name].values.tolist(), strict=True)) == list(EVERY)
    assert not any("eval" in other or "val" in other for other in set(run.series) - {"Validation Loss"})


def test_what_the_table_has_already_is_not_put_to_it_again() -> None:
    lines = printed(*AS_DICTS, every=tuple(zip(STEPS, TRAIN, strict=True)))
    (run,) = runs(notebook(cell(shown(TABLE), stream(lines))))
    assert set(run.series) - {"learning_rate"} == {"Training Loss", "Validation Loss"}


def test_lines_with_other_values_or_steps_are_not_put_to_a_table() -> None:
    other = printed(*AS_DICTS, measured=tuple(value + 1 for value in HELD_OUT))
    assert sorted(len(run.series) for run in runs(notebook(cell(shown(TABLE), stream(other))))) == [2, 4]
    moved = "".join(AS_DICTS[1].format(s=s + 7, v=v) for s, v in zip(STEPS, HELD_OUT, strict=True))
    moved += "".join(AS_DICTS[0].format(s=s + 500, v=v) for s, v in EVERY)
    (run,) = runs(notebook(cell(shown(TABLE), stream(moved))))
    assert list(run.series) == ["Training Loss", "Validation Loss"]


def test_lines_of_a_second_training_go_to_its_own_table() -> None:
    second = table(
        ["Step", "Training Loss", "Validation Loss"],
        [[s, t - 1, h - 1] for s, t, h in zip(STEPS, TRAIN, HELD_OUT, strict=True)],
    )
    lines = printed(*AS_DICTS, measured=tuple(value - 1 for value in HELD_OUT))
    found = runs(notebook(cell(shown(TABLE), shown(second), stream(lines))))
    assert sorted(("loss" in run.series, run.series["Validation Loss"].values[0]) for run in found) == [
        (False, 3.625),
        (True, 2.625),
    ]
