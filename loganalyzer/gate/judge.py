"""Evaluate the conditions of the configuration on a report. Pure: exit code and sentences are made elsewhere."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from loganalyzer.config.conditions import NEW
from loganalyzer.config.settings import Ignore, RunBlock, Settings
from loganalyzer.gate.metrics import check_bounds
from loganalyzer.gate.running import Writing
from loganalyzer.model.exit_code import ExitCode
from loganalyzer.model.gate_result import Comparison, Failure, GateResult, Ignored, IgnoreNote
from loganalyzer.model.outcome import Number, Outcome, Severity, Status
from loganalyzer.model.record import replace
from loganalyzer.model.report import Analysis, Diagnosis
from loganalyzer.model.verdicts import DEGREES, with_kind

if TYPE_CHECKING:
    from loganalyzer.gate.baseline import Baseline
    from loganalyzer.model.history import Trend

# what more training may still fix: in a run that goes on it is reported, but fails nothing
_FIXED_BY_MORE_TRAINING = frozenset(
    ("min-steps", "expect", "min", "max", "between", "missing", "worse", "verdict-worse")
)
_OF_VERDICT = frozenset(("verdict", "finding", "bad-without-history", "bad-and-new", "newly-bad"))


def judge(
    analysis: Analysis,
    settings: Settings,
    fail_on: Sequence[str] | None = None,
    *,
    baseline: Baseline | None = None,
    today: datetime.date | None = None,
    running: Mapping[str, Writing] | None = None,
) -> GateResult:
    """Evaluate the conditions in ``settings`` on ``analysis``.

    ``fail_on`` replaces ``settings.fail_on``; ``today`` decides which ignores have expired (default: today, UTC).
    ``running`` names the runs that are still being written: they fail, or with ``settings.allow_running`` are reported and
    judged as they stand; what more training may fix (too few steps, a bound not reached yet) is then a warning.
    Call ``analysis.with_severities(settings.severities)`` first, so that every output shows the severities that were judged.
    """
    day = today or datetime.datetime.now(datetime.UTC).date()
    general = tuple(settings.fail_on if fail_on is None else fail_on)
    going_on = running or {}
    gates = settings.gates or bool(general) or baseline is not None
    comparisons, worse = _compared(analysis, baseline, settings)
    broken = [*_not_met(analysis, settings, general), *worse]
    found = _failing(broken, analysis, settings, general, going_on)
    found.extend(
        _running(d, going_on[d.id], gates and not settings.allow_running) for d in analysis.runs if d.id in going_on
    )
    counted, ignored, notes = _sorted_out(_unique(found), settings.ignore, day)
    return GateResult(
        failures=tuple(f for f in counted if f.fails),
        warnings=tuple(f for f in counted if not f.fails),
        ignored=tuple(ignored),
        ignore_notes=tuple(notes),
        comparisons=comparisons,
        unread=tuple(u for u in analysis.unread if not u.expected),
        partly_read=tuple(d.id for d in analysis.runs if any(n.harmful for n in d.notes)),
        running=tuple(sorted(going_on)),
        strict=settings.strict,
        fail_on=general,
        gates=gates,
        config_file=settings.source or "loganalyzer.toml",
    )


def _not_met(analysis: Analysis, settings: Settings, general: tuple[str, ...]) -> Iterator[Failure]:
    """The conditions that are not met: those on each run, on the metrics, on the runs that must be there."""
    for diagnosis in analysis.runs:
        blocks = [b for b in settings.gate.runs if fnmatchcase(diagnosis.id, b.runs)]
        yield from _of_run(diagnosis, blocks, general, settings, analysis.trend)
    yield from check_bounds(analysis.runs, "**", settings.gate.metrics)
    for block in settings.gate.runs:
        matching = [d for d in analysis.runs if fnmatchcase(d.id, block.runs)]
        if not matching:
            # conditions on runs that do not exist fail; a block that only lifts conditions is merely reported
            asks = bool(block.expect or block.metrics or block.min_steps or block.fail_on)
            severity = Severity.ERROR if asks else Severity.WARNING
            yield Failure(block.runs, "expect", severity, "no-match", {"runs": block.runs}, fails=asks)
        yield from check_bounds(matching, block.runs, block.metrics)
    if len(analysis.runs) < settings.require_runs:
        numbers = {"wanted": settings.require_runs, "count": len(analysis.runs)}
        yield Failure("**", "require-runs", Severity.ERROR, "require-runs", numbers)


def _failing(
    found: list[Failure],
    analysis: Analysis,
    settings: Settings,
    general: tuple[str, ...],
    going_on: Mapping[str, Writing],
) -> list[Failure]:
    """Decide which of the conditions that are not met fail the gate; the others are warnings."""
    if "warning" in general:
        found = [replace(f, fails=not f.known) for f in found]
    if not analysis.runs and settings.allow_empty:
        # no run is required, unless somebody set a number of runs explicitly
        written = not settings.origins.get("require-runs", "").startswith("preset")
        found = [replace(f, fails=f.code == "require-runs" and written) for f in found]
    if settings.allow_running:
        found = [replace(f, fails=f.fails and not (f.run in going_on and _may_be_fixed(f))) for f in found]
    return found


def _compared(
    analysis: Analysis, baseline: Baseline | None, settings: Settings
) -> tuple[tuple[Comparison, ...], tuple[Failure, ...]]:
    if baseline is None:
        return (), ()
    from loganalyzer.gate.baseline import compare

    return compare(analysis.runs, baseline, settings.baseline)


def exit_code(analysis: Analysis, result: GateResult, *, allow_empty: bool = False) -> ExitCode:
    """Exit code of the command line: DONE, GATE_FAILED, UNREAD (with ``strict``) or NO_RUNS.

    Unreadable logs are not the same as no logs: ``allow_empty`` does not make them pass.
    """
    if not analysis.runs and not allow_empty:
        return ExitCode.NO_RUNS
    if result.failed:
        return ExitCode.GATE_FAILED
    if not analysis.runs:
        return ExitCode.UNREAD if result.unread else ExitCode.DONE
    return ExitCode.UNREAD if result.strict and (result.unread or result.partly_read) else ExitCode.DONE


def _running(diagnosis: Diagnosis, writing: Writing, fails: bool) -> Failure:
    severity = Severity.ERROR if fails else Severity.WARNING
    numbers: dict[str, Number] = {"log": writing.file, "process": writing.process, "age": writing.age}
    code = "running" if writing.process else "recent"
    return Failure(diagnosis.id, "running", severity, code, numbers, diagnosis, fails=fails)


def _may_be_fixed(failure: Failure) -> bool:
    of_verdict = failure.diagnosis is not None and failure.diagnosis.verdict.info.more_training_may_help
    return failure.code in _FIXED_BY_MORE_TRAINING or (failure.code in _OF_VERDICT and of_verdict)


def _of_run(
    diagnosis: Diagnosis, blocks: Sequence[RunBlock], general: tuple[str, ...], settings: Settings, trend: Trend | None
) -> Iterator[Failure]:
    expectations = [b.expect for b in blocks if b.expect]
    fail_on = tuple(dict.fromkeys([*general, *(w for b in blocks for w in b.fail_on or ())]))
    if any(b.fail_on is not None for b in blocks):
        fail_on = tuple(dict.fromkeys(w for b in blocks for w in b.fail_on or ()))
    for expected in expectations:
        if not any(_is(diagnosis, v) for v in expected):
            yield _verdict_failure(diagnosis, "expect", "expect", {"wanted": ", ".join(expected)})
    if not expectations:
        yield from _verdict_and_findings(diagnosis, fail_on)
    if NEW in fail_on and not expectations:
        from loganalyzer.gate.fresh import check_new

        yield from check_new(diagnosis, trend)
    wanted = max([settings.min_steps, *(b.min_steps or 0 for b in blocks)])
    if wanted:
        last = max((int(s.steps[-1]) for s in diagnosis.run.series.values() if len(s)), default=0)
        if last < wanted:
            numbers = {"wanted": wanted, "last": last}
            yield Failure(diagnosis.id, "min-steps", Severity.ERROR, "min-steps", numbers, diagnosis, step=last)
    asked = {word.partition(":")[0] for word in fail_on}
    for outcome in diagnosis.outcomes if settings.strict or fail_on else ():
        if outcome.status is Status.BROKEN:
            # the rule that raised might have given a verdict that fails the gate
            fails = settings.strict or "warning" in asked or outcome.rule in asked
            details = {"rule": outcome.rule, "error": str(outcome.numbers.get("error", ""))}
            yield Failure(diagnosis.id, outcome.rule, Severity.WARNING, "broken", details, diagnosis, fails=fails)


def _verdict_and_findings(diagnosis: Diagnosis, fail_on: tuple[str, ...]) -> Iterator[Failure]:
    """One failure for each rule: the verdict's own first, then the findings at or above the threshold."""
    reported = set()
    for word in fail_on:
        if word not in ("warning", "error") and reaches(diagnosis, word) and diagnosis.deciding not in reported:
            reported.add(diagnosis.deciding)
            yield _verdict_failure(diagnosis, diagnosis.deciding or "expect", "verdict", {"wanted": word})
    threshold = min((Severity(w).rank for w in fail_on if w in ("warning", "error")), default=None)
    if threshold is None:
        return
    for outcome in diagnosis.findings:
        if outcome.severity.rank >= threshold and outcome.rule not in reported:
            reported.add(outcome.rule)
            yield _finding_failure(diagnosis, outcome, list(Severity)[threshold])


def _is(diagnosis: Diagnosis, word: str) -> bool:
    verdict, _, kind = word.partition(":")
    return diagnosis.verdict == verdict and (not kind or diagnosis.kind == kind)


def reaches(diagnosis: Diagnosis, word: str) -> bool:
    """Return True if a run has the verdict, and the kind after a colon if one is given.

    A degree includes the worse ones: "overfitting:moderate" is reached by a severe one, too.
    """
    verdict, _, kind = word.partition(":")
    if kind in DEGREES and diagnosis.kind in DEGREES:
        return diagnosis.verdict == verdict and DEGREES.index(diagnosis.kind) >= DEGREES.index(kind)
    return _is(diagnosis, word)


def _verdict_failure(diagnosis: Diagnosis, check: str, code: str, numbers: dict[str, str]) -> Failure:
    outcome = next((o for o in diagnosis.findings if o.rule == diagnosis.deciding), None)
    found = with_kind(diagnosis.verdict, diagnosis.kind)
    severity = outcome.severity if outcome and outcome.severity is not Severity.INFO else Severity.ERROR
    return _located(Failure(diagnosis.id, check, severity, code, {**numbers, "verdict": found}, diagnosis, outcome))


def _finding_failure(diagnosis: Diagnosis, outcome: Outcome, threshold: Severity) -> Failure:
    numbers = {"rule": outcome.rule, "severity": outcome.severity.value, "wanted": threshold.value}
    return _located(Failure(diagnosis.id, outcome.rule, outcome.severity, "finding", numbers, diagnosis, outcome))


def _located(failure: Failure) -> Failure:
    evidence = failure.outcome.evidence if failure.outcome else ()
    return replace(failure, series=evidence[0].series, step=evidence[0].first) if evidence else failure


def _unique(found: Sequence[Failure]) -> list[Failure]:
    """Remove duplicates and sort, worst first."""
    seen: dict[tuple[str, ...], Failure] = {}
    for f in sorted(found, key=lambda f: not f.fails):  # of duplicates, keep the one that fails the gate
        condition = (str(f.numbers.get(name, "")) for name in ("metric", "wanted", "stat", "aggregate", "min", "max"))
        seen.setdefault((f.run, f.check, f.code, f.series, *condition), f)
    return sorted(seen.values(), key=lambda f: (not f.fails, -f.severity.rank, f.run, f.check, f.code, f.series))


def _sorted_out(
    found: Sequence[Failure], ignores: Sequence[Ignore], today: datetime.date
) -> tuple[list[Failure], list[Ignored], list[IgnoreNote]]:
    states = {i: _state(i, today) for i in ignores}
    used: set[Ignore] = set()
    counted, ignored = [], []
    for failure in found:
        matching = [
            i for i in ignores if i.rule == failure.check and any(fnmatchcase(failure.run, glob) for glob in i.runs)
        ]
        used.update(matching)
        valid = next((i for i in matching if states[i] == "valid"), None)
        if valid is None:
            counted.append(failure)
        else:
            ignored.append(Ignored(failure, valid.reason, valid.expires))
    notes = []
    for ignore in ignores:
        state = states[ignore] if states[ignore] != "valid" else "valid" if ignore in used else "unused"
        if state != "valid":
            notes.append(IgnoreNote(ignore.rule, ", ".join(ignore.runs), ignore.reason, ignore.expires, state))
    return counted, ignored, notes


def _state(ignore: Ignore, today: datetime.date) -> str:
    if not ignore.reason.strip():
        return "malformed"
    if ignore.expires is None:
        return "valid"
    try:
        last_day = datetime.date.fromisoformat(ignore.expires)
    except ValueError:
        return "malformed"
    return "valid" if today <= last_day else "expired"
