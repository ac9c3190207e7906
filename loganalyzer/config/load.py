"""Merge the layers of the configuration: defaults, preset, file, environment, command line; the later one wins.

The file is ``loganalyzer.toml`` or ``[tool.loganalyzer]`` in pyproject.toml of the working directory, never one from
inside the scanned tree: logs are untrusted data. ``settings`` defines the keys.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from loganalyzer.config import keys
from loganalyzer.config.conditions import CHECKS
from loganalyzer.config.settings import PRESETS, Configuration, Settings
from loganalyzer.config.sources import FILE, as_list, from_environment, read
from loganalyzer.config.validate import validate
from loganalyzer.model.errors import ConfigError, did_you_mean
from loganalyzer.model.record import Record
from loganalyzer.rules.base import Rule, current_id, under_current_ids
from loganalyzer.rules.limits import by_name

BY_RULE = ("severities", "limits")
"""The tables whose keys are ids of rules."""


class Given(Record):
    """One value and its origin."""

    path: keys.Path
    value: Any
    origin: str


def load(
    config_file: str | None = None,
    *,
    command_line: Mapping[str, Any] | None = None,
    option_names: Mapping[str, str] = MappingProxyType({}),
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    rules: Sequence[Rule] | None = None,
) -> Settings:
    """Merge all layers into one ``Settings``.

    ``config_file`` (or LOGANALYZER_CONFIG) replaces the search in ``directory`` (default: the working directory).
    ``command_line`` maps dotted keys ("fail-on", "mail.to") to values; None means not given. ``option_names`` maps them
    to the options that messages name (default: ``--`` and the key). With ``rules`` the names of rules and limits are
    checked too. Raises ConfigError naming file, key and the nearest known name.
    """
    env = os.environ if environment is None else environment
    document, source = read(config_file or env.get("LOGANALYZER_CONFIG"), directory or Path.cwd())
    given = [
        *_of_file(document, source or FILE),
        *_of_environment(env),
        *_of_command_line(command_line or {}, option_names),
    ]
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for each in (*_of_preset(given), *given):
        if _put(merged, each.path, each.value):
            origins["\0".join(each.path)] = each.origin
    given_keys = {**merged, "origins": origins, "source": source}
    settings = msgspec.convert(given_keys, Settings) if merged else Settings(source=source)
    if rules is not None:
        return checked(settings, rules)
    return settings


def checked(settings: Settings, rules: Sequence[Rule]) -> Settings:
    """``settings`` with today's ids of rules.

    Raises ConfigError for a rule or limit that does not exist, or a limit outside its range.
    """
    current = msgspec.structs.replace(
        settings,
        severities=under_current_ids(settings.severities, rules),
        limits=under_current_ids(settings.limits, rules),
        ignore=tuple(msgspec.structs.replace(i, rule=current_id(i.rule, rules)) for i in settings.ignore),
        origins={_under_current_id(path, rules): origin for path, origin in settings.origins.items()},
    )
    _check(current, rules)
    return current


def _under_current_id(path: str, rules: Sequence[Rule]) -> str:
    table, *rest = path.split("\0")
    return "\0".join((table, *(current_id(name, rules) for name in rest[:1]), *rest[1:])) if table in BY_RULE else path


def _check(settings: Settings, rules: Sequence[Rule]) -> None:
    known = {rule.id: rule for rule in rules}
    where = settings.source or FILE
    for table, names in (("severities", settings.severities), ("limits", settings.limits)):
        for name in names:
            if name not in known:
                key = f"{table}.{name}"
                raise ConfigError(
                    "{where}: {key}: no such rule{hint}", where=where, key=key, hint=did_you_mean(name, known)
                )
    for ignore in settings.ignore:
        if ignore.rule not in known and ignore.rule not in CHECKS:
            close = did_you_mean(ignore.rule, [*known, *CHECKS])
            text = "{where}: ignore: no rule or check {rule!r}{hint}"
            raise ConfigError(text, where=where, rule=ignore.rule, hint=close)
    for name, limits in settings.limits.items():
        _check_limits(known[name], limits, where)


def _check_limits(rule: Rule, limits: Mapping[str, float], where: str) -> None:
    own = by_name(rule.limits)
    for limit, value in limits.items():
        key = f"limits.{rule.id}.{limit}"
        if limit not in own:
            raise ConfigError(
                "{where}: {key}: no such limit{hint}", where=where, key=key, hint=did_you_mean(limit, own)
            )
        if isinstance(value, bool) and not isinstance(own[limit].default, bool):
            text = "{where}: {key} = {value} is no number"
            raise ConfigError(text, where=where, key=key, value=str(value).lower())
        low, high = own[limit].metadata.get("low"), own[limit].metadata.get("high")
        if (low is not None and value < low) or (high is not None and value > high):
            text = "{where}: {key} = {value} is outside {low} to {high}"
            raise ConfigError(text, where=where, key=key, value=value, low=low, high=high)


def _of_file(document: Mapping[str, Any], name: str) -> Iterator[Given]:
    if document:  # mostly there is none, and the types of all keys need not be worked out
        for path, value in keys.leaves(validate(document, keys.kind_of(Configuration), name)):
            yield Given(path, value, name)


def _of_environment(env: Mapping[str, str]) -> Iterator[Given]:
    for key, value in from_environment(env):
        yield Given(key.path, validate(value, key.kind, key.variable), f"environment {key.variable}")


def _of_command_line(values: Mapping[str, Any], option_names: Mapping[str, str]) -> Iterator[Given]:
    for dotted, value in values.items():
        if value is None:
            continue
        path = tuple(dotted.split("."))
        kind = keys.kind_at(path)
        value = as_list(value) if isinstance(value, str) and kind.is_list_of_texts else value
        if value == [] and kind.is_list_of_texts:
            continue
        checked = validate(value, kind, option_names.get(dotted, f"--{dotted}"))
        for inner, each in keys.leaves({path[-1]: checked}, path[:-1]):
            yield Given(inner, each, "command line")


def _of_preset(given: Sequence[Given]) -> Iterator[Given]:
    """Return the values of the preset chosen by the last layer that names one."""
    preset = next((each.value for each in reversed(given) if each.path == ("preset",)), None)
    for key, value in PRESETS[preset].items() if preset else ():
        yield Given((key,), value, f"preset {preset}")


def _put(merged: dict[str, Any], path: keys.Path, value: Any) -> bool:
    """Set the value at ``path``, creating tables as needed; return False for an empty table, which overrides nothing."""
    for part in path[:-1]:
        merged = merged.setdefault(part, {})
    if value == {} and merged.get(path[-1]):
        return False
    merged[path[-1]] = value
    return True
