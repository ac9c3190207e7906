"""Losses that no word calls so: columns of a file called after a loss, lines of image translation, names of data sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from loganalyzer import load
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match
from loganalyzer.readers.csv import headerless
from loganalyzer.readers.csv import reader as csv_reader
from loganalyzer.readers.text.reader import READER as TEXT
from loganalyzer.roles.assign import Quantity, role_of, roles
from tests.readers.sources import source

FALLING = [3.5, 2.25, 1.5, 1.125, 0.875, 0.75, 0.625, 0.5625, 0.53125]
RISING = [0.11, 0.34, 0.47, 0.52, 0.58, 0.61, 0.63, 0.64, 0.66]


def printed(text: str, name: str = "loss_log.txt") -> list[Run | Unread]:
    return list(TEXT.read(name, [source(name, text.encode())]))


def table(names: str, separator: str = ",", first: int = 0, end: str = "\n") -> str:
    width = len(names.split(",")) - 1
    rows = [names.replace(",", separator)]
    for i, value in enumerate(FALLING):
        rows.append(separator.join(map(str, [i + first, *(value / (part + 1) for part in range(width))])))
    return end.join(rows) + end


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (table("Epoch,total,pde,ic,bc"), "loss_history.csv"),
        (table("epoch,total,residual,boundary"), "losses.csv"),
        (table("step,total,data,physics", first=100), "train_loss.csv"),
        (table("iteration,total,eikonal,normals", ";"), "loss.csv"),
        (table("epoch,total,recon,commit", "\t"), "runs/3/loss_log.tsv"),
        (table("Epoch,total,kin,pot", end="\r\n"), "LossHistory.csv"),
        (table("epoch,total,style,content", first=1), "loss-curve.csv"),
        (table("epoch,total,pde,ic,bc").rstrip("\n"), "loss_history.txt"),
    ],
)
def test_columns_of_a_file_that_is_called_after_a_loss(text: str, name: str) -> None:
    file = source(name, text.encode())
    assert csv_reader.READER.detect(file) is not Match.NO
    (run,) = csv_reader.READER.read(name, [file])
    assert isinstance(run, Run) and all(one.startswith("loss/") for one in run.series if one.lower() != "epoch")
    found = roles(run).train
    assert found is not None and found.name == "loss/total" and found.values.tolist() == FALLING


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (table("epoch,total,pde,ic"), "history.csv"),  # the file does not say it
        (table("region,total,paid,open"), "loss.csv"),  # nothing counts: claims
    ],
)
def test_columns_that_nothing_calls_losses(text: str, name: str) -> None:
    assert csv_reader.READER.detect(source(name, text.encode())) is Match.NO


def test_a_table_that_names_its_losses_keeps_its_names() -> None:
    text = table("epoch,loss,val_loss,beta")
    (run,) = csv_reader.READER.read("loss.csv", [source("loss.csv", text.encode())])
    assert isinstance(run, Run) and {*run.series} == {"epoch", "loss", "val_loss", "beta"}


DATE = "================ Training Loss (Fri Apr  6 00:34:25 2018) ================\n"


def translation(
    parts: str, counters: str = "(epoch: 1, iters: {i}, time: 0.31, data: 0.002) ", end: str = " \n"
) -> str:
    lines = []
    for i, value in enumerate(FALLING, 1):
        said = " ".join(f"{part}: {value + n:.5f}" for n, part in enumerate(parts.split()))
        lines.append(counters.format(i=100 * i) + said + end)
    return "".join(lines)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (translation("idt z_style z_cont"), "idt z_style z_cont"),
        (DATE + translation("idt z_style z_cont"), "idt z_style z_cont"),
        (DATE * 3 + translation("disc gen transf"), "disc gen transf"),
        (translation("warp smooth", "(epoch: 2, iters: {i}, time: 0.4) "), "warp smooth"),
        (translation("warp smooth", "(epoch: 2, iters: {i}) "), "warp smooth"),
        (translation("coarse fine tv", end="\r\n"), "coarse fine tv"),
        (translation("coarse fine", "(epoch: 7, iters: {i}, time: 0.4, data: 0.1, lr: 0.0002) "), "coarse fine"),
        (translation("percep  tex").replace("tex: ", "tex : "), "percep tex"),
    ],
)
def test_lines_of_image_translation(text: str, parts: str) -> None:
    (run,) = printed(text)
    assert isinstance(run, Run) and all(f"loss/{part}" in run.series for part in parts.split())
    assert run.series[f"loss/{parts.split()[0]}"].values.tolist() == FALLING


@pytest.mark.parametrize("parts", ["G_GAN G_L1 D_real D_fake", "D_A G_A cycle_A idt_A"])
def test_known_names_of_image_translation_stay(parts: str) -> None:
    (run,) = printed(DATE + translation(parts))
    assert isinstance(run, Run) and {*parts.split()} <= {*run.series}
    assert not any("Loss" in name or name.startswith("loss/") for name in run.series)


BARE = [
    "[CD] Epoch {i}/900 - train={a:.6e}  val={b:.6e}  mean(x)~0.7\n",
    "Epoch {i}: train={a} val={b}\n",
    "epoch {i} | train: {a} | valid: {b}\n",
    "epoch={i}, train={a:.5f}, test={b:.5f}, lr=0.001\n",
    "2024-03-01 10:00:00 INFO Epoch [{i}/9] train: {a}, val: {b}\n",
    "step {i} train: {a} dev: {b}\r\n",
    "エポック {i}: train={a}, val={b}\n",
    "iter {i}, train={a}\n",
]


@pytest.mark.parametrize("line", BARE)
def test_values_that_are_called_after_their_data_set_only(line: str) -> None:
    (run,) = printed("".join(line.format(i=i + 1, a=a, b=a + 0.5) for i, a in enumerate(FALLING)), "train.log")
    assert isinstance(run, Run) and "taken-as-loss" in [note.code for note in run.notes]
    found = roles(run)
    assert found.train is not None and found.train.values.tolist() == FALLING
    assert found.validation is None or found.validation.values[0] == 4.0


@pytest.mark.parametrize("line", BARE)
def test_such_values_that_rise_are_not_guessed(line: str) -> None:
    (item,) = printed("".join(line.format(i=i + 1, a=a, b=a - 0.05) for i, a in enumerate(RISING)), "train.log")
    assert isinstance(item, Unread)


def test_two_trainings_of_such_values_and_warnings_of_powershell() -> None:
    warning = (
        "python : C:\\x\\train.py:212: DeprecationWarning: \n`trapz` is deprecated.\n+ ~~~~~~~\n    + CategoryInfo \n"
    )
    lines = "".join(f"[A] Epoch {i + 1}/9 - train={v:e}  val={v + 1:e}\n" for i, v in enumerate(FALLING))
    lines += "".join(f"[B] Epoch {i + 1}/9 - train={v / 2:e}  val={v:e}\n" for i, v in enumerate(FALLING))
    found = list(TEXT.read("t.log", [source("t.log", (warning + lines).replace("\n", "\r\n").encode("utf-16"))]))
    assert [r.series["train/loss"].values.tolist() for r in found if isinstance(r, Run)] == [
        FALLING,
        [v / 2 for v in FALLING],
    ]


PAIRS = [
    ("log_train.txt", " ", "train"),
    ("log_val.txt", " ", "validation"),
    ("train.txt", ",", "train"),
    ("val_log.txt", "\t", "validation"),
    ("training_history.csv", ";", "train"),
    ("test_log.dat", "  ", "test"),
    ("valid.log", ", ", "validation"),
    ("runs/log-train.tsv", "\t", "train"),
]


@pytest.mark.parametrize(("name", "between", "split"), PAIRS)
def test_pairs_in_a_file_that_is_called_after_a_data_set(name: str, between: str, split: str) -> None:
    file = source(name, "".join(f"{i}{between}{v}\n" for i, v in enumerate(FALLING)).encode())
    assert headerless.READER.detect(file) is not Match.NO
    (run,) = headerless.READER.read(name, [file])
    assert isinstance(run, Run) and [note.code for note in run.notes] == ["taken-as-loss"]
    ((of, series),) = run.series.items()
    assert series.values.tolist() == FALLING and roles(run).by_name[of].split.value == split


@pytest.mark.parametrize(("name", "between", "split"), PAIRS)
def test_such_pairs_that_rise_are_refused_with_a_word(name: str, between: str, split: str) -> None:
    file = source(name, "".join(f"{i}{between}{v}\n" for i, v in enumerate(RISING)).encode())
    with pytest.raises(ReadError, match="pairs-without-name"):
        list(headerless.READER.read(name, [file]))


@pytest.mark.parametrize("gap", [1, 10, 400])
@pytest.mark.parametrize("between", [" ", ",", "\t"])
def test_pairs_of_two_trainings_that_wrote_one_file_at_once_are_numbered(gap: int, between: str) -> None:
    steps = [gap * i for n in range(12) for i in (n, n + 7)]
    values = [4.5 - 0.125 * n for n in range(24)]
    text = "".join(f"{s}{between}{v}\n" for s, v in zip(steps, values, strict=True))
    file = source("yolo_loss.txt", text.encode())
    assert headerless.READER.detect(file) is not Match.NO
    (run,) = headerless.READER.read("yolo_loss.txt", [file])
    assert isinstance(run, Run) and "rows-numbered" in [note.code for note in run.notes]
    assert run.series["yolo_loss"].values.tolist() == values


def test_data_are_no_pairs(tmp_path: Path) -> None:
    labels = "".join(f"{i % 2} {v}\n" for i, v in enumerate([0.25, 0.75] * 8))
    assert headerless.READER.detect(source("train.txt", labels.encode())) is Match.NO
    (tmp_path / "train.txt").write_text(labels)
    assert load(tmp_path) == []


def rows(names: str, count: int = 9) -> str:
    """Columns of which the first falls, the others follow at a third and two thirds of it, and the last rises."""
    width = len(names.split(","))
    lines = [names]
    for i, value in enumerate(FALLING[:count]):
        shares = [value, value / 3, 2 * value / 3, *(0.1 * i for _ in range(width))]
        lines.append(",".join(map(str, shares[:width])))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "name", "loss"),
    [
        (rows("loss,audio,text,beta,gamma"), "training_history.csv", "loss"),
        (rows("Loss,shape,colour,weight,temperature"), "history.csv", "Loss"),
        (rows("train_loss,image,label,beta,gamma,delta"), "vae_train_log.csv", "train_loss"),
        (rows("loss,a,b,c,d,e,f").replace("\n", "\r\n"), "training_metrics.csv", "loss"),
        (rows("train,val"), "train_history.csv", "train/loss"),
        (rows("train,test"), "loss.csv", "train/loss"),
        (rows("training,validation,dropout"), "training_log.csv", "training/loss"),
        (rows("total,shape,colour"), "history.csv", "total_loss"),
        (rows("total,recon,kl"), "training_history.csv", "total_loss"),
        (rows("train_total,train_shape,train_hue"), "training_curves.csv", "train_total_loss"),
        (table("epoch,train,val"), "history.csv", "train/loss"),
    ],
)  # fmt: skip
def test_columns_of_a_history(text: str, name: str, loss: str) -> None:
    file = source(name, text.encode())
    assert csv_reader.READER.detect(file) is not Match.NO
    (run,) = csv_reader.READER.read(name, [file])
    assert isinstance(run, Run)
    found = roles(run).train
    assert found is not None and found.name == loss and found.values.tolist() == FALLING
    taken = [note.details for note in run.notes if note.code == "taken-as-loss"]
    assert bool(taken) == loss.endswith("/loss")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (rows("loss,audio,text,beta,gamma"), "samples.csv"),
        (rows("loss,audio,label,beta,gamma"), "claims.csv"),
        (rows("audio,text,label,beta,loss"), "training_history.csv"),  # a table of data has what it predicts at its end
        (rows("train,val"), "journeys.csv"),
        (rows("train,bus"), "history.csv"),
        (rows("total,tax,tip,price"), "purchase_history.csv"),
        (rows("shape,colour"), "history.csv"),
        ("loss,audio,word\n" + "".join(f"{one},0.3,cat{one}\n" for one in FALLING), "history.csv"),
    ],
)
def test_columns_that_are_no_history(text: str, name: str) -> None:
    assert csv_reader.READER.detect(source(name, text.encode())) is Match.NO


@pytest.mark.parametrize(
    "name", ["accuracy", "val_acc", "acc", "Accuracy", "test_accuracy", "f1_score", "mIoU", "bleu"]
)
@pytest.mark.parametrize("columns", ["all data,half,augmented", "resnet18,resnet50,vit", "sgd,adam,rmsprop"])
def test_columns_of_a_file_called_after_a_metric(name: str, columns: str) -> None:
    rows = "".join(f"{i + 1},{0.5 + i / 50},{0.4 + i / 40},{0.45 + i / 60}\n" for i in range(10))
    path = f"results/{name}.csv"
    (run,) = csv_reader.READER.read(path, [source(path, f"epoch,{columns}\n{rows}".encode())])
    assert isinstance(run, Run)
    assert [one for one in run.series if one != "epoch"] == [f"{name}/{one}" for one in columns.split(",")]
    assert all(role_of(one).quantity is Quantity.METRIC for one in run.series if one != "epoch")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("scores", "round,home,away,drawn"),  # of games
        ("accuracy", "sensor,a,b,c"),
        ("accuracy", "step,a,b,c"),
        ("temperature", "epoch,a,b,c"),
        ("data", "epoch,a,b,c"),
    ],
)
def test_columns_that_no_file_explains(name: str, header: str) -> None:
    rows = "".join(f"{i + 1},{0.5 + i / 50},{0.4 + i / 40},{0.45 + i / 60}\n" for i in range(10))
    assert csv_reader.READER.detect(source(f"{name}.csv", f"{header}\n{rows}".encode())) is Match.NO
