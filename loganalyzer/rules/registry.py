"""The rules there are: this package's in the order in which they are asked, then those of other packages."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from typing import Any

from loganalyzer import rules as _rules
from loganalyzer.model.plugins import with_plugins
from loganalyzer.rules.base import Rule


@lru_cache(maxsize=1)
def load_rules() -> tuple[Rule, ...]:
    """All rules, ours first, in the order in which they are asked."""
    ours: list[Rule] = [import_module(f"loganalyzer.rules.{name}").RULE for name in _rules.MODULES]
    return with_plugins(ours, Rule, "loganalyzer.rules.v1")


def rule_words(rule_id: str) -> tuple[str, str]:
    """Package and file name of a rule's sentences: beside its module, under the module's name. Raises KeyError."""
    package, _, module = _module_of(rule_id).rpartition(".")
    return package, f"{module}.toml"


def rule_page(rule_id: str) -> str:
    """The rule's page: the docstring of its module. Raises KeyError for an unknown id."""
    return (import_module(_module_of(rule_id)).__doc__ or "").strip()


def quoted(rule_id: str, name: str, limits: Any = None) -> Any:
    """The number, or tuple of numbers, that a page of the rule means by ``name``; None where there is none.

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


def _module_of(rule_id: str) -> str:
    for rule in load_rules():
        if rule.id == rule_id:
            return rule.check.__module__
    raise KeyError(rule_id)
