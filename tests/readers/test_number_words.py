"""Words that stand for numbers mean the same in every format."""

from __future__ import annotations

import json
import math

import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers.base import Reader
from loganalyzer.readers.common.number_words import number_in
from loganalyzer.readers.csv.reader import READER as CSV
from loganalyzer.readers.json.lines import READER as JSON_LINES
from loganalyzer.readers.text.reader import READER as TEXT
from tests.readers.sources import source

NAN = (
    "nan", "NaN", "NAN", "Nan", "+nan", "-nan", "-nan(ind)", "nan(ind)", "nan(0x8000)", "1.#QNAN", "-1.#IND", "1.#QNAN0",
    "-1.#IND00", "1.#SNAN", "#NUM!", "#DIV/0!", "#VALUE!", "nan%", "nan.0", "tensor(nan)", "'nan'",
)  # fmt: skip
PRINTED = (
    "np.nan", "float('nan')", "array(nan)", "np.float32(nan)", "[nan]", "nan+0j", "Array(nan, dtype=float32)",
    "DeviceArray(nan, dtype=float32)", "tf.Tensor(nan, shape=(), dtype=float32)", "numpy.nan", "torch.nan",
)  # fmt: skip
IN_CELLS = ("qnan", "snan", "#nan")
INFINITE = ("inf", "Inf", "INF", "+inf", "Infinity", "1.#INF", "1.#INF00", "1e400", "∞", "+∞", "tensor(inf)")
NO_NUMBER = ("", "-", "None", "banana", "infer", "nancy", "1.#", "tensor()", "tensor(loss)", "0x1f", "1.5.2", "12 %")
FINITE = (
    ("0.5", 0.5),
    ("-1e-3", -1e-3),
    ("tensor(0.5, device='cuda:0')", 0.5),
    ("np.float32(.25)", 0.25),
    ("[2]", 2.0),
)


def read(reader: Reader, text: str) -> list[float]:
    (run,) = reader.read("log", [source("log", text.encode())])
    assert isinstance(run, Run)
    return [float(v) for v in run.series["loss"].values]


def as_csv(word: str) -> list[float]:
    word = f'"{word}"' if "," in word else word
    return read(CSV, f"epoch,loss\n0,2.5\n1,1.5\n2,{word}\n3,{word}\n")


def as_json(word: str) -> list[float]:
    rows = ({"epoch": i, "loss": v} for i, v in enumerate((2.5, 1.5, word, word)))
    return read(JSON_LINES, "".join(json.dumps(row) + "\n" for row in rows))


def as_text(word: str) -> list[float]:
    return read(TEXT, f"epoch 0 loss 2.5\nepoch 1 loss 1.5\nepoch 2 loss {word}\nepoch 3 loss {word}\n")


@pytest.mark.parametrize("word", [*NAN, *PRINTED, *IN_CELLS])
def test_not_a_number(word: str) -> None:
    found = number_in(word)
    assert found is not None and math.isnan(found)
    for values in (as_csv(word), as_json(word), *([] if word in IN_CELLS else [as_text(word)])):
        assert values[:2] == [2.5, 1.5] and all(map(math.isnan, values[2:])) and len(values) == 4


@pytest.mark.parametrize("word", INFINITE)
def test_infinite(word: str) -> None:
    assert number_in(word) == math.inf
    minus = word.replace("+", "").replace("tensor(", "tensor(-") if "tensor" in word else f"-{word.lstrip('+')}"
    assert number_in(minus) == -math.inf
    for values in (as_csv(word), as_json(word), as_text(word)):
        assert values == [2.5, 1.5, math.inf, math.inf]


@pytest.mark.parametrize("word", NO_NUMBER)
def test_no_number(word: str) -> None:
    assert number_in(word) is None


@pytest.mark.parametrize(("word", "value"), FINITE)
def test_finite(word: str, value: float) -> None:
    assert number_in(word) == value


@pytest.mark.parametrize("word", ["nan", "-nan", "inf", "NaN"])
def test_a_word_at_a_torn_end_is_whole(word: str) -> None:
    """A number may be cut by the end of the file, NaN is none of another number."""
    for values in (
        read(CSV, f"epoch,loss\n0,2.5\n1,1.5\n2,{word}"),
        read(TEXT, f"epoch 0 loss 2.5\nepoch 1 loss 1.5\nepoch 2 loss {word}"),
    ):
        assert len(values) == 3 and not math.isfinite(values[2])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_whatever_the_encoding(encoding: str, end: str) -> None:
    rows = [f"{i},{1 / (i + 1):.4f}" for i in range(8)] + ["8,nan"]
    data = (end.join(["epoch,loss", *rows]) + end).encode(encoding)
    assert CSV.detect(source("log.csv", data)).name != "NO"
    (run,) = CSV.read("log.csv", [source("log.csv", data)])
    assert isinstance(run, Run) and math.isnan(run.series["loss"].values[-1])


ARRAYS = ("Array({}, dtype=float32)", "DeviceArray({}, dtype=float32)", "tf.Tensor({}, shape=(), dtype=float32)")
LINES = (
    "epoch {i} loss: {v}",
    "[{i}] loss={v} lr 0.1",
    "step {i} | loss {v} | acc {v}",
    "{{'epoch': {i}, 'loss': {v}}}",
)


@pytest.mark.parametrize("array", ARRAYS)
@pytest.mark.parametrize("line", LINES)
def test_arrays_as_their_libraries_print_them(array: str, line: str) -> None:
    rows = [line.format(i=i, v=array.format(2 - 0.25 * i)) for i in range(6)]
    assert read(TEXT, "".join(f"{row}\n" for row in rows)) == [2 - 0.25 * i for i in range(6)]


@pytest.mark.parametrize("word", ["overflow", "math.inf", "float('inf')", "np.inf"])
@pytest.mark.parametrize(
    "line", ["epoch {i} loss: {v}", "epoch {i}, loss={v}, lr=0.1", "Epoch {i}: loss = {v}, acc = 0.5"]
)
def test_an_overflow_is_infinite(word: str, line: str) -> None:
    rows = [line.format(i=i, v=1 / (i + 1) if i < 6 else word) for i in range(8)]
    assert read(TEXT, "".join(f"{row}\n" for row in rows))[6:] == [math.inf, math.inf]


def test_an_overflow_of_something_else_is_none() -> None:
    """Mixed precision speaks of overflowing gradients in healthy trainings."""
    other = "Gradient overflow. Skipping step, reducing loss scale to 4096\nstatus: overflow handled"
    rows = [f"epoch {i} loss: {1 / (i + 1)}\n{other}\n" for i in range(6)]
    assert read(TEXT, "".join(rows)) == [1 / (i + 1) for i in range(6)]
