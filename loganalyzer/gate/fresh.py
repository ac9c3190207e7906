"""The condition "new": a run fails that is bad and was not, or not so bad, the last time that it was there.

What was bad before is listed as a warning, with the time since when, for as long as it stays bad: it is never forgotten.
The first analysis of a history has nothing to compare with: what is bad in it is listed, and known from then on. Where no
history is kept at all, everything that is bad fails.
"""

from __future__ import annotations

from collections.abc import Iterator

from loganalyzer.gate.history import kept_name
from loganalyzer.model.gate_result import Failure
from loganalyzer.model.history import Trend
from loganalyzer.model.outcome import Number, Severity
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.verdicts import with_kind

CHECK = "history"


def check_new(diagnosis: Diagnosis, trend: Trend | None) -> Iterator[Failure]:
    """Yield the failure of a run that is newly bad, or the warning of one that is known; nothing for a healthy run."""
    if diagnosis.verdict.info.healthy:
        return
    run, severity = kept_name(diagnosis.id), Severity.ERROR
    outcome = next((o for o in diagnosis.findings if o.rule == diagnosis.deciding), None)
    numbers: dict[str, Number] = {"verdict": with_kind(diagnosis.verdict, diagnosis.kind)}
    pair = next((p for p in trend.changes.pairs if p.now.id == run), None) if trend is not None else None
    if trend is None:
        yield Failure(diagnosis.id, CHECK, severity, "bad-without-history", numbers, diagnosis, outcome)
    elif trend.last is None:
        yield Failure(diagnosis.id, CHECK, Severity.WARNING, "bad-at-first", numbers, diagnosis, fails=False)
    elif run in trend.bad_since:
        numbers["since"] = trend.bad_since[run][:10]
        yield Failure(diagnosis.id, CHECK, Severity.WARNING, "bad-before", numbers, diagnosis, fails=False)
    elif pair is None:
        yield Failure(diagnosis.id, CHECK, severity, "bad-and-new", numbers, diagnosis, outcome)
    else:
        numbers["before"] = with_kind(pair.before.verdict, pair.before.kind)
        if pair.now.settings_hash:
            numbers |= {"settings": "other" if pair.settings_differ else "same", "last": trend.last.time[:10]}
        yield Failure(diagnosis.id, CHECK, severity, "newly-bad", numbers, diagnosis, outcome)
