"""Settings in the first records of JSON Lines, and on a printed line before the first epoch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loganalyzer import load


def records(**more: Any) -> list[dict[str, Any]]:
    return [{"step": 10 * i, "loss": 2.0 / (1 + 0.3 * i) + 0.01 * (i % 3), **more} for i in range(30)]


def read(folder: Path, before: list[dict[str, Any]], **more: Any) -> Any:
    path = folder / "metrics.jsonl"
    path.write_text(
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in [*before, *records(**more)]), encoding="utf-8"
    )
    return load(str(path))[0]


@pytest.mark.parametrize(
    ("before", "settings"),
    [
        ([{"lr": 0.0003, "batch_size": 64}], {"lr": 0.0003, "batch_size": 64}),
        ([{"event": "start", "config": {"lr": 0.0003, "optimizer": "adam"}}], {"lr": 0.0003, "optimizer": "adam"}),
        ([{"type": "hparams", "lr": 0.01}], {"lr": 0.01}),
        ([{"event": "config", "lr": 0.01, "model": {"width": 64}}], {"lr": 0.01, "model.width": 64}),
        ([{"config": {"optim": {"lr": 0.1}}}], {"optim.lr": 0.1}),
        ([{"_type": "config", "learning_rate": 0.1, "seed": 3}], {"learning_rate": 0.1, "seed": 3}),
        ([{"step": 0, "args": {"lr": 0.1}}], {"lr": 0.1}),
        ([{"event": "start", "time": 1.5}, {"event": "config", "params": {"lr": 0.1}}], {"lr": 0.1}),
        ([{"学習率": 0.1, "バッチサイズ": 32}], {"学習率": 0.1, "バッチサイズ": 32}),
        ([{"hyper_parameters": {"lr": 1e-3}}, {"seed": 1}], {"seed": 1}),
        (
            [{"time": "2026-01-01T00:00:00", "lr": 0.01, "dropout": 0.1, "epochs": 30}],
            {"lr": 0.01, "dropout": 0.1, "epochs": 30},
        ),
    ],
)
def test_they_are_the_runs_settings(tmp_path: Path, before: list[dict[str, Any]], settings: dict[str, Any]) -> None:
    run = read(tmp_path, before)
    assert settings.items() <= dict(run.hyperparameters).items()
    assert list(run.series) == ["loss"]
    assert len(run.series["loss"]) == 30


@pytest.mark.parametrize(
    ("before", "more"),
    [
        ([{"step": 0, "lr": 0.1}], {}),  # a curve that begins before the loss does
        ([{"lr": 0.1}], {"lr": 0.05}),  # one that goes on
        ([{"event": "start"}], {}),
        ([{"samples": 5000, "host": "a"}], {}),
        ([], {}),
    ],
)
def test_what_is_no_record_of_settings(tmp_path: Path, before: list[dict[str, Any]], more: dict[str, Any]) -> None:
    assert dict(read(tmp_path, before, **more).hyperparameters) == {}


@pytest.mark.parametrize(
    ("line", "settings"),
    [
        ("学習を開始します 学習率=0.1 バッチサイズ=128", {"学習率": 0.1, "バッチサイズ": 128}),
        ("学習率：0.1、バッチサイズ：128".replace("：", ": ").replace("、", " "), {"学習率": 0.1, "バッチサイズ": 128}),
        ("エポック数: 40", {"エポック数": 40}),
        ("学習率 0.01 で学習します", {"学習率": 0.01}),
        ("Training with lr=0.1 batch_size=128", {"lr": 0.1, "batch_size": 128}),
        ("Starting: learning rate 0.05, weight decay 1e-4", {"learning_rate": 0.05, "weight_decay": 1e-4}),
        ("Using SGD with lr=0.1, momentum=0.9", {"lr": 0.1, "momentum": 0.9, "optimizer": "SGD"}),
        ("バッチサイズ=64 dropout=0.2", {"バッチサイズ": 64, "dropout": 0.2}),
        ("INFO 学習率=1e-3", {"学習率": 1e-3}),
        ("モデル: resnet, 学習率=0.1", {"学習率": 0.1}),
    ],
)
def test_settings_on_a_printed_line(tmp_path: Path, line: str, settings: dict[str, Any]) -> None:
    path = tmp_path / "train.log"
    epochs = "".join(
        f"Epoch {i}: loss={2.0 / (1 + 0.3 * i):.4f} val_loss={2.1 / (1 + 0.3 * i):.4f}\n" for i in range(20)
    )
    path.write_text(f"{line}\n{epochs}", encoding="utf-8")
    run = load(str(path))[0]
    assert settings.items() <= dict(run.hyperparameters).items()
    assert len(run.series["loss"]) == 20
