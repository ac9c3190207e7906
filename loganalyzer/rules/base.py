"""The contract of a rule: a page, its limits, one pure function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Outcome, Verdict


@dataclass(frozen=True)
class Rule:
    """One question about a run.

    ``requires`` names the signals (see ``features.view.SIGNALS``) without which the rule is not applicable; ``optional``
    those it looks at when they are there. ``limits`` is a frozen dataclass instance of numbers, whose fields the
    user's configuration may override. ``check(view, limits)`` answers once and never raises to answer. ``verdict``
    is set for the rules that can decide a run's verdict; ``explained_by`` lists rules that explain this one's finding;
    ``hint_for`` makes it a hint: its finding counts only beside one of these, and is shown under it.
    """

    id: str
    limits: Any
    check: Callable[[View, Any], Outcome]
    requires: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    verdict: Verdict | None = None
    explained_by: tuple[str, ...] = ()
    hint_for: tuple[str, ...] = ()

    @cached_property
    def allowed(self) -> frozenset[str]:
        """All the signals that the rule may look at."""
        return self.requires | self.optional
