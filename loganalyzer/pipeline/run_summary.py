"""Summary of a run for streaming: its verdict, its part of each streamed output, the packed diagnosis."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from loganalyzer.model.outcome import Outcome, Severity, Verdict
from loganalyzer.model.record import Record, field, replace
from loganalyzer.model.report import Diagnosis
from loganalyzer.pipeline.codec import Packed, frame, pack, plain_json, unframe, unpack
from loganalyzer.reports.order import Urgency, urgency

if TYPE_CHECKING:
    from loganalyzer.messages import Lang


class RunSummary(Record):
    """One run of a stream.

    ``parts`` holds the run's part of each streamed output, by the output's id (text or JSON data). ``packed`` is
    the diagnosis as bytes (most are never unpacked), ``member`` the data for comparing sweeps, ``patterns``
    the globs of ``[roles]`` that matched.
    """

    verdict: Verdict
    attention: bool
    urgency: Urgency
    parts: Mapping[str, Any] = field(default_factory=dict)
    packed: bytes = b""
    member: Diagnosis | None = None
    patterns: tuple[str, ...] = ()

    def diagnosis(self) -> Diagnosis:
        """Unpack the diagnosis."""
        return unpacked(self.packed)


class Summarise(Record):
    """The projection to a ``RunSummary``.

    ``severities`` are those of the configuration, by rule; ``formats`` the ids of the streamed outputs. ``keep``: the
    diagnosis is packed; ``compare``: sweeps will be compared.
    """

    lang: Lang
    severities: Mapping[str, Severity] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    keep: bool = True
    compare: bool = False

    def __call__(self, diagnosis: Diagnosis, /) -> RunSummary:
        """Return the summary of one run."""
        d = diagnosis.with_severities(self.severities)
        return RunSummary(
            verdict=d.verdict,
            attention=d.needs_attention,
            urgency=urgency(d),
            parts=self._parts(d),
            packed=pickle.dumps(d, pickle.HIGHEST_PROTOCOL) if self.keep else b"",
            member=_member(d) if self.compare else None,
            patterns=d.patterns,
        )

    @property
    def codec(self) -> SummaryCodec:
        """Codec of summaries: rendering a run costs more than reading its summary."""
        severities = sorted((rule, severity.value) for rule, severity in self.severities.items())
        return SummaryCodec(json.dumps([self.lang, severities, self.formats, self.keep, self.compare]))

    def _parts(self, diagnosis: Diagnosis) -> dict[str, Any]:
        if not self.formats:
            return {}
        from loganalyzer.reports.json import run_dict
        from loganalyzer.reports.registry import find_format

        run = run_dict(diagnosis, self.lang)
        return {name: find_format(name).part_of(run) for name in self.formats}


class SummaryCodec(Record):
    """Summaries as bytes: JSON, texts as they are, diagnoses without their curves."""

    cache_token: str

    def encode(self, result: RunSummary) -> bytes:
        """Encode a summary; ``packed`` becomes JSON, because cached data must never be unpickled."""
        texts = {name: part for name, part in result.parts.items() if isinstance(part, str)}
        data = {name: part for name, part in result.parts.items() if name not in texts}
        head = [result.verdict.value, result.attention, result.urgency, result.patterns, list(texts), data]
        kept = pack(([result.diagnosis()], [])).data if result.packed else b""
        member = pack(([result.member], [])).data if result.member is not None else b""
        return frame(
            [plain_json(head), kept, member, *(text.encode("utf-8", "surrogatepass") for text in texts.values())]
        )

    def decode(self, data: bytes) -> RunSummary:
        """Decode a summary. May raise any exception for damaged bytes."""
        head, kept, member, *texts = unframe(data)
        verdict, attention, order, patterns, names, parts = json.loads(head)
        parts |= {name: text.decode("utf-8", "surrogatepass") for name, text in zip(names, texts, strict=True)}
        return RunSummary(
            verdict=Verdict(verdict),
            attention=attention,
            urgency=tuple(order),
            parts=parts,
            packed=kept,
            member=_decoded(member) if member else None,
            patterns=tuple(patterns),
        )


def unpacked(packed: bytes) -> Diagnosis:
    """Unpack ``RunSummary.packed``: pickled by our own workers in this analysis, or JSON from a cache."""
    if packed.startswith(b"["):
        return _decoded(packed)
    diagnosis = pickle.loads(packed)
    assert isinstance(diagnosis, Diagnosis)
    return diagnosis


def _member(d: Diagnosis) -> Diagnosis:
    """Reduce a diagnosis to the data for comparing sweeps (two kilobytes): of its outcomes, that it needs attention."""
    slim = d.without_series()
    worst = next((Outcome(o.rule, o.status, severity=o.severity) for o in d.findings if o.severity is d.worst), None)
    return replace(
        slim,
        outcomes=(worst,) if worst is not None and d.needs_attention else (),
        offered=(),
        actions=(),
        run=replace(slim.run, files=(), notes=(), restarts=()),
    )


def _decoded(data: bytes) -> Diagnosis:
    return unpack(Packed(data, None), keep_series=False, roles={})[0][0]
