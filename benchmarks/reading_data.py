"""The logs that ``reading.py`` measures on, written by TensorBoard's own messages into a folder that is kept."""

from __future__ import annotations

import math
import random
import shutil
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

import google_crc32c
from tensorboard.compat.proto import event_pb2

NAME = "events.out.tfevents.1700000000.host"
START = 1.7e9


def masked(data: bytes) -> bytes:
    crc = google_crc32c.value(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def record(event: event_pb2.Event) -> bytes:
    payload = event.SerializeToString()
    header = struct.pack("<Q", len(payload))
    return header + masked(header) + payload + masked(payload)


def scalar(step: int, tag: str, value: float, wall: float, style: str = "simple_value") -> bytes:
    """One point as torch writes it, or as a tensor, as TF2 and Keras do."""
    event = event_pb2.Event(wall_time=wall, step=step)
    one = event.summary.value.add(tag=tag)
    if style == "simple_value":
        one.simple_value = value
    else:
        one.tensor.dtype = 1
        one.tensor.tensor_shape.SetInParent()
        one.tensor.tensor_content = struct.pack("<f", value)
        if step == 0:
            one.metadata.plugin_data.plugin_name = "scalars"
    return record(event)


def write(path: Path, records: Iterable[bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(record(event_pb2.Event(wall_time=START, file_version="brain.Event:2")))
        file.writelines(records)
    return path


def long_training(steps: int, style: str) -> Iterator[bytes]:
    """Three tags at every step, two more at every tenth."""
    rng = random.Random(0)
    tags = ("train/loss", "train/accuracy", "val/loss", "val/accuracy", "lr")
    for step in range(steps):
        for number, tag in enumerate(tags):
            if tag.startswith("val/") and step % 10:
                continue
            value = math.exp(-3 * step / steps) + 0.05 * rng.gauss(0, 1)
            yield scalar(step, tag, value, START + step * 0.1 + number * 1e-3, style)


def pictures(count: int, size: int) -> Iterator[bytes]:
    """Images and as many scalars."""
    rng = random.Random(0)
    for step in range(count):
        event = event_pb2.Event(wall_time=START + step, step=step)
        event.summary.value.add(tag="picture").image.encoded_image_string = rng.randbytes(size)
        yield record(event)
        yield scalar(step, "loss", 1 / (step + 1), START + step)


def small_runs(folder: Path, count: int, kind: str) -> Path:
    for number in range(count):
        rows = [(s, math.exp(-s / 8) + number * 1e-3, math.exp(-s / 8) + 0.02) for s in range(40)]
        if kind == "csv":
            path = folder / f"run{number:02d}" / "log.csv"
            path.parent.mkdir(parents=True)
            path.write_text("epoch,loss,val_loss\n" + "".join(f"{s},{a:.6f},{b:.6f}\n" for s, a, b in rows))
        else:
            points = (
                scalar(s, tag, v, START + s) for s, a, b in rows for tag, v in (("train/loss", a), ("val/loss", b))
            )
            write(folder / f"run{number:02d}" / NAME, points)
    return folder


def many_runs(folder: Path, runs: int, tags: int, points: int) -> Path:
    """Ten different trainings, each copied until there are enough."""
    for number in range(runs):
        path = folder / f"run{number:04d}" / NAME
        if number < 10:
            names = ["train/loss", "val/loss", *(f"metric_{k}" for k in range(tags - 2))]
            shift = number * 1e-3
            values = ((s, tag, math.exp(-8 * s / points) + shift) for s in range(points) for tag in names)
            write(path, (scalar(s, tag, v, START + s) for s, tag, v in values))
        else:
            path.parent.mkdir(parents=True)
            shutil.copy(folder / f"run{number % 10:04d}" / NAME, path)
    return folder


def one_point_files(folder: Path, count: int) -> Path:
    for number in range(count):
        name = f"events.out.tfevents.{1_600_000_000 + number}.host.{number}.v2"
        write(folder / "train" / name, [scalar(0, "epoch_loss", math.exp(-number / 3000), START + number)])
    return folder
