"""Tables that are not read (Parquet, Feather, Arrow, Excel): one with the columns of a log is listed, data are passed over."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from loganalyzer.discovery.discover import discover
from tests.cli.conftest import Call, analyze_logs, logs
from tests.discovery.tables import WRITERS, Columns, as_parquet, table

__all__ = ["analyze_logs", "logs"]
LOGS = (
    ("step", "loss"), ("epoch", "train_loss", "val_loss"), ("Epoch", "Loss", "Accuracy"), ("iteration", "accuracy"),
    ("global_step", "train/loss", "eval/loss", "lr"), ("loss", "val_loss"), ("train_loss", "valid_loss"),
    ("_step", "_runtime", "_timestamp", "loss"), ("epoch", "mAP50", "box_loss"), ("loss", "accuracy", "val_loss", "val_accuracy"),
)  # fmt: skip
DATA = (
    ("text", "label"), ("x", "y", "z"), ("model", "loss", "accuracy"), ("model", "train_loss", "val_loss"), ("accuracy",),
    ("timestamp", "value"), ("run", "verdict", "best"), ("pixel_values", "label"), ("name", "loss"),
    ("step", "text"), ("epoch", "x"), ("model", "epochs", "accuracy"), ("dataset", "epoch", "val_loss"),
)  # fmt: skip


def unread(folder: Path) -> dict[str, str]:
    with discover([str(folder)]) as found:
        return {one.file: one.note.code for one in found.unread if not one.expected}


@pytest.mark.parametrize(("name", "write"), WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("names", LOGS, ids=" ".join)
def test_a_table_of_curves_is_listed(
    name: str, write: Callable[[Path, Columns], None], names: tuple[str, ...], tmp_path: Path
) -> None:
    write(tmp_path / name, table(names))
    assert unread(tmp_path) == {name: "table-not-read"}


@pytest.mark.parametrize(("name", "write"), WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("names", DATA, ids=" ".join)
def test_a_table_of_data_is_passed_over(
    name: str, write: Callable[[Path, Columns], None], names: tuple[str, ...], tmp_path: Path
) -> None:
    write(tmp_path / name, table(names))
    assert unread(tmp_path) == {}


@pytest.mark.parametrize(("name", "write"), WRITERS.values(), ids=WRITERS)
def test_any_damage_gives_an_answer(name: str, write: Callable[[Path, Columns], None], tmp_path: Path) -> None:
    chance = random.Random(1)
    write(tmp_path / name, table(("step", "loss")))
    whole = (tmp_path / name).read_bytes()
    for _ in range(150):
        data = bytearray(whole[: chance.randrange(len(whole))] if chance.random() < 0.3 else whole)
        for _ in range(chance.randrange(1, 9)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / name).write_bytes(bytes(data))
        assert set(unread(tmp_path).values()) <= {"table-not-read"}


def test_strict_fails_on_one_beside_good_runs(analyze_logs: Call, logs: Path) -> None:
    as_parquet(logs / "good/metrics.parquet", table(("step", "loss")))
    as_parquet(logs / "good/data.parquet", table(("text", "label")))
    done = analyze_logs(logs / "good", "--no-html")
    assert done.returncode == 0 and "metrics.parquet" in done.stdout and "df.to_csv" in done.stdout
    assert "data.parquet" not in done.stdout
    assert analyze_logs(logs / "good", "--no-html", "--strict").returncode == 4
    assert analyze_logs(logs / "good/metrics.parquet", "--no-html", "--strict").returncode in {4, 5}


def test_our_own_tables_are_no_logs(analyze_logs: Call, logs: Path) -> None:
    assert analyze_logs(logs, "--no-html", "--parquet", str(logs / "tables")).returncode == 0
    assert unread(logs) == {}


def test_a_link_out_of_the_folder_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "runs").mkdir()
    as_parquet(tmp_path / "elsewhere/t.parquet", table(("step", "loss")))
    (tmp_path / "runs/t.parquet").symlink_to(tmp_path / "elsewhere/t.parquet")
    assert unread(tmp_path / "runs") == {}


def test_lists_that_never_end(tmp_path: Path) -> None:
    endless = b"\x29\xf7" + b"\xff" * 8 + b"\x01"  # a list of 2**63 numbers of eight bytes
    for footer in (endless, b"\x19\xfc" + b"\xff" * 8 + b"\x01", b"\x15\x02" * 9, b"\x1c" * 5000):
        (tmp_path / "t.parquet").write_bytes(b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1")
        assert unread(tmp_path) == {}
