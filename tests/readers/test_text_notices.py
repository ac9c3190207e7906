"""Notices of a saved model: their values beside the curve that they repeat, and where nothing else prints them."""

from __future__ import annotations

from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.outcome import Verdict
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Run
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.roles.assign import role_of

TRAIN = [0.9, 0.7, 0.55, 0.5, 0.48, 0.44, 0.41, 0.4, 0.37, 0.35]
HELD_OUT = [0.612, 0.543, 0.561, 0.502, 0.523, 0.517, 0.471, 0.468, 0.483, 0.449]
BEST = [1, 2, 4, 7, 8, 10]
LINE = "Epoch {e}/10 train loss {a} val loss {w} val acc {c:.3f}\n"


def read(folder: Path, line: str, notice: str, otherwise: str = "") -> list[Run]:
    text, best = "", 9.0
    for e, (a, w) in enumerate(zip(TRAIN, HELD_OUT, strict=True), 1):
        told = {"e": e, "a": a, "w": w, "c": 1 - w, "b": best, "r": round(w, 2)}
        text += line.format(**told) + (notice if w < best else otherwise).format(**told)
        best = min(best, w)
    (folder / "train.log").write_text(text, newline="")
    return list(loganalyzer.load(folder))


NOTICES = [
    "Saving model with val_loss: {w}\n",
    "Model saved! Validation loss: {w}\n",
    "Saved checkpoint: epoch={e}-val_loss={r:.2f}.ckpt\n",
    "[*] Found lower validation loss: {w}, saving...\n",
    "* Save model: loss {w}\n",
    "model saved with accuracy {c:.3f}\n",
    "new best val loss {w} saved\n",
    "--> best model saved (loss: {w})\n",
    "Checkpoint saved at epoch {e}, val loss = {w}\n",
    "Validation loss decreased ({b} --> {w}). Saving model ...\n",
    "val_acc improved from {b} to {c:.3f}, saving model to best.h5\r\n",
    "2024-03-01 10:00:00,123 - INFO - Saving best weights, dev loss {w}\n",
    "Got a new best: valid loss {w}\n",
    "checkpointing (val loss: {r:.2f})\n",
]


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("line", [LINE, LINE.replace("Epoch {e}/10", "step {e}00:")])
def test_beside_the_curves_a_notice_adds_none(tmp_path: Path, line: str, notice: str) -> None:
    (run,) = read(tmp_path, line, notice)
    assert {name: own.values.tolist() for name, own in run.series.items() if role_of(name).quantity in OBJECTIVES} == {
        "train loss": TRAIN,
        "val loss": HELD_OUT,
        "val acc": [round(1 - w, 3) for w in HELD_OUT],
    }


@pytest.mark.parametrize("notice", [notice for notice in NOTICES if "improved from" not in notice])
def test_where_nothing_else_prints_them_they_are_the_best_only(tmp_path: Path, notice: str) -> None:
    (run,) = read(tmp_path, "Epoch {e}/10\n", notice, "EarlyStopping counter: 1 out of 5\n")
    (name,) = run.series
    assert name.startswith("best ") and role_of(name).quantity is Quantity.OTHER
    known = [HELD_OUT[e - 1] for e in BEST]
    if "accuracy" in notice:
        known = [1 - value for value in known]
    assert run.series[name].values.tolist() == pytest.approx(known, abs=0.006)
    assert [(note.code, note.details["count"]) for note in run.notes] == [("best-values-only", 6)]
    assert diagnose(run).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("notice", [NOTICES[i] for i in (0, 1, 3, 5, 11, 12)])
def test_beside_the_training_loss_they_are_called_so(tmp_path: Path, notice: str) -> None:
    (run,) = read(tmp_path, "Epoch {e}/10 train loss {a}\n", notice)
    curve, best = run.series.values()
    assert (curve.name, curve.values.tolist()) == ("train loss", TRAIN)
    assert best.name.startswith("best ") and best.steps.tolist() == BEST
    assert [note.code for note in run.notes] == ["best-values-only"]


@pytest.mark.parametrize(
    ("line", "notice", "otherwise"),
    [
        ("Epoch {e}/10 train loss {a} ", "val loss {w} model saved\n", "val loss {w}\n"),
        ("Epoch {e}/10 train loss {a} val loss {w} ", "[saved checkpoint]\n", "\n"),
        ("Epoch {e}/10 train loss {a} val loss {w} checkpoint saved to m{e}.pt\n", "", ""),
        ("Epoch {e}/10 train loss {a}\n", "Saving model with val loss: {w}\n", "Saving model with val loss: {w}\n"),
        ("", "(model saved) epoch {e} train loss {a} val loss {w}\n", "epoch {e} train loss {a} val loss {w}\n"),
    ],
)
def test_lines_that_print_their_values_anyway_are_no_notices(
    tmp_path: Path, line: str, notice: str, otherwise: str
) -> None:
    (run,) = read(tmp_path, line, notice, otherwise)
    curves = {name: own for name, own in run.series.items() if role_of(name).quantity in OBJECTIVES}
    assert [own.values.tolist() for own in curves.values()] == [TRAIN, HELD_OUT] and not run.notes


@pytest.mark.parametrize("every", [2, 5, 10])
def test_a_model_that_is_saved_every_so_often_makes_a_curve(tmp_path: Path, every: int) -> None:
    epochs = [e for e in range(1, 61) if e in (1, 60) or e % every == 0]
    text = "".join(
        f"Epoch {e} train loss {2 / e:.4f}\n" + (f"Saving checkpoint, val loss {3 / e:.4f}\n" if e in epochs else "")
        for e in range(1, 61)
    )
    (tmp_path / "train.log").write_text(text)
    (run,) = loganalyzer.load(tmp_path)
    assert run.series["val loss"].steps.tolist() == epochs and not run.notes


@pytest.mark.parametrize(
    "line",
    [
        "Best accuracy: {v}\n",
        "Fold {e}: best accuracy {v}\n",
        "Model {e} best f1 {v}\n",
        "Best val acc = {v} (epoch {e})\n",
        "Best model found at epoch {e} with accuracy {v}\n",
        "Saved the best model of epoch {e}\n",
    ],
)
def test_results_of_several_models_are_no_improvements(tmp_path: Path, line: str) -> None:
    text = "".join(line.format(e=e, v=v) for e, v in enumerate((0.3, 0.4, 0.5, 0.55, 0.45, 0.6)))
    (tmp_path / "train.log").write_text(text)
    assert not list(loganalyzer.load(tmp_path))


def test_evaluations_every_so_many_steps_are_a_curve_though_each_is_a_new_best(tmp_path: Path) -> None:
    text = "".join(
        f"Ep. {1 + i // 3} : Up. {500 * i} : Cost {2 / i:.4f}\n"
        + (f"[valid] Ep. {1 + i // 3} : Up. {500 * i} : bleu : {20 + i}.5 : new best\n" if i % 2 == 0 else "")
        for i in range(1, 17)
    )
    (tmp_path / "train.log").write_text(text)
    (run,) = loganalyzer.load(tmp_path)
    assert run.series["val/bleu"].steps.tolist() == [1000 * i for i in range(1, 9)]
