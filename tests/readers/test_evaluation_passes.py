"""Printed evaluations that only the line before them announces: their values are no training values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.roles.assign import roles

EPOCHS = range(1, 6)
TRAIN = [round(2.0 / e, 4) for e in EPOCHS]
VALID = [round(2.0 / e + 0.3, 4) for e in EPOCHS]


def read(tmp_path: Path, text: str) -> Mapping[str, list[float]]:
    (tmp_path / "train.log").write_bytes(text.encode())
    runs = list(loganalyzer.load(tmp_path / "train.log"))
    assert len(runs) == 1
    return {name: one.values.tolist() for name, one in runs[0].series.items() if name != "epoch"}


def hapi(lines: int = 1, ending: str = "\n", indent: str = "", total: int = 20, samples: bool = True) -> str:
    """Epochs as Paddle's high-level API prints them: an evaluation counts steps of its own."""
    said: list[str] = ["The loss value printed in the log is the current step, and the metric is the average value."]
    for epoch, train, valid in zip(EPOCHS, TRAIN, VALID, strict=True):
        said.append(f"Epoch {epoch}/{len(EPOCHS)}")
        said += [
            f"step {20 * i // lines:>3d}/20 - loss: {train:.4f} - acc: 0.5000 - 12ms/step" for i in range(1, lines + 1)
        ]
        said += ["save checkpoint at /tmp/model", f"{indent}Eval begin..."]
        said += [
            f"step {total * i // 2:>3d}/{total} - loss: {valid + 2 - i:.4f} - acc: 0.4000 - 8ms/step" for i in (1, 2)
        ]
        said += [f"{indent}Eval samples: 1000"] if samples else []
    return ending.join(said) + ending


@pytest.mark.parametrize(
    "text",
    [hapi(), hapi(2), hapi(4, total=10), hapi(total=157), hapi(2, "\r\n"), hapi(indent="  "), hapi(samples=False)],
)
def test_what_follows_eval_begin_is_validation(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert found["val/loss"] == pytest.approx(VALID) and len(found["val/acc"]) == 5
    assert set(found["loss"]) == set(TRAIN) and set(found) == {"loss", "acc", "val/loss", "val/acc"}


@pytest.mark.parametrize(
    "heading",
    [
        "***** Evaluating perplexity, Epoch {e}/5 *****",
        "***** Evaluating, Epoch {e} *****",
        "=== Running evaluation for epoch {e} ===",
        "Validating epoch {e}",
        "--- Begin evaluation, epoch {e}",
    ],
)
def test_the_line_below_an_announced_evaluation_is_validation(tmp_path: Path, heading: str) -> None:
    lines = [line for e, v in zip(EPOCHS, VALID, strict=True) for line in (heading.format(e=e), f"ppl: {v}")]
    assert read(tmp_path, "\n".join(lines) + "\n") == {"val/ppl": VALID}


def test_a_training_line_below_an_evaluation_is_training(tmp_path: Path) -> None:
    lines = [
        line
        for e, t, v in zip(EPOCHS, TRAIN, VALID, strict=True)
        for line in (f"epoch {e} loss: {t}", f"Evaluating epoch {e}", f"loss: {v}", f"lr: 0.1 epoch {e}")
    ]
    found = read(tmp_path, "\n".join(lines) + "\n")
    assert found["loss"] == TRAIN and found["val/loss"] == VALID


@pytest.mark.parametrize(
    "line",
    [
        "Step: {s}. Mean Reward: {r}. Std of Reward: 0.110.",
        "step {s} mean reward {r} std reward 0.2",
        "step {s} | reward {r} | std of reward 0.2",
        "step {s}: reward: {r}, standard deviation of reward: 0.2",
        "iteration {s} average reward: {r} reward std: 0.2",
        "Step {s}, Reward={r}, StdReward=0.2",
    ],
)
def test_a_deviation_is_never_stored_as_the_quantity(tmp_path: Path, line: str) -> None:
    rewards = [0.5, 0.9, 1.4, 2.0, 3.1]
    found = read(tmp_path, "\n".join(line.format(s=100 * e, r=r) for e, r in zip(EPOCHS, rewards, strict=True)) + "\n")
    rest = {name: values for name, values in found.items() if values != rewards}
    assert len(found) - len(rest) == 1 and all("std" in name.lower() for name in rest)


@pytest.mark.parametrize(
    "line",
    [
        "Epoche {e}/5: Trainingsverlust: {t}, Validierungsverlust: {v}",
        "[Epoche {e}] Trainingsverlust = {t}; Validierung Verlust = {v}",
        "Epoche {e} - Gesamtverlust {t} - Validierungsverlust {v}",
        "轮次 {e}/5 训练损失: {t} 验证损失: {v}",
        "第{e}轮 训练集损失：{t}，验证集损失：{v}",
        "第 {e} 轮, 训练损失={t}, 验证损失={v}, 学习率=0.001",
        "Epoch {e}，训练损失={t}，验证损失={v}",
        "エポック {e}/5 訓練ロス: {t} 検証ロス: {v}",
        "第{e}エポック 訓練損失 {t} 検証損失 {v}",
        "{e}エポック目 学習データの損失: {t} 評価データの損失: {v}",
        "Epoch {e} Train Loss: {t} Vali Loss: {v}",
        "Epoch {e} [tr] loss: {t} [cv] loss: {v}",
    ],
)
def test_words_of_other_languages_and_habits(tmp_path: Path, line: str) -> None:
    text = "\n".join(line.format(e=e, t=t, v=v) for e, t, v in zip(EPOCHS, TRAIN, VALID, strict=True)) + "\n"
    (tmp_path / "train.log").write_bytes(text.encode())
    (run,) = loganalyzer.load(tmp_path / "train.log")
    found = roles(run)
    assert found.train is not None and found.train.values.tolist() == TRAIN
    assert found.validation is not None and found.validation.values.tolist() == VALID
    assert run.step_unit == "epoch"


@pytest.mark.parametrize("line", ["====> Epoch: {e}, cost 95.3 s", "Epoch {e} cost: 12.5s", "epoch {e} cost 3 min"])
def test_a_cost_in_seconds_is_time(tmp_path: Path, line: str) -> None:
    text = "".join(
        f"{line.format(e=e)}\nepoch {e} loss_gen={t} loss_disc=1.5\n" for e, t in zip(EPOCHS, TRAIN, strict=True)
    )
    assert set(read(tmp_path, text)) == {"loss_gen", "loss_disc"}
