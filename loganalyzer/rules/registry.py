"""The registry of rules and fixes: built-in ones in the order of evaluation, then those of plugins."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from typing import Any

from loganalyzer import rules as _rules
from loganalyzer.model.guarded import guarded
from loganalyzer.model.outcome import Verdict
from loganalyzer.model.plugins import companion_file, with_plugins
from loganalyzer.model.record import replace
from loganalyzer.rules.base import Rule
from loganalyzer.rules.fixes.catalogue import Entry, entries, entry
from loganalyzer.rules.fixes.prescriptions import COMPUTED
from loganalyzer.rules.fixes.prescriptions.case import Compute

GROUP = "loganalyzer.rules.v1"


@lru_cache(maxsize=1)
def load_rules() -> tuple[Rule, ...]:
    """Return all rules in the order of evaluation, built-in ones first."""
    ours: list[Rule] = [import_module(f"loganalyzer.rules.{name}").RULE for name in _rules.MODULES]
    brought: dict[str, Entry] = {}

    def problems(rule: Rule) -> list[str]:
        from loganalyzer.rules.validation import plugin_problems  # ours are validated in the tests

        try:
            own = plugin_fixes(rule)
        except ValueError as error:
            return [f"fixes.toml is no TOML ({error})"]
        wrong = plugin_problems(rule, ours, own, brought)
        brought.update({} if wrong else own)
        return wrong

    return with_plugins(ours, Rule, GROUP, problems, _guarded)


def _guarded(rule: Rule, package: str) -> Rule:
    computes = {fix: guarded(compute, package) for fix, compute in rule.computes.items()}
    return replace(rule, check=guarded(rule.check, package), computes=computes)


def verdict_kinds() -> Mapping[Verdict, tuple[str, ...]]:
    """Return the kinds of each verdict; verdicts without kinds are absent."""
    kinds: dict[Verdict, tuple[str, ...]] = {}
    for rule in load_rules():
        if rule.verdict is not None and rule.kinds:
            kinds[rule.verdict] = (*kinds.get(rule.verdict, ()), *rule.kinds)
    return kinds


def rule_page(rule_id: str) -> str:
    """Return the rule's page: the docstring of its module. Raises KeyError for an unknown id."""
    return (import_module(_module_of(rule_id)).__doc__ or "").strip()


def quoted(rule_id: str, name: str, limits: Any = None) -> Any:
    """Return the number, or tuple of numbers, for ``name`` on the rule's page; None if there is none.

    A limit (of ``limits``, the rule's own unless given), a constant of the rule's module, ``TABLE.key`` of one that is a
    mapping, or ``module.CONSTANT`` of ``loganalyzer.features``. Raises KeyError for an unknown rule.
    """
    module = import_module(_module_of(rule_id))
    first, _, rest = name.partition(".")
    if limits is None:
        limits = next(rule.limits for rule in load_rules() if rule.id == rule_id)
    found = getattr(limits, first, getattr(module, first, None))
    if rest and isinstance(found, Mapping):
        found = found.get(rest)
    elif rest:
        with suppress(ImportError):
            found = getattr(import_module(f"loganalyzer.features.{first}"), rest, None)
    numbers = found if isinstance(found, tuple) else (found,)
    return found if all(isinstance(n, int | float) for n in numbers) else None


def rule_messages(rule_id: str) -> Mapping[str, Any]:
    """Read the rule's message file: the TOML file of the same name next to its module. Raises KeyError."""
    return _toml_of(_module_of(rule_id))


@lru_cache(maxsize=1)
def fixes() -> Mapping[str, Entry]:
    """Return all fixes by id: built-in ones and those of plugins."""
    return {id_: entry for rule in _theirs() for id_, entry in plugin_fixes(rule).items()} | dict(entries())


def has_fix(fix_id: str) -> bool:
    """Return True if the catalogue has a fix of that id."""
    return entry(fix_id) is not None or fix_id in fixes()


def computation(fix_id: str) -> Compute | None:
    """Return what computes a fix for a run; None for a fix that has its general text only."""
    return COMPUTED.get(fix_id) or next((r.computes[fix_id] for r in _theirs() if fix_id in r.computes), None)


def unless(fix_id: str) -> tuple[str, ...]:
    """Return the hyper-parameters that make the fix pointless if one is on in a run: meanings of the table, or names.

    None for an unknown fix.
    """
    found = entry(fix_id) or fixes().get(fix_id, {})
    return tuple(found.get("unless", ()))


def plugin_fixes(rule: Rule) -> Mapping[str, Entry]:
    """Read the fixes of a plugin rule from ``fixes.toml`` of its package; none without such a file."""
    from importlib.resources import files  # a plugin may be installed as an archive

    package = rule.check.__module__.rpartition(".")[0]
    file = files(package).joinpath("fixes.toml") if package else None
    return tomllib.loads(file.read_text(encoding="utf-8")) if file is not None and file.is_file() else {}


def _theirs() -> tuple[Rule, ...]:
    """Return the rules of plugins."""
    return load_rules()[len(_rules.MODULES) :]


@lru_cache(maxsize=256)
def _toml_of(module: str) -> Mapping[str, Any]:
    return tomllib.loads(companion_file(module, ".toml").read_text(encoding="utf-8"))


def _module_of(rule_id: str) -> str:
    for rule in load_rules():
        if rule.id == rule_id:
            return rule.check.__module__
    raise KeyError(rule_id)
