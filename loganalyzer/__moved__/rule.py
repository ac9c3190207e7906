"""Now ``loganalyzer.rules.base``; ``needs`` is ``requires``, ``may_use`` is ``optional``, ``causes`` is ``explained_by``,
``beside`` is ``hint_for``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Outcome
from loganalyzer.model.verdicts import Verdict
from loganalyzer.rules import base

__all__ = ["Rule"]


def Rule(
    id: str,
    limits: Any,
    check: Callable[[View, Any], Outcome],
    needs: frozenset[str] = frozenset(),
    may_use: frozenset[str] = frozenset(),
    verdict: Verdict | None = None,
    causes: tuple[str, ...] = (),
    beside: tuple[str, ...] = (),
    min_points: int = 3,  # noqa: ARG001  (it never had an effect)
) -> base.Rule:
    """A rule from the fields that it had in version 0.1."""
    return base.Rule(id, limits, check, needs, may_use, verdict, explained_by=causes, hint_for=beside)
