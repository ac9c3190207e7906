"""Diagnoses as bytes and back: JSON for text and numbers, raw little-endian arrays for curves. No code is ever executed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from loganalyzer.diagnosis.telling_curve import roles_of
from loganalyzer.model.outcome import Evidence, Outcome, Severity, Status, Verdict
from loganalyzer.model.prescription import Change, Expected, Keep, Prescription
from loganalyzer.model.record import Record
from loganalyzer.model.report import Best, Diagnosis, Objective
from loganalyzer.model.role import Roles, Task
from loganalyzer.model.run import Note, Run, Series, Unread
from loganalyzer.model.traits import Domain, Framework, Traits

MOST_CURVE_BYTES = 8 * 2**20
"""Longer curves are not kept: the file is read again when a chart is wanted."""

Answer = tuple[list[Diagnosis], list[Unread]]
_SEVERITIES = tuple(Severity)
_STATUSES = tuple(Status)
_SEVERITY_AT = {s: i for i, s in enumerate(_SEVERITIES)}
_STATUS_AT = {s: i for i, s in enumerate(_STATUSES)}


class Packed(Record):
    """Encoded diagnoses; ``curves`` is None if there are none or they are too large."""

    data: bytes
    curves: bytes | None


def pack(answer: Answer) -> Packed:
    """Encode diagnoses and unread files."""
    diagnoses, unread = answer
    curves = _Curves()
    rows = [_diagnosis(d, curves) for d in diagnoses]
    text = plain_json([rows, encode_unread(unread)])
    has_all = all(d.run.series or not d.run.points for d in diagnoses)
    return Packed(text, curves.packed() if has_all else None)


def unpack(packed: Packed, *, keep_series: bool, roles: Mapping[str, str]) -> Answer:
    """Decode packed diagnoses; ``roles`` must be those of the diagnosis. May raise any exception for damaged bytes."""
    rows, unread = json.loads(packed.data)
    arrays = _unpacked(packed.curves) if keep_series and packed.curves is not None else None
    diagnoses = [_judged(row, arrays, roles) for row in rows]
    return diagnoses, decode_unread(unread)


def encode_unread(unread: Sequence[Unread]) -> list[Any]:
    """Encode unread files as lists."""
    return [[u.file, _note(u.note), u.expected] for u in unread]


def decode_unread(rows: Sequence[Any]) -> list[Unread]:
    """Decode the lists of ``encode_unread``."""
    return [Unread(file, _noted(note), expected) for file, note, expected in rows]


def plain_json(value: Any) -> bytes:
    """Serialise as compact ASCII JSON; numpy scalars become plain numbers. Raises AttributeError for anything else."""
    return json.dumps(value, separators=(",", ":"), default=_plain).encode("ascii")


def frame(parts: Iterable[bytes]) -> bytes:
    """Concatenate byte strings, each prefixed with its length."""
    return b"".join(len(part).to_bytes(4, "little") + part for part in parts)


def unframe(data: bytes) -> list[bytes]:
    """Split the result of ``frame`` into its byte strings."""
    parts: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "little")
        parts.append(data[at + 4 : end])
        at = end
    return parts


def _plain(value: Any) -> Any:
    return value.item()  # numpy scalars; any other type is a bug and fails here


def _note(note: Note) -> list[Any]:
    return [note.code, dict(note.details), note.harmful]


def _noted(row: Sequence[Any]) -> Note:
    return Note(row[0], row[1], row[2])


def _diagnosis(d: Diagnosis, curves: _Curves) -> list[Any]:
    run = d.run
    return [
        run.id, run.files, run.reader, dict(run.hyperparameters), [_note(n) for n in run.notes], run.step_unit,
        run.restarts, run.begins_at, run.planned, run.group, run.dropped_points, run.points,
        [curves.add(s) for s in run.series.values()],
        d.verdict.value, d.kind, d.probability, {v.value: p for v, p in d.probabilities.items()}, d.deciding,
        [d.objective.train, d.objective.validation, d.objective.direction],
        _value(d.best), _value(d.end),
        [_outcome(o) for o in d.outcomes], d.wasted, d.roles.task.value, d.roles.direction,
        d.patterns, [d.traits.domain.value, d.traits.framework.value, d.traits.transformer, d.traits.pretrained],
        [_prescription(p) for p in d.offered], [_prescription(p) for p in d.actions],
    ]  # fmt: skip


def _value(value: Best | None) -> list[Any] | None:
    return [value.series, value.step, value.value] if value is not None else None


def _judged(row: Sequence[Any], arrays: _Arrays | None, overrides: Mapping[str, str]) -> Diagnosis:
    (
        run_id, files, reader, hyperparameters, notes, step_unit, restarts, begins_at, planned, group, dropped, points, series,
        verdict, kind, probability, probabilities, deciding, objective, best, end, outcomes, wasted, task, direction,
        patterns, (domain, framework, transformer, pretrained), offered, actions,
    ) = row  # fmt: skip
    run = Run(
        id=run_id,
        files=tuple(files),
        reader=reader,
        series={s[0]: arrays.series(s) for s in series} if arrays is not None else {},
        hyperparameters=hyperparameters,
        notes=tuple(map(_noted, notes)),
        step_unit=step_unit,
        restarts=tuple(restarts),
        begins_at=begins_at,
        planned=planned,
        group=group,
        dropped_points=dropped if arrays is not None else points,
    )
    # roles refer to the curves: they are assigned again
    who = roles_of(run, overrides) if arrays is not None else Roles(task=Task(task), direction=direction)
    return Diagnosis(
        run=run,
        roles=who,
        verdict=Verdict(verdict),
        kind=kind,
        probability=probability,
        probabilities={Verdict(v): p for v, p in probabilities.items()},
        deciding=deciding,
        objective=Objective(*objective),
        best=Best(*best) if best is not None else None,
        end=Best(*end) if end is not None else None,
        outcomes=tuple(map(_answered, outcomes)),
        wasted=wasted,
        patterns=tuple(patterns),
        traits=Traits(Domain(domain), Framework(framework), transformer, pretrained),
        offered=tuple(map(_prescribed, offered)),
        actions=tuple(map(_prescribed, actions)),
    )


def _outcome(o: Outcome) -> list[Any]:
    head = [o.rule, _STATUS_AT[o.status], _SEVERITY_AT[o.severity], o.score, o.kind, o.variant]
    tail = [dict(o.numbers), [_evidence(e) for e in o.evidence], o.fixes, o.cause]
    return head + tail if any(tail) else head


def _evidence(e: Evidence) -> list[Any]:
    return [e.series, e.first, e.last, e.mark, e.label, e.value, e.low, e.high]


def _answered(row: Sequence[Any]) -> Outcome:
    rule, status, severity, score, kind, variant, *tail = row
    if not tail:
        return _without_numbers(rule, status, severity, score, kind, variant)
    numbers, evidence, fixes, cause = tail
    return Outcome(
        rule, _STATUSES[status], _SEVERITIES[severity], score, kind, variant, numbers,
        tuple(Evidence(*e) for e in evidence), tuple(fixes), cause,
    )  # fmt: skip


@lru_cache(maxsize=1024, typed=True)
def _without_numbers(rule: str, status: int, severity: int, score: float, kind: str, variant: str) -> Outcome:
    """Most outcomes of most runs are one of a few dozen, and frozen: thousands of runs share them."""
    return Outcome(rule, _STATUSES[status], _SEVERITIES[severity], score, kind, variant)


def _prescription(p: Prescription) -> list[Any]:
    head = [p.fix, p.because, p.variant]
    keep = [p.keep.series, p.keep.step, p.keep.value] if p.keep is not None else None
    changes = [[c.meaning, c.name, c.old, c.new] for c in p.changes]
    expected = [[e.what, e.amount, e.on, e.low, e.high] for e in p.expected]
    tail = [changes, keep, expected, dict(p.numbers)]
    return head + tail if any(tail) else head


def _prescribed(row: Sequence[Any]) -> Prescription:
    fix, because, variant, *tail = row
    if not tail:
        return Prescription(fix, because, variant)
    changes, keep, expected, numbers = tail
    return Prescription(
        fix, because, variant, tuple(Change(*c) for c in changes), Keep(*keep) if keep is not None else None,
        tuple(Expected(*e) for e in expected), numbers,
    )  # fmt: skip


class _Curves:
    """Concatenates arrays; equal ones (the steps of most series) are stored once."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._places: dict[bytes, int] = {}
        self._size = 0

    def add(self, series: Series) -> list[Any]:
        """Return name, number of points, and offsets in bytes of steps, values and times."""
        times = series.wall_times
        steps, values = self._put(series.steps, "<i8"), self._put(series.values, "<f8")
        return [series.name, len(series), steps, values, None if times is None else self._put(times, "<f8")]

    def _put(self, array: np.ndarray[Any, Any], kind: str) -> int:
        if self._size > MOST_CURVE_BYTES:
            return 0
        data = array.astype(kind, copy=False).tobytes()
        if data not in self._places:
            self._places[data] = self._size
            self._parts.append(data)
            self._size += len(data)
        return self._places[data]

    def packed(self) -> bytes | None:
        return zlib.compress(b"".join(self._parts), 1) if self._size <= MOST_CURVE_BYTES else None


class _Arrays(Record):
    data: bytes

    def series(self, row: Sequence[Any]) -> Series:
        name, n, steps, values, times = row
        return Series(
            name,
            self._take(steps, n, "<i8", np.int64),
            self._take(values, n, "<f8", np.float64),
            None if times is None else self._take(times, n, "<f8", np.float64),
        )

    def _take(self, at: int, n: int, kind: str, native: type[Any]) -> Any:
        return np.frombuffer(self.data, kind, n, at).astype(native)  # a copy: arrays of a reader can be written to


def _unpacked(curves: bytes) -> _Arrays:
    unzip = zlib.decompressobj()
    data = unzip.decompress(curves, 2 * MOST_CURVE_BYTES)
    if not unzip.eof:
        raise ValueError("torn curves")
    return _Arrays(data)
