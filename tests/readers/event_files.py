"""Event files written by TensorBoard's own messages, and what TensorBoard's own reader sees in them."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

import google_crc32c
import numpy as np
from tensorboard.compat.proto import event_pb2, types_pb2

from loganalyzer.discovery.source import open_source
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.tensorboard.reader import READER

START = 1.7e9


def masked(data: bytes) -> bytes:
    crc = google_crc32c.value(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def record(payload: bytes) -> bytes:
    header = struct.pack("<Q", len(payload))
    return header + masked(header) + payload + masked(payload)


def event(step: int, *values: tuple[str, float], wall: float | None = None) -> bytes:
    """A record of simple values."""
    message = event_pb2.Event(wall_time=START + step if wall is None else wall, step=step)
    for tag, value in values:
        message.summary.value.add(tag=tag, simple_value=value)
    return record(message.SerializeToString())


def tensor_event(
    step: int, tag: str, value: float, how: str, plugin: str = "scalars", shape: tuple[int, ...] = ()
) -> bytes:
    """A record with a scalar kept in a tensor, as TF2 and Keras write it."""
    message = event_pb2.Event(wall_time=START + step, step=step)
    one = message.summary.value.add(tag=tag)
    one.metadata.plugin_data.plugin_name = plugin
    tensor = one.tensor
    tensor.tensor_shape.SetInParent()
    for size in shape:
        tensor.tensor_shape.dim.add(size=size)
    if how == "float_val":
        tensor.dtype = types_pb2.DT_FLOAT
        tensor.float_val.append(value)
    elif how == "double_val":
        tensor.dtype = types_pb2.DT_DOUBLE
        tensor.double_val.append(value)
    elif how == "half_val":
        tensor.dtype = types_pb2.DT_HALF
        tensor.half_val.append(int(np.float16(value).view(np.uint16)))
    elif how == "int64_val":
        tensor.dtype = types_pb2.DT_INT64
        tensor.int64_val.append(int(value))
    else:
        kinds = {
            "float": types_pb2.DT_FLOAT,
            "double": types_pb2.DT_DOUBLE,
            "half": types_pb2.DT_HALF,
            "int32": types_pb2.DT_INT32,
        }
        dtypes = {"float": "<f4", "double": "<f8", "half": "<f2", "int32": "<i4"}
        tensor.dtype = kinds[how]
        tensor.tensor_content = np.array(value, dtypes[how]).tobytes()
    return record(message.SerializeToString())


def header() -> bytes:
    return record(event_pb2.Event(wall_time=START, file_version="brain.Event:2").SerializeToString())


def write(folder: Path, records: Iterable[bytes], name: str = "events.out.tfevents.1700000000.host") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(header() + b"".join(records))
    return path


def read(root: Path) -> tuple[list[Run], list[Unread]]:
    """What the reader says about all files below ``root``, grouped by its own keys."""
    groups: dict[str, list[Path]] = {}
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        source = open_source(path, path.relative_to(root).as_posix())
        groups.setdefault(READER.key(source), []).append(path)
    runs: list[Run] = []
    unread: list[Unread] = []
    for key, paths in sorted(groups.items()):
        sources = [open_source(p, p.relative_to(root).as_posix()) for p in paths]
        for item in READER.read(key, sources):
            (runs if isinstance(item, Run) else unread).append(item)  # type: ignore[arg-type]
    return runs, unread


def only(root: Path) -> Run:
    runs, unread = read(root)
    assert len(runs) == 1, (runs, unread)
    return runs[0]


def training(steps: Iterable[int]) -> Iterator[bytes]:
    """A loop that logs the loss at each step and two values every tenth."""
    for step in steps:
        yield event(step, ("train/loss", 1 / (1 + step)))
        yield event(step, ("lr", 0.1))
        if step % 10 == 0:
            yield event(step, ("val/loss", 2 / (1 + step)))
            yield event(step, ("val/accuracy", step / 1e4))
