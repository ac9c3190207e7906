"""The history: one line of JSON for each analysis, and what is different since the last of them.

A line is ``{"schema": "loganalyzer-history/1", "time": ..., "commit": ..., "tool": ..., "runs": [...]}``
(``history_schema.json`` next to this file). Lines are only ever added. A line that is no entry (one that was torn by a
crash, one of a later version) is passed over, wherever it stands.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from loganalyzer.gate.changes import compare, same_runs
from loganalyzer.gate.run_states import number, verdict_of
from loganalyzer.gate.worse import verdict_is_worse
from loganalyzer.model.changes import RunState
from loganalyzer.model.history import BestOverTime, Entry, Trend
from loganalyzer.model.report import Best
from loganalyzer.model.version import VERSION

SCHEMA = "loganalyzer-history/1"
BEGINNING = '{"schema": "loganalyzer-history/'
"""How a line of any version begins."""
LONGEST = 200
"""Characters of an id or a name in a line; a longer one is cut and ends with a hash of the whole."""
MOST_ENTRIES = 400
"""So many of the last entries are looked at."""
MOST_SHOWN = 30
"""So many of the last analyses are in a curve of best values."""


def line_of(entry: Entry) -> str:
    """Return the entry as one line, its end included: ASCII, less than a kilobyte for each run."""
    runs = [_row(run) for run in sorted(entry.runs, key=lambda run: run.id)]
    document = {"schema": SCHEMA, "time": entry.time, "commit": entry.commit, "tool": VERSION, "runs": runs}
    return json.dumps(document, allow_nan=False) + "\n"


def entry_of(line: str) -> Entry | None:
    """Return the entry that a line holds; None for a line that holds none."""
    try:
        document: Any = json.loads(line)
        if document["schema"] != SCHEMA:
            return None
        return Entry(str(document["time"]), str(document["commit"]), tuple(map(_run, document["runs"])))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def as_kept(runs: Sequence[RunState]) -> tuple[RunState, ...]:
    """Return the runs as a line keeps them, with long ids cut, so that they are found again."""
    return tuple(_run(_row(run)) for run in runs)


def trend(path: str, entries: Sequence[Entry], now: Sequence[RunState], tolerance: float) -> Trend:
    """Compare the runs of an analysis with all earlier ones; ``tolerance`` as for ``compare``."""
    last = entries[-1] if entries else None
    known = _last_seen(entries, now)
    present = {run.id for run in known.values()}
    changes = compare(
        [*known.values(), *(run for run in (last.runs if last else ()) if run.id not in present)], now, tolerance
    )
    bad = [run for run in now if not run.verdict.info.healthy]
    fresh = tuple(run.id for run in bad if _is_fresh(known.get(run.id), run))
    series = Counter(run.best.series for run in now if run.best is not None).most_common(1)
    shown = entries[-(MOST_SHOWN - 1) :]
    return Trend(
        path=path,
        earlier=len(entries),
        last=last,
        changes=changes,
        fresh=fresh,
        bad_since={run.id: _bad_since(entries, known[run.id]) for run in bad if run.id not in fresh},
        overall=_overall(shown, now, series[0][0]) if series else None,
        best={run.id: _best(shown, known.get(run.id), run) for run in now if run.best is not None},
    )


def _row(run: RunState) -> dict[str, Any]:
    best = run.best
    return {
        "id": kept_name(run.id),
        "verdict": run.verdict.value,
        "kind": run.kind,
        "confidence": run.confidence,
        "best": {"series": kept_name(best.series), "step": best.step, "value": _finite(best.value)} if best else None,
        "direction": run.direction,
        "end": _finite(run.end),
        "settings": run.settings_hash,
        **({"running": True} if run.running else {}),
    }


def _run(row: Mapping[str, Any]) -> RunState:
    verdict, kind = verdict_of(row)
    best = row["best"]
    return RunState(
        id=str(row["id"]),
        verdict=verdict,
        kind=kind,
        confidence=float(row["confidence"]),
        best=Best(str(best["series"]), int(best["step"]), number(best["value"])) if best else None,
        direction=str(row["direction"]),
        end=number(row["end"]),
        settings_hash=str(row["settings"]),
        running=bool(row.get("running")),
    )


def kept_name(name: str) -> str:
    """Return an id or the name of a series as a line keeps it."""
    if len(name) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{name[: LONGEST - 17]}~{digest}"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _last_seen(entries: Sequence[Entry], now: Sequence[RunState]) -> dict[str, RunState]:
    """Return, by id, each run of ``now`` as it was the last time that it was there: in the last analysis, or longer ago."""
    known = same_runs(entries[-1].runs, now, single=False) if entries else {}
    for entry in reversed(entries[:-1]):
        missing = [run for run in now if run.id not in known]
        if not missing:
            break
        known |= {run.id: entry.by_id[run.id] for run in missing if run.id in entry.by_id}
    if entries and not known:
        known = same_runs(entries[-1].runs, now)
    return known


def _is_fresh(before: RunState | None, now: RunState) -> bool:
    """Return True if a bad run was not there, was healthy, or was not so bad."""
    return (
        before is None
        or before.verdict.info.healthy
        or verdict_is_worse(before.verdict, before.kind, now.verdict, now.kind)
    )


def _bad_since(entries: Sequence[Entry], run: RunState) -> str:
    """Return the time since when a run has been bad whenever it was there."""
    since = ""
    for entry in reversed(entries):
        before = entry.by_id.get(run.id)
        if before is not None and before.verdict.info.healthy:
            break
        since = entry.time if before is not None else since
    return since


def _overall(entries: Sequence[Entry], now: Sequence[RunState], series: str) -> BestOverTime:
    direction = next(run.direction for run in now if run.best is not None and run.best.series == series)
    pick = min if direction == "min" else max

    def best(runs: Sequence[RunState]) -> float:
        values = [run.best.value for run in runs if run.best is not None and run.best.series == series]
        return pick((value for value in values if math.isfinite(value)), default=math.nan)

    return BestOverTime(series, direction, (*(best(entry.runs) for entry in entries), best(now)))


def _best(entries: Sequence[Entry], before: RunState | None, now: RunState) -> tuple[float, ...]:
    """Return the best values of one run, as long as it was judged by the same series; NaN where it was not there."""
    assert now.best is not None
    name, series = before.id if before is not None else now.id, now.best.series
    found = (entry.by_id.get(name) for entry in entries)
    earlier = (run.best if run is not None else None for run in found)
    return (*(one.value if one is not None and one.series == series else math.nan for one in earlier), now.best.value)
