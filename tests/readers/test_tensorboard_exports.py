"""TensorBoard's downloads: runs and tags in file names, splits that are two runs to TensorBoard, sessions, damage."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match
from loganalyzer.readers.tensorboard.exports import READER, place_of
from loganalyzer.roles.assign import role_of
from tests.readers.sources import source

START = 1_700_000_000.25
VALUES = [2.5, 1.75, 1.25, 1.0, 0.875]


def rows_csv(values: Sequence[object] = VALUES, steps: Sequence[int] | None = None, end: str = "\r\n") -> str:
    rows = zip(steps or range(len(values)), values, strict=True)
    return end.join(["Wall time,Step,Value", *(f"{START + 30 * i},{s},{v}" for i, (s, v) in enumerate(rows)), ""])


def rows_json(values: Sequence[object] = VALUES) -> str:
    return json.dumps([[START + 30 * i, i, value] for i, value in enumerate(values)])


def analysed(folder: Path, files: Mapping[str, str]) -> tuple[list[Run], list[Unread]]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    report = loganalyzer.analyze(folder)
    return [d.run for d in report.runs], list(report.unread)


def series(run: Run) -> dict[str, int]:
    return {name: len(one) for name, one in run.series.items()}


@pytest.mark.parametrize(
    "text",
    [
        rows_csv(),
        rows_csv(end="\n"),
        rows_csv().rstrip(),
        "\ufeff" + rows_csv(),
        rows_csv().replace("Wall time,Step,Value", '"Wall time","Step","Value"'),
        rows_csv().replace("Wall time,Step,Value", "Wall_time,Step,Value"),
        rows_csv().replace(",0,", ",0.0,"),
        rows_json(),
        rows_json().replace(", ", ","),
        "\n" + rows_json() + "\n",
        rows_json([str(v) for v in VALUES]),
    ],
)
def test_one_tag(tmp_path: Path, text: str) -> None:
    name = "run-a-tag-loss.json" if text.lstrip().startswith("[") else "run-a-tag-loss.csv"
    (run,), unread = analysed(tmp_path, {name: text})
    assert unread == [] and run.id == "a" and run.reader == "tensorboard-export"
    assert run.series["loss"].values.tolist() == VALUES and run.series["loss"].steps.tolist() == [0, 1, 2, 3, 4]
    walls = run.series["loss"].wall_times
    assert walls is not None and walls[1] == START + 30


@pytest.mark.parametrize(
    ("name", "run", "split", "tag"),
    [
        ("run-.-tag-loss.csv", ".", "", "loss"),
        ("run-version_0-tag-val_loss.csv", "version_0", "", "val_loss"),
        ("run-logs_train-tag-epoch_loss.csv", "logs", "train", "train/epoch_loss"),
        ("run-20240101-1200_validation-tag-epoch_accuracy.json", "20240101-1200", "validation", "validation/epoch_accuracy"),
        ("run-validation-tag-epoch_loss (1).csv", ".", "validation", "validation/epoch_loss"),
        ("run_a_tag_Loss_train.csv", "a", "", "Loss_train"),
        ("exp-tag-1-tag-Loss_train.csv", "exp", "", "1-tag-Loss_train"),
        ("a-tag-loss.csv", "a", "", "loss"),
        ("run-x_train-tag-Loss_train.csv", "x", "train", "Loss_train"),
        ("mytrain-tag-loss.csv", "mytrain", "", "loss"),
        ("train_loss.csv", "", "train", "train_loss"),
        ("anything.csv", "", "", "anything"),
    ],
)  # fmt: skip
def test_what_a_file_name_says(name: str, run: str, split: str, tag: str) -> None:
    place = place_of(name)
    assert (place.run, place.split, place.series) == (run, split, tag)


def test_the_tags_of_a_run_are_one_run(tmp_path: Path) -> None:
    files = {f"x/run-{run}-tag-{tag}.csv": rows_csv() for run in "ab" for tag in ("loss", "val_loss", "lr")}
    found, _ = analysed(tmp_path, {**files, "y/run-a-tag-loss.json": rows_json()})
    assert [(run.id, sorted(run.series)) for run in found] == [
        ("x/a", ["loss", "lr", "val_loss"]),
        ("x/b", ["loss", "lr", "val_loss"]),
        ("y/a", ["loss"]),
    ]


def test_train_and_validation_of_keras_are_one_training(tmp_path: Path) -> None:
    names = ("train-tag-epoch_loss", "validation-tag-epoch_loss", "train-tag-epoch_accuracy")
    (run,), _ = analysed(tmp_path, {f"k/run-{name}.csv": rows_csv() for name in names})
    assert run.id == "k" and run.step_unit == "epoch"
    assert sorted(run.series) == ["train/epoch_accuracy", "train/epoch_loss", "validation/epoch_loss"]


def test_a_file_and_its_copy(tmp_path: Path) -> None:
    (run,), _ = analysed(tmp_path, {"run-a-tag-loss.csv": rows_csv(), "run-a-tag-loss (1).csv": rows_csv()})
    assert series(run) == {"loss": 5}
    found, _ = analysed(tmp_path, {"run-a-tag-loss (1).csv": rows_csv(range(7))})
    assert sorted(series(found[0]).values()) == [5, 7]


def test_files_that_were_renamed(tmp_path: Path) -> None:
    files = {
        "train_loss.csv": rows_csv(),
        "val_loss.csv": rows_csv(),
        "e/ours.csv": rows_csv(),
        "e/loss.csv": rows_csv(),
    }
    found, unread = analysed(tmp_path, files)
    assert {frozenset(run.series) for run in found} == {frozenset({"train_loss", "val_loss"}), frozenset({"loss"})}
    assert [(u.file, u.note.code, u.expected) for u in unread] == [("e/ours.csv", "tag-unknown", False)]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("PPO_JumpReward_v3_1.csv", "reward"),
        ("a2c-walker-reward-v2.csv", "reward"),
        ("7_small_test_reward.csv", "test_reward"),
        ("dqn_mean_reward_4.csv", "mean_reward"),
        ("SAC_EpisodeReward (2).csv", "reward"),
        ("resnet50_imagenet_train_loss_v1.csv", "train_loss"),
        ("unet-final-ValLoss.csv", "val_loss"),
        ("Bert_Accuracy_version_2.csv", "accuracy"),
        ("reward/PPO_1.csv", "reward"),
        ("train_loss/baseline.csv", "train_loss"),
    ],
)
def test_a_renamed_file_is_what_its_name_or_its_folder_says(tmp_path: Path, path: str, name: str) -> None:
    (run,), unread = analysed(tmp_path, {path: rows_csv()})
    assert unread == [] and [run.series[one].values.tolist() for one in run.series] == [VALUES]
    (only,) = run.series
    assert (role_of(only).split, role_of(only).direction) == (role_of(name).split, role_of(name).direction)


@pytest.mark.parametrize("path", ["PPO_2.csv", "resnet_v2.csv", "reward_model.csv", "lossless_v1.csv", "v3.csv"])
def test_a_name_without_a_quantity_says_none(tmp_path: Path, path: str) -> None:
    found, unread = analysed(tmp_path, {path: rows_csv()})
    assert found == [] and [u.note.code for u in unread] == ["tag-unknown"]


def test_a_step_that_falls_to_the_start_is_another_session(tmp_path: Path) -> None:
    steps = [10, 20, 30, 40, 10, 20, 30]
    files = {f"run-a-tag-{tag}.csv": rows_csv(range(7), steps) for tag in ("loss", "val_loss")}
    files["run-a-tag-lr.csv"] = rows_csv(range(7))
    first, second = analysed(tmp_path, files)[0]
    assert [first.id, second.id] == ["a#1", "a#2"]
    assert series(first) == {"loss": 4, "lr": 4, "val_loss": 4} and series(second) == {
        "loss": 3,
        "lr": 3,
        "val_loss": 3,
    }
    assert second.series["loss"].values.tolist() == [4, 5, 6]


def test_a_step_that_falls_back_a_little_is_a_restart(tmp_path: Path) -> None:
    (run,), _ = analysed(tmp_path, {"run-a-tag-loss.csv": rows_csv(range(7), [10, 20, 30, 40, 30, 40, 50])})
    assert run.series["loss"].values.tolist() == [0, 1, 4, 5, 6] and run.restarts == (30,)
    assert [(n.code, n.details["superseded"]) for n in run.notes] == [("restarted", 2)]


@pytest.mark.parametrize(
    ("text", "points", "codes"),
    [
        (rows_csv()[:-12], 4, ["last-line-unfinished"]),
        (rows_csv().replace(",2,1.25", ",2"), 4, ["damaged-records"]),
        (rows_csv().replace(",2,1.25", ",two,1.25"), 4, ["damaged-records"]),
        (rows_json()[:-1], 5, ["json-torn"]),
        (rows_json()[:-4], 4, ["json-torn"]),
        (rows_json().replace("1.25", '"NaN"'), 5, []),
        (rows_csv(["1", "NaN", "Infinity", "-Infinity", "2"]), 5, []),
        (rows_json(["1", None, 3]), 3, []),
    ],
)
def test_damage(text: str, points: int, codes: list[str]) -> None:
    file = source("run-a-tag-loss." + ("json" if text.startswith("[") else "csv"), text.encode())
    (run,) = READER.read(READER.key(file), [file])
    assert isinstance(run, Run) and run.points == points and [note.code for note in run.notes] == codes


@pytest.mark.parametrize(
    "text",
    [
        "Wall time,Step\n1,2\n",
        "Step,Value\n1,2\n",
        "[[1, 2, 3]]",
        "[[[1700000000.5, 1, 2]]]",
        "[1700000000.5, 1, 2]",
        "",
        "{}",
    ],
)
def test_other_files(text: str) -> None:
    assert READER.detect(source("run-a-tag-loss.csv", text.encode())) is Match.NO


def test_a_file_without_rows() -> None:
    file = source("run-a-tag-loss.csv", b"Wall time,Step,Value\r\n")
    (item,) = READER.read(READER.key(file), [file])
    assert isinstance(item, Unread) and item.note.code == "no-rows"
