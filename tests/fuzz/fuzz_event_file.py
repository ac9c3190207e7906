"""Atheris harness of the event-file reader (``pip install atheris``; not part of the test run).

    python tests/fuzz/fuzz_event_file.py -max_total_time=60 [CORPUS_FOLDER]

The checksums are put right before reading, or no mutation would ever get behind them.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["loganalyzer.readers"]):
    from loganalyzer.readers import tensorboard

from loganalyzer.model.run import Run, Unread
from loganalyzer.reader import HEAD_BYTES, Source
from loganalyzer.readers.crc32c import masked


def repaired(data: bytes) -> bytes:
    """The data cut into records whose lengths and checksums hold; every fourth record is left as it is."""
    result, at, number = bytearray(), 0, 0
    while at < len(data):
        length, number = data[at], number + 1
        payload = data[at + 1 : at + 1 + length]
        header = len(payload).to_bytes(8, "little")
        if number % 4:
            result += header + masked(header).to_bytes(4, "little") + payload + masked(payload).to_bytes(4, "little")
        else:
            result += payload
        at += 1 + length
    return bytes(result)


def one_input(data: bytes) -> None:
    content = repaired(data) * (30 if data[:1] < b"\x40" else 1)  # often enough for templates
    source = Source("events.out.tfevents.1", len(content), content[:HEAD_BYTES], lambda: content)
    tensorboard.READER.smell(source)
    for item in tensorboard.READER.read(tensorboard.READER.key(source), [source]):
        assert isinstance(item, Run | Unread)
        if isinstance(item, Run):
            assert all(len(one.steps) == len(one.values) for one in item.series.values())


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
