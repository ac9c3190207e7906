"""The configuration: ``loganalyzer.toml`` or ``[tool.loganalyzer]`` in pyproject.toml of the working directory.

Never a file from inside the scanned tree: logs are data and may come from anybody. Later layers win: defaults, preset,
file, environment (``LOGANALYZER_FAIL_ON`` ...), command line. ``schema.json`` beside this file is the one place
that says which keys there are and what they may hold; editors can use it too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from loganalyzer.config.fit import hint, validate
from loganalyzer.config.settings import (
    BaselineBound,
    BaselineSettings,
    Ignore,
    MailSettings,
    MetricBound,
    RunBlock,
    Settings,
)
from loganalyzer.config.sources import FILE, from_environment, read, variable
from loganalyzer.config.tables import leaves, nested, put
from loganalyzer.messages.languages import SOURCE
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.outcome import Severity
from loganalyzer.model.verdicts import Verdict, current
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import by_name

CHECKS = ("min-steps", "metrics", "baseline", "expect", "require-runs", "running")
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "smoke": {"fail-on": ["diverging:non-finite", "plateau:never-learned", "plateau:constant"]},
    "recommended": {"fail-on": ["diverging", "error"]},
    "strict": {"fail-on": ["warning", "inconclusive"], "strict": True, "require-runs": 1},
}
DEFAULTS: Mapping[str, Any] = {
    "fail-on": [],
    "strict": False,
    "allow-empty": False,
    "allow-running": False,
    "settled-minutes": 0.0,
    "require-runs": 0,
    "min-steps": 0,
    "lang": SOURCE,
    "baseline": {"tolerance": 0.02},
    "mail": {
        "to": [], "insecure": False, "required": False, "retry-seconds": 2.0, "attach": "html", "attach-limit-mb": 10.0,
        "when": "always",
    },
}  # fmt: skip


def load(
    config_file: str | None = None,
    *,
    command_line: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    rules: Sequence[Rule] | None = None,
) -> Settings:
    """Merge all layers into one ``Settings``.

    ``config_file`` (or LOGANALYZER_CONFIG) replaces the search in ``directory`` (default: the working directory).
    ``command_line`` maps dotted keys ("fail-on", "mail.to") to values; None means not given. With ``rules`` the names
    of rules and limits are checked too. Raises ConfigError naming file, key and the nearest known name.
    """
    env = os.environ if environment is None else environment
    file_layer, source = read(config_file or env.get("LOGANALYZER_CONFIG"), directory or Path.cwd())
    env_layer = from_environment(env)
    own = {k: v for k, v in (command_line or {}).items() if v is not None}
    line_layer: dict[str, Any] = {}
    for dotted, value in own.items():
        put(line_layer, tuple(dotted.split(".")), value)
    if file_layer:
        validate(file_layer, source or FILE)
    if env_layer:
        validate(env_layer, "environment")
    preset = next((layer["preset"] for layer in (line_layer, env_layer, file_layer) if "preset" in layer), None)
    if preset is not None and preset not in PRESETS:
        raise ConfigError("unknown preset {preset!r}{hint}", preset=preset, hint=hint(str(preset), PRESETS))
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer, origin in (
        (DEFAULTS, "default"),
        (PRESETS.get(preset or "", {}), f"preset {preset}"),
        (file_layer, source or FILE),
    ):
        _merge(merged, layer, origins, origin)
    for path, value in leaves(env_layer):
        _merge(merged, nested(path, value), origins, "environment " + variable(path))
    for dotted, value in own.items():
        _merge(merged, nested(tuple(dotted.split(".")), value), origins, "command line")
    settings = _build(merged, origins, source)
    if rules is not None:
        check_rules(settings, rules)
    return settings


def parse_fail_on(value: str | Sequence[str], where: str = "fail-on") -> tuple[str, ...]:
    """The conditions of ``--fail-on``, checked: verdicts (with a kind after a colon), "warning", "error", "never"."""
    words = [current(w.strip()) for w in (value.split(",") if isinstance(value, str) else value)]
    known = [*Verdict, "warning", "error", "never"]
    for word in words:
        verdict = word.partition(":")[0]
        of_verdict = sorted(kind for kind in KINDS if kind.startswith(f"{verdict}:")) if ":" in word else []
        choices = of_verdict or known
        if verdict not in known or (":" in word and not _is_kind(word)):
            raise ConfigError(
                "{where}: {word!r} is no verdict and no severity{hint} (known: {known})",
                where=where,
                word=word,
                hint=hint(word, choices),
                known=", ".join(choices),
            )
    return () if words == ["never"] else tuple(dict.fromkeys(words))


def check_rules(settings: Settings, rules: Sequence[Rule]) -> None:
    """Raise ConfigError for a rule or limit that does not exist, or a limit outside its range."""
    known = {rule.id: rule for rule in rules}
    where = settings.source or FILE
    for table, names in (("severities", settings.severities), ("limits", settings.limits)):
        for name in names:
            if name not in known:
                key = f"{table}.{name}"
                raise ConfigError("{where}: {key}: no such rule{hint}", where=where, key=key, hint=hint(name, known))
    for ignore in settings.ignores:
        if ignore.rule not in known and ignore.rule not in CHECKS:
            close = hint(ignore.rule, [*known, *CHECKS])
            raise ConfigError(
                "{where}: ignore: no rule or check {rule!r}{hint}", where=where, rule=ignore.rule, hint=close
            )
    for name, limits in settings.limits.items():
        own = by_name(known[name].limits)
        for limit, value in limits.items():
            key = f"limits.{name}.{limit}"
            if limit not in own:
                raise ConfigError("{where}: {key}: no such limit{hint}", where=where, key=key, hint=hint(limit, own))
            if isinstance(value, bool) and not isinstance(own[limit].default, bool):
                raise ConfigError(
                    "{where}: {key} = {value} is no number", where=where, key=key, value=str(value).lower()
                )
            low, high = own[limit].metadata.get("low"), own[limit].metadata.get("high")
            if (low is not None and value < low) or (high is not None and value > high):
                text = "{where}: {key} = {value} is outside {low} to {high}"
                raise ConfigError(text, where=where, key=key, value=value, low=low, high=high)


def _is_kind(word: str) -> bool:
    return re.fullmatch(r"[a-z]+:[a-z-]+", word) is not None and word in KINDS


KINDS = frozenset(
    f"{verdict}:{kind}"
    for verdict, kinds in {
        "diverging": "non-finite rising blow-up",
        "overfitting": "mild moderate severe",
        "oscillating": "periodic erratic",
        "plateau": "never-learned stalled constant",
        "underfitting": "undertrained high-floor",
        "inconclusive": "too-short no-objective range-test adversarial reinforcement",
    }.items()
    for kind in kinds.split()
)


def _merge(merged: dict[str, Any], layer: Mapping[str, Any], origins: dict[str, str], origin: str) -> None:
    for path, value in leaves(layer):
        if (
            value == {}
            and "\0".join(path) not in origins
            and any(k.startswith("\0".join(path) + "\0") for k in origins)
        ):
            continue  # an empty table takes nothing away from what lies below it
        put(merged, path, list(value) if isinstance(value, tuple) else value)
        origins["\0".join(path)] = origin


def _build(merged: Mapping[str, Any], origins: Mapping[str, str], source: str | None) -> Settings:
    place = "--fail-on" if origins["fail-on"] == "command line" else f"{origins['fail-on']}: fail-on"
    gate, base, mail = merged.get("gate", {}), merged.get("baseline", {}), merged.get("mail", {})
    return Settings(
        preset=merged.get("preset"),
        fail_on=parse_fail_on(merged["fail-on"], place),
        strict=merged["strict"],
        allow_empty=merged["allow-empty"],
        allow_running=merged["allow-running"],
        settled_minutes=float(merged["settled-minutes"]),
        require_runs=merged["require-runs"],
        min_steps=merged["min-steps"],
        lang=merged["lang"],
        severities={k: Severity(v) for k, v in merged.get("severities", {}).items()},
        limits=merged.get("limits", {}),
        roles=merged.get("roles", {}),
        metrics=_bounds(gate.get("metrics", {})),
        runs=tuple(_block(b, source) for b in gate.get("runs", ())),
        ignores=tuple(Ignore(**i) for i in merged.get("ignore", ())),
        baseline=BaselineSettings(
            base.get("path"),
            float(base["tolerance"]),
            tuple(
                BaselineBound(name, b.get("tolerance"), b.get("tolerance-absolute"), b.get("level", "error"))
                for name, b in base.get("metrics", {}).items()
            ),
        ),
        mail=MailSettings(
            to=tuple(mail["to"]),
            sender=mail.get("from"),
            smtp=mail.get("smtp"),
            password_file=mail.get("password-file"),
            ca_file=mail.get("ca-file"),
            insecure=mail["insecure"],
            required=mail["required"],
            retry_seconds=float(mail["retry-seconds"]),
            attach=mail["attach"],
            attach_limit_mb=float(mail["attach-limit-mb"]),
            when=mail["when"],
            title=mail.get("title", ""),
            report_url=mail.get("report-url", ""),
        ),
        origins=dict(origins),
        source=source,
    )


def _bounds(table: Mapping[str, Mapping[str, Any]]) -> tuple[MetricBound, ...]:
    return tuple(MetricBound(name, **bound) for name, bound in table.items())


def _block(block: Mapping[str, Any], source: str | None) -> RunBlock:
    expect = block.get("expect", ())
    return RunBlock(
        block["runs"],
        parse_fail_on(block["fail-on"], f"{source}: gate.runs.fail-on") if "fail-on" in block else None,
        parse_fail_on((expect,) if isinstance(expect, str) else expect, f"{source}: gate.runs.expect"),
        block.get("min-steps"),
        _bounds(block.get("metrics", {})),
    )
