"""Very many runs: each is made into what is wanted of it where it was judged; here only counts and the worst are kept."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from loganalyzer.model.outcome import Outcome, Severity, Verdict
from loganalyzer.model.report import Diagnosis
from loganalyzer.reports.order import Urgency, urgency

if TYPE_CHECKING:
    from loganalyzer.messages import Lang


@dataclass(frozen=True)
class Shaped:
    """What comes back of a run: its line, its rows, the diagnosis packed (most are never unpacked), its settings, used globs."""

    verdict: Verdict
    attention: bool
    urgency: Urgency
    line: str = ""
    rows: Mapping[str, Any] | None = None
    packed: bytes = b""
    member: Diagnosis | None = None
    patterns: tuple[str, ...] = ()

    def diagnosis(self) -> Diagnosis:
        """What is packed."""
        return _opened(self.packed)


@dataclass(frozen=True)
class Shape:
    """What is wanted of each run; called by the worker that judged it.

    ``severities`` are those of the configuration, by rule. ``line``: the run as JSON; ``rows``: as rows of tables;
    ``keep``: the diagnosis; ``compare``: what the comparison of sweeps needs.
    """

    lang: Lang
    severities: Mapping[str, Severity] = field(default_factory=dict)
    line: bool = False
    rows: bool = False
    keep: bool = True
    compare: bool = False

    def __call__(self, diagnosis: Diagnosis) -> Shaped:
        """What is wanted of this run."""
        d = self._with_severities(diagnosis)
        line, rows = "", None
        if self.line or self.rows:
            from loganalyzer.reports import json, parquet_rows

            shown = json.run_dict(d, self.lang)
            line = json.dumps(shown) + "\n" if self.line else ""
            rows = parquet_rows.of_run(shown) if self.rows else None
        return Shaped(
            verdict=d.verdict,
            attention=d.needs_attention,
            urgency=urgency(d),
            line=line,
            rows=rows,
            packed=pickle.dumps(d, pickle.HIGHEST_PROTOCOL) if self.keep else b"",
            member=_member(d) if self.compare else None,
            patterns=d.patterns,
        )

    def _with_severities(self, d: Diagnosis) -> Diagnosis:
        if not self.severities:
            return d

        def changed(outcome: Outcome) -> Outcome:
            wanted = self.severities.get(outcome.rule)
            return outcome if wanted is None else replace(outcome, severity=wanted)

        return replace(d, outcomes=tuple(map(changed, d.outcomes)))


def _member(d: Diagnosis) -> Diagnosis:
    """What ``compare`` looks at, and nothing else: two kilobytes."""
    slim = d.without_series()
    return replace(slim, outcomes=(), run=replace(slim.run, files=(), notes=(), restarts=()))


def _opened(packed: bytes) -> Diagnosis:
    if packed.startswith(b"["):  # from a cache, which is not trusted so far as to be unpickled
        from loganalyzer.pipeline.cache.codec import Packed, unpack

        return unpack(Packed(packed, None), keep_series=False, roles={})[0][0]
    diagnosis = pickle.loads(packed)  # packed a moment ago by our own workers
    assert isinstance(diagnosis, Diagnosis)
    return diagnosis


class Worst:
    """The ``most`` worst of all runs that are offered (None: all of them), still packed."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._kept: list[tuple[Urgency, bytes]] = []

    def offer(self, shaped: Shaped) -> None:
        """Keep it if it may be among the worst."""
        self._kept.append((shaped.urgency, shaped.packed))
        if self._most is not None and len(self._kept) >= 2 * self._most + 64:
            self._cut()

    def unpacked(self) -> list[Diagnosis]:
        """The worst by name."""
        self._cut()
        return sorted((_opened(packed) for _, packed in self._kept), key=lambda d: d.id)

    def _cut(self) -> None:
        if self._most is not None:
            self._kept.sort(key=lambda one: one[0])
            del self._kept[self._most :]
