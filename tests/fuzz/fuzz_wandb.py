"""W&B run files: records of mutated messages in chunks with right checksums; pieces with a flag write over the file."""

from __future__ import annotations

from collections.abc import Iterator

from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.trackers.leveldb_log import BLOCK
from loganalyzer.readers.trackers.wandb import READER
from tests.fuzz.checks import of_pieces, pieces, reading
from tests.readers.test_wandb import FILE, config, history, item, text_field, training, written

AS_IT_IS, AT_ONCE, OVER_BLOCKS = range(3)
_FILLER = text_field(99, bytes(BLOCK - 400))  # of a field that nobody knows: what follows goes over the block's end


def seeds() -> list[bytes]:
    """A training, nested keys, an own counter, each in one block and in two, and a file as it is."""
    nested = [text_field(2, item("train.loss", 1 / (i + 1), nested=True)) for i in range(3)]
    counted = [history({"iter": 250 * i, "val/loss": 1 / (i + 1), "acc": "NaN"}, i) for i in range(5)]
    run = text_field(17, text_field(4, item("lr", 0.1)))
    logs = [training(8), [config({"lr": {"start": 0.1}}), run, *nested], counted]
    built = [bytes((mode,)) + of_pieces(log) for mode in (AT_ONCE, OVER_BLOCKS) for log in logs]
    return [*built, bytes((AS_IT_IS,)) + written(training(8))]


def read(data: bytes) -> Iterator[Run | Unread]:
    """One file, built as the first byte says."""
    mode, data = data[0] % 3 if data else AT_ONCE, data[1:]
    return reading(READER, FILE, data if mode == AS_IT_IS else _built(data, [_FILLER] * (mode == OVER_BLOCKS)))


def _built(data: bytes, first: list[bytes]) -> bytes:
    parts = list(pieces(data))
    content = bytearray(written([*first, *(part for damaged, part in parts if not damaged)]))
    for _, part in (one for one in parts if one[0]):
        at = len(content) - 1 - int.from_bytes(part[:2], "little") % len(content)
        content[at : at + len(part) - 2] = part[2:]
    return bytes(content)
