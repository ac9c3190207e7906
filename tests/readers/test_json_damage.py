"""JSON logs that are torn, damaged, oddly broken into lines, or no logs: what stands before the damage is kept."""

from __future__ import annotations

import json
import math

import pytest

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run
from loganalyzer.readers.base import Match, Reader
from loganalyzer.readers.common.json_text import parse_damaged
from loganalyzer.readers.csv import catboost
from loganalyzer.readers.json import documents, keras_history, lines
from tests.readers.sources import source

RECORDS = [{"epoch": i, "loss": 2.0 - i / 8, "val_loss": 2.5 - i / 8} for i in range(5)]
LOSSES = [r["loss"] for r in RECORDS]
LINES = "".join(json.dumps(r) + "\n" for r in RECORDS)


def read(reader: Reader, text: str | bytes, name: str = "log") -> Run:
    data = text.encode() if isinstance(text, str) else text
    (run,) = reader.read(name, [source(name, data)])
    assert isinstance(run, Run)
    return run


def detected(text: str, name: str = "log.jsonl") -> bool:
    return lines.READER.detect(source(name, text.encode())) is not Match.NO


def codes(run: Run) -> list[str]:
    return [note.code for note in run.notes]


def test_a_document_cut_anywhere_gives_what_stands_before() -> None:
    text = json.dumps({"log_history": [{"step": i, "loss": float(i) + 0.125} for i in range(6)]})
    most = 0
    for end in range(len(text)):
        try:
            run = read(documents.READER, text[:end])
        except ReadError:
            assert most == 0
            continue
        values = run.series["loss"].values.tolist()
        assert values == [i + 0.125 for i in range(len(values))]  # a number that was cut is never taken for one
        assert codes(run) == ["json-damaged"] and run.notes[0].harmful
        assert len(values) >= most
        most = len(values)
    assert most == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": [1, 2', {"a": [1]}),
        ('{"a": [1, 2], "b": [3, 4.5', {"a": [1, 2], "b": [3]}),
        ('{"a": 1, "b [{": ', {"a": 1}),
        ('{"a": 1, "b [{', {"a": 1}),
        ('[{"x": 1}, {"x": 2}, {"x": 3', [{"x": 1}, {"x": 2}, {}]),
        ('{"a": [1, 2] "b": 3}', {"a": [1, 2]}),
        ('{"a": "\\\\", "b": [1, 2', {"a": "\\", "b": [1]}),
    ],
)
def test_closing_what_is_open(text: str, expected: object) -> None:
    data, note = parse_damaged(text)
    assert data == expected and note is not None and note.code == "json-damaged"


def test_a_history_cut_short() -> None:
    run = read(keras_history.READER, '{"loss": [3.5, 2.5, 1.5], "val_loss": [4.5, 3.5, 2.')
    assert run.series["loss"].values.tolist() == [3.5, 2.5, 1.5]
    assert run.series["val_loss"].values.tolist() == [4.5, 3.5] and codes(run) == ["json-damaged"]


@pytest.mark.parametrize("odd", ["\u2028", "\x85", "\x0b", "\x0c", "\u2029"])
def test_only_line_ends_end_a_line(odd: str) -> None:
    run = read(lines.READER, LINES + json.dumps({"epoch": 5, "loss": 1.0, "msg": f"a{odd}b"}, ensure_ascii=False))
    assert len(run.series["loss"]) == 6 or odd in "\x0b\x0c"  # JSON itself forbids the two control characters
    assert len(run.series["loss"]) >= 5


def test_records_over_several_lines() -> None:
    text = "".join(json.dumps(r, indent=2) + "\n" for r in RECORDS)
    assert detected(text) and read(lines.READER, text).series["loss"].values.tolist() == LOSSES
    torn = read(lines.READER, text[:-30])
    assert len(torn.series["loss"]) == 4 and codes(torn) == ["json-torn"]


def test_commas_after_records_and_a_title_before() -> None:
    text = "started\n" + LINES.replace("}\n", "},\n")
    run = read(lines.READER, text)
    assert detected(text) and run.series["loss"].values.tolist() == LOSSES and codes(run) == ["lines-no-json"]


def test_numbers_as_words_and_in_lists() -> None:
    text = "".join(json.dumps({"epoch": f"{i + 1}/5", "loss": str(v), "acc": [v]}) + "\n" for i, v in enumerate(LOSSES))
    run = read(lines.READER, text)
    assert run.series["loss"].steps.tolist() == [1, 2, 3, 4, 5]
    assert run.series["loss"].values.tolist() == run.series["acc"].values.tolist() == LOSSES


def test_zero_bytes_cost_only_the_line_that_they_tore() -> None:
    tail = read(lines.READER, LINES.encode() + bytes(4096))
    assert tail.series["loss"].values.tolist() == LOSSES and codes(tail) == ["zero-bytes"] and not tail.notes[0].harmful
    middle = read(lines.READER, LINES.encode() + b'{"epoch": 5, "loss": 0.1' + bytes(64) + LINES.encode())
    assert len(middle.series["loss"]) == 5 and middle.notes[0].harmful


def test_steps_that_begin_again_in_each_epoch() -> None:
    text = "".join(
        json.dumps({"epoch": e, "step": 10 * b, "loss": 9.0 - e - b / 4}) + "\n" for e in range(3) for b in range(4)
    )
    run = read(lines.READER, text)
    assert run.series["loss"].steps.tolist() == [10 * i for i in range(12)] and not run.restarts
    assert run.series["loss"].values[-1] == 9.0 - 2 - 0.75


def test_a_real_restart_is_one() -> None:
    text = "".join(json.dumps({"epoch": i // 4, "step": i, "loss": 9.0 - i}) + "\n" for i in [*range(8), *range(4, 10)])
    run = read(lines.READER, text)
    assert run.series["loss"].steps.tolist() == list(range(10)) and run.restarts == (4,)


@pytest.mark.parametrize(
    "record",
    [
        {"text": "a{i}", "label": 1, "score": 0.5},
        {"id": 1, "loss": 0.25, "label": 1},
        {"question": "q{i}", "loss": 0.5},
        {"note": "n{i}", "accuracy": 0.5},
        {"model": "m{i}", "epoch": 5, "accuracy": 0.5},
    ],
)
def test_data_and_results_are_no_log(record: dict[str, object]) -> None:
    text = "".join(json.dumps(record).replace("{i}", str(i)) + "\n" for i in range(9))
    assert not detected(text)


def test_a_log_without_a_counter_is_one() -> None:
    assert detected(
        "".join(
            json.dumps({"loss": v, "phase": "train", "time": f"2024-01-01 10:0{i}"}) + "\n"
            for i, v in enumerate(LOSSES)
        )
    )


@pytest.mark.parametrize(
    ("name", "stamps", "expected"),
    [
        ("timestamp", [1700000000000 + 60000 * i for i in range(5)], 1.7e9),
        ("_timestamp", [1700000000.0 + 60 * i for i in range(5)], 1.7e9),
        ("elapsed", [60.0 * i for i in range(5)], 0.0),
        ("time_total_s", [60.0 * i for i in range(5)], 0.0),
        ("elapsed_minutes", [1.0 * i for i in range(5)], 0.0),
        ("epoch_time", [60.0] * 5, 60.0),
        ("timestamp", [f"2024-01-01T10:0{i}:00" for i in range(5)], 1704103200.0),
    ],
)
def test_wall_times(name: str, stamps: list[object], expected: float) -> None:
    text = "".join(json.dumps({**r, name: s}) + "\n" for r, s in zip(RECORDS, stamps, strict=True))
    walls = read(lines.READER, text).series["loss"].wall_times
    assert walls is not None and walls.tolist() == [expected + 60 * i for i in range(5)]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("time", [0.31, 0.29, 0.33, 0.3, 0.28]),  # mmengine: seconds of each step
        ("eta", [500.0, 400.0, 300.0, 200.0, 100.0]),
        ("data_time", [1.0, 2.0, 3.0, 4.0, 5.0]),
        ("elapsed", [1.0, 2.0, math.inf, 1.0, 2.0]),
    ],
)
def test_what_is_no_clock(name: str, numbers: list[float]) -> None:
    text = "".join(json.dumps({**r, name: s}) + "\n" for r, s in zip(RECORDS, numbers, strict=True))
    assert read(lines.READER, text).series["loss"].wall_times is None


def test_half_surrogates_do_not_get_into_names() -> None:
    run = read(lines.READER, LINES + '{"epoch": 5, "\\ud800 loss": 1}\n')
    assert all(name.encode("utf-8") for name in run.series)


def test_two_test_sets_of_catboost() -> None:
    metric = [{"best_value": "Min", "name": "RMSE"}]
    data = {
        "meta": {"learn_metrics": metric, "test_metrics": metric},
        "iterations": [
            {"learn": [1.0], "test": [[2.0], [3.0]], "iteration": i, "passed_time": 2.0 * i} for i in range(3)
        ],
    }
    run = read(catboost.READER, json.dumps(data))
    assert sorted(run.series) == ["learn/RMSE", "test/0/RMSE", "test/1/RMSE"]
    assert run.series["test/1/RMSE"].values.tolist() == [3.0] * 3
    walls = run.series["learn/RMSE"].wall_times
    assert walls is not None and walls.tolist() == [0.0, 2.0, 4.0]


def test_sacred_times_and_restarts() -> None:
    entry = {
        "steps": [0, 1, 2, 1, 2],
        "values": [5, 4, 3, 2, 1],
        "timestamps": [f"2024-01-01T00:00:0{i}" for i in range(5)],
    }
    run = read(documents.READER, json.dumps({"train.loss": entry}))
    assert run.restarts == (1,) and run.series["train.loss"].values.tolist() == [5, 2, 1]
    walls = run.series["train.loss"].wall_times
    assert walls is not None and (walls - walls[0]).tolist() == [0, 3, 4]


@pytest.mark.parametrize(
    "odd",
    [
        "[" * 200,
        "{" * 200,
        '{"a":' * 100 + "1" + "}" * 100,
        '{"epoch": 9, "loss": [' + "[" * 99,
        "\x1b[0m[" * 200,
        '{"epoch": 9, \n' * 70,
    ],
)
@pytest.mark.parametrize("place", [1, 3, 5])
def test_a_line_that_is_nested_too_deeply_costs_itself_only(odd: str, place: int) -> None:
    whole = LINES.splitlines(keepends=True)
    run = read(
        lines.READER,
        "".join([*whole[:place], odd + "\n", *whole[place:]]) + LINES.replace('"epoch": ', '"epoch": 1') * 30,
    )
    assert set(LOSSES) <= set(run.series["loss"].values.tolist())
    assert not {"lines-no-json", "last-line-torn"}.isdisjoint(codes(run))
