"""Lines around the training that must not change its curves: headings, reports, words before a counter, bare totals."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.model.run import Run

LOSSES = (2.5, 1.75, 1.5, 1.25, 1.125, 1.0)


def read(folder: Path, text: str) -> Run:
    (folder / "train.log").write_text(text, newline="")
    (run,) = loganalyzer.load(folder)
    return run


KERAS = "".join(
    f"Epoch {i}/6\n10/10 [==============================] - 0s 5us/step - loss: {loss} - accuracy: {i / 8}\n"
    for i, loss in enumerate(LOSSES, 1)
)
REPORT = """
              precision    recall  f1-score   support

           0       0.41      0.33      0.37       120
           1       0.38      0.46      0.42       118

    accuracy                           0.40       238
   macro avg       0.40      0.40      0.39       238
weighted avg       0.40      0.40      0.39       238
"""


@pytest.mark.parametrize(
    "report",
    [
        REPORT,
        REPORT.replace("    accuracy", "\taccuracy"),
        REPORT.replace("\n", "\r\n"),
        REPORT.replace("0.40 ", "0.4022 "),
        "accuracy score behind:\n" + REPORT,
        REPORT + REPORT,
        REPORT.replace("    accuracy  ", "   micro avg  "),
        "\n    accuracy                          0.9123      1200\n",
        "[[40 80]\n [64 54]]\n" + REPORT,
        REPORT + "done in 12.5 s\n",
    ],
)
def test_the_report_behind_a_training_is_no_value_of_it(tmp_path: Path, report: str) -> None:
    run = read(tmp_path, KERAS + report)
    assert run.series["accuracy"].values.tolist() == [i / 8 for i in range(1, 7)]
    assert run.series["loss"].values.tolist() == list(LOSSES)


def lines(form: str) -> str:
    return "".join(form.format(e=e, s=s, loss=LOSSES[3 * e + s]) for e in range(2) for s in range(3))


COUNTED = "epoch: {e}, step: {s}, loss: {loss}\n"


@pytest.mark.parametrize(
    "heading",
    [
        "Training Pnet:",
        "Training:",
        "Start training of the model:",
        "Training on 3 GPUs:\nTraining network A:",
        "Train loop:",
        "== Training phase 1:",
        "Learning curves of the training:",
        "Training samples:\nTraining:",
    ],
)
def test_a_heading_of_training_does_not_part_the_first_line(tmp_path: Path, heading: str) -> None:
    run = read(tmp_path, f"{heading}\n{lines(COUNTED)}")
    assert len(run.series["loss"]) == len(LOSSES)


@pytest.mark.parametrize("heading", ["Validation:", "Evaluating:"])
def test_a_heading_of_held_out_data_does(tmp_path: Path, heading: str) -> None:
    pair = "".join(f"epoch {i} loss: {loss}\n{heading}\nloss: {loss + 1}\n" for i, loss in enumerate(LOSSES))
    assert len(read(tmp_path, pair).series["val/loss"]) == len(LOSSES)


@pytest.mark.parametrize(
    "form",
    [
        "TRAIN in epoch {e} , step {s}, loss = {loss}\n",
        "train in epoch {e}, step {s}: loss {loss}\n",
        "[TRAIN] in epoch {e}, step {s}, loss={loss}\n",
        "Training in epoch {e} , step {s}, loss = {loss}\n",
        "training in epoch{e}, step {s}, loss: {loss}\n",
        "  TRAIN in Epoch {e}, iter {s}, loss {loss}\n",
        "* train in epoch {e} batch {s} loss = {loss}\n",
        "TRAIN: in epoch {e}, step {s}, loss = {loss}\n",
        "In epoch {e}, step {s}, loss = {loss}\n",
        "Train in epoch: {e}, step: {s}, loss: {loss}\n",
    ],
)
def test_a_pass_in_an_epoch_counts_it(tmp_path: Path, form: str) -> None:
    run = read(tmp_path, lines(form))
    (loss,) = (own for name, own in run.series.items() if name.endswith("loss"))
    assert loss.values.tolist() == list(LOSSES) and run.series["epoch"].values[-1] == 1


@pytest.mark.parametrize("form", ["steps in epoch {e}: loss {loss}\n", "batches in epoch {e} loss {loss}\n"])
def test_what_is_in_an_epoch_counts_nothing(tmp_path: Path, form: str) -> None:
    (tmp_path / "train.log").write_text(lines(form))
    assert all("epoch" not in run.series for run in loganalyzer.load(tmp_path))


@pytest.mark.parametrize(
    "form",
    [
        "[epoch: {e}/2, iter: {s}/3] total: {loss}\n",
        "[epoch: {e}/2, iter: {s}/3] total: {loss} pde: 0.5\n",
        "epoch {e} batch {s} total={loss}\n",
        "Epoch: {e} | Step: {s} | total: {loss} | time: 0.3s\n",
        "epoch={e}, iter={s}, Total={loss}\n",
        "[{e}/2][{s}/3] total: {loss}\n",
        "Epoch [{e}/2], Step [{s}/3], Total: {loss}\n",
        "epoch {e} iter {s}: lr: 0.1 total: {loss}\n",
    ],
)
def test_a_total_beside_both_counters_is_a_loss(tmp_path: Path, form: str) -> None:
    run = read(tmp_path, lines(form))
    (total,) = (own for name, own in run.series.items() if name.lower() == "loss/total")
    assert total.values.tolist() == list(LOSSES)


@pytest.mark.parametrize(
    "form", ["epoch {e} batch {s} loss {loss} total {s}\n", "epoch {e} step {s} acc: {loss} total: 9\n"]
)
def test_a_total_beside_a_loss_is_none(tmp_path: Path, form: str) -> None:
    assert not any(name.startswith("loss/") for name in read(tmp_path, lines(form)).series)


@pytest.mark.parametrize("name", ["rmse_e_trn", "rmse_f_trn", "rmse_v_trn", "rmse_e_val", "rmse_f_val"])
def test_errors_of_energy_and_forces_are_curves(tmp_path: Path, name: str) -> None:
    rows = "".join(f"{100 * i:8} {loss:.2e} {loss / 2:.2e} 1.0e-03\n" for i, loss in enumerate(LOSSES))
    (tmp_path / "lcurve.out").write_text(f"#  step  rmse_trn  {name}  lr\n# rmse_*_val will print nan\n{rows}")
    (run,) = loganalyzer.load(tmp_path)
    assert len(run.series[name]) == len(LOSSES)


RECORDS = [
    "[{i:03}] train_loss: {loss} | dev_loss: 1.5 | f1 on dev: 0.5 ",
    "[{i}] loss: {loss} acc: 0.75 lr: 0.001 time: 3.2s learned ",
    "Epoch {i} loss: {loss} val_loss: 1.5 accuracy: 0.75 lr: 0.01",
    "Epoch: {i}, train loss: {loss}, validation loss: 1.5, time: 3 ",
    "epoch {i} - loss: {loss} - accuracy: 0.75 - val_loss: 1.5000 ",
    "Step {i}, loss = {loss}, accuracy = 0.75, learning_rate = 1e-3; ",
    "step: {i} | loss: {loss} | grad_norm: 1.25 | lr: 0.0010 | ok ",
    "Iteration {i}: loss={loss}, acc=0.75, learning rate=0.0010 -- ",
    "iter {i}, train loss {loss}, so loss: {loss}, acc: 0.75 ok ok ",
    "Epoch [{i}/6], Loss: {loss}, Accuracy: 0.7500, LR: 0.00100 ",
]


@pytest.mark.parametrize("form", RECORDS)
@pytest.mark.parametrize("ends", [(), (0, 1, 4), (2,), range(6)])
def test_records_printed_without_an_end_of_line(tmp_path: Path, form: str, ends: Iterable[int]) -> None:
    text = "".join(form.format(i=i, loss=loss) + "\n" * (i - 1 in ends) for i, loss in enumerate(LOSSES, 1))
    run = read(tmp_path, text + "\n")
    found = [own.values.tolist() for name, own in run.series.items() if name.lower().endswith("loss")]
    assert list(LOSSES) in found


@pytest.mark.parametrize(
    ("line", "name", "factor"),
    [
        ("Accuracy on Test-Set: {:.2f}% (1040 / 10000)", "Accuracy on Test-Set", 0.01),
        ("Test accuracy: {:.4f} (937/1000)", "Test accuracy", 1),
        ("val acc: {:.3f} (93 of 100)", "val acc", 1),
        ("Discriminator Accuracy (Loss): 0.5 ({:.4f})", "Discriminator Loss", 1),
        ("Train Loss (Acc): {:.4f} (0.75)", "Train Loss", 1),
        ("Val Accuracy (Loss): 0.75 ({:.4f})", "Val Loss", 1),
        ("test loss: 9.0 ({:.4f})", "test loss", 1),  # the running mean
        ("loss: {:.4f} (9.0)", "loss", 1),
    ],
)
def test_what_stands_in_brackets_behind_a_value(tmp_path: Path, line: str, name: str, factor: float) -> None:
    run = read(tmp_path, "".join(f"Epoch {i}\n{line.format(loss)}\n" for i, loss in enumerate(LOSSES)))
    assert run.series[name].values == pytest.approx([loss * factor for loss in LOSSES], abs=1e-2 * factor)


@pytest.mark.parametrize(
    "line",
    [
        "{i}:\tlearn: {loss}\ttotal: 5{i}ms\tremaining: 3.2s",
        "{i}: learn: {loss} total: 5{i}ms remaining: 3.2s",
        "{i}:  learn: {loss}   total: 5{i}ms   remaining: 0us",
        "{i}: learn: {loss} test: 0.75 best: 0.75 ({i}) total: 5{i}ms remaining: 3.2s",
        "VLOG[1] (train-ctc-parallel:Report():ctc-loss.cc:241) After {i}000 sequences (2.{i}Hr): "
        "Obj(log[Pzx]) = {loss}   TokenAcc = 5{i}.5%",
    ],
)
def test_lines_of_boosting_and_of_eesen(tmp_path: Path, line: str) -> None:
    run = read(tmp_path, "".join(line.format(i=i, loss=loss) + "\n" for i, loss in enumerate(LOSSES)))
    assert list(LOSSES) in [own.values.tolist() for own in run.series.values()]
