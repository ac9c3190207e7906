"""The text reader against lines of many tools (cases as data), damage, hostile lines, encodings."""

from __future__ import annotations

import math
import time
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match, Source
from loganalyzer.readers.common.printed.lines import line_states
from loganalyzer.readers.text.reader import READER

CASES = [
    case
    for path in sorted((Path(__file__).parent / "cases").glob("text_*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]


def source(data: bytes, path: str = "train.log") -> Source:
    return Source(path, len(data), data[:65_536], lambda: data)


def read(data: bytes) -> list[Run | Unread]:
    return list(READER.read("train.log", [source(data)]))


def runs(text: str) -> list[Run]:
    return [item for item in read(text.encode()) if isinstance(item, Run)]


def points(run: Run, name: str) -> list[tuple[int, float]]:
    return list(zip(run.series[name].steps.tolist(), run.series[name].values.tolist(), strict=True))


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_case(case: dict[str, Any]) -> None:
    found = runs(case["text"])
    assert len(found) == len(case["runs"])
    for run, expected in zip(found, case["runs"], strict=True):
        assert set(run.series) == set(expected["series"])
        assert run.step_unit == expected["unit"]
        assert list(run.restarts) == expected.get("restarts", [])
        for name, wanted in expected["series"].items():
            got = run.series[name]
            assert got.steps.tolist() == [p[0] for p in wanted]
            np.testing.assert_allclose(got.values, [p[1] for p in wanted], rtol=1e-9)
        for name, value in expected.get("hyperparameters", {}).items():
            assert run.hyperparameters[name] == value


@pytest.mark.parametrize("case", [c for c in CASES if c["runs"]], ids=lambda c: c["name"])
def test_detected_as_text(case: dict[str, Any]) -> None:
    assert READER.detect(source(case["text"].encode())) is Match.MAYBE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_japanese_encodings(encoding: str) -> None:
    text = "".join(f"エポック {e}: 損失={3 / e:.3f}, 精度={10 * e}%\n" for e in range(1, 9))
    (run,) = [r for r in read(text.encode(encoding)) if isinstance(r, Run)]
    assert points(run, "損失")[:2] == [(1, 3.0), (2, 1.5)]
    assert points(run, "精度")[-1] == (8, pytest.approx(0.8))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    (run,) = runs("".join(f"epoch {e} loss {1 / e:.4f}{end}" for e in range(1, 5)))
    assert points(run, "loss") == [(1, 1.0), (2, 0.5), (3, 0.3333), (4, 0.25)]


def test_what_a_line_shows_again_at_once_is_one_state() -> None:
    assert [state.text for state in line_states("a 1\ra 1\r\rb 2\b\ba 1\r\ra 1", ended=True)] == ["a 1", "b 2", "a 1"]


def test_a_rewritten_stroke_or_count_is_no_state() -> None:
    raw = "".join(f"{stroke}\r{count}\r" for count, stroke in enumerate("|/-" * 9)) + "loss 0.5\r10"
    assert [state.text for state in line_states(raw, ended=True)] == ["loss 0.5", "10"]


def test_colour_codes_do_not_hide_numbers() -> None:
    (run,) = runs(
        "".join(f"\x1b[32mepoch\x1b[0m {e} \x1b[1mloss\x1b[0m: \x1b[31m{1 / e:.4f}\x1b[0m\n" for e in range(1, 5))
    )
    assert len(run.series["loss"]) == 4


def test_number_cut_by_the_end_is_dropped() -> None:
    text = "".join(f"epoch {e} loss 0.{9 - e}12345\n" for e in range(1, 5)) + "epoch 5 loss 0.1"
    (run,) = runs(text)
    assert run.series["loss"].steps.tolist() == [1, 2, 3, 4]


def test_whole_last_line_without_line_end_is_kept() -> None:
    (run,) = runs("epoch 1 loss 0.50\nepoch 2 loss 0.40\nepoch 3 loss 0.30")
    assert points(run, "loss")[-1] == (3, 0.3)


def test_duplicated_ranks_are_one_run_without_restart() -> None:
    (run,) = runs("".join(f"iteration {i} | lm loss: {9 / i:.3f}\n" * 4 for i in range(1, 30)))
    assert len(run.series["lm loss"]) == 29
    assert run.restarts == () and run.notes == ()


def test_single_return_to_the_start_is_another_run() -> None:
    lines = [(1, 3), (2, 2), (3, 1), (1, 4), (2, 3), (3, 2.5), (4, 1)]
    first, second = runs("".join(f"epoch {e} loss {v}\n" for e, v in lines))
    assert points(first, "loss") == [(1, 3.0), (2, 2.0), (3, 1.0)]
    assert points(second, "loss") == [(1, 4.0), (2, 3.0), (3, 2.5), (4, 1.0)]
    assert [n.code for n in second.notes] == ["one-of-several"]


def test_cells_that_are_no_numbers_are_left_out() -> None:
    (run,) = runs("".join(f"epoch {e} loss {1 / e}\n   all 1 2 0.1 0.2 0.3 0.{e}.0\n" for e in range(1, 5)))
    assert len(run.series["metrics/mAP50(B)"]) == 4 and "metrics/mAP50-95(B)" not in run.series


def test_zero_bytes_are_no_numbers() -> None:
    results = "".join(f"{e}epoch results: [train] loss={1 / e}\n" for e in range(1, 50))
    (run,) = runs(results + "\0epoch results: loss=1\n" + results)
    assert len(run.series["train/loss"]) == 49


@pytest.mark.parametrize("total", ["inf", "nan", "1e999", "0", "-5"])
def test_impossible_totals(total: str) -> None:
    (run,) = runs("".join(f"Epoch {e} Batch {b}/{total} loss 1.{b}\n" for e in range(3) for b in range(4)))
    assert len(run.series["loss"]) == 12


def test_many_runs_in_one_file() -> None:
    text = "".join(f"Epoch: {e}, Training Loss: {k + 1 / (e + 1):.4f}\n" for k in range(35) for e in range(20))
    found = runs(text)
    assert [r.id for r in found] == [f"train.log#{n}" for n in range(1, 36)]
    assert all(len(r.series["Training Loss"]) == 20 for r in found)


def test_settings_printed_before_the_training() -> None:
    header = (
        "Namespace(lr=0.1, amp=True, name='a b', batch_size=32)\n学習率: 0.2\n - opt.weight-decay = 1e-4\nNotes: 5\n"
    )
    (run,) = runs(header + "".join(f"epoch {e} loss 1\n" for e in range(3)))
    assert run.hyperparameters == {
        "lr": 0.1, "amp": "true", "name": "a b", "batch_size": 32, "学習率": 0.2, "opt.weight-decay": 1e-4,
    }  # fmt: skip


def test_names_in_quotes_are_read_whole() -> None:
    (run,) = runs(
        "{'lr': 0.1, 'momentum': 0.9, 'weight-decay': 1e-4, 'a key': 'b'}\n" + "epoch 1 loss 3\nepoch 2 loss 2\n"
    )
    assert run.hyperparameters == {"lr": 0.1, "momentum": 0.9, "weight-decay": 1e-4, "a key": "b"}


NOT_LOGS = {
    "prose": "Our model reaches 95 % accuracy after 30 epochs.\nThe loss at epoch 3 was 0.5, which is fine.\n" * 3,
    "code": "for epoch in range(3):\n    loss = 0.0\n    i = 1\n    acc = 0.5\n    log(f'epoch {epoch} loss {loss}')\n"
    * 5,
    "network": "".join(
        f"node{i}: NCCL INFO Channel 0{i} : {i}[3d000] -> {i + 1}[4d000] via P2P/IPC\n" for i in range(99)
    ),
    "timing": "Time for gradient: 0.00\nTime for weight: 0.00\nTime for loss: 0.00\n" * 10,
    "table": "| Model | Acc | Epoch |\n| A | 93.2 | 30 |\n| B | 95.0 | 60 |\n| C | 96.0 | 90 |\n",
    "evaluation": "Loading\nclass 0: precision 0.91 recall 0.80\nclass 1: precision 0.92 recall 0.81\naccuracy 0.9\n",
    "pip": "Collecting torch==2.1.0\n  Downloading torch-2.1.0.whl (670.2 MB)\nSuccessfully installed torch-2.1.0\n"
    * 5,
    "empty": "\n\n\n",
    "configuration": "lr: 0.1\nbatch_size: 32\nepochs: 100\nloss: cross_entropy\nmomentum: 0.9\n",
}


@pytest.mark.parametrize("name", NOT_LOGS)
def test_what_is_no_training_log_gives_no_run(name: str) -> None:
    (item,) = read(NOT_LOGS[name].encode())
    assert isinstance(item, Unread) and item.expected


HOSTILE = {
    "digits": "epoch 1 loss " + "1" * 900_000,
    "equals": "=" * 900_000,
    "spaces": "epoch 1" + " " * 900_000 + "loss 2",
    "brackets": "epoch " + "[" * 400_000 + "1" + "]" * 400_000,
    "letters": "a" * 900_000 + " 1",
    "words": "loss " * 180_000 + "1",
    "dots": "a " + "." * 900_000,
    "numbers": "1 " * 450_000,
    "bars": "Epoch 1: 5%|" + "█" * 300_000 + "| 5/100 [00:01<00:02, 3it/s]" * 2000,
    "escapes": "\x1b[" * 400_000 + "1",
    "quotes": "{'loss': " * 100_000,
    "slashes": "1/" * 400_000,
    "colons": "epoch 1:" + "a:" * 400_000 + "1",
    "returns": "epoch 1 loss 2\r" * 60_000,
    "states": "loss: " + "\r1" * 450_000,
    "no-space": "Namespace(" + "a=1," * 200_000,
    "huge": "x" * 5_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_lines_take_no_time_and_cost_no_other_line(name: str) -> None:
    plain = "".join(f"epoch {e} loss {9 / e:.4f}\n" for e in range(1, 9))
    start = time.process_time()
    (run,) = runs(HOSTILE[name] + "\n" + plain)
    assert time.process_time() - start < 3.0
    assert len(run.series["loss"]) == 8


PIECES = [c["text"] for c in CASES]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_damage_gives_a_result(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(PIECES)).encode())
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        kind = data.draw(st.sampled_from(["cut", "flip", "insert", "repeat"]))
        if kind == "cut":
            del raw[at:]
        elif kind == "flip" and raw:
            raw[at] ^= data.draw(st.integers(1, 255))
        elif kind == "insert":
            raw[at:at] = data.draw(st.binary(max_size=40))
        else:
            raw[at:at] = raw[at : at + 60]
    try:
        for item in read(bytes(raw)):
            if isinstance(item, Run):
                assert all(np.all(np.diff(s.steps) > 0) for s in item.series.values())
    except ReadError:
        pass


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=4, max_size=30))
def test_written_values_are_read_back(values: list[float]) -> None:
    (run,) = runs("".join(f"Epoch {e}/{len(values)} - train_loss: {v!r} - lr: 0.1\n" for e, v in enumerate(values, 1)))
    got = run.series["train_loss"].values
    assert all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(got, values, strict=True))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400))
def test_points_before_a_cut_are_kept(cut: int) -> None:
    text = "".join(f"epoch {e} loss {1 + 1 / e:.6f} val_loss {2 + 1 / e:.6f}\n" for e in range(1, 12))[:cut]
    whole = text.count("\n")
    if whole >= 2:
        (run,) = runs(text)
        assert run.series["loss"].steps.tolist()[:whole] == list(range(1, whole + 1))


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("1.#INF", math.inf), ("-1.#INF", -math.inf), ("1.#INF00", math.inf), ("1.#QNAN", math.nan), ("-1.#IND", math.nan),
        ("1.#SNAN", math.nan), ("#NUM!", math.nan), ("#DIV/0!", math.nan), ("-nan(ind)", math.nan), ("nan%", math.nan),
    ],
)  # fmt: skip
def test_every_spelling_of_no_number(printed: str, value: float) -> None:
    lines = [f"step {i} loss {1 / (1 + i):.4f}\n" for i in range(9)] + [
        f"step {i} loss {printed}\n" for i in range(9, 14)
    ]
    (run,) = runs("".join(lines))
    assert str(run.series["loss"].values[-1]) == str(value) and len(run.series["loss"]) == 14
