"""What was said of a run, kept as it was said: a line of JSON need not be worded again while nothing changed.

The shape must not hold curves (``keep_series`` False), for they are not kept here.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence

from loganalyzer.model.outcome import Verdict
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Note, Unread
from loganalyzer.pipeline.cache.codec import MOST_CURVE_BYTES, Packed, pack, unpack
from loganalyzer.pipeline.projection import Shape, Shaped

MOST_BYTES = 8 * MOST_CURVE_BYTES
Said = tuple[list[Shaped], list[Unread]]


def token(shape: Shape) -> str:
    """What the words depend on beside the run."""
    severities = sorted((rule, severity.value) for rule, severity in shape.severities.items())
    return json.dumps([shape.lang, severities, shape.line, shape.rows, shape.keep, shape.compare])


def save(said: Sequence[Shaped], unread: Sequence[Unread]) -> bytes | None:
    """As bytes; None where that would be too many."""
    parts = [_json([[u.file, u.note.code, dict(u.note.details), u.note.harmful, u.expected] for u in unread])]
    for one in said:
        head = [one.verdict.value, one.attention, one.urgency, one.rows, one.patterns]
        kept = pack(([one.diagnosis()], [])).data if one.packed else b""
        member = pack(([one.member], [])).data if one.member is not None else b""
        parts += [_json(head), one.line.encode("ascii"), kept, member]
    framed = b"".join(len(part).to_bytes(4, "little") + part for part in parts)
    return zlib.compress(framed, 1) if len(framed) <= MOST_BYTES else None


def restore(data: bytes) -> Said:
    """What was saved. Raises one of many errors for damaged bytes."""
    unzip = zlib.decompressobj()
    framed = unzip.decompress(data, MOST_BYTES)
    if not unzip.eof:
        raise ValueError("torn or too long")
    parts: list[bytes] = []
    at = 0
    while at < len(framed):
        size = int.from_bytes(framed[at : at + 4], "little")
        parts.append(framed[at + 4 : at + 4 + size])
        at += 4 + size
    unread = [Unread(f, Note(code, details, harmful), e) for f, code, details, harmful, e in json.loads(parts[0])]
    rest = iter(parts[1:])
    return [_one(*four) for four in zip(rest, rest, rest, rest, strict=True)], unread


def _one(head: bytes, line: bytes, kept: bytes, member: bytes) -> Shaped:
    verdict, attention, urgency, rows, patterns = json.loads(head)
    return Shaped(
        verdict=Verdict(verdict),
        attention=attention,
        urgency=tuple(urgency),
        line=line.decode("ascii"),
        rows=rows,
        packed=kept,
        member=_unpacked(member) if member else None,
        patterns=tuple(patterns),
    )


def _unpacked(data: bytes) -> Diagnosis:
    return unpack(Packed(data, None), keep_series=False, roles={})[0][0]


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), default=lambda v: v.item()).encode("ascii")
