"""What a configuration says, as frozen values; ``config`` reads it from files, environment and command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from loganalyzer.messages.languages import SOURCE, Lang
from loganalyzer.model.outcome import Severity

Stat = Literal["best", "last", "mean-last-10pct", "median"]
Aggregate = Literal["each", "median", "mean", "worst", "best"]
Level = Literal["off", "warning", "error"]
When = Literal["always", "attention", "failure"]


@dataclass(frozen=True)
class MetricBound:
    """What a metric's value must be: ``min`` <= ``stat`` of the curve <= ``max``, over runs as ``aggregate`` says."""

    name: str
    min: float | None = None
    max: float | None = None
    stat: Stat = "best"
    level: Level = "error"
    aggregate: Aggregate = "each"


@dataclass(frozen=True)
class RunBlock:
    """Conditions for the runs whose id matches the glob ``runs``; every matching block applies."""

    runs: str
    fail_on: tuple[str, ...] | None = None
    expect: tuple[str, ...] = ()
    min_steps: int | None = None
    metrics: tuple[MetricBound, ...] = ()


@dataclass(frozen=True)
class Ignore:
    """Findings that do not count: of ``rule`` on runs matching ``runs``, up to and including the day ``expires``."""

    rule: str
    reason: str
    runs: str = "**"
    expires: str | None = None


@dataclass(frozen=True)
class BaselineBound:
    """How much one metric may get worse; ``absolute`` in its own unit, ``relative`` as a share of the baseline."""

    name: str
    relative: float | None = None
    absolute: float | None = None
    level: Level = "error"


@dataclass(frozen=True)
class BaselineSettings:
    """What is compared with, and how much worse is allowed."""

    path: str | None = None
    tolerance: float = 0.02
    metrics: tuple[BaselineBound, ...] = ()


@dataclass(frozen=True)
class MailSettings:
    """Where a mail goes and how; the password is never part of it."""

    to: tuple[str, ...] = ()
    sender: str | None = None
    smtp: str | None = None
    password_file: str | None = None
    ca_file: str | None = None
    insecure: bool = False
    required: bool = False
    retry_seconds: float = 2.0
    attach: Literal["html", "zip", "none"] = "html"
    attach_limit_mb: float = 10.0
    when: When = "always"
    title: str = ""
    report_url: str = ""


@dataclass(frozen=True)
class Settings:
    """The whole configuration, merged; ``origins`` tells for every dotted key where its value comes from."""

    preset: str | None = None
    fail_on: tuple[str, ...] = ()
    strict: bool = False
    allow_empty: bool = False
    allow_running: bool = False
    settled_minutes: float = 0.0
    require_runs: int = 0
    min_steps: int = 0
    lang: Lang = SOURCE
    severities: Mapping[str, Severity] = field(default_factory=dict)
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    metrics: tuple[MetricBound, ...] = ()
    runs: tuple[RunBlock, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    baseline: BaselineSettings = BaselineSettings()
    mail: MailSettings = MailSettings()
    origins: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None

    @property
    def gates(self) -> bool:
        """True if there is any condition that a run could fail."""
        return bool(
            self.fail_on or self.metrics or self.runs or self.min_steps or self.require_runs or self.baseline.path
        )

    @property
    def needs_series(self) -> bool:
        """True if judging needs the curves, not only the verdicts."""
        return bool(
            self.metrics or self.min_steps or self.baseline.path or any(b.metrics or b.min_steps for b in self.runs)
        )
