"""Printed logs whose training counts in epochs and their steps, and whose evaluations number themselves once an epoch."""

from __future__ import annotations

import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers.text.reader import READER
from tests.readers.sources import source

STEPS = 4
TRAIN = "epoch {e}, iter {i}, avg. loss {loss:.4f}, avg. ppl {ppl:.2f} cum. examples {i}, speed 7.03 words/sec"
EVALUATIONS = (
    "validation: iter {n}, dev. ppl {v:.4f}",
    "Validation step {n}: val loss {v:.4f}",
    "eval iter {n} dev loss {v:.4f}",
    "[valid] round {n} val_loss={v:.4f}",
)


def session(epochs: int, evaluation: str, *, first: int = 0, stop: int = STEPS, seed: int = 0) -> list[str]:
    """The lines of a training that stops behind step ``stop`` of its last epoch, before the evaluation if not at its end."""
    lines = []
    for done in range(epochs):
        for step in range(1, (stop if done == epochs - 1 else STEPS) + 1):
            loss = (5 + seed / 8) / (1 + done + step / STEPS)
            lines.append(TRAIN.format(e=first + done, i=1000 * step, loss=loss, ppl=2**loss))
        if done < epochs - 1 or stop == STEPS:
            lines.append(evaluation.format(n=done + 1, v=9 / (done + 1)))
    return lines


def runs(lines: list[str]) -> list[Run]:
    data = ("\n".join(lines) + "\n").encode()
    return [item for item in READER.read("train.log", [source("train.log", data)]) if isinstance(item, Run)]


def shape(run: Run) -> tuple[list[int], list[int]]:
    """The steps of the training's loss and of what was measured behind its epochs."""
    (held_out,) = [own for name, own in run.series.items() if name.startswith(("dev", "val"))] or [None]
    return run.series["avg loss"].steps.tolist(), [] if held_out is None else held_out.steps.tolist()


@pytest.mark.parametrize("evaluation", EVALUATIONS)
@pytest.mark.parametrize("first", [0, 1])
def test_evaluations_that_count_epochs_stand_behind_them(evaluation: str, first: int) -> None:
    (run,) = runs(session(7, evaluation, first=first))
    losses, held_out = shape(run)
    assert len(losses) == 7 * STEPS and losses == sorted(set(losses))
    assert len(held_out) == 7
    assert all(losses[STEPS * n - 1] < at <= losses[STEPS * n] for n, at in enumerate(held_out[:-1], 1))


@pytest.mark.parametrize("evaluation", EVALUATIONS)
@pytest.mark.parametrize("lengths", [(7, 5), (6, 8, 7)])
def test_each_training_of_a_log_is_whole(evaluation: str, lengths: tuple[int, ...]) -> None:
    found = runs([line for seed, epochs in enumerate(lengths) for line in session(epochs, evaluation, seed=seed)])
    assert [tuple(map(len, shape(run))) for run in found] == [(n * STEPS, n) for n in lengths]


def test_trainings_that_died_in_their_first_epoch_are_runs_of_their_own() -> None:
    first, second = EVALUATIONS[0], EVALUATIONS[1]
    for evaluation in (first, second):
        lines = session(1, evaluation, stop=3) + session(1, evaluation, stop=2, seed=1) + session(8, evaluation, seed=2)
        assert [tuple(map(len, shape(run))) for run in runs(lines)] == [(3, 0), (2, 0), (8 * STEPS, 8)]


def test_steps_of_the_whole_training_stay_where_they_are_in_a_log_of_two() -> None:
    whole = "global step {s}: val loss {v:.4f}"
    lines = []
    for epochs in (5, 4):
        for epoch in range(epochs):
            lines += [f"epoch {epoch} batch {b}/100 loss {epochs / (epoch + 1 + b / 100):.4f}" for b in (0, 50)]
            lines.append(whole.format(s=100 * epoch + 80, v=(epochs + 3) / (epoch + 1)))
    found = runs(lines)
    assert [run.series["val loss"].steps.tolist() for run in found] == [
        [80, 180, 280, 380, 480],
        [80, 180, 280, 380],
    ]
