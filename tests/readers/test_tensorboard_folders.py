"""Which event files make one run, and how sessions of one training are joined."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from loganalyzer.discovery.source import open_source
from loganalyzer.readers.base import Match
from loganalyzer.readers.tensorboard.reader import READER
from tests.readers.event_files import event, only, read, record, tensor_event, write


def losses(steps: range, shift: float = 0.0) -> list[bytes]:
    return [event(step, ("loss", step + shift), wall=1.7e9 + step + 1000 * shift) for step in steps]


def test_keras_folders_are_one_run(tmp_path: Path) -> None:
    for split in ("train", "validation"):
        write(tmp_path / "exp" / split, (tensor_event(s, "epoch_loss", s, "float_val") for s in range(5)))
    run = only(tmp_path)
    assert run.id == "exp"
    assert set(run.series) == {"train/epoch_loss", "validation/epoch_loss"}
    assert run.files == tuple(f"exp/{s}/events.out.tfevents.1700000000.host" for s in ("train", "validation"))


def test_catboost_folders_and_an_evaluation_folder(tmp_path: Path) -> None:
    write(tmp_path / "cat" / "learn", losses(range(3)), "events.out.tfevents")
    write(tmp_path / "cat" / "test", losses(range(3)), "events.out.tfevents")
    write(tmp_path / "tf1", losses(range(3)))
    write(tmp_path / "tf1" / "eval", losses(range(3)))
    runs, _ = read(tmp_path)
    assert {r.id: sorted(r.series) for r in runs} == {"cat": ["learn/loss", "test/loss"], "tf1": ["eval/loss", "loss"]}


def test_folders_side_by_side_stay_apart(tmp_path: Path) -> None:
    for name in ("lr_0.1", "lr_0.01", "trains", "loss_a"):
        write(tmp_path / name, losses(range(3)) if name != "loss_a" else [event(0, ("other", 1.0))])
    assert [r.id for r in read(tmp_path)[0]] == ["loss_a", "lr_0.01", "lr_0.1", "trains"]


def test_a_resumed_training(tmp_path: Path) -> None:
    """Steps 0-99, then 50-149 in a second file: the later value of a step wins."""
    write(tmp_path, losses(range(100)), "events.out.tfevents.1700000000.host")
    write(tmp_path, losses(range(50, 150), shift=0.5), "events.out.tfevents.1700009999.host")
    run = only(tmp_path)
    loss = run.series["loss"]
    assert loss.steps.tolist() == list(range(150))
    np.testing.assert_array_equal(loss.values, [s if s < 50 else s + 0.5 for s in range(150)])
    assert run.restarts == (50,)
    assert [(n.code, dict(n.details)) for n in run.notes] == [("restarted", {"count": 1, "superseded": 50})]


def test_file_order_and_wall_clock_do_not_matter_within_a_file(tmp_path: Path) -> None:
    """The clock jumps back (daylight saving): the order of writing counts."""
    write(tmp_path, [event(s, ("loss", s), wall=1.7e9 - 3600 * (s > 20) + s) for s in range(40)])
    run = only(tmp_path)
    assert run.series["loss"].values.tolist() == list(range(40))
    assert run.notes == ()


def test_a_restart_inside_one_file(tmp_path: Path) -> None:
    write(tmp_path, [*losses(range(60)), *losses(range(30, 80), shift=0.25)])
    run = only(tmp_path)
    assert run.series["loss"].values[40] == 40.25
    assert run.restarts == (30,)


def test_one_point_a_file_all_at_step_zero(tmp_path: Path) -> None:
    """A model.fit in a loop: the order of the files is the only axis."""
    for number in range(40):
        write(
            tmp_path / "train",
            [event(0, ("epoch_loss", number))],
            f"events.out.tfevents.{1700000000 + number}.host.{number}.v2",
        )
    run = only(tmp_path)
    assert run.series["train/epoch_loss"].values.tolist() == list(range(40))
    assert run.series["train/epoch_loss"].steps.tolist() == list(range(40))
    assert [n.code for n in run.notes] == ["steps-missing"]


def test_steps_beyond_doubles_and_before_zero(tmp_path: Path) -> None:
    steps = [-5, 0, 2**53 + 1, 2**62]
    write(tmp_path, [event(s, ("loss", 1.0)) for s in steps for _ in range(30)])
    assert only(tmp_path).series["loss"].steps.tolist() == steps


def test_hyperparameters_from_a_settings_text(tmp_path: Path) -> None:
    from tensorboard.compat.proto import event_pb2, types_pb2

    message = event_pb2.Event(wall_time=1.7e9)
    value = message.summary.value.add(tag="args/text_summary")
    value.metadata.plugin_data.plugin_name = "text"
    value.tensor.dtype = types_pb2.DT_STRING
    value.tensor.string_val.append(b'{"learning_rate": 5e-05, "fp16": true, "label_names": null}')
    write(tmp_path, [record(message.SerializeToString()), *losses(range(5))])
    assert only(tmp_path).hyperparameters == {"learning_rate": 5e-05, "fp16": "true"}


def test_two_trainings_in_one_folder_at_once(tmp_path: Path) -> None:
    for number in range(2):
        records = [event(s, ("loss", s + 0.3 * number), wall=1.7e9 + s) for s in range(50)]
        write(tmp_path / "exp", records, f"events.out.tfevents.170000000{number}.host.{number}")
    runs, _ = read(tmp_path)
    assert [r.id for r in runs] == [f"exp/events.out.tfevents.170000000{n}.host.{n}" for n in range(2)]
    assert [r.series["loss"].values[9] for r in runs] == [9.0, np.float32(9.3)]
    assert [n.code for n in runs[0].notes] == ["two-writers"]


def test_several_processes_of_one_training(tmp_path: Path) -> None:
    for number in range(3):
        records = [event(s, ("loss", s), (f"gpu{number}", s), wall=1.7e9 + s) for s in range(50)]
        write(tmp_path / "exp", records, f"events.out.tfevents.170000000{number}.host.{number}")
    assert sorted(only(tmp_path).series) == ["gpu0", "gpu1", "gpu2", "loss"]


def test_detect(tmp_path: Path) -> None:
    event_file = write(tmp_path, losses(range(3)), "anything.bin")
    pointer = tmp_path / "events.out.tfevents.1"
    pointer.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    data = tmp_path / "train.tfrecord"
    data.write_bytes(record(b"\x0a\x10" + bytes(16)))
    found = [READER.detect(open_source(p, p.name)) for p in (event_file, pointer, data)]
    assert found == [Match.CERTAIN, Match.NO, Match.NO]


def test_thousands_of_small_files_are_quick(tmp_path: Path) -> None:
    for number in range(1500):
        write(tmp_path, [event(0, ("loss", number))], f"events.out.tfevents.{1700000000 + number}.host")
    start = time.process_time()  # other work on the machine is no fault of ours
    assert len(only(tmp_path).series["loss"]) == 1500
    assert time.process_time() - start < 6


@pytest.mark.parametrize("host", ["box.go", "node.c", "gpu.h", "lab.rs"])
def test_the_name_of_a_host_is_no_kind_of_file(tmp_path: Path, host: str) -> None:
    write(tmp_path, losses(range(5)), f"events.out.tfevents.1700000000.{host}")
    assert only(tmp_path).points
