"""``--verify``: our event reader against tbparse, on files as they are written and as they break."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from loganalyzer.model.run import Unread
from loganalyzer.pipeline import verify_tensorboard as second_reading
from loganalyzer.readers.base import Source
from loganalyzer.readers.tensorboard.event_file import EventFile
from tests.cli.conftest import Call
from tests.readers.event_files import training, write

NAME = "events.out.tfevents.1700000000.host"


def compared(folder: Path) -> second_reading.Compared:
    (one,) = second_reading.compare([str(folder)], 2**30)
    assert not isinstance(one, Unread)
    return one


def test_both_read_the_same(analyze_logs: Call, tmp_path: Path) -> None:
    write(tmp_path, training(range(300)))
    done = analyze_logs(tmp_path, "--verify")
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert done.stdout.startswith(f"✓ {NAME}: ") and "the same in tbparse" in done.stdout
    assert "Every checksum is right." in done.stdout
    assert "すべて一致" in analyze_logs(tmp_path, "--verify", "--lang", "ja").stdout


def test_behind_damage_tbparse_has_fewer_and_all_of_them_are_ours(analyze_logs: Call, tmp_path: Path) -> None:
    path = write(tmp_path, training(range(300)))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    done = analyze_logs(tmp_path, "--verify")
    assert done.returncode == 4 and "1 record of" in done.stdout and "left out as damaged" in done.stdout
    one = compared(tmp_path)
    assert one.theirs is not None and 0 < one.theirs < one.points and one.missing == 0


def test_a_compressed_file(tmp_path: Path) -> None:
    path = write(tmp_path, training(range(50)))
    (tmp_path / f"{NAME}.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    one = compared(tmp_path)
    assert one.points == one.theirs == 50 * 2 + 5 * 2


def test_a_point_that_we_lose_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, training(range(50)))
    whole = path.read_bytes()

    def half(source: Source, *, verify: bool) -> EventFile:
        cut = Source(source.path, len(whole) // 2, whole[: len(whole) // 2], lambda: whole)
        return read(cut, verify=verify)

    read = second_reading.read_event_file
    monkeypatch.setattr(second_reading, "read_event_file", half)
    one = compared(tmp_path)
    assert one.theirs == 110 and one.missing == 110 - one.points > 0
    assert ", step " in one.example


def test_nothing_to_compare(analyze_logs: Call, logs: Path) -> None:
    done = analyze_logs(logs, "--verify")
    assert done.returncode == 5 and done.stdout.startswith("Nothing to verify")
