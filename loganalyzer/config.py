"""The configuration: ``loganalyzer.toml`` or ``[tool.loganalyzer]`` in pyproject.toml of the working directory.

Never a file from inside the scanned tree: logs are data and may come from anybody. Later layers win: defaults, preset,
file, environment (``LOGANALYZER_FAIL_ON`` ...), command line. ``config_schema.json`` beside this file is the one place
that says which keys there are and what they may hold; editors can use it too.
"""

from __future__ import annotations

import datetime
import json
import math
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

from loganalyzer.errors import ConfigError
from loganalyzer.model.outcome import Severity, Verdict
from loganalyzer.rule import Rule
from loganalyzer.settings import BaselineBound, BaselineSettings, Ignore, MailSettings, MetricBound, RunBlock, Settings

FILE = "loganalyzer.toml"
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
    "lang": "en",
    "baseline": {"tolerance": 0.02},
    "mail": {
        "to": [], "insecure": False, "required": False, "retry-seconds": 2.0, "attach": "html", "attach-limit-mb": 10.0,
        "when": "always",
    },
}  # fmt: skip
# what the environment may set; passwords are read elsewhere and never become part of the settings
ENVIRONMENT: Mapping[str, tuple[str, ...]] = {
    "LOGANALYZER_" + "_".join(path).upper().replace("-", "_"): path
    for path in (
        ("preset",),
        ("fail-on",),
        ("strict",),
        ("allow-empty",),
        ("allow-running",),
        ("settled-minutes",),
        ("require-runs",),
        ("min-steps",),
        ("lang",),
        ("baseline", "path"),
        ("baseline", "tolerance"),
        *(("mail", key) for key in ("to", "from", "smtp", "password-file", "ca-file", "insecure", "required")),
        *(("mail", key) for key in ("retry-seconds", "attach", "attach-limit-mb", "when", "title", "report-url")),
    )
}


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
    file_layer, source = _read(config_file or env.get("LOGANALYZER_CONFIG"), directory or Path.cwd())
    env_layer = _from_environment(env)
    own = {k: v for k, v in (command_line or {}).items() if v is not None}
    line_layer: dict[str, Any] = {}
    for dotted, value in own.items():
        _put(line_layer, tuple(dotted.split(".")), value)
    if file_layer:
        _validate(file_layer, source or FILE)
    if env_layer:
        _validate(env_layer, "environment")
    preset = next((layer["preset"] for layer in (line_layer, env_layer, file_layer) if "preset" in layer), None)
    if preset is not None and preset not in PRESETS:
        raise ConfigError(f"unknown preset {preset!r}{_hint(str(preset), PRESETS)}")
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer, origin in (
        (DEFAULTS, "default"),
        (PRESETS.get(preset or "", {}), f"preset {preset}"),
        (file_layer, source or FILE),
    ):
        _merge(merged, layer, origins, origin)
    for path, value in leaves(env_layer):
        _merge(merged, _nested(path, value), origins, "environment " + _variable(path))
    for dotted, value in own.items():
        _merge(merged, _nested(tuple(dotted.split(".")), value), origins, "command line")
    settings = _build(merged, origins, source)
    if rules is not None:
        check_rules(settings, rules)
    return settings


def parse_fail_on(value: str | Sequence[str], where: str = "fail-on") -> tuple[str, ...]:
    """The conditions of ``--fail-on``, checked: verdicts (with a kind after a colon), "warning", "error", "never"."""
    words = [w.strip() for w in (value.split(",") if isinstance(value, str) else value)]
    known = [*Verdict, "warning", "error", "never"]
    for word in words:
        if word.partition(":")[0] not in known or (":" in word and not _is_kind(word)):
            raise ConfigError(
                f"{where}: {word!r} is no verdict and no severity{_hint(word, known)} (known: {', '.join(known)})"
            )
    return () if words == ["never"] else tuple(dict.fromkeys(words))


def check_rules(settings: Settings, rules: Sequence[Rule]) -> None:
    """Raise ConfigError for a rule or limit that does not exist, or a limit outside its range."""
    known = {rule.id: rule for rule in rules}
    where = settings.source or FILE
    for table, names in (("severities", settings.severities), ("limits", settings.limits)):
        for name in names:
            if name not in known:
                raise ConfigError(f"{where}: {table}.{name}: no such rule{_hint(name, known)}")
    for ignore in settings.ignores:
        if ignore.rule not in known and ignore.rule not in CHECKS:
            raise ConfigError(
                f"{where}: ignore: no rule or check {ignore.rule!r}{_hint(ignore.rule, [*known, *CHECKS])}"
            )
    for name, limits in settings.limits.items():
        own = {f.name: f for f in fields(known[name].limits)} if known[name].limits is not None else {}
        for limit, value in limits.items():
            if limit not in own:
                raise ConfigError(f"{where}: limits.{name}.{limit}: no such limit{_hint(limit, own)}")
            if isinstance(value, bool) and not isinstance(own[limit].default, bool):
                raise ConfigError(f"{where}: limits.{name}.{limit} = {str(value).lower()} is no number")
            low, high = own[limit].metadata.get("low"), own[limit].metadata.get("high")
            if (low is not None and value < low) or (high is not None and value > high):
                raise ConfigError(f"{where}: limits.{name}.{limit} = {value} is outside {low} to {high}")


def schema() -> dict[str, Any]:
    """The JSON Schema of the configuration."""
    loaded: dict[str, Any] = json.loads(files("loganalyzer").joinpath("config_schema.json").read_text(encoding="utf-8"))
    return loaded


def _read(config_file: str | None, directory: Path) -> tuple[dict[str, Any], str | None]:
    if config_file:
        return _section(Path(config_file), explicit=True) or {}, config_file
    own = directory / FILE
    if own.is_file():
        return _section(own, explicit=True) or {}, FILE
    project = directory / "pyproject.toml"
    if project.is_file():
        section = _section(project, explicit=False)
        if section is not None:
            return section, "pyproject.toml"
    return {}, None


def _section(path: Path, *, explicit: bool) -> dict[str, Any] | None:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"cannot read the configuration {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        if not explicit and "loganalyzer" not in path.read_text(encoding="utf-8", errors="replace"):
            return None  # somebody else's broken pyproject.toml is none of our business
        raise ConfigError(f"{path} is no valid TOML: {error}") from error
    if path.name == "pyproject.toml":
        tool = document.get("tool", {})
        section = tool.get("loganalyzer") if isinstance(tool, dict) else None
        if section is None:
            return {} if explicit else None
        document = section
    plain: dict[str, Any] = _plain(document) if isinstance(document, dict) else {}
    return plain


def _plain(value: Any) -> Any:
    """TOML's dates as text, so that one schema fits TOML and JSON."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value


def _from_environment(env: Mapping[str, str]) -> dict[str, Any]:
    layer: dict[str, Any] = {}
    others = ("LOGANALYZER_CONFIG", "LOGANALYZER_DEBUG", "LOGANALYZER_SMTP_PASSWORD")
    for name in sorted(n for n in env if n.startswith("LOGANALYZER_")):
        if name in ENVIRONMENT:
            _put(layer, ENVIRONMENT[name], _typed(ENVIRONMENT[name], env[name], name))
        elif name not in others and (near := get_close_matches(name, [*ENVIRONMENT, *others], n=1, cutoff=0.85)):
            raise ConfigError(f"environment: {name} is unknown; did you mean {near[0]}?")
    return layer


def _typed(path: tuple[str, ...], text: str, name: str) -> Any:
    node: Any = schema()
    for part in path:
        node = node["properties"][part]
    kind = node.get("type")
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        raise ConfigError(f"environment: {name}={text!r} is no number") from None
    if kind == "boolean":
        if text.lower() not in ("1", "true", "yes", "on", "0", "false", "no", "off", ""):
            raise ConfigError(f"environment: {name}={text!r} is neither true nor false")
        return text.lower() in ("1", "true", "yes", "on")
    return [p.strip() for p in text.split(",") if p.strip()] if kind == "array" else text


def _validate(document: Mapping[str, Any], where: str) -> None:
    from jsonschema import Draft202012Validator

    errors = sorted(
        Draft202012Validator(schema()).iter_errors(document), key=lambda e: (list(map(str, e.absolute_path)), e.message)
    )
    if errors:
        raise ConfigError(f"{where}: {_message(errors[0])}")
    if odd := list(_not_finite(document)):
        # every comparison with NaN is false: a limit of NaN would switch its rule off without a word
        raise ConfigError(f"{where}: {odd[0]}: nan and inf are no numbers to compare with")


def _not_finite(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, Mapping | list):
        for name, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from _not_finite(inner, f"{key}.{quoted(str(name))}".lstrip("."))
    elif isinstance(value, float) and not math.isfinite(value):
        yield key


def _message(error: Any) -> str:
    key = ".".join(quoted(str(p)) for p in error.absolute_path)
    at = f"{key}: " if key else ""
    if error.validator == "additionalProperties" and error.schema.get("additionalProperties") is False:
        known = error.schema.get("properties", {})
        name = sorted(k for k in error.instance if k not in known)[0]
        return f"{at}unknown key {name!r}{_hint(name, known)} (known: {', '.join(sorted(known))})"
    if error.validator == "enum":
        allowed = [str(a) for a in error.validator_value]
        hint = _hint(str(error.instance), allowed)
        return f"{at}{error.instance!r} is not allowed{hint} (allowed: {', '.join(allowed)})"
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"{at}{missing[0]!r} is missing"
    if error.validator == "anyOf" and "min" in str(error.validator_value):
        return f"{at}give min, max or both"
    if error.validator == "pattern" and "reason" in key:
        return f"{at}a reason must be given"
    expected = error.schema.get("description") or f"{error.validator} {error.validator_value}"
    return f"{at}{json.dumps(error.instance, ensure_ascii=True)[:120]} does not fit: {expected}"


def _hint(name: str, known: Mapping[str, Any] | Sequence[str]) -> str:
    close = get_close_matches(name.lower().replace("_", "-"), [str(k) for k in known], n=1)
    close = close or get_close_matches(name, [str(k) for k in known], n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _is_kind(word: str) -> bool:
    return re.fullmatch(r"[a-z]+:[a-z-]+", word) is not None and word in KINDS


KINDS = frozenset(
    f"{verdict}:{kind}"
    for verdict, kinds in {
        "diverging": "non-finite rising blow-up",
        "overfitting": "mild clear severe",
        "oscillating": "periodic erratic",
        "plateau": "never-learned stalled constant",
        "underfitting": "undertrained high-floor",
        "inconclusive": "too-short no-objective range-test adversarial reinforcement",
    }.items()
    for kind in kinds.split()
)


def _put(layer: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        layer = layer.setdefault(part, {})
    layer[path[-1]] = value


def _nested(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    layer: dict[str, Any] = {}
    _put(layer, path, value)
    return layer


def leaves(layer: Mapping[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value of nested tables with the path that leads to it."""
    for key, value in layer.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*before, key))
        else:
            yield (*before, key), value


def _merge(merged: dict[str, Any], layer: Mapping[str, Any], origins: dict[str, str], origin: str) -> None:
    for path, value in leaves(layer):
        if (
            value == {}
            and "\0".join(path) not in origins
            and any(k.startswith("\0".join(path) + "\0") for k in origins)
        ):
            continue  # an empty table takes nothing away from what lies below it
        _put(merged, path, list(value) if isinstance(value, tuple) else value)
        origins["\0".join(path)] = origin


def _variable(path: tuple[str, ...]) -> str:
    return next(name for name, known in ENVIRONMENT.items() if known == path)


def quoted(part: str) -> str:
    """A key as TOML writes it."""
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else json.dumps(part, ensure_ascii=True)


def _build(merged: Mapping[str, Any], origins: Mapping[str, str], source: str | None) -> Settings:
    gate, base, mail = merged.get("gate", {}), merged.get("baseline", {}), merged.get("mail", {})
    return Settings(
        preset=merged.get("preset"),
        fail_on=parse_fail_on(merged["fail-on"], f"{origins['fail-on']}: fail-on"),
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
