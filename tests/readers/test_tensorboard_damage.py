"""Damaged and hostile event files: what was readable is read, what was not is told, nothing raises or hangs."""

from __future__ import annotations

import os
import random
import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.discovery.source import open_source
from loganalyzer.model.run import Run
from loganalyzer.readers.base import Match, Source
from loganalyzer.readers.tensorboard.event_file import EventFile, read_event_file
from loganalyzer.readers.tensorboard.reader import READER
from tests.readers.event_files import event, header, masked, only, read, record, training, write

RECORD = len(event(50, ("loss", 1.0)))


def codes(run: Run) -> list[str]:
    return [note.code for note in run.notes]


def loop(count: int = 100) -> list[bytes]:
    """Records of one width, steps 1..count."""
    return [event(step, ("loss", float(step))) for step in range(1, count + 1)]


def read_bytes(data: bytes) -> EventFile:
    return read_event_file(Source("x", len(data), data, lambda: data))


@pytest.mark.filterwarnings("error")
def test_signalling_nans_are_values_without_a_warning(tmp_path: Path) -> None:
    signalling = struct.pack("<I", 0x7FA00000)
    records = loop()
    payload = bytearray(records[50][12:-4])
    at = payload.index(struct.pack("<f", 51.0))
    payload[at : at + 4] = signalling
    write(tmp_path, [*records[:50], record(bytes(payload)), *records[51:]])
    values = only(tmp_path).series["loss"].values
    assert len(values) == 100 and values[50] != values[50] and values[51] == 52.0


def test_cut_at_every_byte_of_the_last_records(tmp_path: Path) -> None:
    path = write(tmp_path, loop())
    whole = path.read_bytes()
    for kept in range(len(whole) - 3 * RECORD, len(whole)):
        path.write_bytes(whole[:kept])
        run = only(tmp_path)
        complete = (kept - len(header())) // RECORD
        assert run.series["loss"].steps.tolist() == list(range(1, complete + 1))
        torn = (kept - len(header())) % RECORD
        assert codes(run) == (["torn-tail"] if torn else [])
        if torn:
            assert run.notes[0].details["count"] == torn
            assert not run.notes[0].harmful


@pytest.mark.parametrize("where", range(12, RECORD, 5))
def test_a_flipped_byte_costs_its_record_only(tmp_path: Path, where: int) -> None:
    """In the values themselves too: every checksum is verified."""
    records = loop()
    damaged = bytearray(records[49])
    damaged[where] ^= 0x10
    write(tmp_path, [*records[:49], bytes(damaged), *records[50:]])
    run = only(tmp_path)
    assert run.series["loss"].steps.tolist() == [s for s in range(1, 101) if s != 50]
    assert codes(run) == ["corrupt-records"]
    assert run.notes[0].details == {
        "file": "events.out.tfevents.1700000000.host", "count": 1, "first": len(header()) + 49 * RECORD,
    }  # fmt: skip
    assert run.notes[0].harmful


@pytest.mark.parametrize("where", [0, 3, 7, 9])
def test_a_bad_length_is_stepped_over(tmp_path: Path, where: int) -> None:
    records = loop()
    damaged = bytearray(records[49])
    damaged[where] ^= 0x10
    write(tmp_path, [*records[:49], bytes(damaged), *records[50:]])
    run = only(tmp_path)
    steps = run.series["loss"].steps.tolist()
    assert [s for s in steps if s != 50] == [s for s in range(1, 101) if s != 50]
    if where < 8:
        assert codes(run) == ["bytes-lost"]
        assert run.notes[0].details["count"] == RECORD


@pytest.mark.parametrize("length", [2**31, 2**40, 2**62, 2**64 - 1])
def test_huge_lengths_with_a_right_checksum(tmp_path: Path, length: int) -> None:
    head = struct.pack("<Q", length)
    records = loop()
    tracemalloc.start()
    write(tmp_path, [*records[:50], head + masked(head), *records[50:]])
    run = only(tmp_path)
    assert tracemalloc.get_traced_memory()[1] < 30e6
    tracemalloc.stop()
    assert len(run.series["loss"]) == 100
    assert codes(run) == ["bytes-lost"]


def test_garbage_with_a_right_checksum(tmp_path: Path) -> None:
    records = loop()
    write(tmp_path, [*records[:50], record(b"\xff" * 40), record(b"\x2a\xff\xff\xff\xff\x0f"), *records[50:]])
    run = only(tmp_path)
    assert len(run.series["loss"]) == 100
    assert codes(run) == ["corrupt-records"]
    assert run.notes[0].details["count"] == 2


def test_tail_of_zeros(tmp_path: Path) -> None:
    path = write(tmp_path, loop())
    path.write_bytes(path.read_bytes() + bytes(65_536))
    run = only(tmp_path)
    assert len(run.series["loss"]) == 100
    assert codes(run) == ["zero-tail"]


def test_a_megabyte_of_noise(tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.x"
    path.write_bytes(random.Random(0).randbytes(1 << 20))
    assert READER.detect(open_source(path, path.name)) is Match.CERTAIN
    runs, unread = read(tmp_path)
    assert runs == []
    assert [(u.note.code, u.expected) for u in unread] == [("no-records", False)]


def test_noise_between_records(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(5_000_000)
    records = loop()
    write(tmp_path, [*records[:50], noise, *records[50:]])
    run = only(tmp_path)
    assert len(run.series["loss"]) == 100
    assert run.notes[0].details["count"] == len(noise)


def test_damage_everywhere_takes_no_time(tmp_path: Path) -> None:
    path = write(tmp_path, (b"\x01" + one for one in loop(3000)))
    assert len(only(tmp_path).series["loss"]) == 3000
    path.write_bytes(b"\x07\x06\x05\x04\x03\x02\x01\x00" * 500_000)
    assert read(tmp_path)[0] == []


def test_deep_nesting_unknown_fields_and_bad_text(tmp_path: Path) -> None:
    nested = b""
    for _ in range(2_000):
        size = len(nested)
        length = b"".join(
            bytes([(size >> s & 0x7F) | (0x80 if size >> s + 7 else 0)]) for s in range(0, max(size.bit_length(), 1), 7)
        )
        nested = b"\x2a" + length + nested
    unknown = b"\xfa\x06\x80\x80\x40" + bytes(1 << 20)
    bad_tag = event(1, ("tag", 0.5))[12:-4].replace(b"tag", b"\xff\xfeg")
    write(tmp_path, [record(nested), record(unknown), record(bad_tag), *loop(30)])
    run = only(tmp_path)
    assert set(run.series) == {"loss", "\\xff\\xfeg"}


def test_a_growing_and_a_shrinking_file(tmp_path: Path) -> None:
    path = write(tmp_path, training(range(2000)))
    source = open_source(path, path.name)
    with path.open("ab") as file:
        file.write(b"".join(training(range(2000, 2100))))
    (run,) = READER.read("", [source])
    assert isinstance(run, Run)
    assert len(run.series["train/loss"]) == 2000
    assert run.notes == ()
    os.truncate(path, 90_000)
    (run,) = READER.read("", [source])
    assert isinstance(run, Run)
    assert 800 < len(run.series["train/loss"]) < 1000
    assert "file-shrank" in codes(run)


def test_a_file_that_vanished(tmp_path: Path) -> None:
    path = write(tmp_path, training(range(2000)))
    source = open_source(path, path.name)
    path.unlink()
    (unread,) = READER.read("", [source])
    assert not isinstance(unread, Run)
    assert unread.note.code == "cannot-open"


def test_images_are_passed_over(tmp_path: Path) -> None:
    picture = record(b"\x09" + bytes(8) + b"\x2a\x84\x80\xc0\x02" + b"\x0a\x80\x80\xc0\x02" + bytes(5 << 20))
    assert len(picture) > 5 << 20
    write(tmp_path, [part for one in loop(6) for part in (one, picture)])
    tracemalloc.start()
    run = only(tmp_path)
    assert tracemalloc.get_traced_memory()[1] < 16e6
    tracemalloc.stop()
    assert len(run.series["loss"]) == 6


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_mutation_gives_a_result_and_keeps_what_came_before(data: st.DataObject) -> None:
    original = header() + b"".join(loop(60))
    mutated = bytearray(original)
    where = data.draw(st.integers(0, len(original) - 1))
    kind = data.draw(st.sampled_from(["cut", "flip", "insert", "repeat", "zero"]))
    if kind == "cut":
        del mutated[where:]
    elif kind == "flip":
        mutated[where] ^= data.draw(st.integers(1, 255))
    elif kind == "insert":
        mutated[where:where] = data.draw(st.binary(min_size=1, max_size=40))
    elif kind == "repeat":
        mutated[where:where] = original[where : where + data.draw(st.integers(1, 200))]
    else:
        mutated[where : where + 30] = bytes(len(mutated[where : where + 30]))
    result = read_bytes(bytes(mutated)).gathered
    before = max(0, (where - len(header())) // RECORD)
    if before:
        _, steps, _, values = result.columns(b"loss")
        assert steps[:before].tolist() == list(range(1, before + 1))
        assert set(values.tolist()) <= set(range(1, 61)), "a damaged value was believed"
