"""Tables and texts with a row for each finished training are no runs; logs that look like them are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import loganalyzer

Row = Callable[[int], str]
EPOCHS = (30, 5, 10, 50, 5, 30, 2, 30, 10, 50, 5, 2)
SCORE = (0.91, 0.85, 0.99, 0.97, 0.84, 0.90, 0.71, 0.93, 0.88, 0.95, 0.83, 0.69)

TABLES: dict[str, tuple[str, str, Row]] = {
    "epochs up and down": ("rmse.csv", ",epochs,dim,lr,rmse", lambda i: f"{i},{EPOCHS[i]},{i % 3},0.001,{SCORE[i]}"),
    "epochs and batch": ("out.csv", "batch,epochs,loss", lambda i: f"{2 ** (i * 5 % 7)},{EPOCHS[i]},{SCORE[i]}"),
    "batch first": ("out.csv", "batch,lr,accuracy", lambda i: f"{2 ** (i * 5 % 7)},0.1,{SCORE[i]}"),
    "in order, another setting differs": (
        "grid.csv", "epochs,batch_size,accuracy", lambda i: f"{10 * (1 + i // 3)},{16 << (i % 3)},{SCORE[i]}",
    ),
    "planned steps": ("grid.tsv", "max_steps\thidden_size\tloss", lambda i: f"{100 * (1 + i // 4)}\t{8 << (i % 4)}\t{SCORE[i]}"),
    "against lambda": ("values.txt", "lambda | mean loss | fin loss", lambda i: f"{10.0 ** (i - 6)} | {SCORE[i]} | {SCORE[-i]}"),
    "against alpha": ("a.csv", "alpha;val_loss", lambda i: f"{0.1 * (i + 1):.1f};{SCORE[i]}"),
    "against k": ("knn.csv", "k,accuracy", lambda i: f"{2 * i + 1},{SCORE[i]}"),
    "against the depth": ("d.csv", "depth,train_loss,test_loss", lambda i: f"{i + 1},{SCORE[i]},{SCORE[-i]}"),
    "against the noise": ("n.csv", "noise level,accuracy", lambda i: f"{0.05 * i:.2f},{SCORE[i]}"),
    "folds": ("cv.csv", "fold,accuracy,loss", lambda i: f"{i},{SCORE[i]},{SCORE[-i]}"),
    "seeds": ("seeds.csv", "seed,val_loss", lambda i: f"{(i * 7919) % 1000},{SCORE[i]}"),
    "final losses against the rate": ("lr.csv", "lr,final_loss", lambda i: f"{10.0 ** -i},{SCORE[i]}"),
}  # fmt: skip
LOGS: dict[str, tuple[str, str, Row]] = {
    "epochs that count": ("log.csv", "epochs,loss", lambda i: f"{i + 1},{2 - SCORE[i]}"),
    "epochs beside a batch size that stays": ("log.csv", "epochs,batch_size,loss", lambda i: f"{i + 1},32,{3 / (i + 1)}"),
    "sessions from the start": ("log.csv", "epochs,loss", lambda i: f"{i % 4},{3 / (i % 4 + 1) + i // 4 / 9}"),
    "batches in epochs": ("log.csv", "epoch,batch,loss", lambda i: f"{i // 4},{i % 4},{3 / (i + 1)}"),
    "a growing batch size": ("log.csv", "epoch,batch_size,loss", lambda i: f"{i},{32 << (i // 4)},{3 / (i + 1)}"),
    "a rate that is tried": ("find.csv", "lr,loss", lambda i: f"{1e-6 * 2**i},{3 / (i + 1)}"),
    "a weight that stops rising": ("log.csv", "beta,loss", lambda i: f"{min(1, 0.2 * i):.1f},{3 / (i + 1)}"),
    "alpha behind the counter": ("log.csv", "step,alpha,loss", lambda i: f"{i},{0.9**i:.4f},{3 / (i + 1)}"),
    "steps of each episode": ("log.csv", "episode,total_steps,reward", lambda i: f"{i},{17 * (i * 7 % 12 + 1)},{SCORE[i]}"),
    "nothing counts": ("log.csv", "loss,val_loss", lambda i: f"{3 / (i + 1)},{4 / (i + 1)}"),
    "best so far": ("log.csv", "loss,best_loss", lambda i: f"{3 / (i + 1)},{3 / (i + 1)}"),
}  # fmt: skip


def _text(header: str, row: Row) -> str:
    return "\n".join([header, *map(row, range(len(SCORE)))]) + "\n"


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_table_of_finished_trainings_is_no_run(tmp_path: Path, name: str, newline: str) -> None:
    file, header, row = TABLES[name]
    (tmp_path / file).write_bytes(_text(header, row).replace("\n", newline).encode())
    assert not list(loganalyzer.load(tmp_path))


@pytest.mark.parametrize("name", LOGS)
def test_the_log_of_a_training_is_one(tmp_path: Path, name: str) -> None:
    file, header, row = LOGS[name]
    (tmp_path / file).write_text(_text(header, row))
    runs = loganalyzer.load(tmp_path)
    assert runs and sum(len(run.series[header.replace("\t", ",").split(",")[-1]]) for run in runs) == len(SCORE)


RESULTS: dict[str, Row] = {
    "stopped early, then scores": lambda i: f"Fold {i}/5\nEarly stopping at epoch {9 + i}\nauc: {SCORE[i]}\nf1: {SCORE[-i]}",
    "in other words": lambda i: f"Subject {i}\nStopped early at epoch {40 - i}\naccuracy: {SCORE[i]}",
    "stopping": lambda i: f"== file {i} ==\nStopping at epoch {40 - i}.\naccuracy = {SCORE[i]}",
    "rounds with their best epoch": lambda i: f"Round={i} BestEpoch={327 - i} MAE={SCORE[i]} RMSE={SCORE[-i]} time=47.9 s",
    "with a time in front": lambda i: f"INFO:me:|2024-08-22 12:32:1{i % 10}| Round={i} BestEpoch={5 + i} MAE={SCORE[i]}",
    "best epoch in words": lambda i: f"round {i}: best epoch {5 + i}, test acc {SCORE[i]}",
}  # fmt: skip
TRAININGS: dict[str, Row] = {
    "epochs": lambda i: f"Epoch {i}: val_loss: {SCORE[i]}",
    "rounds": lambda i: f"Round={i} MAE={SCORE[i]} RMSE={SCORE[-i]}",
    "the best epoch beside the epoch": lambda i: f"epoch {i} loss {SCORE[i]} best epoch {i // 2}",
    "stopped at last": lambda i: f"Epoch {i}: val_loss: {SCORE[i]}" + ("\nEarly stopping at epoch 11" if i == 11 else ""),
}  # fmt: skip


@pytest.mark.parametrize("name", RESULTS)
def test_results_of_several_trainings_are_no_run(tmp_path: Path, name: str) -> None:
    (tmp_path / "train.log").write_text("\n".join(map(RESULTS[name], range(len(SCORE)))) + "\n")
    assert not list(loganalyzer.load(tmp_path))


@pytest.mark.parametrize("name", TRAININGS)
def test_what_every_epoch_prints_is_a_run(tmp_path: Path, name: str) -> None:
    (tmp_path / "train.log").write_text("\n".join(map(TRAININGS[name], range(len(SCORE)))) + "\n")
    (run,) = loganalyzer.load(tmp_path)
    assert max(len(series) for series in run.series.values()) == len(SCORE)
