"""THE definition of the configuration: every key with its name, type, range, default and description.

A field is a key (``min_steps`` is ``min-steps``), a class is a table. Everything else is derived from here: validation
and its messages (``validate``), the environment variables (``keys``), ``--show-config`` (``show``) and the JSON Schema
for editors (``schema``; ``make schema`` rewrites the shipped file). A new key is a new field, and the Japanese of its
description in ``messages/errors.toml``. An empty text means "not set".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from loganalyzer.config.conditions import NEW, parse_expect, parse_fail_on, parse_globs
from loganalyzer.messages.languages import LANGUAGES, SOURCE, Lang
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.outcome import Severity
from loganalyzer.readers.limits import MAX_SECONDS

Stat = Literal["best", "last", "mean-last-10pct", "median"]
Aggregate = Literal["each", "median", "mean", "worst", "best"]
Level = Literal["off", "warning", "error"]
Preset = Literal["smoke", "recommended", "strict"]
PRESETS: Mapping[Preset, Mapping[str, Any]] = {
    "smoke": {"fail-on": ["diverging:non-finite", "plateau:never-learned", "plateau:constant"]},
    "recommended": {"fail-on": ["diverging", "error"]},
    "strict": {"fail-on": ["warning", "inconclusive"], "strict": True, "require-runs": 1},
}

# ``extra["parse"]`` reads the value as a person may write it; ``schema`` adds ``$defs/condition``, ``$defs/verdict`` and
# the second form that ``also`` describes
FailOn = Annotated[
    tuple[Annotated[str, Meta(extra_json_schema={"$ref": "#/$defs/condition"})], ...],
    Meta(
        description='Verdicts ("overfitting", "overfitting:severe"), a severity ("warning", "error"), or "new" (bad, and not '
        'so bad the last time, as the history says), as a list or separated by commas; "never" for none.',
        extra={"parse": parse_fail_on},
        extra_json_schema={"also": {"type": "string", "minLength": 1}},
    ),
]
Expect = Annotated[
    tuple[Annotated[str, Meta(extra_json_schema={"$ref": "#/$defs/verdict"})], ...],
    Meta(
        description="The verdict that these runs must have; it replaces fail-on for them.",
        min_length=1,
        extra={"parse": parse_expect},
        extra_json_schema={"also": {"$ref": "#/$defs/verdict"}},
    ),
]
Globs = Annotated[
    tuple[Annotated[str, Meta(min_length=1)], ...],
    Meta(
        description="glob over run ids, or a list of them [all]",
        min_length=1,
        extra={"parse": parse_globs},
        extra_json_schema={"also": {"type": "string", "minLength": 1}},
    ),
]
MinSteps = Annotated[
    int, Meta(ge=0, description="A run whose last step is below this has not been trained long enough to pass.")
]
RoleName = Annotated[
    str,
    Meta(
        pattern="^((train|validation)(:(min|max))?|metric(:(min|max)(:(train|validation|test))?)?"
        "|learning_rate|gradient_norm|epoch|reward|ignore)$",
        description="train, validation, metric:max, metric:min, metric:max:validation, learning_rate, gradient_norm, "
        "epoch, reward or ignore",
    ),
]
MetricLevel = Annotated[Level, Meta(description="Whether it fails the gate, is only reported, or is off [error].")]


class Table(Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """A table of the configuration: frozen, its fields named in kebab-case in the file."""


class MetricBound(Table, frozen=True, kw_only=True):
    """Bounds on a metric: ``min`` <= ``stat`` of the curve <= ``max``, over runs as ``aggregate`` says."""

    min: Annotated[float, Meta(description="The least value that passes.")] | None = None
    max: Annotated[float, Meta(description="The greatest value that passes.")] | None = None
    stat: Annotated[Stat, Meta(description="Which value of the curve is compared [best].")] = "best"
    level: MetricLevel = "error"
    aggregate: Annotated[Aggregate, Meta(description="Over the matching runs (seeds) [each].")] = "each"

    def __post_init__(self) -> None:
        """Raise ConfigError if neither ``min`` nor ``max`` is set and the bound is on."""
        if self.min is None and self.max is None and self.level != "off":
            raise ConfigError("give min, max or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ConfigError("no value is at least {min:g} and at most {max:g}", min=self.min, max=self.max)


Metrics = Annotated[
    dict[
        str,
        Annotated[
            MetricBound,
            Meta(extra_json_schema={"anyOf": [
                {"required": ["min"]},
                {"required": ["max"]},
                {"required": ["level"], "properties": {"level": {"const": "off"}}},
            ]}),
        ],
    ],
    Meta(description="name of a series or role -> what its value must be."),
]  # fmt: skip


class RunBlock(Table, frozen=True, kw_only=True, omit_defaults=True):
    """Conditions for the runs whose id matches the glob ``runs``; every matching block applies."""

    runs: Annotated[str, Meta(min_length=1, description="glob over run ids; all matching blocks apply.")]
    fail_on: FailOn | None = None
    expect: Expect = ()
    min_steps: MinSteps | None = None
    metrics: Metrics = {}


class GateSettings(Table, frozen=True, kw_only=True):
    """Conditions on the values of metrics, for all runs and for some."""

    metrics: Metrics = {}
    runs: Annotated[tuple[RunBlock, ...], Meta(description="Conditions for some of the runs.")] = ()


class Ignore(Table, frozen=True, kw_only=True):
    """Findings that do not count: of ``rule`` on runs matching one of ``runs``, up to and including the day ``expires``."""

    rule: Annotated[
        str,
        Meta(
            min_length=1, description="rule id, or min-steps, metrics, baseline, expect, require-runs, running, history"
        ),
    ]
    reason: Annotated[str, Meta(description="Why; mandatory.", extra_json_schema={"pattern": "\\S"})]
    runs: Globs = ("**",)
    expires: Annotated[str, Meta(description="YYYY-MM-DD, inclusive; past or malformed = not ignored.")] | None = None

    def __post_init__(self) -> None:
        """Raise ConfigError for an ignore without a reason."""
        if not self.reason.strip():
            raise ConfigError("a reason must be given")


class BaselineBound(Table, frozen=True, kw_only=True):
    """How much one metric may get worse; ``absolute`` in its own unit, ``relative`` as a share of the baseline."""

    relative: (
        Annotated[float, Meta(ge=0, description="Allowed worsening as a share of the baseline's value.")] | None
    ) = field(default=None, name="tolerance")
    absolute: Annotated[float, Meta(ge=0, description="Allowed worsening in the metric's own unit.")] | None = field(
        default=None, name="tolerance-absolute"
    )
    level: MetricLevel = "error"


class BaselineSettings(Table, frozen=True, kw_only=True):
    """The baseline, and how much worse than it a run may be."""

    path: Annotated[
        str, Meta(min_length=1, description="A file of --write-baseline, a report of --json, or a log.")
    ] = ""
    tolerance: Annotated[
        float, Meta(ge=0, description="Allowed worsening of every metric, as a share of the baseline's value.")
    ] = 0.02
    metrics: Annotated[
        dict[str, BaselineBound], Meta(description="name of a metric -> how much worse it may get [tolerance].")
    ] = {}


class MailSettings(Table, frozen=True, kw_only=True):
    """Recipients and delivery of the mail; the password is never part of it."""

    to: Annotated[
        tuple[Annotated[str, Meta(min_length=3, description="A mail address.")], ...],
        Meta(description="Addresses of the recipients."),
    ] = ()
    sender: Annotated[str, Meta(min_length=3, description="Address of the sender.")] = field(default="", name="from")
    smtp: Annotated[
        str, Meta(pattern="^smtps?://", description="smtp[s]://user@host:port, never with a password.",
                  extra={"secret": True}),
    ] = ""  # fmt: skip
    password_file: Annotated[
        str, Meta(min_length=1, description="File that holds the password; else LOGANALYZER_SMTP_PASSWORD.")
    ] = ""
    ca_file: Annotated[str, Meta(min_length=1, description="PEM file of an additional certificate authority.")] = ""
    insecure: Annotated[
        bool, Meta(description="Allow plain text to a host other than this machine (never with a password).")
    ] = False
    required: Annotated[
        bool, Meta(description="A mail that could not be delivered ends in exit code 4 where nothing else failed.")
    ] = False
    retry_seconds: Annotated[
        float,
        Meta(
            ge=0, le=600, description="Wait before the second attempt at delivery; before the third one twice as long."
        ),
    ] = 2.0
    attach: Annotated[Literal["html", "zip", "none"], Meta(description="How the full report is attached.")] = "html"
    attach_limit_mb: Annotated[
        float, Meta(gt=0, le=50, description="A larger report is not attached, in megabytes.")
    ] = 10.0
    when: Annotated[
        Literal["always", "attention", "failure"],
        Meta(description="Send always, when a run needs attention, or when the gate failed."),
    ] = "always"
    report_url: Annotated[
        str,
        Meta(pattern=r'^https?://[^\s"<>]+$', description="Where the full report is hosted, for a link in the mail."),
    ] = ""
    title: Annotated[str, Meta(description="Name of the job, at the end of the subject.")] = ""


class Configuration(Table, frozen=True, kw_only=True):
    """The contents of ``loganalyzer.toml``, or of ``[tool.loganalyzer]`` in ``pyproject.toml``."""

    preset: (
        Annotated[Preset, Meta(description="A set of defaults for the gate; every other key overrides it.")] | None
    ) = None
    fail_on: FailOn = ()
    strict: Annotated[bool, Meta(description="Input that could not be read, or only in part, ends in exit code 4.")] = (
        False
    )
    allow_empty: Annotated[bool, Meta(description="Finding no run at all is no failure (else exit code 5).")] = False
    allow_running: Annotated[
        bool,
        Meta(description="A run that is still being written is judged as it stands (else it fails the gate)."),
    ] = False
    settled_minutes: Annotated[
        float,
        Meta(
            ge=0,
            description="A log changed less than so many minutes ago counts as still being written; 0: only one that "
            "a process holds open.",
        ),
    ] = 0.0
    follow_links: Annotated[
        bool, Meta(description="Links that lead out of the analysed folders are read (else they are listed as unread).")
    ] = False
    max_seconds: Annotated[
        float,
        Meta(gt=0, description="Reading one run stops after so many seconds; what was read until then is used."),
    ] = MAX_SECONDS
    require_runs: Annotated[int, Meta(ge=0, description="The least number of runs that must be found.")] = 0
    min_steps: MinSteps = 0
    lang: Annotated[
        Lang,
        Meta(
            description="The language of every sentence.",
            extra={"choices": tuple(LANGUAGES)},
            extra_json_schema={"enum": list(LANGUAGES)},
        ),
    ] = SOURCE
    severities: Annotated[dict[str, Severity], Meta(description="rule id -> severity that its findings get.")] = {}
    limits: Annotated[
        dict[str, dict[str, int | float | bool]],
        Meta(description="rule id -> limit -> number (analyze-logs --explain RULE lists the limits)."),
    ] = {}
    roles: Annotated[dict[str, RoleName], Meta(description="glob over series names -> role.")] = {}
    gate: GateSettings = GateSettings()
    ignore: Annotated[tuple[Ignore, ...], Meta(description="Findings that do not count, each with a reason.")] = ()
    history: Annotated[
        str, Meta(min_length=1, description="Folder or file to which the outcome of each analysis is added.")
    ] = ""
    baseline: BaselineSettings = BaselineSettings()
    mail: MailSettings = MailSettings()


class Settings(Configuration, frozen=True, kw_only=True):
    """The merged configuration; ``origins`` maps each value's path, joined with NUL, to its origin.

    ``source`` is the name of the configuration file, None without one.
    """

    origins: dict[str, str] = {}
    source: str | None = None

    @property
    def gates(self) -> bool:
        """True if there is any condition that a run could fail."""
        conditions = self.fail_on or self.min_steps or self.require_runs
        return bool(conditions or self.gate.metrics or self.gate.runs or self.baseline.path)

    @property
    def looks_for_new(self) -> bool:
        """True if any condition is about what is new since the last time."""
        return NEW in self.fail_on or any(NEW in (block.fail_on or ()) for block in self.gate.runs)

    @property
    def needs_series(self) -> bool:
        """True if judging needs the curves, not only the verdicts."""
        of_runs = any(block.metrics or block.min_steps for block in self.gate.runs)
        return bool(self.gate.metrics or self.min_steps or self.baseline.path or of_runs)
