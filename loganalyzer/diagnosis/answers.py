"""Ask the rules: each is called once, sees only the signals that it declared, and may fail without costing the others."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from loganalyzer.features.view import View
from loganalyzer.model.errors import ConfigError, did_you_mean
from loganalyzer.model.outcome import Evidence, Outcome, Severity, Status
from loganalyzer.model.record import replace
from loganalyzer.model.role import Task
from loganalyzer.rules.base import Rule, under_current_ids
from loganalyzer.rules.limits import by_name, current
from loganalyzer.rules.registry import has_fix

MOST_ERROR = 200
"""Characters of an exception's text that are kept."""


class Answer(NamedTuple):
    """A rule and its outcome on one run; ``found`` is True if the rule found what it looks for."""

    rule: Rule
    outcome: Outcome
    found: bool

    @classmethod
    def of(cls, rule: Rule, outcome: Outcome) -> Answer:
        """The answer of ``rule``."""
        return cls(rule, outcome, outcome.status is Status.FOUND)

    def but(self, **changes: Any) -> Answer:
        """The same answer with other fields of its outcome."""
        return Answer.of(self.rule, replace(self.outcome, **changes))


def ask_all(rules: Iterable[Rule], view: View) -> list[Answer]:
    """The answers of all ``rules``, in their order."""
    outcomes = ((rule, ask(rule, view)) for rule in rules)
    return [Answer(rule, outcome, outcome.status is Status.FOUND) for rule, outcome in outcomes]


def ask(rule: Rule, view: View) -> Outcome:
    """One rule's outcome: not applicable without its signals, broken if it raises or returns what is no outcome."""
    if not rule.requires <= view.present or (rule.of_loss and view.task is Task.REINFORCEMENT):
        return Outcome(rule.id, Status.NOT_APPLICABLE)
    try:
        outcome = rule.check(view.narrowed(rule.allowed), rule.limits)
        if wrong := _malformed(outcome):
            return _broken(rule, f"TypeError: {wrong}")
    except Exception as error:  # a rule may fail in any way (a third party's too); the other answers must stand
        return _broken(rule, f"{type(error).__name__}: {error}")
    if outcome.status is not Status.FOUND:
        return outcome.of(rule.id)
    if outcome.fixes and any(fix not in rule.fixes for fix in outcome.fixes):
        outcome = replace(outcome, fixes=tuple(f for f in outcome.fixes if f in rule.fixes or has_fix(f)))
    if view.task is Task.REINFORCEMENT and outcome.fixes and rule.return_fixes:
        outcome = outcome if outcome.kind in rule.for_any_task else replace(outcome, fixes=rule.return_fixes)
    return outcome if outcome.rule == rule.id else outcome.of(rule.id)


def _broken(rule: Rule, error: str) -> Outcome:
    return Outcome(rule.id, Status.BROKEN, numbers={"error": error[:MOST_ERROR]})


def _malformed(outcome: object) -> str:
    """What makes a rule's return value unusable for reports; "" for a proper outcome."""
    if not isinstance(outcome, Outcome) or not isinstance(outcome.status, Status):
        return f"no outcome but {type(outcome).__name__}"
    if outcome.status is not Status.FOUND:  # most are: nothing of them is shown
        return ""
    if not isinstance(outcome.severity, Severity):
        return f"the severity is {outcome.severity!r}"
    if not (isinstance(outcome.score, int | float) and math.isfinite(outcome.score)):
        return f"the score is {outcome.score!r}"
    if not all(isinstance(text, str) for text in (outcome.kind, outcome.variant, *outcome.fixes)):
        return "kind, variant and fixes must be text"
    if not all(isinstance(value, str | int | float) for value in outcome.numbers.values()):
        return "numbers must be numbers or text"
    if not all(isinstance(item, Evidence) for item in outcome.evidence):
        return "evidence must be a sequence of Evidence"
    return ""


def with_limits(rules: Sequence[Rule], limits: Mapping[str, Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The rules with overridden limits. Raises ConfigError for an unknown rule or limit."""
    if not limits:
        return tuple(rules)
    known = {rule.id for rule in rules}
    limits = under_current_ids(limits, rules)
    for name in limits:
        if name not in known:
            raise ConfigError("unknown rule {name!r}{hint}", name=name, hint=did_you_mean(name, known))
    changed = []
    for rule in rules:
        own = limits.get(rule.id, {})
        names = by_name(rule.limits)
        for name in own:
            if name not in names:
                hint = did_you_mean(name, names)
                raise ConfigError("rule {rule!r} has no limit {name!r}{hint}", rule=rule.id, name=name, hint=hint)
        if own:  # limits are a dataclass, those of plugins too
            rule = replace(rule, limits=dataclasses.replace(rule.limits, **current(rule.limits, own)))
        changed.append(rule)
    return tuple(changed)
