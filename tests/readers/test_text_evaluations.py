"""Evaluations of finished models are no trainings: AutoAttack's lines, and values of one file each."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer

ATTACKS = ("APGD-CE", "APGD-T", "FAB-T", "SQUARE")


def attack(models: int, attacks: int = 4, end: str = "\n") -> str:
    text = ""
    for model in range(models):
        text += f"testing Model{model}{end}initial accuracy: {90 - model}.33%{end}"
        for number, name in enumerate(ATTACKS[:attacks]):
            text += f"{name.lower()} - 1/3 - 4 out of 50 successfully perturbed{end}"
            text += (
                f"robust accuracy after {name}: {60 - 2 * number - model}.67% (total time {36 * number + 5}.0 s){end}"
            )
        text += f"max Linf perturbation: 0.00392, nan in tensor: 0, max: 1.00000, min: 0.00000{end}"
        text += f"robust accuracy: {52 - model}.00%{end}"
    return text


def images(
    name: str, count: int = 6, values: str = "MSE loss: {v}\nNMSE loss: 0.{n}8\nPSNR: {p}\n", rule: str = "---------\n"
) -> str:
    return "".join(
        f"{name.format(n=n)}\n{rule}" + values.format(n=n, v=900 + 37.5 * (n % 3), p=18 - n % 4) for n in range(count)
    )


@pytest.mark.parametrize(
    "text",
    [
        attack(1),
        attack(5),
        attack(16, attacks=1),
        attack(3, end="\r\n"),
        "---- STARTING AUTOATTACK ----\n" + attack(4, attacks=2),
        images("{n}.png:"),
        images("img_{n}.jpg"),
        images("results/test/{n}.PNG :", rule=""),
        images("kodim{n}.bmp:", count=24),
        images("clip_{n}.wav:", values="loss: 0.{n}1\nSNR: {p}\n"),
        images("case-{n}.nii.gz:", values="Dice loss: 0.{n}7\n"),
        images("{n}.png:").replace("\n", "\r\n"),
    ],
)
def test_no_run(tmp_path: Path, text: str) -> None:
    (tmp_path / "log.txt").write_text(text, newline="")
    assert loganalyzer.load(tmp_path) == []


def test_an_attack_behind_a_training_adds_no_point(tmp_path: Path) -> None:
    training = "".join(f"Epoch {e} loss: {2 / e:.4f} accuracy: 0.{e}\n" for e in range(1, 10))
    (tmp_path / "train.log").write_text(training + attack(1))
    (run,) = loganalyzer.load(tmp_path)
    assert {name: len(own) for name, own in run.series.items()} == {"loss": 9, "accuracy": 9}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("".join(f"Epoch {e}\nloss: {2 / e:.4f}\nrobust accuracy: {30 + e}.50%\n" for e in range(1, 10)), 9),
        ("".join(f"Epoch {e} loss: {2 / e:.4f} robust accuracy: {30 + e}.50%\n" for e in range(1, 10)), 9),
        ("".join(f"loss: {2 / e:.4f}\n" for e in range(1, 10)) + "saved\nout.png\n", 9),
        ("".join(f"loss: {2 / e:.4f}\nsample_{e}.png\n" for e in range(1, 10)), 9),
        ("".join(f"loss: {2 / e:.4f}\nloss: {1.9 / e:.4f}\nsample.png\n" for e in range(1, 10)), 18),
        ("".join(f"Epoch {e}\nepoch_{e}.png\nloss: {2 / e:.4f}\n" for e in range(1, 10)), 9),
    ],
)
def test_trainings_that_speak_of_such(tmp_path: Path, text: str, count: int) -> None:
    (tmp_path / "train.log").write_text(text)
    (run,) = loganalyzer.load(tmp_path)
    assert len(run.series["loss"]) == count
    assert all(len(own) == count for own in run.series.values())
