"""The CSV reader: separators, encodings, odd cells, damage, restarts, and tables that are no logs."""

from __future__ import annotations

import contextlib
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import loganalyzer
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match
from loganalyzer.readers.csv.header import beginning_of, header_of
from loganalyzer.readers.csv.large_table import parse_large
from loganalyzer.readers.csv.reader import READER
from loganalyzer.readers.csv.table import _tolerant, table_in
from tests.readers.sources import source


def read(data: bytes) -> Run:
    (run,) = READER.read("log.csv", [source("log.csv", data)])
    assert isinstance(run, Run)
    return run


CLEAN = "epoch,loss,val_loss\n0,1.5,1.75\n1,1.25,1.5\n2,1.0,1.25\n"


@pytest.mark.parametrize(
    "data",
    [
        CLEAN.encode(),
        CLEAN.replace("\n", "\r\n").encode(),
        CLEAN.replace("\n", "\r").encode(),
        CLEAN.replace(",", ";").encode(),
        CLEAN.replace(",", "\t").encode(),
        CLEAN.replace(",", ";").replace(".", ",").encode(),
        CLEAN.replace(",", " ,   ").encode(),
        CLEAN.encode("utf-8-sig"),
        CLEAN.encode("utf-16"),
        (CLEAN + "3,0.1").encode(),
    ],
    ids=["lf", "crlf", "cr", "semicolon", "tab", "decimal-comma", "padded", "bom", "utf-16", "unfinished"],
)
def test_one_table_in_many_dresses(data: bytes) -> None:
    run = read(data)
    assert run.series["loss"].values.tolist() == [1.5, 1.25, 1.0]
    assert run.series["val_loss"].values.tolist() == [1.75, 1.5, 1.25]
    assert run.series["loss"].steps.tolist() == [0, 1, 2] and run.step_unit == "epoch"


@pytest.mark.parametrize("torn", ["2", "2,0.5", "2,0.5,0.4,x", "\udcc8"])
@pytest.mark.filterwarnings("error")
def test_a_header_and_an_unfinished_row_only(torn: str) -> None:
    file = source("log.csv", f"epoch,loss,val_loss,accuracy\n{torn}".encode("utf-8", "surrogateescape"))
    READER.detect(file)
    with contextlib.suppress(ReadError):
        assert not any(one.series for one in READER.read("log.csv", [file]) if isinstance(one, Run))


@pytest.mark.parametrize("name", ["epoch", "epochs", "step", "iteration"])
@pytest.mark.parametrize("value", ["inf", "-inf", "1e999", "nan"])
@pytest.mark.filterwarnings("error")
def test_a_counter_that_is_not_finite_again_and_again(name: str, value: str) -> None:
    file = source("log.csv", f"{name},loss\n0,2\n1,1.5\n{value},1.25\n{value},1\n4,0.5\n".encode())
    assert READER.detect(file) is not Match.NO
    assert any(isinstance(one, Run) for one in READER.read("log.csv", [file]))


def test_a_single_column_of_losses() -> None:
    assert READER.detect(source("loss.csv", b"loss\n1.5\n1.25\n1.0\n")) is not Match.NO
    run = read(b"loss\n1.5\n1.25\n1.0\n")
    assert run.series["loss"].values.tolist() == [1.5, 1.25, 1.0]


@pytest.mark.parametrize("classes", [0, 1, 4, 8, 16, 40, 200])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("empty", ["", "NA", "-"])
def test_rows_that_fill_few_of_many_columns(classes: int, separator: str, empty: str) -> None:
    names = [*(f"class_{i}_acc" for i in range(classes)), "epoch", "step", "train_loss_step", "val_acc", "val_loss"]

    def row(**values: float) -> str:
        return separator.join(str(values.get(name, empty)) for name in names)

    lines = [separator.join(names)]
    for epoch in range(6):
        lines.append(row(epoch=epoch, step=2 * epoch, train_loss_step=1.5 - 0.1 * epoch))
        lines.append(row(epoch=epoch, step=2 * epoch + 1, val_acc=0.4, val_loss=1.75 - 0.1 * epoch))
    data = "\r\n".join(lines).encode() + b"\r\n"
    assert READER.detect(source("metrics.csv", data)) is not Match.NO
    run = read(data)
    assert run.series["train_loss_step"].values[-1] == 1.0 and run.series["val_loss"].values[-1] == 1.25


@pytest.mark.parametrize("cell", ["1_0", "9" * 1001, "many", "nan", "1e999", "'0.5'", "", "0,5"])
def test_a_column_read_in_one_go_is_read_as_its_cells_are(cell: str) -> None:
    text = f"epoch;loss;odd\n0;2.5;1.0\n1;1.5;{cell}\n2;1.25;3.0\n"
    together = _tolerant(text)
    apart = _tolerant(text + "3;1.125\n")  # a row that is cut short: every cell is looked at
    assert together.columns == apart.columns == ("epoch", "loss", "odd")
    assert np.array_equal(together.values, apart.values[:3], equal_nan=True)
    assert np.array_equal(together.explicit_nan, apart.explicit_nan[:3])


@pytest.mark.parametrize("text", ["age\n1\n2\n3\n", "loss\n1.5\n1.2\n", "loss\n1.5\nmany\n1.0\n", "3\n1\n2\n3\n"])
def test_other_single_columns_are_no_logs(text: str) -> None:
    assert READER.detect(source("one.csv", text.encode())) is Match.NO


@pytest.mark.parametrize("cell", ["nan", "NaN", "-nan(ind)", "1.#QNAN", "nan%", "nan.0", "#NUM!", "#DIV/0!"])
def test_a_cell_that_says_nan_is_kept(cell: str) -> None:
    assert math.isnan(read(f"epoch,loss\n0,1\n1,{cell}\n2,3\n".encode()).series["loss"].values[1])


@pytest.mark.parametrize("cell", ["inf", "1.#INF", "1e400", "overflow", "inf%"])
def test_a_cell_that_says_infinity_is_kept(cell: str) -> None:
    assert read(f"epoch,loss\n0,1\n1,{cell}\n2,3\n".encode()).series["loss"].values[1] == math.inf


@pytest.mark.parametrize("cell", ["", "NA", "None"])
def test_an_empty_cell_is_no_point(cell: str) -> None:
    assert read(f"epoch,loss,acc\n0,1,.5\n1,{cell},.5\n2,3,.5\n".encode()).series["loss"].steps.tolist() == [0, 2]


def test_rows_without_an_epoch_are_counted() -> None:
    assert read(b"val_loss,loss\n3,2\n2,1\n").series["loss"].steps.tolist() == [0, 1]


def test_train_and_validation_rows_apart() -> None:
    run = read(b"epoch,step,train_loss,val_loss\n0,9,1.5,\n0,9,,1.75\n1,19,1.25,\n1,19,,1.5\n")
    assert run.series["train_loss"].steps.tolist() == run.series["val_loss"].steps.tolist() == [9, 19]


def test_a_repeated_header_is_a_restart_and_the_last_value_wins() -> None:
    run = read(b"epoch,loss\n0,9\n1,8\n2,7\nepoch,loss\n1,7\n2,6\n3,5\n")
    assert run.series["loss"].values.tolist() == [9, 7, 6, 5]
    assert {"header-repeated", "restarted"} <= {note.code for note in run.notes}


def test_conflict_markers_ragged_rows_and_doubled_columns_are_told() -> None:
    run = read(b"epoch,loss,loss\n<<<<<<< HEAD\n0,3,3\n=======\n1,2\n2,1,1\n>>>>>>> b\n")
    assert run.series["loss"].values.tolist() == [3, 2, 1]
    assert {"conflict-markers", "ragged-rows", "duplicate-columns"} <= {note.code for note in run.notes}


@pytest.mark.parametrize(
    "text", ["age,price,label\n1,2,0\n3,4,1\n", "case_name,selu_1\na,1\nb,2\n", "name,value\nx,y\n", "just text\n"]
)
def test_tables_that_are_no_logs(text: str) -> None:
    assert READER.detect(source("train.csv", text.encode())) is Match.NO


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(allow_nan=False, width=64), min_size=2, max_size=20))
def test_round_trip(values: list[float]) -> None:
    text = "epoch,loss\n" + "".join(f"{i},{v!r}\n" for i, v in enumerate(values))
    assert read(text.encode()).series["loss"].values.tolist() == values


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(CLEAN)), st.binary(max_size=8))
def test_damage_gives_a_result_or_a_read_error(at: int, junk: bytes) -> None:
    data = CLEAN.encode()
    with contextlib.suppress(ReadError):
        assert all(isinstance(r, Run | Unread) for r in READER.read("x", [source("x", data[:at] + junk + data[at:])]))


# what real programs and real crashes do to a table


def codes(run: Run) -> set[str]:
    return {note.code for note in run.notes}


def test_a_short_and_a_long_row_do_not_add_up() -> None:
    run = read(b"epoch,loss,val_loss\n0,2,3\n1,2\n2,1,1,9\n3,1,1\n")
    assert run.series["val_loss"].steps.tolist() == [0, 3] and run.series["val_loss"].values.tolist() == [3, 1]
    assert "ragged-rows" in codes(run)


@pytest.mark.parametrize(
    "text",
    [
        "# epoch,loss,val_loss\n0,1.5,1.75\n1,1.25,1.5\n2,1.0,1.25\n",
        "sep=,\n" + CLEAN,
        "run of Monday\nby me\n" + CLEAN,
        "# a comment\n\n" + CLEAN,
        CLEAN.replace(",", ";").replace("1.0", "1").replace(".", ","),
        CLEAN.replace("1.25", "tensor(1.25)").replace("1.75", "[1.75]").replace("1.5", "np.float32(1.5)"),
        CLEAN.replace("1.25", "\"tensor(1.25, device='cuda:0', grad_fn=<NllLossBackward0>)\""),
        "| epoch | loss | val_loss |\n|---|:--|---|\n| 0 | 1.5 | 1.75 |\n| 1 | 1.25 | 1.5 |\n| 2 | 1.0 | 1.25 |\n",
    ],
    ids=["savetxt", "excel", "title", "comment", "comma", "tensor", "device", "markdown"],
)
def test_habits(text: str) -> None:
    run = read(text.encode())
    assert READER.detect(source("log.csv", text.encode())) is not Match.NO
    assert run.series["loss"].values.tolist() == [1.5, 1.25, 1.0]
    assert run.series["val_loss"].values.tolist() == [1.75, 1.5, 1.25] and not run.notes


@pytest.mark.parametrize(
    "cells", [("1/3", "2/3", "3/3"), ("epoch 1", "epoch 2", "epoch 3"), ("1 of 3", "2 of 3", "3 of 3")]
)
def test_counts_that_say_of_how_many(cells: tuple[str, ...]) -> None:
    run = read("".join(["epoch,loss\n", *(f"{c},{i}\n" for i, c in enumerate(cells))]).encode())
    assert run.series["loss"].steps.tolist() == [1, 2, 3]


def test_a_later_session_logs_more() -> None:
    text = "epoch,loss\n0,2\n1,1\nepoch,loss,val_loss\n2,.5,.75\n3,.25,.5\n"
    run = read(text.encode())
    assert READER.detect(source("log.csv", text.encode())) is not Match.NO
    assert run.series["loss"].values.tolist() == [2, 1, 0.5, 0.25]
    assert run.series["val_loss"].steps.tolist() == [2, 3] and "header-repeated" in codes(run)


def test_batches_that_begin_again_in_each_epoch() -> None:
    rows = "".join(f"{e},{b},{9 - e - b / 8}\n" for e in range(3) for b in range(5))
    run = read(("epoch,batch,loss\n" + rows).encode())
    assert run.series["loss"].steps.tolist() == list(range(15)) and not run.restarts
    assert run.series["loss"].values[5] == 8


@pytest.mark.parametrize("steps", [("0", "nan", "2"), ("0", "inf", "2"), ("0", "0", "0"), ("9e18", "8e18", "1")])
def test_steps_that_count_nothing_cost_no_point(steps: tuple[str, ...]) -> None:
    run = read("".join(["step,loss\n", *(f"{s},{i + 1}\n" for i, s in enumerate(steps))]).encode())
    assert run.series["loss"].values.tolist() == [1, 2, 3] and "rows-numbered" in codes(run)


def test_words_instead_of_numbers_are_a_failure() -> None:
    with pytest.raises(ReadError) as refused:
        read(b"epoch,loss\n0,low\n1,lower\n")
    assert refused.value.code == "no-numbers"


@pytest.mark.parametrize(
    "text",
    [
        "model,accuracy,f1\nbert,.9,.8\ngpt,.8,.7\n",
        "model,epochs,accuracy\nbert,10,.8\ngpt,10,.7\n",
        "lr,batch_size,accuracy,loss\n.1,32,.9,.8\n.01,64,.8,.7\n",
        "id,loss,accuracy\n1,.5,1\n2,.25,0\n",
    ],
)
def test_results_and_predictions_are_no_logs(text: str) -> None:
    assert READER.detect(source("results.csv", text.encode())) is Match.NO


def test_a_damaged_line_does_not_make_a_table_of_printed_text() -> None:
    lines = ["epoch 0: loss=2.1, acc=0.1", "epoch 1: loss=1.8, acc=315,10.6%", "epoch 2: loss=1.6, acc=0.2"]
    assert READER.detect(source("train.log", ("\n".join(lines) + "\n").encode())) is Match.NO


def test_zero_bytes() -> None:
    tail = read(CLEAN.encode() + bytes(500))
    assert tail.series["loss"].values.tolist() == [1.5, 1.25, 1.0] and codes(tail) == {"zero-bytes"}
    torn = read(CLEAN.encode() + b"3,0.75,0.1" + bytes(500))
    assert len(torn.series["val_loss"]) == 3 and len(torn.series["loss"]) == 4 and "last-cell-unfinished" in codes(torn)


def test_latin_names_are_not_japanese() -> None:
    run = read(CLEAN.replace("loss", "perté loss").encode("latin-1"))
    assert "perté loss" in run.series
    assert "検証 loss" in read(CLEAN.replace("val_loss", "検証 loss").encode("cp932")).series


@pytest.mark.parametrize(
    ("name", "cells", "first"),
    [
        ("time", ["30", "60", "90", "120", "150"], 30.0),  # Ultralytics: since the start
        ("elapsed_time", ["30", "60", "90", "120", "150"], 30.0),
        ("elapsed_ms", ["30000", "60000", "90000", "120000", "150000"], 30.0),
        ("timestamp", [f"2024-01-01 10:0{i // 2}:{30 * (i % 2):02}" for i in range(5)], 1704103200.0),
        ("_timestamp", [f"{1700000000 + 30 * i}.5" for i in range(5)], 1700000000.5),
        ("epoch_time", ["30"] * 5, 30.0),
    ],
)
def test_wall_times(name: str, cells: list[str], first: float) -> None:
    rows = "".join(f"{i},{9 - i},{cell}\n" for i, cell in enumerate(cells))
    walls = read(f"epoch,loss,{name}\n{rows}".encode()).series["loss"].wall_times
    assert walls is not None and walls.tolist() == [first + 30 * i for i in range(5)]


def test_a_clock_that_begins_again_at_a_restart_goes_on() -> None:
    rows = "".join(f"{e},{9 - e},{t}\n" for e, t in [(0, 10), (1, 20), (2, 30), (1, 10), (2, 20), (3, 30)])
    walls = read(f"epoch,loss,time\n{rows}".encode()).series["loss"].wall_times
    assert walls is not None and walls.tolist() == [10, 40, 50, 60]


def test_seconds_of_each_step_are_no_clock() -> None:
    rows = "".join(f"{i},{9 - i},{t}\n" for i, t in enumerate([0.3, 0.2, 0.4, 0.3, 0.2]))
    assert read(f"epoch,loss,time\n{rows}".encode()).series["loss"].wall_times is None


def large(rows: int) -> str:
    lines = [
        f"{i},{2 / (i + 1)!r},{'' if i % 3 else repr(3 / (i + 1))},{'nan' if i == 7 else i / 4}" for i in range(rows)
    ]
    lines.insert(5, "step,train_loss,val_loss,accuracy")
    return "step,train_loss,val_loss,accuracy\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize("end", ["", "9999,0.1", "9999,0.1,0.2,0.3\n1,2\n"])
def test_a_large_table_reads_as_a_small_one(end: str) -> None:
    text = large(500) + end
    slow, quick = _tolerant(text), parse_large(text.encode())
    if "1,2\n" in end:
        assert quick is None
        return
    assert quick is not None and quick.columns == slow.columns
    np.testing.assert_array_equal(quick.values, slow.values)
    np.testing.assert_array_equal(quick.explicit_nan, slow.explicit_nan)
    assert sorted(n.code for n in quick.notes) == sorted(n.code for n in slow.notes)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from(["", "1", "-2.5", "nan", "inf", "1e400", "x", "NA", "True", " 3 "]), min_size=3, max_size=3
        ),
        min_size=2,
        max_size=12,
    )
)
def test_large_and_small_agree_on_odd_cells(rows: list[list[str]]) -> None:
    text = "step,loss,acc\n0,1,2\n" + "".join(",".join(row) + "\n" for row in rows)
    quick, slow = parse_large(text.encode()), _tolerant(text)
    if quick is not None:
        assert quick.columns == slow.columns
        np.testing.assert_array_equal(quick.values, slow.values)
        np.testing.assert_array_equal(quick.explicit_nan, slow.explicit_nan)


@pytest.mark.parametrize(
    "data",
    [
        large(60).encode(),
        large(60).replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + large(60).encode(),
        large(60).encode("utf-16"),
        large(60).replace("accuracy", "genauigkeit \u00fc").encode("latin-1"),
        large(60).replace("accuracy", "\u6b63\u89e3\u7387").encode("cp932"),
        large(60).encode() + bytes(64),
        (large(60) + "60,0.5,0.25").encode(),
        (large(60) + "60,0.5\n").encode(),
        large(60).replace(",", ", ").encode(),
        large(60).encode() + b"\xff\xfe,1,2,3\n",
    ],
)
def test_bytes_of_large_files_read_as_those_of_small_ones(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    small, note = table_in(data)
    monkeypatch.setattr("loganalyzer.readers.csv.table.LARGE", 100)
    quick, quick_note = table_in(data)
    assert quick.columns == small.columns and quick_note == note
    np.testing.assert_array_equal(quick.values, small.values)
    np.testing.assert_array_equal(quick.explicit_nan, small.explicit_nan)
    assert sorted(n.code for n in quick.notes) == sorted(n.code for n in small.notes)


@pytest.mark.parametrize(
    "stamp",
    ["[2025-01-02 15:45:19,529]", "2025-01-02 15:45:19,529", "2025/01/02 15:45:19,529 INFO", "02.01.2025 15:45,5"],
)
@pytest.mark.parametrize(
    "first", ["[INFO] accelerator set to cuda", "accuracy is measured on the dev set", "the loss is scaled"]
)
def test_a_line_of_printed_text_with_its_time_is_no_header(stamp: str, first: str) -> None:
    text = f"{stamp} {first}\n" + "".join(f"{stamp} 0.{i}\n" for i in range(5))
    assert beginning_of(text) is None


def growing(headers: int, rows: int) -> bytes:
    """A log whose headers keep adding a name, each over ``rows`` rows."""
    lines = []
    for count in range(headers):
        names = ["step", "loss", *(f"extra_{n}" for n in range(count))]
        lines.append(",".join(names))
        lines += [",".join([str(count * rows + row), "0.5", *("1" for _ in range(count))]) for row in range(rows)]
    return ("\n".join(lines) + "\n").encode()


def test_names_that_later_headers_add_have_room(monkeypatch: pytest.MonkeyPatch) -> None:
    run = read(growing(12, 3))
    assert len(run.series["extra_0"]) == 33 and len(run.series["extra_10"]) == 3
    assert "names-left-out" not in {note.code for note in run.notes}
    monkeypatch.setattr("loganalyzer.readers.csv.table.MOST_CELLS", 300)
    run = read(growing(12, 3))
    (note,) = [note for note in run.notes if note.code == "names-left-out"]
    assert dict(note.details) == {"count": 7, "kept": 6} and note.harmful
    assert len(run.series["loss"]) == 36 and len(run.series["extra_0"]) == 33 and len(run.series["extra_3"]) == 24
    assert "extra_4" not in run.series
    assert run.series["extra_3"].values.tolist() == [1.0] * 24


def test_the_first_header_always_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loganalyzer.readers.csv.table.MOST_CELLS", 1)
    run = read(b"step,loss,lr\n0,0.5,x\n1,0.4,0.1\n2,0.3,0.1\n")
    assert len(run.series["loss"]) == 3


@pytest.mark.parametrize(
    "name", ["round", "Round", "server_round", "communication_round", "global_round", "comm_round"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_rounds_of_federated_training_count(name: str, separator: str) -> None:
    header = ["seed", "algorithm", "mu", "local_epochs", name, "n_sampled", "train_loss", "val_loss"]
    rows = [[123, "fedavg", 0.1, 20, i, 7, 1.5 / i, 1.75 / i] for i in range(1, 9)]
    data = "\n".join(separator.join(map(str, row)) for row in [header, *rows]).encode() + b"\n"
    assert READER.detect(source("history.csv", data)) is not Match.NO
    run = read(data)
    assert run.series["train_loss"].steps.tolist() == list(range(1, 9)) and name not in run.series


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("lengths", [(8, 8, 8, 8, 8, 8), (30, 28, 1, 29, 39, 33, 20, 27), (12, 12, 12, 12, 12, 12, 3)])
def test_sessions_of_one_file_are_told_apart(lengths: tuple[int, ...], separator: str) -> None:
    rows = [separator.join(["epoch", "loss", "val_loss"])]
    for session, length in enumerate(lengths):
        start = 2.0 + session
        rows += [separator.join(map(str, (i, start / (i + 1), start / (i + 0.5)))) for i in range(length)]
    data = "\n".join(rows).encode() + b"\n"
    runs = [r for r in READER.read("log.csv", [source("log.csv", data)]) if isinstance(r, Run)]
    assert sum(len(r.series["loss"]) for r in runs) >= sum(n for n in lengths if n > 3)
    assert max(len(r.series["loss"]) for r in runs) <= max(lengths) + 1
    assert all(r.step_unit == "epoch" for r in runs)


@pytest.mark.parametrize("last", ["time", "epoch", "elapsed", "lr", "val_loss"])
@pytest.mark.parametrize(("cell", "kept"), [("0.1234", True), ("0.12345", True), ("0.12", False)])
def test_a_last_line_without_its_end(last: str, cell: str, kept: bool) -> None:
    whole = "".join(f"{1.5 / (i + 1):.4f},0.{1234 + i}\n" for i in range(6))
    run = read(f"loss,{last}\n{whole}0.2000,{cell}".encode())
    assert (len(run.series["loss"]) == 7) is (kept or last in ("lr", "val_loss"))


def test_results_of_a_search_are_no_log() -> None:
    names = "mean_fit_time,std_fit_time,mean_score_time,param_depth,params,split0_test_score,mean_test_score,rank_test_score"
    rows = "".join(f"0.{i},0.01,0.02,{i},\"{{'depth': {i}}}\",0.9{i},0.9{i},{9 - i}\n" for i in range(1, 9))
    assert READER.detect(source("log_rf.csv", f"{names}\n{rows}".encode())) is Match.NO


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("lengths", [(22, 26, 7, 2, 11, 8, 3), (5, 4, 6), (3, 30), (2, 2, 2, 2)])
def test_a_header_above_each_session_tells_that_it_begins(lengths: tuple[int, ...], separator: str) -> None:
    lines = []
    for session, length in enumerate(lengths):
        lines.append(separator.join(["episode", "step", "reward", "loss"]))
        step = 0
        for i in range(length):
            step += 1000 + (7 * i + 389 * session) % 400
            lines.append(
                separator.join(map(str, (i + 1, step, -21 + session + (i % 3) / 2, (-1) ** i * (i + session + 1))))
            )
    data = "\n".join(lines).encode() + b"\n"
    runs = [r for r in READER.read("log.csv", [source("log.csv", data)]) if isinstance(r, Run)]
    assert [len(run.series["reward"]) for run in runs] == [*lengths]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("MeanGate,MinGate,MaxGate", "[0.27  0.73],[0.17  0.62],[0.38  0.83]"),
        ("MeanGate,MinGate,MaxGate", "0.27,0.17,0.38"),
        ("grad_a,grad_b", "0.5,0.25"),
        ("a,b,c,d,e,f", "1,2,3,4,5,6"),
        ("who,what", "x,3"),
    ],
)
@pytest.mark.parametrize("again", [False, True])
def test_a_second_table_in_between_is_left_out_and_told(header: str, row: str, again: bool) -> None:
    lines = ["epoch,loss,acc,lr"]
    for i in range(8):
        lines += [f"{i},{1 / (i + 1)},{i / 10},0.1", *([header] if again or not i else []), row]
    data = "\n".join(lines).encode() + b"\n"
    assert READER.detect(source("progress.csv", data)) is not Match.NO
    run = read(data)
    assert run.series["loss"].values.tolist() == [1 / (i + 1) for i in range(8)]
    assert set(run.series) - {"epoch"} == {"loss", "acc", "lr"}
    (note,) = [note for note in run.notes if note.code == "second-table"]
    assert note.details == {"count": 16 if again else 9}


def test_numbers_of_each_row_are_no_counter() -> None:
    episodes = [25, 1911, 1392, 764, 439, 301, 242, 208]
    run = read("".join(["Episodes,AverageReturn\n", *(f"{n},{i + 0.5}\n" for i, n in enumerate(episodes))]).encode())
    assert run.series["AverageReturn"].values.tolist() == [i + 0.5 for i in range(8)]
    assert run.series["AverageReturn"].steps.tolist() == list(range(8))


@pytest.mark.parametrize(
    "name", ["AP@IoU=0.5", "top_k=1", "acc@k=5", "loss (beta=0.9)", "x=1", "q: 0.5", "<a onload=1>"]
)
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_name_with_a_value_beside_a_counter_is_a_name(name: str, separator: str, tmp_path: Path) -> None:
    rows = [separator.join(map(str, (e, "nan" if e > 20 else 2 / (e + 1), 0.5))) for e in range(40)]
    (tmp_path / "log.csv").write_text("\n".join([separator.join(("epoch", "loss", name)), *rows]) + "\n")
    assert [run.verdict for run in loganalyzer.analyze(tmp_path).runs] == ["diverging"]


@pytest.mark.parametrize("text", ["lr=0.1, wd=0.01\n1, 0.5\n2, 0.4\n", "epoch=1, loss=0.5\nepoch=2, loss=0.4\n"])
def test_settings_and_printed_lines_are_no_names(text: str) -> None:
    assert header_of(text.splitlines()) is None


@pytest.mark.parametrize(
    ("names", "first"),
    [
        ("episode,reward,steps,win", 6001),
        ("episode,reward,steps,win", 1),
        ("steps,episode,reward,win", 1),
        ("Episode,Steps,Reward,win", 0),
        ("steps,reward,episode,win", 10),
        ("iteration,reward,steps,win", 1),
        ("episode,timesteps,reward,win", 1),
        ("num_steps,episode,reward,win", 500),
        ("step,reward,steps,win", 0),
        ("episode,steps,episode_reward,win", 1),
    ],
)
def test_the_column_that_rises_counts_beside_the_steps_that_each_row_took(names: str, first: int) -> None:
    header = names.split(",")
    counter = next(name for name in header if name.lower() in ("episode", "iteration") or name == "step")
    value = next(name for name in header if "reward" in name.lower())
    rows = []
    for i in range(60):
        cells = {counter: first + i, value: -10.5 + i / 7, "win": i % 2}
        rows.append(",".join(str(cells.get(name, (i * 7919) % 997 + 300)) for name in header))
    run = read(("\n".join([names, *rows]) + "\n").encode())
    assert run.series[value].steps.tolist() == [*range(first, first + 60)]
