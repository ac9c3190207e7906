"""What views of a code host list: what the gate found; where there is no gate, the runs that need attention."""

from __future__ import annotations

from loganalyzer.model.gate_result import Failure, GateResult
from loganalyzer.model.outcome import Severity
from loganalyzer.model.report import Analysis, Diagnosis
from loganalyzer.model.verdicts import with_kind


def reported(analysis: Analysis, result: GateResult) -> tuple[Failure, ...]:
    """Return the failures and warnings of the gate; without conditions, a warning for each run that needs attention."""
    without_gate = () if result.gates else tuple(_attention(d) for d in analysis.runs if d.needs_attention)
    return (*result.failures, *result.warnings, *without_gate)


def _attention(diagnosis: Diagnosis) -> Failure:
    deciding = next((o for o in diagnosis.findings if o.rule == diagnosis.deciding), None)
    evidence = deciding.evidence[:1] if deciding is not None else ()
    return Failure(
        diagnosis.id,
        diagnosis.deciding or diagnosis.verdict.value,
        Severity.WARNING,
        "attention",
        {"verdict": with_kind(diagnosis.verdict, diagnosis.kind)},
        diagnosis,
        deciding,
        series=evidence[0].series if evidence else "",
        step=evidence[0].first if evidence else None,
        fails=False,
    )
