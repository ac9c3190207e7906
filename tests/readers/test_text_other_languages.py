"""Logs whose words are Russian, Korean, Chinese in both scripts, Spanish or Portuguese: counters, losses and metrics."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.roles.assign import roles

TRAIN, HELD_OUT = (2.0, 1.5, 1.25, 1.0, 0.75, 0.5), (2.5, 2.0, 1.75, 1.625, 1.5, 1.375)


def read(folder: Path, line: str, first: int = 1, every: int = 1) -> loganalyzer.Run:
    text = "".join(
        line.format(e=first + n * every, v=v, w=w, a=1 - w / 4)
        for n, (v, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True))
    )
    (folder / "train.log").write_text(text, encoding="utf-8", newline="")
    (run,) = loganalyzer.load(folder)
    return run


@pytest.mark.parametrize(
    "line",
    [
        "Эпоха {e}/6: Потери на обучении: {v}, Потери на валидации: {w}\n",
        "Эпоха {e} | потери на обучении {v} | потери на валидации {w}\r\n",
        "Эпоха: {e}, ошибка: 0.1, train loss: {v}, val loss: {w}\n",
        "[12:04:33] Эпоха {e}/6 - train loss = {v}, val loss = {w}\n",
        "에포크 {e}/6 - 훈련 손실: {v} - 검증 손실: {w}\n",
        "에폭 {e}: 학습 손실 {v}, 검증 손실 {w}, 검증 정확도 {a}\n",
        "Epoch {e} 학습 손실: {v} 검증 손실: {w}\n",
        "第 {e} 轮: 训练损失 {v}, 验证损失 {w}\n",
        "輪次 epoch {e} - 訓練損失: {v} - 驗證損失: {w} - 學習率: 1.00e-03\n",
        "Epoch {e} 訓練損失值={v} 驗證損失值={w} 驗證準確率={a}\n",
        "Época {e}/6 - Pérdida de entrenamiento: {v} - Pérdida de validación: {w}\n",
        "Época {e}: perda de treino={v}, perda de validação={w}\n",
    ],
)
def test_epochs_and_losses(tmp_path: Path, line: str) -> None:
    run = read(tmp_path, line)
    told = roles(run)
    assert told.train is not None and told.train.values.tolist() == list(TRAIN)
    assert told.validation is not None and told.validation.values.tolist() == list(HELD_OUT)
    assert told.train.steps.tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("word", ["步骤", "步驟", "迭代", "迭代次数", "스텝", "Шаг", "Итерация"])
def test_steps(tmp_path: Path, word: str) -> None:
    run = read(tmp_path, word + " {e}: loss {v}, val loss {w}\n", first=0, every=250)
    assert run.series["loss"].steps.tolist() == [0, 250, 500, 750, 1000, 1250]
    assert run.step_unit == "step"


def test_metrics_in_russian_and_korean(tmp_path: Path) -> None:
    run = read(tmp_path, "Эпоха {e}: средний train loss = {v}, Точность на валидации: {a}\n")
    (accuracy,) = [m for m in roles(run).metrics if m.name == "accuracy"]
    assert accuracy.validation is not None and accuracy.validation.values.tolist() == [1 - w / 4 for w in HELD_OUT]


@pytest.mark.parametrize(
    "line",
    [
        "Эпоха начата 2024-03-05 10:12:3{e}\n",  # a date
        "Загружено {e} файлов, размер {v} ГБ\n",
        "남은 시간 {e}분 {v}초\n",
        "версия {e}.{v}\n",
    ],
)
def test_what_is_no_point(tmp_path: Path, line: str) -> None:
    text = "".join(line.format(e=n, v=v) + f"Epoch {n} loss: {v}\n" for n, v in enumerate(TRAIN, 1))
    (tmp_path / "train.log").write_text(text, encoding="utf-8")
    (run,) = loganalyzer.load(tmp_path)
    assert {n: s.values.tolist() for n, s in run.series.items()} == {"loss": list(TRAIN)}
