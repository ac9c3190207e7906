"""Lines decoded by a type give what the tolerant reader gives record by record, or nothing."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.model.run import Run
from loganalyzer.readers.common.record_table import RecordTable, joined, table_of
from loganalyzer.readers.common.records import flat
from loganalyzer.readers.json.lines import READER
from loganalyzer.readers.json.typed_lines import TypedLines
from tests.readers.sources import source

NUMBER = st.one_of(st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False))
VALUE = st.one_of(
    NUMBER, NUMBER, NUMBER, st.none(), st.booleans(), st.sampled_from(["0.5", "x", "nan", "3/50", ""]),
    st.dictionaries(st.sampled_from(["a", "_type", "loss"]), NUMBER, max_size=2), st.lists(NUMBER, max_size=2),
)  # fmt: skip
KEYS = ["loss", "step", "val/loss", "epoch", "損失", "val", "a" * 600, 'the "loss"', "C:\\loss", "lo\nss"]
RECORD = st.dictionaries(st.sampled_from(KEYS), VALUE, min_size=1)


def same(a: RecordTable, b: RecordTable) -> bool:
    return a.size == b.size and list(a.columns) == list(b.columns) and all(
        np.array_equal(a.columns[n][0], b.columns[n][0]) and np.array_equal(a.columns[n][1], b.columns[n][1], equal_nan=True)
        for n in a.columns
    )  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(samples=st.lists(RECORD, min_size=1, max_size=4), more=st.lists(RECORD, max_size=6))
def test_what_a_type_reads_is_what_stands_there(samples: list[dict[str, Any]], more: list[dict[str, Any]]) -> None:
    records = [*samples, *more]
    read = TypedLines(samples).read("\n".join(map(json.dumps, records)) + "\n")
    single = table_of(map(flat, records))
    assert read is None or (read.size == single.size and set(read.columns) == set(single.columns))
    if read is not None:
        for name, (rows, values) in single.columns.items():
            assert read.columns[name][0].tolist() == rows.tolist()
            np.testing.assert_array_equal(read.columns[name][1], values)


@given(st.lists(RECORD, max_size=8), st.integers(0, 8))
def test_joined_tables_are_one(records: list[dict[str, Any]], cut: int) -> None:
    whole = table_of(map(flat, records))
    parts = joined([table_of(map(flat, records[:cut])), table_of(map(flat, records[cut:]))])
    assert same(whole, parts)


def test_another_key_a_nan_and_a_torn_end_far_into_a_file_are_read() -> None:
    lines = [json.dumps({"step": i, "loss": 1 / (1 + i)}) for i in range(9000)]
    lines[5000] = '{"step": 5000, "loss": NaN}'
    lines[7000] = '{"step": 7000, "loss": 0.5, "val_loss": 0.7}'
    text = "\n".join(lines) + '\n{"step": 9000, "lo'
    (run,) = READER.read("log.jsonl", [source("log.jsonl", text.encode())])
    assert len(run.series["loss"]) == 9000 and np.isnan(run.series["loss"].values).sum() == 1
    assert run.series["val_loss"].steps.tolist() == [7000]
    assert [note.code for note in run.notes] == ["last-line-torn"]


@pytest.mark.parametrize("key", ["acc\\\\top", 'the "note"', "acc\t1", "acc\u0001", "C:\\data", "d'apprentissage"])
def test_keys_that_json_must_escape(key: str) -> None:
    rows = "".join(json.dumps({"epoch": i, "loss": 2.0 / i, key: 1.0 * i}) + "\n" for i in range(1, 9))
    (run,) = READER.read("log.jsonl", [source("log.jsonl", rows.encode())])
    assert isinstance(run, Run) and len(run.series["loss"]) == 8
