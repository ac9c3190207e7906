"""Event files as real writers leave them: every point, exactly."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto import event_pb2
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util import tensor_util

from loganalyzer.model.run import Run
from loganalyzer.readers.tensorboard.templates import Gathered, decode
from loganalyzer.readers.tensorboard.tfrecord import LengthCheck, frame
from tests.readers.event_files import event, header, only, read, tensor_event, training, write


def oracle(path: Path) -> dict[str, list[tuple[int, float, float]]]:
    """Every scalar point as TensorBoard's own accumulator sees it."""
    seen = EventAccumulator(str(path), size_guidance={"scalars": 0, "tensors": 0})
    seen.Reload()
    points = {tag: [(e.step, e.value, e.wall_time) for e in seen.Scalars(tag)] for tag in seen.Tags()["scalars"]}
    for tag in seen.Tags()["tensors"]:
        points[tag] = [
            (e.step, float(tensor_util.make_ndarray(e.tensor_proto).reshape(())), e.wall_time)
            for e in seen.Tensors(tag)
        ]
    return points


def same(run: Run, points: dict[str, list[tuple[int, float, float]]]) -> None:
    assert set(run.series) == set(points)
    for name, series in run.series.items():
        steps, values, walls = zip(*points[name], strict=True)
        np.testing.assert_array_equal(series.steps, steps)
        np.testing.assert_array_equal(series.values, values)
        np.testing.assert_array_equal(series.wall_times, walls)


def test_a_long_loop_against_tensorboard(tmp_path: Path) -> None:
    path = write(tmp_path, training(range(1500)))
    run = only(tmp_path)
    same(run, oracle(path))
    assert run.points == 1500 * 2 + 150 * 2
    assert run.notes == ()


@pytest.mark.filterwarnings("ignore::Warning")  # tbparse calls pandas as it was
def test_against_tbparse(tmp_path: Path) -> None:
    from tbparse import SummaryReader

    write(tmp_path, training(range(300)))
    table = SummaryReader(str(tmp_path), extra_columns={"wall_time"}).scalars
    run = only(tmp_path)
    for name, series in run.series.items():
        rows = table[table["tag"] == name]
        np.testing.assert_array_equal(series.steps, rows["step"])
        np.testing.assert_array_equal(series.values, rows["value"])


def test_tensorboards_own_writer(tmp_path: Path) -> None:
    writer = EventFileWriter(str(tmp_path))
    for step in range(200):
        message = event_pb2.Event(wall_time=1.7e9 + step / 7, step=step)
        message.summary.value.add(tag="loss", simple_value=math.exp(-step / 50))
        writer.add_event(message)
    writer.close()
    same(only(tmp_path), oracle(next(tmp_path.iterdir())))


def test_torch_summary_writer_with_images_text_and_hparams(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch.utils.tensorboard")
    writer = torch.SummaryWriter(str(tmp_path))
    for step in range(60):
        writer.add_scalar("loss", 1 / (step + 1), step)
        writer.add_scalars("both", {"train": step, "val": step / 2}, step)
        writer.add_histogram("weights", np.arange(9.0), step)
    writer.add_image("picture", np.zeros((3, 8, 8), np.uint8))
    writer.add_text("remark", "hello")
    writer.add_hparams({"lr": 0.1, "optimizer": "adam", "nesterov": True, "layers": 3}, {"hparam/best": 0.5})
    writer.close()
    run = only(tmp_path)
    assert set(run.series) == {"loss", "both/train", "both/val", "hparam/best"}
    assert len(run.series["loss"]) == 60
    np.testing.assert_array_equal(run.series["both/val"].values, np.arange(60) / 2)
    assert run.hyperparameters == {"lr": 0.1, "optimizer": "adam", "nesterov": 1, "layers": 3}  # torch writes 1.0


@pytest.mark.parametrize("how", ["float_val", "double_val", "half_val", "float", "double", "half"])
@pytest.mark.parametrize("shape", [(), (1,)])
def test_scalars_kept_in_tensors(tmp_path: Path, how: str, shape: tuple[int, ...]) -> None:
    values = np.float16(np.exp(-np.arange(500) / 100)).astype(float)
    path = write(tmp_path, (tensor_event(s, "epoch_loss", v, how, shape=shape) for s, v in enumerate(values)))
    run = only(tmp_path)
    assert len(run.series["epoch_loss"]) == 500
    np.testing.assert_array_equal(run.series["epoch_loss"].values, values)
    same(run, oracle(path))
    assert run.step_unit == "epoch"


@pytest.mark.parametrize("how", ["int64_val", "int32"])
def test_whole_numbers(tmp_path: Path, how: str) -> None:
    write(tmp_path, (tensor_event(s, "count", -s, how) for s in range(100)))
    np.testing.assert_array_equal(only(tmp_path).series["count"].values, -np.arange(100.0))


def test_what_is_no_scalar_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, [
        *(tensor_event(s, "hist", 1.0, "float_val", plugin="histograms") for s in range(50)),
        *(tensor_event(s, "vector", 1.0, "float_val", shape=(3,)) for s in range(50)),
        *(event(s, ("loss", s)) for s in range(50)),
    ])  # fmt: skip
    assert set(only(tmp_path).series) == {"loss"}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-(2**63), 2**63 - 1),
            st.sampled_from(["a", "loss", "train/loss", "日本", "x" * 200]),
            st.floats(width=32),
        ),
        min_size=1, max_size=60,
    ),
    st.integers(1, 40),
)  # fmt: skip
def test_round_trip(points: list[tuple[int, str, float]], repeats: int) -> None:
    """Any steps, tags and values, also when they come round again and again."""
    written = [(step, tag, value) for _ in range(repeats) for step, tag, value in points]
    data = np.frombuffer(header() + b"".join(event(s, (t, v), wall=2.0) for s, t, v in written), np.uint8)
    frames = frame(data, 0, LengthCheck())
    assert frames.stop == len(data)
    gathered = Gathered()
    decode(data, frames.offsets, frames.lengths, 0, gathered)
    assert not gathered.bad
    for tag in {t for _, t, _ in written}:
        _, steps, walls, values = gathered.columns(tag.encode())
        assert steps.tolist() == [s for s, t, _ in written if t == tag]
        np.testing.assert_array_equal(values, [v for _, t, v in written if t == tag])
        assert set(walls.tolist()) == {2.0}


def test_many_tags_of_one_length(tmp_path: Path) -> None:
    records = (event(s, (f"layer_{k:03d}", s * k)) for s in range(30) for k in range(200))
    write(tmp_path, records)
    run = only(tmp_path)
    assert len(run.series) == 200
    np.testing.assert_array_equal(run.series["layer_117"].values, 117.0 * np.arange(30))


def test_many_values_in_one_event(tmp_path: Path) -> None:
    path = write(tmp_path, (event(s, ("a", s), ("b", 2 * s), ("c", math.nan)) for s in range(1, 100)))
    same(only(tmp_path), oracle(path))


def test_nothing_is_sampled_and_non_finite_values_stay(tmp_path: Path) -> None:
    values = [math.nan, 1.0, math.inf, -math.inf, 1e-45, 3.4e38]
    write(tmp_path, (event(s, ("loss", values[s % 6])) for s in range(12_000)))
    series = only(tmp_path).series["loss"]
    assert len(series) == 12_000
    np.testing.assert_array_equal(series.values[:6], np.float32(values).astype(float))


@pytest.mark.parametrize("tag", ["", "a" * 5000, "with space", "a/b/c", "名前", "new\nline"])
def test_odd_tags(tmp_path: Path, tag: str) -> None:
    write(tmp_path, (event(s, (tag, s), ("loss", s)) for s in range(40)))
    run = only(tmp_path)
    assert set(run.series) == {tag or "unnamed", "loss"}


def test_a_file_without_scalars_is_no_run(tmp_path: Path) -> None:
    write(tmp_path, [])
    runs, unread = read(tmp_path)
    assert runs == []
    assert [(u.note.code, u.expected) for u in unread] == [("no-scalars", True)]
