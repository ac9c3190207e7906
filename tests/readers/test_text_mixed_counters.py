"""Printed logs whose lines count differently: the optimiser by steps and evaluations by epochs, epochs named behind their
steps, batches of an epoch beside steps of the whole training, values whose names stand ahead of the counter."""

from __future__ import annotations

import pytest

from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Source
from loganalyzer.readers.text.reader import READER
from tests.readers.sources import source

VALUES = (2.25, 1.5, 1.25, 0.75)


def only_run(text: str) -> Run:
    data = text.encode()
    source = Source("train.log", len(data), data[:65_536], lambda: data)
    (run,) = [item for item in READER.read("train.log", [source]) if isinstance(item, Run)]
    return run


def points(run: Run, name: str) -> list[tuple[int, float]]:
    return list(zip(run.series[name].steps.tolist(), run.series[name].values.tolist(), strict=True))


AHEAD = {
    "Loss after epoch {i}: {v}": "Loss",
    "Cost after iteration {i}: {v}": "Cost",
    "Average loss at step {i} :  {v}": "Average loss",
    "Training loss (for one batch) at step {i}: {v}": "Training loss",
    "validation loss at epoch {i} = {v}": "validation loss",
    "Loss at iteration [{i}/4]: {v}": "Loss",
    "the training loss in epoch {i} is {v}": "training loss",
    "Average loss for epoch {i} of 20 is {v}": "Average loss",
    "loss after {i} epochs: {v}": "loss",
    "Val loss ({i} epochs): {v}": "Val loss",
    "Loss (epoch {i}): {v}": "Loss",
    "loss[{i}] = {v}": "loss",
    "Loss @ epoch {i}: tensor({v}, device='cuda:0')": "Loss",
    "2020-01-01 10:00:0{i} INFO Loss after epoch {i}: {v}": "Loss",
    "損失 (エポック {i}): {v}": "損失",
    "Verlust nach Epoche {i}: {v}": "Verlust",
    "Rodada {i}, Perda: {v}": "Perda",
    "Época {i} - Perda de validação: {v}": "Perda de validação",
    "epoca {i}: pérdida = {v}": "pérdida",
    "Époque {i} | perte : {v} | précision : 0.5": "perte",
    "Iteración {i} pérdida {v}": "pérdida",
    "Training loss for {i} epoch: {v}": "Training loss",
    "Loss for {i} epoch = {v}": "Loss",
    "train loss of {i} epoch is {v}": "train loss",
    "val loss during {i} round: {v}": "val loss",
    "Average loss on {i} epoch: {v}": "Average loss",
    "loss in {i} iteration: {v}": "loss",
    "After {i} steps, loss is {v}, lr is 0.1": "loss",
    "In epoch {i}, loss: {v}, lr: 0.1": "loss",
}


@pytest.mark.parametrize("line", AHEAD)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_the_name_of_a_value_may_stand_ahead_of_its_counter(line: str, ending: str) -> None:
    run = only_run("".join(line.format(i=i, v=v) + ending for i, v in enumerate(VALUES)))
    assert points(run, AHEAD[line]) == list(enumerate(VALUES))
    assert run.step_unit in ("epoch", "step")


@pytest.mark.parametrize("line", ["Best accuracy at epoch {i}: {v}", "Lowest loss at step {i}: {v}", "Epoch {i}: {v}"])
def test_the_best_of_all_epochs_and_numbers_without_a_name_are_no_curve(line: str) -> None:
    data = "".join(line.format(i=i, v=v) + "\n" for i, v in enumerate(VALUES)).encode()
    source = Source("train.log", len(data), data, lambda: data)
    assert not [item for item in READER.read("train.log", [source]) if isinstance(item, Run)]


@pytest.mark.parametrize("line", ["Loss for 100 batches: {v}", "Mean loss of 3 epochs: {v}", "loss on 50 steps: {v}"])
def test_what_is_said_of_several_counts_nothing(line: str) -> None:
    data = "".join(f"Epoch {i}: " + line.format(v=v) + "\n" for i, v in enumerate(VALUES))
    (curve,) = [one for name, one in only_run(data).series.items() if "loss" in name.lower()]
    assert curve.steps.tolist() == list(range(len(VALUES))) and curve.values.tolist() == list(VALUES)


OPTIMISER = (
    "[2023-04-18 01:46:59,142] [INFO] [Rank 0] step={s}, skipped=0, lr=[{r}, {r}], mom=[(0.9, 0.95)]",
    "step {s} lr {r}",
    "Step: {s}, learning rate: {r}",
    "iter {s} | lr {r} | grad_norm 1.5",
    "global_step={s} learning_rate={r}",
)
EVALUATIONS = (
    "***** Evaluating perplexity, Epoch {e}/2 *****\nppl: {v}",
    "Epoch {e} val_ppl: {v}",
    "Epoch [{e}/2] - validation ppl = {v}",
)


@pytest.mark.parametrize("optimiser", OPTIMISER)
@pytest.mark.parametrize("evaluation", EVALUATIONS)
def test_steps_of_the_optimiser_count_where_evaluations_only_name_their_epoch(optimiser: str, evaluation: str) -> None:
    lines = [evaluation.format(e=0, v=90.5)]
    for epoch in (1, 2):
        lines += [optimiser.format(s=30 * (epoch - 1) + s, r=0.5 / (epoch + s)) for s in (10, 20, 30)]
        lines.append(evaluation.format(e=epoch, v=10.5 / epoch))
    run = only_run("\n".join(lines) + "\n")
    (ppl,) = [s for name, s in run.series.items() if "ppl" in name]
    (rate,) = [s for name, s in run.series.items() if name.lower().replace("_", " ") in ("lr", "learning rate")]
    assert run.step_unit == "step"
    assert list(zip(ppl.steps.tolist(), ppl.values.tolist(), strict=True)) == [(0, 90.5), (30, 10.5), (60, 5.25)]
    assert rate.steps.tolist() == [10, 20, 30, 40, 50, 60]


def test_one_rate_an_epoch_leaves_the_epochs_as_they_are() -> None:
    run = only_run("".join(f"step {100 * e} lr 0.{9 - e}\nEpoch {e} val_loss: {v}\n" for e, v in enumerate(VALUES)))
    assert points(run, "val_loss") == list(enumerate(VALUES))
    assert run.step_unit == "epoch"


@pytest.mark.parametrize(
    "heading", ["***** Evaluating, Epoch {e}/2 *****\nval_loss: 0.5", "Epoch {e} finished", "--- end of epoch {e} ---"]
)
def test_epochs_named_behind_their_steps(heading: str) -> None:
    lines = []
    for epoch in (1, 2):
        lines += [f"step {s} loss {3 / (s + 3 * epoch):.4f}" for s in (1, 2, 3)] + [heading.format(e=epoch)]
    run = only_run("\n".join(lines) + "\n")
    assert run.series["loss"].values.tolist() == [0.75, 0.6, 0.5, 0.4286, 0.375, 0.3333]


@pytest.mark.parametrize("overall", ["step={s}, lr=[{r}]", "iter {s} | LR [{r}]", "global step {s}: learning rate {r}"])
def test_steps_of_the_whole_training_beside_batches_of_an_epoch(overall: str) -> None:
    lines = []
    for epoch in range(3):
        lines += [f"Epoch: [{epoch}][ {b}/100]\tLoss {2 / (epoch + 1 + b / 100):.4f}" for b in (0, 50)]
        lines.append(overall.format(s=100 * epoch + 80, r=0.1 / (epoch + 1)))
    run = only_run("\n".join(lines) + "\n")
    (rate,) = [s for name, s in run.series.items() if "lr" in name.lower() or "rate" in name]
    assert run.series["Loss"].steps.tolist() == [0, 50, 100, 150, 200, 250]
    assert rate.steps.tolist() == [80, 180, 280]


@pytest.mark.parametrize(
    "text",
    [
        "Ep3 Loss nan\nLoss 0%|0/1\nELo:0%|0/0\nEp0:%|1/0 s=7",
        "Epoch 3 Loss: nan\nLoss: 0%|0/1\nELo: 0%|0/0\nEpoch 0: %|1/0 s=7\n",
    ],
)
def test_steps_that_all_go_on_over_the_epochs(text: str) -> None:
    file = source("train.log", text.encode())
    assert all(isinstance(one, Run | Unread) for one in READER.read("train.log", [file]))
