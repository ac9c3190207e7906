"""Opening gzip files: streams as they are, whole ones around mutated content, and very many of them."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

from benchmarks import mutation_seeds
from loganalyzer.discovery.source import MOST_RATIO, open_head, open_source
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import HEAD_BYTES
from loganalyzer.readers.csv.reader import READER
from tests.fuzz.checks import Finding, of_pieces, pieces, scratch

AS_IT_IS, STREAMS, TORN, MANY = range(4)
LIMIT = 2**20
_TIMES = 40


def seeds() -> list[bytes]:
    """A CSV log in one stream, in several, torn, and a bomb."""
    log = mutation_seeds.csv_files()[0].content[:600]
    streams = of_pieces([log[:200], b"", log[200:]])
    whole = gzip.compress(log, mtime=0)
    return [
        bytes((AS_IT_IS,)) + whole,
        bytes((AS_IT_IS,)) + gzip.compress(bytes(100_000), mtime=0) + whole,
        bytes((STREAMS,)) + streams,
        bytes((TORN,)) + streams,
        bytes((MANY,)) + whole,
        bytes((MANY,)) + gzip.compress(b"", mtime=0),
    ]


def read(data: bytes) -> Iterator[Run | Unread]:
    """The table in a file built as the first byte says; what is known to be in it must come out."""
    mode, data = data[0] % 4 if data else STREAMS, data[1:]
    content, inside = _file(mode, data)
    path = scratch() / "log.csv.gz"
    path.write_bytes(content)
    head = open_head(path, "a/log.csv.gz", max_bytes=LIMIT)
    source = open_source(path, "a/log.csv.gz", max_bytes=LIMIT)
    found = source.read()
    if len(found) != source.size or len(found) > max(LIMIT, len(content)):
        raise Finding(f"{len(found)} bytes, {source.size} said")
    if not found.startswith(head.head) or (len(head.head) >= head.size and head.head != found[:HEAD_BYTES]):
        raise Finding(f"{len(head.head)} bytes of head are not those of the file")
    if inside is not None and (found != inside if mode == STREAMS else not inside.startswith(found)):
        raise Finding(f"{len(inside)} bytes were packed, {len(found)} others came out")
    READER.detect(source)
    yield from READER.read(READER.key(source), [source])


def _file(mode: int, data: bytes) -> tuple[bytes, bytes | None]:
    """The file, and what was put into it where that is known and small enough to be read."""
    if mode == AS_IT_IS:
        return data, None
    if mode == MANY:
        return data * _TIMES, None
    parts = [part for _, part in pieces(data)]
    whole = b"".join(_stream(part) for part in parts)
    inside = b"".join(parts)
    small = len(inside) <= MOST_RATIO * max(len(whole), 1024)
    return (whole[:-5] if mode == TORN else whole), (inside if parts and small else None)


def _stream(content: bytes) -> bytes:
    """One gzip stream without a time in it."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()
