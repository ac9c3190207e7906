"""Curves saved as one object: the habits of Keras, pandas and XGBoost users, numpy files, pickles that are bombs."""

from __future__ import annotations

import cProfile
import io
import json
import math
import pickle
from collections import OrderedDict, defaultdict
from collections.abc import Sized
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match
from loganalyzer.readers.common import histories
from loganalyzer.readers.common.number_lists import as_curve
from loganalyzer.readers.common.safe_pickle import load
from loganalyzer.readers.json.keras_history import READER
from tests.readers.sources import source

HISTORY = {"loss": [3.0, 2.0, 1.0, 0.5], "val_loss": [3.5, 2.5, 2.25, 2.5]}


def runs(data: bytes, name: str = "history") -> list[Run | Unread]:
    file = source(name, data)
    assert READER.detect(file) is not Match.NO
    return list(READER.read(READER.key(file), [file]))


def only(data: bytes, name: str = "history") -> Run:
    (run,) = runs(data, name)
    assert isinstance(run, Run)
    return run


def values(run: Run) -> dict[str, list[float]]:
    return {name: one.values.tolist() for name, one in run.series.items()}


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(HISTORY),
        json.dumps({"a": {"b": {"history": HISTORY}}}),
        json.dumps({k: {str(i): x for i, x in enumerate(v)} for k, v in HISTORY.items()}),  # pandas
        json.dumps({k: [str(x) for x in v] for k, v in HISTORY.items()}),  # json.dumps(..., default=str)
        json.dumps({k: [[i, x] for i, x in enumerate(v)] for k, v in HISTORY.items()}),
        json.dumps({k: [[x] for x in v] for k, v in HISTORY.items()}),
    ],
)
def test_ways_to_save_a_history(written: str) -> None:
    assert values(only(written.encode())) == HISTORY


def test_steps_that_are_told() -> None:
    run = only(json.dumps({"step": [100, 200, 300], "loss": [1.0, 0.5, 0.25]}).encode())
    assert run.series["loss"].steps.tolist() == [100, 200, 300] and list(run.series) == ["loss"]
    pairs = only(json.dumps({"loss": [[0, 1.0], [10, 0.5], [20, 0.25]]}).encode())
    assert pairs.series["loss"].steps.tolist() == [0, 10, 20]


def test_validation_in_every_second_epoch() -> None:
    run = only(json.dumps({"loss": list(range(10)), "val_loss": list(range(5))}).encode())
    assert run.series["val_loss"].steps.tolist() == [1, 3, 5, 7, 9]
    batches = only(json.dumps({"batch_loss": list(range(30)), "loss": [3, 2, 1], "val_loss": [3, 2, 1]}).encode())
    assert batches.series["val_loss"].steps.tolist() == [0, 1, 2]


def test_folds_are_runs() -> None:
    found = runs(json.dumps([HISTORY, HISTORY, HISTORY]).encode(), "folds.json")
    assert [run.id for run in found if isinstance(run, Run)] == ["folds.json/0", "folds.json/1", "folds.json/2"]
    named = runs(json.dumps({"fold1": HISTORY, "fold2": HISTORY}).encode(), "folds.json")
    assert [run.id for run in named if isinstance(run, Run)] == ["folds.json/fold1", "folds.json/fold2"]


def test_scalars_beside_curves_are_settings() -> None:
    run = only(json.dumps({**HISTORY, "learning_rate": 0.1, "shuffle": True}).encode())
    assert run.hyperparameters == {"learning_rate": 0.1, "shuffle": "true"}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    "saved",
    [
        HISTORY,
        OrderedDict(HISTORY),
        defaultdict(list, HISTORY),
        {k: [np.float32(x) for x in v] for k, v in HISTORY.items()},
        {k: np.array(v) for k, v in HISTORY.items()},
        {k: np.array(v, ">f4") for k, v in HISTORY.items()},
        {k: [np.array(x) for x in v] for k, v in HISTORY.items()},
        {"history": HISTORY, "epoch": [0, 1, 2, 3], "params": {"epochs": 4, "steps": 10, "verbose": True}},
    ],
    ids=lambda saved: f"{type(saved).__name__}-{type(next(iter(saved.values()))).__name__}",
)
def test_pickles(saved: object, protocol: int) -> None:
    assert values(only(pickle.dumps(saved, protocol), "h.pkl")) == HISTORY


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_cut_anywhere_gives_what_was_built(protocol: int) -> None:
    data = pickle.dumps({"loss": [float(i) for i in range(20)], "val_loss": [float(i) for i in range(20)]}, protocol)
    most = 0
    for end in range(20, len(data)):
        try:
            run = only(data[:end], "h.pkl")
        except ReadError:
            continue
        assert all(v == [float(i) for i in range(len(v))] for v in values(run).values())
        assert run.notes[0].code == "pickle-damaged" and run.points >= most
        most = run.points
    assert most == 40


def npy(array: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array(array), allow_pickle=True)
    return file.getvalue()


def test_numpy_files() -> None:
    assert values(only(npy(HISTORY["loss"]), "a/train_loss.npy")) == {"train_loss": HISTORY["loss"]}
    assert values(only(npy(HISTORY), "a/history.npy")) == HISTORY  # np.save(path, history.history)
    torn = only(npy(HISTORY["loss"])[:-3], "a/train_loss.npy")
    assert values(torn) == {"train_loss": [3.0, 2.0, 1.0]} and torn.notes[0].code == "torn-tail"


@pytest.mark.parametrize(
    ("name", "steps", "read"),
    [
        ("loss", [0, 1, 2, 3], [0, 1, 2, 3]),
        ("train_loss", [10, 20, 30, 40], [10, 20, 30, 40]),
        ("loss_values", [0, 5, 25, 26], [0, 5, 25, 26]),
        ("val_loss", [99.0, 199.0, 299.0, 399.0], [99, 199, 299, 399]),
        ("loss", [49.5, 149.5, 249.5, 349.5], [49, 149, 249, 349]),
        ("acc", [1, 2, 3, 1000], [1, 2, 3, 1000]),
        ("loss", [49.5, 149.5, 249.5, 300], [49, 149, 249, 300]),
        ("reward", [1, 3, 7, 9], [1, 3, 7, 9]),
        ("loss", [0.31, 0.42, 0.55, 0.61], None),  # two losses
        ("loss", [3, 2, 1, 0], None),
        ("loss", [0, 0, 1, 1], None),
        ("loss", [1.2, 2.4, 3.6, 4.8], None),  # times
        ("loss", [-1, 0, 1, 2], None),
        ("loss", [0, 1, math.nan, 3], None),
    ],
)
def test_an_array_of_steps_and_values(name: str, steps: list[float], read: list[int] | None) -> None:
    own = [0.9, 0.7, 0.6, 0.55]
    found = runs(npy(np.array([steps, own]).T), f"a/{name}.npy")
    told = [one.series[name] for one in found if isinstance(one, Run)]
    if read is None:
        assert told == []
    else:
        assert told[0].steps.tolist() == read and told[0].values.tolist() == own


@pytest.mark.parametrize("descr", ["<f8", "|V0", "|V8", "|S9"])
def test_numpy_files_that_promise_too_much(descr: str) -> None:
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': (1099511627776,), }}".encode().ljust(117) + b"\n"
    data = b"\x93NUMPY\x01\x00v\x00" + header + bytes(16)
    try:
        assert all(len(run.series["loss"]) == 2 for run in runs(data, "a/loss.npy") if isinstance(run, Run))
    except ReadError as error:
        assert error.code == "bad-numpy"


def test_npz_bomb_and_a_damaged_member() -> None:
    file = io.BytesIO()
    np.savez_compressed(file, loss=np.zeros(50_000_000, "u1"), val_loss=np.arange(4.0))
    with pytest.raises(ReadError) as refused:
        only(file.getvalue(), "h.npz")
    assert refused.value.code == "decompression-bomb"
    file = io.BytesIO()
    np.savez(file, **{k: np.array(v) for k, v in HISTORY.items()})  # type: ignore[arg-type]
    data = bytearray(file.getvalue())
    data[data.index(b"NUMPY") + 130] ^= 1
    run = only(bytes(data), "h.npz")
    assert values(run) == {"val_loss": HISTORY["val_loss"]} and run.notes[0].code == "damaged-records"


def colliding(count: int) -> bytes:
    """A dict of integer keys with one hash: Python's own loader takes minutes for a few hundred kilobytes."""
    keys = b"".join(b"\x8a\x0b" + (1 + (i << 61) - i).to_bytes(11, "little") + b"N" for i in range(count))
    return b"\x80\x02}(" + keys + b"u."


def shared(levels: int) -> bytes:
    """Lists in lists, each ten times the one before: some hundred bytes that are 10**levels numbers."""
    body = b"]q\x00(" + b"K\x01" * 10 + b"e"
    for i in range(1, levels):
        body += b"]q" + bytes([i]) + b"(" + (b"h" + bytes([i - 1])) * 10 + b"e"
    return b"\x80\x02}X\x04\x00\x00\x00loss" + b"(" + body + b"ls."


def many_names() -> bytes:
    """One list of 200,000 numbers under 10,000 names."""
    body = b"\x80\x02]q\x00(" + b"K\x01" * 200_000 + b"e}("
    body += b"".join(b"X\x09\x00\x00\x00loss" + f"{i:05}".encode() + b"h\x00" for i in range(10_000))
    return body + b"u."


def nested_dicts() -> bytes:
    """Dicts of a hundred times the same dict, nested."""
    body = b"\x80\x02}q\x00X\x01\x00\x00\x00aNs"
    for i in range(1, 8):
        body += b"}q" + bytes([i]) + b"("
        body += b"".join(b"X\x03\x00\x00\x00" + f"{j:03}".encode() + b"h" + bytes([i - 1]) for j in range(100)) + b"u"
    return body + b"."


@pytest.mark.parametrize(
    "data",
    [
        colliding(100_000),
        shared(40),
        many_names(),
        nested_dicts(),
        b"\x80\x03}r\xff\xff\xff\x7f.",
        b"\x80\x04\x8e" + (2**40).to_bytes(8, "little") + b".",
        b"\x80\x04\x95" + (2**62).to_bytes(8, "little") + b"}.",
        b"\x80\x02" + b"]" * 300_000 + b"a" * 299_999 + b".",
        b"\x80\x02]" + b"2" * 3_000_000 + b".",
        b"\x80\x02]I" + b"9" * 4_000_000 + b"\na.",
        b"\x80\x02}q\x00X\x04\x00\x00\x00lossh\x00s.",
    ],
    ids=["collisions", "shared", "names", "dicts", "memo", "bytes8", "frame", "nested", "dup", "digits", "recursive"],
)
def test_pickle_bombs(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    converted = 0

    def counted(value: Any) -> Any:
        nonlocal converted
        converted += len(value) if isinstance(value, Sized) else 1
        return as_curve(value)

    monkeypatch.setattr(histories, "as_curve", counted)
    work = cProfile.Profile()
    with work, pytest.raises(ReadError) as refused:
        only(data, "h.pkl")
    assert refused.value.code in {"bad-pickle", "too-large", "no-training-log"}
    calls = sum(entry.callcount for entry in work.getstats())
    assert calls < 12 * len(data) + 150, "work grows with what a pickle weighs, not with what it unfolds to"
    assert converted <= len(data)


def test_keys_of_a_pickle_are_words_for_numbers_can_be_chosen_to_collide() -> None:
    assert {type(key) for key in load(colliding(10))} == {str}


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x02cposix\nsystem\nX\x02\x00\x00\x00id\x85R.",
        b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93.",
        b"\x80\x04\x8c\x05numpy\x8c\x0dndarray.dumps\x93.",
        b"\x80\x02cnumpy.core.multiarray\nscalar.__globals__\n.",
        b"\x80\x02(i__main__\nX\n.",
        b"\x80\x02(cbuiltins\nobject\no.",
        b"\x80\x02\x82\x01.",
        b"\x80\x02Ppid\n.",
        b"\x80\x02K\x01Q.",
        b"\x80\x02ccopyreg\n_reconstructor\n.",
        b"\x80\x02cnumpy\nndarray\n)\x81.",
        b"\x80\x05\x97.",
        b"\x80\x02cnumpy\ndtype\nX\x02\x00\x00\x00V9\x85R}b.",
    ],
)
def test_what_a_pickle_must_not_name(data: bytes) -> None:
    try:
        assert not isinstance(load(data), dict | list)
    except ReadError as error:
        assert error.code == "pickle-refused"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_after_the_protocol(data: bytes) -> None:
    try:
        load(b"\x80\x04" + data)
    except ReadError as error:
        assert error.code in {"bad-pickle", "pickle-refused", "too-large"}
