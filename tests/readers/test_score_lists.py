"""Records with a list of scores whose order is a convention, and records that name the checkpoint which was measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import loganalyzer

EPOCHS = 6


def scores(epoch: int, count: int) -> list[float]:
    return [round(0.3 - 0.2 / (epoch + 1) + 0.01 * number, 4) for number in range(count)]


def log(name: str, count: int, **more: Any) -> str:
    rows = [{"epoch": n, "train_loss": 3 / (n + 1), name: scores(n, count), **more} for n in range(EPOCHS)]
    return "".join(json.dumps(row) + "\n" for row in rows)


def only(folder: Path, text: str, name: str = "log.txt") -> loganalyzer.Run:
    (folder / name).write_text(text)
    (run,) = loganalyzer.load(folder)
    return run


@pytest.mark.parametrize(
    ("name", "count", "parts"),
    [
        ("test_coco_eval_bbox", 12, {"AP": 0, "AP50": 1, "APl": 5, "AR100": 8}),
        ("test_coco_eval_masks", 12, {"AP": 0, "AP75": 2}),
        ("coco_eval_bbox", 12, {"AP": 0}),
        ("val/coco_eval", 12, {"AP": 0, "ARl": 11}),
        ("ema_test_coco_eval_bbox", 12, {"AP": 0}),
        ("cocoEvalBbox", 12, {"AP": 0}),
        ("test_coco_eval_keypoints", 10, {"AP": 0, "APm": 3, "ARl": 9}),
        ("test_PQ_all", 3, {"PQ": 0, "SQ": 1, "RQ": 2}),
        ("test_PQ_th", 3, {"PQ": 0}),
        ("PQ_st", 3, {"PQ": 0}),
    ],
)
def test_the_numbers_are_called_what_they_are(tmp_path: Path, name: str, count: int, parts: Mapping[str, int]) -> None:
    run = only(tmp_path, log(name, count))
    for part, place in parts.items():
        own = run.series[f"{name}/{part}"]
        assert own.values.tolist() == [scores(n, count)[place] for n in range(EPOCHS)]
        assert own.steps.tolist() == list(range(EPOCHS))


def test_a_size_without_objects_has_no_score(tmp_path: Path) -> None:
    text = log("test_coco_eval_bbox", 12).replace("0.13,", "-1.0,")  # APs of the first epoch
    run = only(tmp_path, text)
    assert run.series["test_coco_eval_bbox/APs"].steps.tolist() == list(range(1, EPOCHS))


@pytest.mark.parametrize(("name", "count"), [("test_coco_eval_bbox", 11), ("test_scores", 12), ("coco_ids", 3)])
def test_other_lists_are_none(tmp_path: Path, name: str, count: int) -> None:
    assert {n for n in only(tmp_path, log(name, count)).series if n.startswith(name)} == set()


def measured(key: str, file: str, numbers: list[int]) -> str:
    rows = [
        {"results": {"fid50k_full": 400 / (i + 1) + 30}, "metric": "fid50k_full", key: file.format(number)}
        for i, number in enumerate(numbers)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


RISING = [0, 400, 800, 1200, 1600, 2000]


@pytest.mark.parametrize(
    ("key", "file"),
    [
        ("snapshot_pkl", "network-snapshot-{:06d}.pkl"),
        ("checkpoint", "out/checkpoint-{}"),
        ("ckpt", "model_{}.pt"),
        ("weights", "weights.{:03d}.h5"),
        ("resumed", "run7/step_{}.safetensors"),
    ],
)
def test_checkpoints_that_were_measured_one_after_the_other(tmp_path: Path, key: str, file: str) -> None:
    run = only(tmp_path, measured(key, file, RISING), "metric-fid50k_full.jsonl")
    assert len(run.series["results/fid50k_full"]) == len(RISING)


@pytest.mark.parametrize(
    ("file", "numbers"),
    [("image_{}.png", RISING), ("network-snapshot-{}.pkl", RISING[::-1]), ("sample-{}.txt", RISING)],
)
def test_what_else_was_measured_is_no_training(tmp_path: Path, file: str, numbers: list[int]) -> None:
    (tmp_path / "metric.jsonl").write_text(measured("file", file, numbers).replace('"file"', '"name_of_it"'))
    assert loganalyzer.load(tmp_path) == []


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ("tick {0} kimg {1}.0 time 45s fid {2}", [0, 1, 2]),
        ("tick {0}     kimg {1}.0      time 45s\nnetwork-snapshot  time 6m 23s  fid50k {2}", [0, 1, 2]),
        ("Tick: {0} loss: {2}", [0, 1, 2]),
        ("kimg {1} G_loss {2} D_loss {2}", [0, 4, 8]),
        ("[kimg {1}] fid: {2}", [0, 4, 8]),
    ],
)
def test_ticks_and_thousands_of_images_count(tmp_path: Path, line: str, steps: list[int]) -> None:
    run = only(tmp_path, "".join(line.format(n, 4 * n, 40 / (n + 1)) + "\n" for n in range(8)))
    assert any(own.steps.tolist()[:3] == steps for own in run.series.values())
