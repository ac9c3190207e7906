"""Values that come again while a counter stands still: a finer counter, or their own number; never lost in silence."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.common.printed.parser import Parser
from loganalyzer.readers.common.printed.runs import runs_of


def items(text: str) -> list[Run | Unread]:
    parser = Parser()
    parser.feed(text)
    return list(runs_of(parser, "train.log", "train.log", ()))


def only_run(text: str) -> Run:
    (run,) = items(text)
    assert isinstance(run, Run)
    return run


@dataclass(frozen=True)
class Layout:
    """A log and what must be read of it: the unit, the steps of each curve, the codes of the notes."""

    text: str
    unit: str
    steps: dict[str, list[int]]
    notes: list[str] = field(default_factory=list)


def every(numbers: range, line: Callable[[int], str]) -> str:
    return "".join(line(n) for n in numbers)


def epochs(header: str, line: str, per_epoch: int = 4, end: str = "", numbers: tuple[int, ...] = (1, 2, 3)) -> str:
    """``header`` ({e}), ``line`` ({v:...}, {i}) several times, ``end`` ({e}, {v}); the values fall all the way."""
    text, value = "", 5.0
    for e in numbers:
        text += header.format(e=e)
        for i in range(per_epoch):
            value -= 0.13
            text += line.format(e=e, i=i, v=value)
        text += end.format(e=e, v=value)
    return text


FINER = {
    "marian": Layout(
        every(
            range(1, 10),
            lambda u: (
                f"[2024-01-02 09:48:0{u}] Ep. {1 + u // 4} : Up. {100 * u} : Sen. {7000 + u},339 : Cost {6 / u:.8f}"
                f" : Time 49.7{u}s : 10546.62 words/s : gNorm 1.3{u} : L.r. {3e-5 * u:.4e}\n"
            ),
        ),
        "step",
        {name: list(range(100, 1000, 100)) for name in ("Cost", "gNorm", "L.r", "epoch")},
    ),
    "marian with labels": Layout(
        every(
            range(1, 7),
            lambda u: (
                f"[t] Ep. 1 : Up. {50 * u} : Sen. {u},000 : Cost {9 / u:.4f} * 12,345 @ 64 after 3,000 : Time 1.5s\n"
            ),
        ),
        "step",
        {"Cost": [50, 100, 150, 200, 250, 300]},
    ),
    "step i/N beside iteration": Layout(
        "".join(
            f"2024-08-23 15:43:33,356 - INFO - iteration:{i} step:{s}/300, NER loss:{9 / (300 * i + s):>9.6f}\n"
            for i in (1, 2, 3)
            for s in (100, 200, 300)
        ),
        "step",
        {"NER loss": list(range(100, 1000, 100))},
    ),
    "an evaluation before the first step of an iteration": Layout(
        "".join(
            f"iteration:{i} step:{s}/200, loss:{9 / (200 * i + s):.6f}\n" + ("dev accuracy: 0.5\n" if s == 0 else "")
            for i in (1, 2, 3)
            for s in (0, 100)
        ),
        "step",
        {"loss": [0, 100, 200, 300, 400, 500], "dev accuracy": [0, 200, 400]},
    ),
    "step and global step on a line before": Layout(
        "".join(
            f" > EPOCH: {e}/9\n"
            + "".join(
                f"   --> STEP: {s}/90 -- GLOBAL_STEP: {90 * e + s}\n     | > loss: {4 - e - s / 99:.5f}  (3.1)\n"
                for s in (30, 60)
            )
            for e in range(3)
        ),
        "step",
        {"loss": [30, 60, 120, 150, 210, 240]},
    ),
    "batch i:N on a line before": Layout(
        "".join(
            f"epoch {e}\n" + "".join(f"batch {b}:300\nloss: {5 - e - b / 999:.3f}\n" for b in (100, 200, 300))
            for e in (1, 2)
        ),
        "step",
        {"loss": [100, 200, 300, 500, 600, 700]},
    ),
    "global step in the line": Layout(
        "".join(
            f"epoch {e} GLOBAL_STEP: {30 * e + 10 * i} loss={1 / (30 * e + 10 * i + 1):.4f}\n"
            for e in range(3)
            for i in range(3)
        ),
        "step",
        {"loss": list(range(0, 90, 10))},
    ),
    "num_updates in the line": Layout(
        "".join(
            f"| epoch {e:03d} | loss {4 - e - i / 9:.3f} | num_updates {90 * e + 30 * i}\n"
            for e in (1, 2)
            for i in range(3)
        ),
        "step",
        {"loss": [90, 120, 150, 180, 210, 240]},
    ),
    "timesteps of an episode": Layout(
        every(
            range(1, 9),
            lambda i: f"Episode : {1 + i // 3} \t\t Timestep : {800 * i} \t\t Average Reward : {20 + i}.3\n",
        ),
        "step",
        {"Average Reward": list(range(800, 7200, 800))},
    ),
    "timesteps so far": Layout(
        every(range(1, 6), lambda i: f"Timesteps So Far: {4800 * i}\nAverage Loss: {1 / i:.4f}\n"),
        "step",
        {"Average Loss": [4800, 9600, 14400, 19200, 24000]},
    ),
    "numbered iterations, timesteps below": Layout(
        every(
            range(1, 6),
            lambda i: f"------ Iteration #{i} ------\nAverage Loss: {1 / i:.4f}\nTimesteps So Far: {48 * i}\n",
        ),
        "step",
        {"Average Loss": [1, 2, 3, 4, 5]},
    ),
    "a box with TimestepsSoFar": Layout(
        every(
            range(1, 6),
            lambda i: (
                f"-----------\n| EpisodesSoFar | {i} |\n| EpRewMean | {i}.5 |\n| TimestepsSoFar | {2048 * i} |\n-----------\n"
            ),
        ),
        "step",
        {"EpRewMean": [2048, 4096, 6144, 8192, 10240]},
    ),
    "current_steps": Layout(
        every(
            range(1, 7),
            lambda i: f"{{'current_steps': {5 * i}, 'total_steps': 50, 'loss': {3 / i:.4f}, 'epoch': {i / 9:.2f}}}\n",
        ),
        "step",
        {"loss": [5, 10, 15, 20, 25, 30]},
    ),
    "total_timesteps": Layout(
        every(range(1, 6), lambda i: f"total_timesteps={2048 * i} policy_loss={1 / i:.4f} reward={i}\n"),
        "step",
        {"reward": [2048, 4096, 6144, 8192, 10240]},
    ),
    "batches whose epochs nobody names": Layout(
        "".join(f"Batch {b} loss: {1 / (3 * e + b / 100):.4f}\n" for e in (1, 2, 3) for b in (0, 100, 200)),
        "step",
        {"loss": list(range(0, 900, 100))},
    ),
    "evaluations inside the epochs": Layout(
        "".join(
            f"Epoch {e} step {s}/400 loss {1 / (e + s / 400):.4f}\n"
            + ("" if s % 200 else f"val loss: {1.2 / (e + s / 400):.4f}\n")
            for e in (1, 2)
            for s in (100, 200, 300, 400)
        ),
        "step",
        {"loss": list(range(100, 900, 100)), "val loss": [200, 400, 600, 800]},
    ),
}


@pytest.mark.parametrize("name", FINER)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_finer_counter_wins(name: str, ending: str) -> None:
    wanted = FINER[name]
    run = only_run(wanted.text.replace("\n", ending))
    assert run.step_unit == wanted.unit and run.restarts == ()
    assert {n: run.series[n].steps.tolist() for n in wanted.steps} == wanted.steps
    assert [n.code for n in run.notes] == wanted.notes


ROWS = list(range(1, 13))
NUMBERED = {
    "a header for each epoch": epochs("Epoch {e}/3\n----------\n", "loss: {v:.3f}\n"),
    "the epoch in each line": epochs("", "Epoch {e} loss: {v:.3f} lr: 0.1\n"),
    "with times": epochs("", "2024-01-02 10:00:0{i},123 INFO Epoch {e}, loss = {v:.4f}\n"),
    "German": epochs("", "Epoche {e}: loss {v:.3f}\n"),
    "Japanese": epochs("エポック {e} 開始\n", "損失: {v:.3f}\n"),
    "other order": epochs("", "loss={v:.3f} (epoch {e})\n"),
    "braces": epochs("", "{{'epoch': {e}, 'loss': {v:.3f}}}\n"),
    "strings": epochs("", "{{'epoch': '{e}', 'loss': '{v:.3f}'}}\n"),
    "fractions of an epoch": epochs("Starting epoch {e}/3.\n", "0.{i}000 --- loss: {v:.6f}\n"),
    "colours": epochs("\x1b[32mEpoch {e}\x1b[0m\n", "\x1b[1mloss\x1b[0m: {v:.3f}\n"),
    "many words": epochs("Epoch {e}\n", "image {i}{e}.jpg is hard, loss: {v:.3f}\n"),
    "behind the values": epochs("", "loss: {v:.3f}\n", end="Epoch {e} finished\n"),
    "a step that stands still": epochs("step {e}\n", "loss: {v:.3f}\n"),
    "torn in the next number": epochs("Epoch {e}\n", "loss: {v:.4f}\n") + "loss: 0.1",
}


@pytest.mark.parametrize("name", NUMBERED)
def test_values_without_a_finer_counter_are_numbered_and_it_is_said(name: str) -> None:
    run = only_run(NUMBERED[name])
    (series,) = (s for n, s in run.series.items() if n.lower() in {"loss", "損失"})
    assert series.steps.tolist() == ROWS and run.step_unit == ""
    assert series.values.tolist() == pytest.approx([5 - 0.13 * row for row in ROWS])
    counter = run.series["step" if "step" in name else "epoch"]
    assert counter.values.tolist() == [1] * 4 + [2] * 4 + [3] * 4
    assert [n.code for n in run.notes] == ["values-numbered"]
    assert dict(run.notes[0].details) == {"name": series.name, "count": 12}


def test_an_evaluation_stands_with_the_value_before_it() -> None:
    run = only_run(epochs("Epoch {e}\n", "loss: {v:.3f}\n", end="val loss: {v:.2f}\n"))
    assert run.series["val loss"].steps.tolist() == [4, 8, 12]


def test_a_restart_goes_back_to_the_numbers_of_its_epoch() -> None:
    run = only_run(epochs("Epoch {e}\n", "loss: {v:.3f}\n", numbers=(1, 2, 3, 2, 3, 4)))
    assert run.series["loss"].steps.tolist() == list(range(1, 17))
    assert run.restarts == (5,)
    assert run.series["loss"].values[4] == pytest.approx(5 - 0.13 * 13)


def test_two_trainings_are_numbered_each_for_itself() -> None:
    found = items(epochs("Epoch {e}/3\n", "loss: {v:.3f}\n") + epochs("Epoch {e}/3\n", "loss: 1{v:.3f}\n"))
    assert [r.series["loss"].steps.tolist() for r in found if isinstance(r, Run)] == [ROWS, ROWS]


def test_trainings_of_one_accuracy_stay_apart() -> None:
    """The losses say that they are three; the accuracy, which is printed alike, does not make them one."""
    chance = random.Random(3)
    losses = [[2 / (e + 1) + chance.gauss(0, 0.01) for e in range(30)] for _ in range(3)]
    losses[1][20:] = [math.nan] * 10
    for order in ((0, 1, 2), (1, 0, 2), (0, 2, 1)):
        found = items(
            "".join(
                f"Epoch {e + 1}/30 loss: {losses[i][e]:.4f} acc: {min(0.9, 0.1 + e / 20):.2f}\n"
                for i in order
                for e in range(30)
            )
        )
        last = [float(r.series["loss"].values[-1]) for r in found if isinstance(r, Run)]
        assert [math.isnan(v) for v in last] == [i == 1 for i in order]


def test_a_seed_that_became_nan_and_was_run_again() -> None:
    whole = [3 / (e + 1) + 0.2 for e in range(30)]
    died = [*whole[:20], *[math.nan] * 10]
    for both in ((died, whole), (whole, died)):
        text = "".join(f"Epoch {e + 1}/30 loss: {v:.4f}\n" for values in both for e, v in enumerate(values))
        found = [r for r in items(text) if isinstance(r, Run)]
        assert [math.isnan(r.series["loss"].values[-1]) for r in found] == [values is died for values in both]


KEPT = {
    "bars": (
        "".join(
            "\r".join(
                f"Epoch {e}: {10 * i}%|##| {i}/9 [00:0{i}<00:01, 3.0it/s, loss={1 / e + i / 99:.3f}]"
                for i in range(1, 10)
            )
            + "\n"
            for e in (1, 2, 3)
        ),
        "loss",
        27,
        [],
    ),
    "a line that rewrites itself": (
        "".join("\r".join(f"Epoch {e} loss {1 / e + i / 99:.3f}" for i in range(9)) + "\n" for e in (1, 2, 3)),
        "loss",
        3,
        [],
    ),
    "ranks that print the same": ("".join(f"step {s} loss {1 / s:.4f}\n" * 4 for s in range(1, 9)), "loss", 8, []),
    "a summary at the end": (
        "".join(f"Epoch {e} loss {1 / e:.4f}\n" for e in range(1, 9)) + "Epoch 8 loss 0.1234\n",
        "loss",
        8,
        ["values-again"],
    ),
    "two data sets under one name": (
        "".join(
            f"Epoch {e} loss {1 / e}\nfirst set\naccuracy: 5{e}\nsecond set\n accuracy: 4{e}\n" for e in range(1, 6)
        ),
        "accuracy",
        5,
        ["values-again"],
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_stands_again_at_its_step_keeps_the_axis(name: str) -> None:
    text, curve, count, notes = KEPT[name]
    run = only_run(text)
    assert len(run.series[curve]) == count and run.step_unit in {"epoch", "step"}
    assert [n.code for n in run.notes] == notes


def test_what_came_again_is_counted_by_name() -> None:
    run = only_run(KEPT["two data sets under one name"][0])
    assert dict(run.notes[0].details) == {"count": 5, "names": "accuracy"}


UNCOUNTED = {
    "bare": every(range(1, 9), lambda i: f"loss: {0.93 / i:.3f}\n"),
    "with times and levels": every(
        range(1, 9), lambda i: f"2024-01-01 10:00:0{i} INFO loss = {0.93 / i:.3f}, acc = 0.5{i}\n"
    ),
    "capital": every(range(1, 9), lambda i: f"Loss {0.93 / i:.3f}\n"),
    "Japanese": every(range(1, 9), lambda i: f"損失：{0.93 / i:.3f}\n"),
    "tensor": every(range(1, 9), lambda i: f"loss: tensor({0.93 / i:.4f}, device='cuda:0', grad_fn=<MeanBackward0>)\n"),
    "braces": every(range(1, 9), lambda i: f"{{'loss': '{0.93 / i:.3f}'}}\n"),
    "training and validation": every(range(1, 9), lambda i: f"train loss: {0.93 / i:.3f}\nval loss: {1.1 / i:.3f}\n"),
    "perplexity": every(range(1, 9), lambda i: f"perplexity {93 / i:.3f}\n"),
    "cost": every(range(1, 9), lambda i: f"cost={0.93 / i:.3f}\n"),
    "a header over rows": "train_loss,valid_loss\n" + every(range(1, 9), lambda i: f"{0.93 / i:.3f}\t{1.1 / i:.3f}\n"),
    "not a number from then on": every(range(1, 9), lambda i: f"loss: {0.93 / i if i < 5 else float('nan')}\n"),
}


@pytest.mark.parametrize("name", UNCOUNTED)
def test_a_loss_that_nothing_counts_is_numbered(name: str) -> None:
    run = only_run("Loading data\n" + UNCOUNTED[name])
    assert all(s.steps.tolist() == list(range(1, 9)) for s in run.series.values())
    assert run.step_unit == "" and [n.code for n in run.notes] == ["no-counter"]


GUESSES = {
    "three values": "loss: 0.9\nloss: 0.8\nloss: 0.7\n",
    "scores of classes": every(range(9), lambda c: f"Accuracy of class {c} : {50 + c} %\n"),
    "the same again": "    loss = 0.0\n" * 9,
    "other words each time": every(range(9), lambda i: f"file{'abcdefghi'[i]}.png: loss 0.{i}\n"),
}


@pytest.mark.parametrize("name", GUESSES)
def test_what_would_be_a_guess_is_no_run(name: str) -> None:
    assert not any(isinstance(item, Run) for item in items(GUESSES[name]))


def test_a_value_before_the_first_counter_is_told() -> None:
    run = only_run("val loss: 2.5\n" + every(range(1, 5), lambda e: f"Epoch {e} loss {1 / e}\nval loss: {2 / e}\n"))
    assert [(n.code, dict(n.details)) for n in run.notes] == [("values-before-counter", {"count": 1})]


@pytest.mark.parametrize("dumped", [3, 20, 400])
@pytest.mark.parametrize("line", ["cutloss: {v:.4f} | rerankloss: 0.5\n", "loss: {v:.4f}\n", "batch loss = {v:.4f}\n"])
def test_what_a_buffer_prints_at_the_end_takes_no_place_from_the_epochs(line: str, dumped: int) -> None:
    text = "".join(
        f"Epoch: {e} | Epoch Time: 29 s\nINFO:root:\tTrain: loss = {6 / e:.4f} | f1 = 0.{e}\nINFO:root:\tTest: loss = {7 / e:.4f}\n"
        for e in range(1, 10)
    )
    run = only_run(text + "".join(line.format(v=5 - i / dumped) for i in range(dumped)))
    assert run.series["train/loss"].steps.tolist() == run.series["test/loss"].steps.tolist() == list(range(1, 10))
    assert run.series["train/loss"].values.tolist() == [round(6 / e, 4) for e in range(1, 10)]
