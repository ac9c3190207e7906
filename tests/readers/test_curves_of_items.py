"""JSON files called after a reward, a metric or a loss, whose lists are called after numbered items only."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import loganalyzer

ITEMS, VALUES = 4, 8


def values(item: int) -> list[float]:
    return [round(0.5 + item / 8 - 0.25 / (n + 1), 6) for n in range(VALUES)]


def document(name: Callable[[int], str]) -> str:
    return json.dumps({name(item): values(item) for item in range(1, ITEMS + 1)}, indent=4)


def means() -> list[float]:
    return [sum(values(item)[n] for item in range(1, ITEMS + 1)) / ITEMS for n in range(VALUES)]


@pytest.mark.parametrize(
    ("file", "name", "curve"),
    [
        ("rewards.json", "video_{}", "rewards"),
        ("train_rewards.json", "env{}", "train_rewards"),
        ("reward.json", "Agent {}", "reward"),
        ("returns.json", "worker-{}", "returns"),
        ("accuracy.json", "client_{}", "accuracy"),
        ("val_accuracy.json", "task {}", "val_accuracy"),
        ("loss.json", "client_{}", "loss"),
        ("psnr.json", "scene{}", "psnr"),
        ("episode_rewards.json", "arm #{}", "episode_rewards"),
        ("f1.json", "node_0{}", "f1"),
    ],
)
def test_items_of_one_training_and_their_mean(tmp_path: Path, file: str, name: str, curve: str) -> None:
    (tmp_path / file).write_text(document(lambda item: name.format(item)))
    (run,) = loganalyzer.load(tmp_path)
    assert run.series[curve].values.tolist() == pytest.approx(means())
    assert run.series[f"{curve}/{name.format(2)}"].values.tolist() == values(2)
    assert len(run.series) == ITEMS + 1


@pytest.mark.parametrize("name", ["fold_{}", "seed{}", "run {}", "trial-{}", "Repeat_{}"])
def test_repeats_are_runs(tmp_path: Path, name: str) -> None:
    (tmp_path / "rewards.json").write_text(document(lambda item: name.format(item)))
    runs = loganalyzer.load(tmp_path)
    assert [run.series["rewards"].values.tolist() for run in runs] == [values(item) for item in range(1, ITEMS + 1)]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("settings.json", document(lambda item: f"video_{item}")),
        ("rewards.json", document(lambda item: f"epoch_{item}")),
        ("rewards.json", json.dumps({"video_1": values(1)})),
        ("rewards.json", json.dumps({"video_1": values(1), "video_2": values(2)[:-1]})),
        ("rewards.json", json.dumps({"video_1": values(1), "names": ["a", "b"]})),
        ("rewards.json", json.dumps({"video_1": [0.5, 0.6], "video_2": [0.5, 0.7]})),
    ],
)
def test_other_lists_are_none(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / file).write_text(text)
    assert loganalyzer.load(tmp_path) == []
