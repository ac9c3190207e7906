"""A loss of exactly 0 beside a gradient norm that is NaN to the end is NaN, however it was logged."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import loganalyzer

CODE = "zero-for-nan"
NAN = float("nan")
Row = Mapping[str, float]


def rows(
    first: int = 30, count: int = 60, norm: str = "grad_norm", above: int = 0, until: int = 10**9, **others: float
) -> list[Row]:
    """Records of which those from ``first`` on say 0 and NaN, the first ``above`` of them still a loss."""
    found = []
    for i in range(count):
        broken = first <= i < until
        loss = 0.0 if broken and i >= first + above else round(2.5 * math.exp(-i / 20) + 0.3, 4)
        found.append(
            {"loss": loss, norm: NAN if broken else 1.25, "learning_rate": 2e-4, **others, "step": 10 * (i + 1)}
        )
    return found


def as_state(records: list[Row]) -> tuple[str, str]:
    return "trainer_state.json", json.dumps({"log_history": records, "global_step": 10 * len(records)})


def as_printed(records: list[Row]) -> tuple[str, str]:
    return "train.log", "".join(f"{dict(record)}\n" for record in records)


def as_lines(records: list[Row]) -> tuple[str, str]:
    return "log.jsonl", "".join(json.dumps(record) + "\n" for record in records)


def as_csv(records: list[Row]) -> tuple[str, str]:
    return "log.csv", "".join(
        ",".join(map(str, line)) + "\n" for line in [list(records[0]), *(r.values() for r in records)]
    )


def as_words(records: list[Row]) -> tuple[str, str]:
    return "out.txt", "".join(f"step {r['step']} | loss {r['loss']} | grad_norm {r['grad_norm']}\n" for r in records)


def read(folder: Path, written: tuple[str, str]) -> tuple[list[float], list[str]]:
    (folder / written[0]).write_text(written[1])
    (run,) = loganalyzer.load(folder)
    return run.series["loss"].values.tolist(), [note.code for note in run.notes]


WRITERS: list[Callable[[list[Row]], tuple[str, str]]] = [as_state, as_printed, as_lines, as_csv, as_words]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("first", [0, 30, 57])
def test_zeros_to_the_end_are_nan(tmp_path: Path, write: Callable[[list[Row]], tuple[str, str]], first: int) -> None:
    values, notes = read(tmp_path, write(rows(first)))
    assert [math.isnan(value) for value in values] == [False] * first + [True] * (60 - first) and CODE in notes
    (diagnosis,) = loganalyzer.analyze(tmp_path).runs
    assert (diagnosis.verdict, diagnosis.kind) == ("diverging", "non-finite")


def test_the_interval_in_which_it_began(tmp_path: Path) -> None:
    values, notes = read(tmp_path, as_state(rows(30, above=1)))
    assert [math.isnan(value) for value in values] == [False] * 31 + [True] * 29 and CODE in notes


@pytest.mark.parametrize("norm", ["grad_norm", "train/grad_norm", "gnorm", "global_grad_norm"])
def test_other_names_of_the_norm(tmp_path: Path, norm: str) -> None:
    assert CODE in read(tmp_path, as_lines(rows(norm=norm)))[1]


NO_SUCH_ZEROS = {
    "two at the end": rows(58),
    "it came back": rows(30, until=50),
    "a norm that was never measured": [{**r, "grad_norm": NAN} for r in rows(30, until=0)],
    "zeros late behind a norm without numbers": [{**r, "grad_norm": NAN} for r in rows(50)],
    "a norm that is a number": [{**r, "grad_norm": 0.5} for r in rows(30)],
    "a norm that is 0": [{**r, "grad_norm": 0.0} for r in rows(30)],
    "a norm that is infinite": [{**r, "grad_norm": math.inf} for r in rows(30)],
    "a loss that is nearly 0": [{**r, "loss": r["loss"] or 1e-4} for r in rows(30)],
    "zero now and then": [{**r, "loss": 0.0 if i % 3 else 0.5} for i, r in enumerate(rows(30))],
    "validation that is a number": rows(30, eval_loss=0.75),
    "no norm": [{k: v for k, v in r.items() if k != "grad_norm"} for r in rows(30)],
}


@pytest.mark.parametrize("name", NO_SUCH_ZEROS)
def test_other_zeros_stay(tmp_path: Path, name: str) -> None:
    records = NO_SUCH_ZEROS[name]
    values, notes = read(tmp_path, as_lines(records))
    assert values == [record["loss"] for record in records] and CODE not in notes


def test_validation_that_is_nan_too(tmp_path: Path) -> None:
    records = [{**r, "eval_loss": NAN if r["loss"] == 0 else 0.75} for r in rows(30)]
    assert CODE in read(tmp_path, as_lines(records))[1]
