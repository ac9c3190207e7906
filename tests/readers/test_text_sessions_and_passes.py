"""Trainings that begin anew in a log that never counts, and evaluations that print as the training does."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

FALL = (2.0, 1.5, 1.25, 1.0, 0.75, 0.5)


def read(folder: Path, text: str) -> list[loganalyzer.Run]:
    (folder / "train.log").write_text(text, encoding="utf-8", newline="")
    return list(loganalyzer.load(folder))


def losses(runs: list[loganalyzer.Run]) -> list[list[float]]:
    return [max(run.series.values(), key=len).values.tolist() for run in runs]


BEGINS = (
    "Start Train\n",
    "2024-07-06 23:59:18,453 - utils - INFO - Start Train\n",
    "Starting training for 20 epoch(s)\n",
    "2021-03-02 00:13:47,653:INFO: Starting training for 20 epoch(s)\n",
    "Training started at 2024-05-01 10:00:00\n",
    "train start...\n",
    "====== Begin training ======\n",
    "new training session started\n",
    "Model training begins\n",
    "START TRAINING\r\n",
)


@pytest.mark.parametrize("begins", BEGINS)
@pytest.mark.parametrize(
    "line", ["loss: {v}\n", "2024-07-06 23:59:18,453 - utils - INFO - loss:{v}\n", "cost = {v} (0.3 s)\n"]
)
def test_trainings_that_nothing_counts_are_told_apart_by_their_beginning(
    tmp_path: Path, begins: str, line: str
) -> None:
    once = begins + "".join(line.format(v=v) for v in FALL)
    runs = read(tmp_path, once * 3)
    assert losses(runs) == [list(FALL)] * 3
    assert all(note.code in {"no-counter", "one-of-several"} for run in runs for note in run.notes)


@pytest.mark.parametrize("begins", BEGINS)
def test_trainings_of_one_value_are_left_out_with_a_word(tmp_path: Path, begins: str) -> None:
    alone = begins + "loss: 2.5\n"
    (run,) = read(tmp_path, alone * 3 + begins + "".join(f"loss: {v}\n" for v in FALL))
    assert losses([run]) == [list(FALL)]
    assert [dict(note.details) for note in run.notes if note.code == "single-values"] == [{"count": 3}]


@pytest.mark.parametrize("begins", BEGINS)
@pytest.mark.parametrize("each", [1, 2, 4, 6])
def test_a_training_that_goes_on_is_one(tmp_path: Path, begins: str, each: int) -> None:
    values = [2.0 / (1 + n) for n in range(24)]
    text = "".join((begins if n % each == 0 else "") + f"loss: {v:.4f}\n" for n, v in enumerate(values))
    assert [len(found) for found in losses(read(tmp_path, text))] == [24]


def fit(epochs: int, total: int, line: str, *, epoch: str = "Epoch {e}/{n}\n") -> str:
    return "".join(
        epoch.format(e=e, n=epochs) + line.format(t=total, v=FALL[e - 1], w=FALL[e - 1] + 1)
        for e in range(1, epochs + 1)
    )


BARS = {
    "keras 2": "{t}/{t} [====================] - 7s 5ms/step - loss: {v} - acc: 0.5 - val_loss: {w} - val_acc: 0.5\n",
    "keras 2, redrawn": "\r  1/{t} [>.......] - ETA: 5s - loss: 9.0 - acc: 0.1"
    "\r{t}/{t} [=======] - 7s 5ms/step - loss: {v} - acc: 0.5 - val_loss: {w} - val_acc: 0.5\n",
    "keras 3": "{t}/{t} ━━━━━━━━━━━━━━━━━━━━ 6s 60ms/step - acc: 0.5 - loss: {v} - val_acc: 0.5 - val_loss: {w}\n",
    "without validation": "{t}/{t} [====================] - 7s 5ms/step - loss: {v} - acc: 0.5\n",
    "samples": "{t}/{t} [==============================] - 7s - loss: {v} - acc: 0.5\n",
}
EVALUATED = {
    "keras 2": "{t}/{t} [==============================] - 1s 3ms/step - loss: 9.5 - acc: 0.25\n",
    "keras 3": "{t}/{t} ━━━━━━━━━━━━━━━━━━━━ 1s 3ms/step - acc: 0.25 - loss: 9.5\n",
    "redrawn": "\r 1/{t} [====>......] - ETA: 0s - loss: 9.9 - acc: 0.1\r{t}/{t} [======] - 1s 3ms/step - loss: 9.5 - acc: 0.25\n",
}


@pytest.mark.parametrize("bar", BARS.values(), ids=list(BARS))
@pytest.mark.parametrize("behind", EVALUATED.values(), ids=list(EVALUATED))
def test_keras_evaluates_behind_its_last_epoch(tmp_path: Path, bar: str, behind: str) -> None:
    text = fit(6, 100, bar) + "Evaluating the model on test data\n" + behind.format(t=32) + "Test accuracy: 0.25\n"
    (run,) = read(tmp_path, text)
    assert run.series["loss"].values.tolist() == list(FALL)
    assert run.series["acc"].values.tolist() == [0.5] * 6
    assert run.series["test/loss"].values.tolist() == [9.5]


@pytest.mark.parametrize("bar", BARS.values(), ids=list(BARS))
def test_two_fits_of_different_batches_are_both_read(tmp_path: Path, bar: str) -> None:
    runs = read(tmp_path, fit(6, 100, bar) + fit(6, 80, bar.replace("{v}", "1{v}")))
    assert [run.series["loss"].values.tolist() for run in runs] == [list(FALL), [v + 10 for v in FALL]]
    assert not any(name.startswith("test/") for run in runs for name in run.series)


def test_a_bar_for_validation_in_each_epoch_is_that_of_held_out_data(tmp_path: Path) -> None:
    both = "100/100 [====] - 7s - loss: {v}\n20/20 [====] - 1s - loss: {w}\n"
    (run,) = read(tmp_path, fit(6, 100, both))
    assert run.series["loss"].values.tolist() == list(FALL)
    assert run.series["test/loss"].values.tolist() == [v + 1 for v in FALL]


@pytest.mark.parametrize("bar", BARS.values(), ids=list(BARS))
@pytest.mark.parametrize("line", ["acc: 0.{e}\n", "loss: 9.5\nacc: 0.{e}\nf1: 0.5\n", "acc = 0.{e} (f1 = 0.5)\n"])
def test_what_a_callback_says_again_is_of_the_data_that_it_measures(tmp_path: Path, bar: str, line: str) -> None:
    text = "".join(
        fit(1, 100, bar.replace("{v}", str(v)), epoch=f"Epoch {e}/6\n") + line.format(e=e)
        for e, v in enumerate(FALL, 1)
    )
    (run,) = read(tmp_path, text)
    assert run.series["loss"].values.tolist() == list(FALL) and run.series["acc"].values.tolist() == [0.5] * 6
    assert run.series["val/acc"].values.tolist() == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Loss at epoch {e} and iteration 0 is {v}\n", "Loss"),
        ("NCE Loss at epoch {e} and iteration 0 is {v}\n", "NCE Loss"),
        ("Loss at epoch {e}, iteration 0: {v}\n", "Loss"),
        ("Cost after epoch {e}, step 0 = {v}\n", "Cost"),
        ("train loss at epoch {e} and batch 0 is {v}\n", "train loss"),
        ("Val loss in epoch {e} / step 0 was {v}\n", "Val loss"),
        ("loss at epoch {e}; iter 0: {v}\r\n", "loss"),
        ("RMSE at Epoch {e} and Step 0 is {v}\n", "RMSE"),
        ("Error for epoch {e} and iteration 0: {v}\n", "Error"),
        ("Test loss at epoch {e} and update 0: {v}\n", "Test loss"),
    ],
)
def test_two_counters_between_a_name_and_its_value(tmp_path: Path, line: str, name: str) -> None:
    (run,) = read(tmp_path, "".join(line.format(e=e, v=v) for e, v in enumerate(FALL, 1)))
    assert run.series[name].values.tolist() == list(FALL)


@pytest.mark.parametrize(
    "line",
    [
        "value loss: 3.5, entropy: {v}, episode: {e}\n",
        "INFO loss: 3.5, entropy: {v}, batching time: 0.2, step: {e}\n",
        "loss=3.5 entropy={v} | epoch {e}\n",
        "loss: 3.5 - acc: 0.5 - entropy: {v} - Epoch: {e}\n",
        "{{'loss': 3.5, 'entropy': {v}, 'step': {e}}}\n",
        "loss: 3.5; entropy: {v}; iteration: {e}/6\r\n",
    ],
)
def test_what_stands_ahead_of_the_counter_of_its_line_is_a_value_too(tmp_path: Path, line: str) -> None:
    (run,) = read(tmp_path, "".join(line.format(e=e, v=v) for e, v in enumerate(FALL, 1)))
    assert run.series["entropy"].values.tolist() == list(FALL)


@pytest.mark.parametrize(
    "line", ["batch_size: {v}, hidden: 64, epoch: {e}\nloss: 3.5\n", "took: {v}, step: {e}\nloss: 3.5\n"]
)
def test_settings_ahead_of_a_counter_are_no_values(tmp_path: Path, line: str) -> None:
    runs = read(tmp_path, "".join(line.format(e=e, v=v) for e, v in enumerate(FALL, 1)))
    assert all(s.values.tolist() != list(FALL) for run in runs for s in run.series.values())


@pytest.mark.parametrize("name", ["reward", "Reward", "rewards", "episode_reward", "return", "ep_rew_mean"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_single_column_of_rewards(tmp_path: Path, name: str, end: str) -> None:
    values = [26.0, 17.0, 16.0, 17.0, 12.0, 10.0]
    (tmp_path / "reward_log.csv").write_text(end.join([name, *map(str, values), ""]), newline="")
    (run,) = loganalyzer.load(tmp_path)
    assert run.series[name].values.tolist() == values
