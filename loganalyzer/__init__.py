"""Did the training go well, if not why, and what now: one verdict per run, from the log files alone.

>>> import loganalyzer
>>> report = loganalyzer.analyze("runs")          # doctest: +SKIP
>>> [(r.id, r.verdict) for r in report.runs]      # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loganalyzer.model.errors import ConfigError, LogAnalyzerError, ReadError, UsageError
    from loganalyzer.model.outcome import Severity
    from loganalyzer.model.report import Diagnosis
    from loganalyzer.model.run import Run, Series
    from loganalyzer.model.verdicts import Verdict
    from loganalyzer.model.version import VERSION as __version__
    from loganalyzer.pipeline.analyze import analyze, diagnose, load
    from loganalyzer.pipeline.options import Options
    from loganalyzer.reports.report import Report

__path__.append(f"{__path__[0]}/__moved__")  # the first addresses of the contracts of plugins

__all__ = [
    "ConfigError",
    "Diagnosis",
    "LogAnalyzerError",
    "Options",
    "ReadError",
    "Report",
    "Run",
    "Series",
    "Severity",
    "UsageError",
    "Verdict",
    "__version__",
    "analyze",
    "diagnose",
    "load",
]

# imported lazily: `analyze-logs --help` must not wait for what it does not use, numpy included,
# and listens to signals before it imports what takes long
_HOMES = {
    "analyze": "pipeline.analyze", "diagnose": "pipeline.analyze", "load": "pipeline.analyze",
    "Options": "pipeline.options", "Report": "reports.report",
    "ConfigError": "model.errors", "LogAnalyzerError": "model.errors", "ReadError": "model.errors",
    "UsageError": "model.errors", "Severity": "model.outcome", "Verdict": "model.verdicts",
    "Diagnosis": "model.report", "Run": "model.run", "Series": "model.run",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("loganalyzer.model.version").VERSION
    if name in _HOMES:
        return getattr(import_module(f"loganalyzer.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'loganalyzer' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
