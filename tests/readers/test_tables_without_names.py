"""Tables whose columns are not named in the file: YOLO's, DeepXDE's, pairs, rows that are refused; flair's extra cell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Run
from loganalyzer.readers.base import Match, Reader
from loganalyzer.readers.csv import fixed_columns, headerless
from loganalyzer.readers.csv import reader as csv_reader
from loganalyzer.readers.csv.large_table import parse_large
from loganalyzer.readers.csv.table import parse_table
from loganalyzer.roles.assign import role_of
from tests.readers.sources import source

EPOCHS = range(6)


def only(reader: Reader, data: str | bytes, name: str) -> Run:
    file = source(name, data.encode() if isinstance(data, str) else data)
    assert reader.detect(file) is not Match.NO
    (run,) = reader.read(reader.key(file), [file])
    assert isinstance(run, Run)
    return run


def yolo(width: int = 10, f1: bool = False, memory: str = "3.97G", total: float = 1.0, epochs: int = 300) -> str:
    lines = []
    for i in EPOCHS:
        box, obj, cls = 0.09 / (i + 1), 0.02 / (i + 1), 0.03 / (i + 1)
        strict = 0.9 if f1 else 0.01 * i
        numbers = [
            box,
            obj,
            cls,
            (box + obj + cls) * total,
            17,
            640,
            0.1 * i,
            0.05 * i,
            0.06 * i,
            strict,
            box,
            obj,
            cls,
        ]
        lines.append(
            f"{f'{i}/{epochs - 1}':>{width}}{memory:>{width}}" + "".join(f"{n:>{width}.4g}" for n in numbers) + "\n"
        )
    return "".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        yolo(),
        yolo(13),
        yolo(memory="0G"),
        yolo(memory="12.1G"),
        yolo(epochs=6),
        yolo().replace("\n", "\r\n"),
        yolo().rstrip("\n"),
        "\n" + yolo(),
        yolo().replace(" 0.12 ", "  nan "),
        yolo()[:-9],
    ],
)
def test_results_of_yolo(text: str) -> None:
    run = only(fixed_columns.READER, text, "exp/results.txt")
    assert {*run.series} == {
        *(f"{split}/{name}_loss" for split in ("train", "val") for name in ("box", "obj", "cls")),
        *(f"metrics/{name}" for name in ("precision", "recall", "mAP_0.5", "mAP_0.5:0.95")),
    }
    box = run.series["train/box_loss"]
    assert run.step_unit == "epoch" and box.steps.tolist()[:5] == [0, 1, 2, 3, 4] and box.values[0] == 0.09
    assert run.series["metrics/recall"].values[2] == 0.1


def yolo_of(losses: int, width: int = 10, off: float = 0.0, first: float = 0.0625, rows: int = 6) -> str:
    """``results.txt`` of a program with ``losses`` losses, their sum ``off`` the right one."""
    lines = []
    for i in range(rows):
        parts = [first * (number + 1) / (i + 1) for number in range(losses)]
        numbers = [*parts, sum(parts) + off, 17, 640, 0.1 * i, 0.05 * i, 0.06 * i, 0.03 * i]
        numbers += [2 * part for part in parts]
        lines.append(f"{f'{i}/{rows - 1}':>{width}}{'14G':>{width}}" + "".join(f"{n:>{width}.5g}" for n in numbers))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("losses", [3, 4, 5, 6])
@pytest.mark.parametrize("name", ["results.txt", "val_loss.txt", "train.log", "obb/exp3/out"])
def test_results_of_programs_with_further_losses(losses: int, name: str) -> None:
    run = only(fixed_columns.READER, yolo_of(losses), name)
    kinds = ["box", "obj", "cls", "term_4", "term_5", "term_6"][:losses]
    assert list(run.series) == [
        *(f"train/{kind}_loss" for kind in kinds),
        *(f"metrics/{kind}" for kind in ("precision", "recall", "mAP_0.5", "mAP_0.5:0.95")),
        *(f"val/{kind}_loss" for kind in kinds),
    ]
    assert run.series[f"train/{kinds[-1]}_loss"].values[0] == 0.0625 * losses
    assert run.series[f"val/{kinds[-1]}_loss"].values[-1] == pytest.approx(0.125 * losses / 6, rel=1e-4)
    assert run.series["metrics/recall"].values[2] == 0.1


def test_several_trainings_in_one_table_of_further_losses() -> None:
    file = source(
        "val_loss.txt", (yolo_of(4, rows=3) + yolo_of(4, first=0.125, rows=9) + yolo_of(4, first=0.25)).encode()
    )
    runs = [run for run in fixed_columns.READER.read("val_loss.txt", [file]) if isinstance(run, Run)]
    assert [len(run.series["train/term_4_loss"]) for run in runs] == [3, 9, 6]


def test_a_row_of_another_width_is_damaged() -> None:
    run = only(fixed_columns.READER, yolo_of(4) + yolo_of(3, rows=1) + yolo_of(4), "results.txt")
    assert "damaged-records" in [note.code for note in run.notes]


@pytest.mark.parametrize("text", [yolo_of(4, off=0.5), yolo_of(2), yolo_of(7), yolo_of(4).replace(" 640", "")])
def test_rows_of_another_sum_or_width_are_not_yolo(text: str) -> None:
    assert fixed_columns.READER.detect(source("results.txt", text.encode())) is Match.NO


def test_older_versions_write_f1() -> None:
    assert "metrics/F1" in only(fixed_columns.READER, yolo(f1=True), "results.txt").series


@pytest.mark.parametrize(
    "text",
    [
        yolo(total=2),
        yolo().replace("G", "M"),
        yolo().replace("/", "-"),
        "1/2 3G 0.5 0.5\n",
        "0/9 1G " + "x " * 13,
        "",
        "#\n",
    ],
)
def test_other_rows_are_not_yolo(text: str) -> None:
    assert fixed_columns.READER.detect(source("results.txt", text.encode())) is Match.NO


def deepxde(train: int, metrics: int = 0, step: int = 1000) -> str:
    rows = [[step * i, *[2.0 / (i + 1)] * train, *[3.0 / (i + 1)] * train, *[0.5] * metrics] for i in EPOCHS]
    body = "".join(" ".join(f"{n:.18e}" for n in row) + "\n" for row in rows)
    return "# step, loss_train, loss_test, metrics_test\n" + body


@pytest.mark.parametrize(("train", "metrics"), [(1, 0), (1, 1), (2, 0), (3, 0), (3, 1), (12, 0)])
def test_losses_of_deepxde(train: int, metrics: int) -> None:
    run = only(fixed_columns.READER, deepxde(train, metrics), "loss.dat")
    ends = ["loss"] if train == 1 else [f"term_{i + 1}_loss" for i in range(train)]
    wanted = [f"{split}/{end}" for split in ("train", "test") for end in ends] + ["metrics_test"] * metrics
    totals = [] if train == 1 else ["train/loss", "test/loss"]
    assert list(run.series) == [*totals, *wanted] and run.step_unit == "step"
    for name in totals:
        assert run.series[name].values[0] == (2 if name.startswith("train") else 3) * train
    assert run.series[f"test/{ends[-1]}"].values[0] == 3 and run.series[wanted[0]].steps.tolist()[-1] == 5000


@pytest.mark.parametrize(
    ("text", "points", "codes"),
    [
        (deepxde(2)[:-9], 30, ["last-line-unfinished"]),
        (deepxde(2).rstrip("\n"), 36, []),
        (deepxde(2).replace("\n", "\r\n"), 36, []),
        (deepxde(2).replace("5.000000000000000000e-01", "nan"), 36, []),
        (deepxde(2) + "7 8\n", 36, ["damaged-records"]),
    ],
)
def test_damage_of_deepxde(text: str, points: int, codes: list[str]) -> None:
    run = only(fixed_columns.READER, text, "loss.dat")
    assert run.points == points and [note.code for note in run.notes] == codes


def pairs(between: str = " ", first: int = 0, by: int = 1, count: int = 8) -> str:
    return "".join(f"{first + by * i}{between}{4 - i / 8}\n" for i in range(count))


@pytest.mark.parametrize(
    ("text", "name", "series"),
    [
        (pairs(), "loss.txt", "loss"),
        (pairs(","), "train_loss.csv", "train_loss"),
        (pairs(";"), "val_loss.csv", "val_loss"),
        (pairs("\t", 100, 100), "a/test_acc.tsv", "test_acc"),
        (pairs("   "), "output/loss/points.txt", "loss"),
        (pairs(first=1), "loss.log", "loss"),
        (pairs().replace("\n", "\r\n"), "loss", "loss"),
        (pairs()[:-1], "loss.dat", "loss"),
        ("# iteration value of the loss\n" + pairs(), "loss.txt", "loss"),
        (pairs().replace("3.25", "nan"), "loss.txt", "loss"),
        ("3 4.0\n8 3.5\n10 3.25\n20 3\n21 2.9\n40 2.8\n41 2.7\n60 2.5\n", "loss.txt", "loss"),
        (",0\n" + pairs(","), "train_loss.csv", "train_loss"),
    ],
)
def test_pairs_of_a_counter_and_a_value(text: str, name: str, series: str) -> None:
    run = only(headerless.READER, text, name)
    assert list(run.series) == [series] and len(run.series[series]) == 8 and run.series[series].values[0] == 4.0


VALUES = [4.0, 3.5, 3.25, 3.0, 2.875, 2.75, 2.625, 2.5]


@pytest.mark.parametrize(
    ("text", "name", "series"),
    [
        ("\n".join(map(str, VALUES)) + "\n", "loss.txt", "loss"),
        ("\r\n".join(map(str, VALUES)) + "\r\n", "train_loss.csv", "train_loss"),
        ("\n".join(f"{value:.3f}" for value in VALUES), "val_loss.dat", "val_loss"),
        ("\n".join(f"{value:.18e}" for value in VALUES) + "\n", "loss_history.txt", "loss_history"),
        ("\n".join(f"  {value}  " for value in VALUES) + "\n", "output/loss/values.txt", "loss"),
        ("0\n" + "\n".join(map(str, VALUES)) + "\n", "train_loss.csv", "train_loss"),
        (str(VALUES), "loss.json", "loss"),
        (str(VALUES) + "\n", "loss_mse.txt", "loss_mse"),
        (str(VALUES).replace(", ", ",\n"), "val_acc.json", "val_acc"),
        (str(VALUES).replace("3.25", "NaN"), "loss.txt", "loss"),
        ("# epochs of the second run\n" + "\n".join(map(str, VALUES)) + "\n", "loss.txt", "loss"),
    ],
)
def test_values_alone(text: str, name: str, series: str) -> None:
    run = only(headerless.READER, text, name)
    assert list(run.series) == [series] and run.series[series].steps.tolist() == list(range(8))
    assert run.series[series].values[0] == 4.0 and run.series[series].values[-1] == 2.5


GAME = [-21, -21, -20, -19, -14, -6, 3, 9]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\n".join(f"{value:.18e}" for value in GAME) + "\n", "rewards.csv"),
        ("\n".join(map(str, GAME)) + "\n", "rewards.txt"),
        ("\r\n".join(map(str, GAME)) + "\r\n", "episode_rewards.csv"),
        ("\n".join(f"{value:.1f}" for value in GAME), "reward.dat"),
        ("0\n" + "\n".join(map(str, GAME)) + "\n", "dqn_rewards_v2.csv"),
        (str(GAME), "returns.json"),
        (str(GAME).replace(", ", ",\n"), "mean_reward.json"),
        ("\n".join(map(str, GAME)) + "\n", "rewards/seed_1.txt"),
        ("# points of each game\n" + "\n".join(map(str, GAME)) + "\n", "long_term_rewards.txt"),
        ("\n".join(f"  {value}  " for value in GAME) + "\n", "PPO_EpisodeReward.txt"),
    ],
)
def test_rewards_may_be_whole_numbers(text: str, name: str) -> None:
    run = only(headerless.READER, text, name)
    ((series, own),) = run.series.items()
    assert own.values.tolist() == GAME and role_of(series).quantity is Quantity.REWARD


def test_pairs_that_were_cut_or_begin_again() -> None:
    run = only(headerless.READER, pairs()[:-3], "loss.txt")
    assert run.points == 7 and [note.code for note in run.notes] == ["last-line-unfinished"]
    run = only(headerless.READER, pairs(count=70) + "x 1\n", "loss.txt")
    assert run.points == 70 and [note.code for note in run.notes] == ["damaged-records"]


@pytest.mark.parametrize(
    ("reader", "text", "name"),
    [
        (headerless.READER, pairs() + "0 3.9\n1 3.1\n2 3\n", "loss.txt"),
        (fixed_columns.READER, deepxde(1) + "0 2.5 2.5\n1000 2.25 2.25\n2000 1 1\n", "loss.dat"),
    ],
)
def test_a_second_training_in_a_file_is_a_run_of_its_own(reader: Reader, text: str, name: str) -> None:
    first, second = reader.read(name, [source(name, text.encode())])
    assert isinstance(first, Run) and isinstance(second, Run)
    assert [first.id, second.id] == [f"{name}#1", f"{name}#2"]


def rows(values: Sequence[Sequence[float]], between: str = ",") -> str:
    return "".join(between.join(map(str, row)) + "\n" for row in values)


LEARNING = [[i, 2.5 - i / 5, 2.25 - i / 8, 10.5 + i] for i in EPOCHS]
DATA = [
    [i, [5.1, 4.9, 6.3, 5.0, 6.9, 5.5][i], [3.5, 3.0, 3.3, 3.6, 3.1, 2.3][i], [1.4, 4.4, 6.0, 1.3, 5.4, 4.0][i]]
    for i in EPOCHS
]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (rows(LEARNING), "run7.csv"),
        (rows(LEARNING, "\t"), "run7.tsv"),
        (rows(LEARNING, " "), "out.txt"),
        (rows(LEARNING, ";"), "x.csv"),
        (rows(DATA), "metrics.csv"),
        (rows(DATA), "train_log.csv"),
        (rows(LEARNING).replace("\n", "\r\n"), "x.csv"),
    ],
)
def test_wider_rows_are_refused_with_advice(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / name).write_text(text)
    (unread,) = loganalyzer.analyze(tmp_path).unread
    assert unread.note.code == "rows-without-header" and unread.note.details == {"columns": 4} and not unread.expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (rows(DATA), "iris.csv"),
        (rows([row[1:] for row in LEARNING]), "points.csv"),
        (rows(LEARNING[:2]), "x.csv"),
        (pairs(), "signal.txt"),
        (rows([[i * i, i, -i] for i in range(9)]), "mesh.txt"),
        ("1.5\n2.5\n3\n4\n", "loss.txt"),
        ("0.5\n0.75\n0.25\n0.5\n0.125\n1.5\n", "signal.txt"),
        ("[0.5, 0.75, 0.25, 0.5, 0.125, 1.5]", "embedding.json"),
        ("7\n5\n9\n3\n1\n8\n2\n", "loss_order.txt"),
        ("7\n5\n9\n3\n1\n8\n2\n", "accuracy.txt"),
        ("7\n5\n9\n3\n1\n8\n2\n", "reward_order.txt"),
        ("0 a\n1 b\n2 c\n3 d\n4 e\n", "loss.txt"),
        (rows(LEARNING), "x.json"),
        ("", "loss.txt"),
    ],
)
def test_data_without_names_is_no_failure(text: str, name: str) -> None:
    assert headerless.READER.detect(source(name, text.encode())) is Match.NO


NAMES = ["EPOCH", "TIMESTAMP", "BAD_EPOCHS", "LEARNING_RATE", "TRAIN_LOSS", "DEV_LOSS", "DEV_F1"]


def flair(spare: int | None = None, between: str = "\t", last: str = "") -> str:
    """Rows begin with their line end, as flair writes them; ``spare`` is the place of a cell without a name."""
    lines = [between.join(NAMES)]
    for i in EPOCHS:
        cells = [
            str(i),
            f"10:0{i}:00",
            "0",
            "0.1000",
            str(1 / (i + 3)),
            "_" if i == 0 else str(1 / (i + 2)),
            f"0.{5 + i % 4}252",
        ]
        if spare is not None:
            cells.insert(spare, "")
        lines.append(between.join(cells))
    return "\n".join(lines) + last


@pytest.mark.parametrize(
    ("text", "points"),
    [
        (flair(), 6),
        (flair(last="\n"), 6),
        (flair(5), 6),
        (flair(5, last="\n"), 6),
        (flair(7), 6),
        (flair(1), 6),
        (flair(5, ","), 6),
        (flair(5, ";", "\n"), 6),
        (flair(5).replace("\n", "\r\n"), 6),
        (flair(5)[:-2], 5),
        (flair()[:-2], 5),
        (flair()[:-14], 5),
    ],
)
def test_a_table_whose_rows_have_a_spare_cell_and_no_line_end(text: str, points: int) -> None:
    run = only(csv_reader.READER, text, "loss.tsv")
    assert run.series["DEV_F1"].steps.tolist() == list(range(points)) and run.step_unit == "epoch"
    assert run.series["TRAIN_LOSS"].values.tolist()[:5] == [1 / (i + 3) for i in range(5)]
    assert run.series["DEV_LOSS"].values[0] == 1 / 3


@pytest.mark.parametrize(
    ("last", "kept", "codes"),
    [
        ("4,0.25,0.125", [4.0, 0.25, 0.125], []),
        ("4,0.25,0.12", [4.0, 0.25], ["last-cell-unfinished"]),
        ("4,0.25,1", [4.0, 0.25], ["last-cell-unfinished"]),
        ("4,0.25,", [4.0, 0.25], ["last-cell-unfinished"]),
        ("4,0.25", [], ["last-line-unfinished"]),
        ("4", [], ["last-line-unfinished"]),
    ],
)
def test_of_a_last_line_without_end_only_the_last_number_is_doubtful(
    last: str, kept: list[float], codes: list[str]
) -> None:
    text = "epoch,loss,val_loss\n" + "".join(f"{i},{4 - i}.5,{5 - i}.125\n" for i in range(4)) + last
    for table in (parse_table(text), parse_large(text.encode())):
        assert table is not None and [note.code for note in table.notes] == codes
        found = table.values[4:].ravel()
        assert found[~(found != found)].tolist() == kept


def test_a_last_line_whose_last_cell_counts_is_left_out() -> None:
    text = "loss,step\n" + "".join(f"{4 - i}.5,{i}\n" for i in range(4)) + "0.25,4"
    for table in (parse_table(text), parse_large(text.encode())):
        assert (
            table is not None and len(table.values) == 4 and [n.code for n in table.notes] == ["last-line-unfinished"]
        )


PAIRS = [(10 * i, 1.5 / (i + 1)) for i in range(8)]


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"{s} {v}\n" for s, v in PAIRS),
        "".join(f"{v} {s}\n" for s, v in PAIRS),
        "".join(f"{v},{s}\n" for s, v in PAIRS),
        "".join(f"{v}\t{s}\r\n" for s, v in PAIRS),
        json.dumps(PAIRS),
        json.dumps(PAIRS, indent=2),
        json.dumps([[v, s] for s, v in PAIRS]),
        json.dumps([[s, v] for s, v in PAIRS], indent=1),
    ],
)
@pytest.mark.parametrize("name", ["loss.log", "train_loss.txt", "loss/0.txt"])
def test_pairs_in_either_order(text: str, name: str) -> None:
    run = only(headerless.READER, text, name)
    (series,) = run.series.values()
    assert series.steps.tolist() == [s for s, _ in PAIRS] and series.values.tolist() == [v for _, v in PAIRS]


@pytest.mark.parametrize(
    "text", ["[[0.5, 0.25], [0.75, 0.5], [0.1, 0.2], [0.3, 0.4]]", "[1, 2, 3]", "[", '[["a", 1]]', "[[[1]]]"]
)
def test_other_arrays(text: str) -> None:
    assert headerless.READER.detect(source("loss.json", text.encode())) is Match.NO
