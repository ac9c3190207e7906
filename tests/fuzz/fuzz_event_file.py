"""Event files: records with right checksums around mutated payloads, or no mutation would ever get behind them."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import numpy as np
from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.hparams import plugin_data_pb2

from benchmarks import mutation_seeds
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.tensorboard import event_file
from loganalyzer.readers.tensorboard.crc32c import masked
from loganalyzer.readers.tensorboard.reader import READER
from tests.fuzz.checks import Finding, of_pieces, pieces, reading, scratch

NAME = "a/events.out.tfevents.1700000000.host"
WINDOW = 4096
AS_IT_IS, ONCE, OFTEN, BY_WINDOWS = range(4)
_TIMES = 26  # more often than a record must repeat for templates to be made


def seeds() -> list[bytes]:
    """The logs of three kinds of loop as payloads, settings, and a file as it is."""
    files = [seed.content for seed in mutation_seeds.tensorboard()]
    short = [of_pieces(payloads(content)[:7]) for content in files]
    return [bytes((mode,)) + one for mode in (ONCE, OFTEN, BY_WINDOWS) for one in (*short, _settings())] + [
        bytes((AS_IT_IS,)) + files[0][:1500]
    ]


def payloads(content: bytes) -> list[bytes]:
    """What is in the records of a whole file."""
    found, at = [], 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 8], "little")
        found.append(content[at + 12 : at + 12 + length])
        at += 16 + length
    return found


def _settings() -> bytes:
    session = plugin_data_pb2.HParamsPluginData(version=0)
    session.session_start_info.hparams["lr"].number_value = 0.1
    session.session_start_info.hparams["optimizer"].string_value = "adam"
    message, text = event_pb2.Event(wall_time=1.7e9), event_pb2.Event(wall_time=1.7e9)
    one = message.summary.value.add(tag="_hparams_/session_start_info")
    one.metadata.plugin_data.plugin_name, one.metadata.plugin_data.content = "hparams", session.SerializeToString()
    other = text.summary.value.add(tag="args/text_summary")
    other.metadata.plugin_data.plugin_name = "text"
    other.tensor.string_val.append(b'{"learning_rate": 0.1, "fp16": false}')
    point = event_pb2.Event(wall_time=1.7e9 + 1, step=1)
    point.summary.value.add(tag="loss", simple_value=0.5)
    return of_pieces(one.SerializeToString() for one in (message, text, point))


def framed(data: bytes) -> bytes:
    """The pieces as records whose lengths and checksums hold; those with a flag are put in between as they are."""
    return b"".join(part if damaged else record(part) for damaged, part in pieces(data))


def record(payload: bytes) -> bytes:
    """A TFRecord."""
    header = len(payload).to_bytes(8, "little")
    return header + masked(header).to_bytes(4, "little") + payload + masked(payload).to_bytes(4, "little")


def read(data: bytes) -> Iterator[Run | Unread]:
    """One file, built as the first byte says; read in windows it must give what it gives as a whole."""
    mode, data = data[0] % 4 if data else ONCE, data[1:]
    content = data if mode == AS_IT_IS else framed(data) * (1 if mode == ONCE else _TIMES)
    whole = list(reading(READER, NAME, content))
    yield from whole
    if mode == BY_WINDOWS and all(len(part) < WINDOW - 16 for _, part in pieces(data)):
        path = scratch() / "windows"
        path.write_bytes(content)
        with patch.object(event_file, "WINDOW", WINDOW):
            _must_agree(whole, list(reading(READER, NAME, content, path)))


def _must_agree(whole: list[Run | Unread], parts: list[Run | Unread]) -> None:
    for one, other in zip(whole, parts, strict=True):
        if isinstance(one, Run) and isinstance(other, Run):
            assert one.series.keys() == other.series.keys()
            for a, b in zip(one.series.values(), other.series.values(), strict=True):
                if not (np.array_equal(a.steps, b.steps) and np.array_equal(a.values, b.values, equal_nan=True)):
                    raise Finding(f"{a.name}: {len(a)} points as a whole, {len(b)} in windows")
        elif type(one) is not type(other):
            raise Finding(f"{one} as a whole, {other} in windows")
