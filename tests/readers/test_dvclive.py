"""DVCLive's tables, and the files that are no logs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match
from loganalyzer.readers.trackers import dvclive
from loganalyzer.readers.trackers.companions import READER

from .sources import source


def table(values: list[float], first: int = 0) -> bytes:
    return b"step\tx\n" + "".join(f"{first + i}\t{v!r}\n" for i, v in enumerate(values)).encode()


def read(files: dict[str, bytes]) -> list[Run | Unread]:
    sources = [source(f"exp/dvclive/{name}", data) for name, data in files.items()]
    assert all(dvclive.READER.detect(s) is Match.CERTAIN and dvclive.READER.key(s) == "exp/dvclive" for s in sources)
    return list(dvclive.READER.read("exp/dvclive", sources))


def test_round_trip() -> None:
    (run,) = read(
        {
            "plots/metrics/loss.tsv": table([3, 2, 1]),
            "plots/metrics/train/loss.tsv": table([2.5], 150),
            "metrics.json": b'{"loss": 1}',
        }
    )
    assert isinstance(run, Run)
    assert run.series["loss"].values.tolist() == [3, 2, 1]
    assert run.series["train/loss"].steps.tolist() == [150]
    assert len(run.files) == 3


def test_timestamps_and_other_columns() -> None:
    (run,) = read({"plots/metrics/loss.tsv": b"timestamp\tstep\tloss\n1700000000000\t4\t0.5\n1700000001000\t9\tnan\n"})
    assert isinstance(run, Run)
    assert run.series["loss"].steps.tolist() == [4, 9]
    assert run.series["loss"].wall_times is not None and run.series["loss"].wall_times[0] == 1_700_000_000.0


def test_unfinished_last_line_is_dropped() -> None:
    (run,) = read({"plots/metrics/loss.tsv": table([3, 2]) + b"2\t0.1"})
    assert isinstance(run, Run) and run.series["loss"].values.tolist() == [3, 2]


def test_bad_lines_are_told() -> None:
    (run,) = read({"plots/metrics/loss.tsv": table([3, 2]) + b"x\ty\n2\t1.0\n"})
    assert isinstance(run, Run) and run.series["loss"].values.tolist() == [3, 2, 1]
    assert [n.code for n in run.notes] == ["damaged-records"]


def test_last_values_alone_are_no_run() -> None:
    (found,) = read({"metrics.json": b'{"loss": 1}'})
    assert isinstance(found, Unread) and found.expected


def test_plots_that_are_no_curve_are_left_alone() -> None:
    assert dvclive.READER.detect(source("dvclive/plots/sklearn/roc.tsv", b"fpr\ttpr\n0\t1\n")) is Match.NO
    assert dvclive.READER.detect(source("dvclive/plots/metrics/x.tsv", b"a\tb\n0\t1\n")) is Match.NO


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=120))
def test_any_bytes_give_a_result(data: bytes) -> None:
    for content in (data, table([1, 2]) + data, b"step\tx\n" + data):
        found = dvclive.READER.read("d", [source("d/plots/metrics/loss.tsv", content)])
        assert all(isinstance(i, (Run, Unread)) for i in found)


NO_LOGS = {
    "runs/events.out.tfevents.1": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n",
        "lfs-pointer",
    ),
    "wandb/run-20240101_000000-a/logs/debug-internal.log": (b"2024 INFO loss 1\n", "service-log"),
    "wandb/debug.log": (b"2024 INFO\n", "service-log"),
    "wandb/run-1-a/files/wandb-summary.json": (b'{"loss": 1}', "settings"),
    "dvclive/dvc.yaml": (b"metrics:\n", "settings"),
}


@pytest.mark.parametrize("path", NO_LOGS)
def test_what_is_no_log_is_named(path: str) -> None:
    data, code = NO_LOGS[path]
    file = source(path, data)
    assert READER.detect(file) is Match.CERTAIN
    (found,) = READER.read(path, [file])
    assert isinstance(found, Unread) and found.expected and found.note.code == code


@pytest.mark.parametrize("path", ["train.log", "log.txt", "metrics.json", "debugging.log"])
def test_logs_are_left_to_the_others(path: str) -> None:
    assert READER.detect(source(path, b"epoch 1 loss 2\n")) is Match.NO
