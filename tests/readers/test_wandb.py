"""W&B run files: written here by the format's description, read back; cut and damaged at every place."""

from __future__ import annotations

import json
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match
from loganalyzer.readers.trackers.leveldb_log import BLOCK, Damage, records
from loganalyzer.readers.trackers.wandb import READER

from .sources import source

FOLDER = "wandb/run-20240101_000000-abc123"
FILE = f"{FOLDER}/run-abc123.wandb"


def varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes((number & 0x7F | 0x80,))
        number >>= 7
    return out + bytes((number,))


def text_field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def item(name: str, value: object, nested: bool = False) -> bytes:
    keys = b"".join(text_field(2, k.encode()) for k in name.split(".")) if nested else text_field(1, name.encode())
    return text_field(1, keys + text_field(16, json.dumps(value).encode()))


def history(row: dict[str, object], step: int) -> bytes:
    body = b"".join(item(k, v) for k, v in row.items()) + text_field(2, b"\x08" + varint(step))
    return b"\x08\x01" + text_field(2, body)


def config(values: dict[str, object]) -> bytes:
    return text_field(5, b"".join(item(k, v) for k, v in values.items()))


def written(bodies: list[bytes]) -> bytes:
    """The file as W&B writes it: header of seven bytes, blocks of 32 KiB, a record cut into chunks where it must be."""
    out = bytearray(b":W&B" + struct.pack("<HB", 0xBEE1, 0))
    for body in bodies:
        first = True
        while True:
            left = BLOCK - len(out) % BLOCK
            if left < 7:
                out += bytes(left)
                left = BLOCK
            piece, body = body[: left - 7], body[left - 7 :]
            kind = (1 if not body else 2) if first else (4 if not body else 3)
            crc = zlib.crc32(piece, zlib.crc32(bytes((kind,))))
            out += struct.pack("<IHB", crc, len(piece), kind) + piece
            first = False
            if not body:
                break
    return bytes(out)


def training(count: int = 50) -> list[bytes]:
    rows = [
        history({"train/loss": 5 / (i + 1), "val/loss": 6 / (i + 1), "_timestamp": 1.7e9 + i, "_runtime": i}, i)
        for i in range(count)
    ]
    return [config({"lr": 0.1, "model": {"width": 64}, "amp": True, "_wandb": {"version": "0.17"}}), *rows]


def read(data: bytes) -> list[Run | Unread]:
    return list(READER.read(FOLDER, [source(FILE, data)]))


def test_round_trip() -> None:
    (run,) = read(written(training()))
    assert isinstance(run, Run)
    assert set(run.series) == {"train/loss", "val/loss"}
    assert run.series["train/loss"].steps.tolist() == list(range(50))
    assert run.series["val/loss"].values.tolist() == [6 / (i + 1) for i in range(50)]
    assert run.series["val/loss"].wall_times is not None and run.series["val/loss"].wall_times[3] == 1.7e9 + 3
    assert run.hyperparameters == {"lr": 0.1, "model.width": 64, "amp": "true"}
    assert run.notes == () and run.step_unit == "step"


def test_own_counter_is_the_axis() -> None:
    (run,) = read(written([history({"iter": 250 * i, "val/loss": 1.0 / (i + 1)}, i) for i in range(5)]))
    assert isinstance(run, Run)
    assert run.series["val/loss"].steps.tolist() == [0, 250, 500, 750, 1000]


def test_nested_keys_and_missing_values() -> None:
    rows = [
        text_field(2, item("train.loss", 1.0 / (i + 1), nested=True) + item("image", {"_type": "image-file"}))
        for i in range(3)
    ]
    rows.append(text_field(2, item("train.loss", float("nan"), nested=True)))
    (run,) = read(written(rows))
    assert isinstance(run, Run)
    assert run.series["train.loss"].values[:3].tolist() == [1.0, 0.5, 1 / 3]
    assert len(run.series["train.loss"]) == 4


def test_record_over_several_blocks() -> None:
    big = text_field(5, item("notes", "x" * 100_000))
    (run,) = read(written([big, *training(20)]))
    assert isinstance(run, Run) and len(run.series["train/loss"]) == 20


def test_torn_tail_is_told_and_costs_only_itself() -> None:
    bodies = training(30)
    data = written(bodies)
    ends = [len(written(bodies[:n])) for n in range(len(bodies) + 1)]
    for cut in range(ends[27], len(data)):
        found = [r for r in read(data[:cut]) if isinstance(r, Run)]
        whole = sum(e <= cut for e in ends) - 2
        assert len(found[0].series["train/loss"]) == whole
        assert [n.code for n in found[0].notes] == ([] if cut in ends else ["unfinished-record"])


def test_bad_checksum_costs_one_record() -> None:
    bodies = training(30)
    data = bytearray(written(bodies))
    data[len(written(bodies[:10])) + 20] ^= 0xFF
    (run,) = read(bytes(data))
    assert isinstance(run, Run)
    assert len(run.series["train/loss"]) == 29
    assert [n.code for n in run.notes] == ["damaged-records"] and run.notes[0].harmful


def test_without_history_there_is_no_run() -> None:
    (found,) = read(written([config({"lr": 0.1})]))
    assert isinstance(found, Unread) and found.expected
    (found,) = read(b":W&B\xe1\xbe\x00")
    assert isinstance(found, Unread) and found.expected


def test_printed_output_stands_in_for_a_missing_history() -> None:
    printed = "".join(
        f"step {i}: train loss {1 / (i + 1):.3f}, val loss {2 / (i + 1):.3f}\n" for i in range(5)
    ).encode()
    output = source(f"{FOLDER}/files/output.log", printed)
    assert READER.detect(output) is Match.CERTAIN
    assert READER.key(output) == READER.key(source(FILE, written([]))) == FOLDER
    (run,) = READER.read(FOLDER, [output, source(FILE, written([config({"lr": 0.5})]))])
    assert isinstance(run, Run)
    assert len(run.series["val loss"]) == 5 and run.hyperparameters["lr"] == 0.5
    (run,) = READER.read(FOLDER, [output, source(FILE, written(training()))])
    assert isinstance(run, Run) and set(run.series) == {"train/loss", "val/loss"}


def test_detects_by_content() -> None:
    assert READER.detect(source("anything", written([]))) is Match.CERTAIN
    assert READER.detect(source("run-x.wandb", b"version https://git-lfs")) is Match.NO


def test_other_content_is_refused() -> None:
    with pytest.raises(ReadError):
        read(b"hello")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_gives_a_result(data: st.DataObject) -> None:
    raw = bytearray(written(training(data.draw(st.integers(0, 12)))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(7, max(7, len(raw))))
        change = data.draw(st.sampled_from(["cut", "insert", "zero"]))
        if change == "cut":
            del raw[at:]
        elif change == "insert":
            raw[at:at] = data.draw(st.binary(max_size=30))
        else:
            raw[at : at + 9] = bytes(len(raw[at : at + 9]))
    assert all(isinstance(i, (Run, Unread)) for i in read(bytes(raw)))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=6))
def test_any_record_content_gives_a_result(bodies: list[bytes]) -> None:
    assert all(isinstance(i, (Run, Unread)) for i in read(written(bodies)))
    assert list(records(written(bodies), Damage())) == bodies


def test_a_real_file_without_history() -> None:
    # wandb/wandb, leet/fixtures/wandb/edge-empty/wandb/run-20260102_030405-empty001/run-empty001.wandb, MIT licence
    data = bytes.fromhex(
        "3a572642e1be00a6d156b55300018a01500a08656d707479303031120e666978747572652d656e746974791a0d6c6565742d"
        "6669787475726573420e656467652d656d7074792d72756e6a0c666978747572652d686f73748a010608a5ebdcca06"
    )
    damage = Damage()
    assert len(list(records(data, damage))) > 0
    assert damage == Damage()
    (found,) = read(data)
    assert isinstance(found, Unread) and found.expected
