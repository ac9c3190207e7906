"""The contract of a rule: a page, its limits, one pure function, and how its finding relates to those of other rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

from loganalyzer.features.view import View
from loganalyzer.model.outcome import Outcome, Status
from loganalyzer.model.record import Record, field
from loganalyzer.model.verdicts import Topic, Verdict
from loganalyzer.rules.fixes.prescriptions.case import Compute


class Abstention(StrEnum):
    """Reason why a rule leaves a run without a verdict; it determines precedence and which other findings are reported."""

    NO_DATA = "no-data"
    """The log holds too little. Heard before all verdicts; what other rules found stays."""
    OTHER_TASK = "other-task"
    """The verdicts are not about this kind of run. Heard before all verdicts, which are then silent."""
    UNDECIDED = "undecided"
    """Nothing else decides. Asked last, and only then."""


class Suppression(Record):
    """Condition under which a finding is suppressed by the one that decided the verdict.

    ``by`` is the id of the rule that decided, or an Abstention (any rule that abstains for this reason). ``by_kinds`` and
    ``by_variants`` narrow the deciding finding, ``kinds`` and ``variants`` the suppressed one; an empty one is no
    condition. ``from_onset``: only a finding that begins (its number ``at``) no earlier than the deciding one.
    """

    by: str
    by_kinds: tuple[str, ...] = ()
    by_variants: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    from_onset: bool = False


T = TypeVar("T")
FIRST, LAST, ANY = "<first>", "<last>", "<any>"
"""Places of a quoted value that no number names: at the first or last point of its series, at one of its points."""


class Quote(Record):
    """A number of the finding that is a value of the log, to the last digit.

    ``value`` is the name of the number, ``at`` that of the number which is its step (or FIRST, LAST, ANY), and ``series``
    that of the number which names the series. Every number that a sentence or mark shows beside a step is quoted.
    """

    value: str
    at: str
    series: str = "series"


class Lead(Record):
    """A fix that a finding puts before all others of the findings that it explains (``of`` are their rules' ids)."""

    fix: str
    of: tuple[str, ...]


class Rule(Record, eq=False, dict=True):
    """One question about a run.

    ``requires`` names the signals (see ``features.view.SIGNALS``) without which the rule is not applicable; ``optional``
    those it looks at when they are there. ``limits`` is a frozen dataclass instance of numbers, whose fields the
    user's configuration may override (None: no limits). ``check(view, limits)`` returns one outcome and never raises.

    Its possible results: ``kinds`` of its finding (those of a verdict rule are kinds of its verdict), ``variants`` of its
    sentence, ids of ``fixes``. Each variant has a sentence in the rule's message file, each fix an entry in the catalogue.

    ``verdict`` is set for the rules that can decide a run's verdict; one that gives INCONCLUSIVE says in ``abstains``
    why. ``names_best`` marks a verdict rule whose finding's numbers ``series``, ``at`` and ``best`` are the run's best
    point. Kinds in ``for_any_task`` are found in runs of every task, also where the verdicts do not apply.

    Relations to other rules, by id: ``hint_for`` makes it a hint, whose finding counts only together with one of these and
    is shown under it; ``explained_by`` lists rules whose finding explains this one's; ``suppressed_by`` lists verdicts with
    which its finding is not reported; ``leads`` are fixes that it puts first in other findings.

    A finding of one of the variants ``causes`` names a likely cause (``[causes.<variant>]`` of the message file: ``text``, and
    ``check``, which tells within minutes whether it is so); its first fixes come before those of the verdict.

    A finding that is ``data_only`` is in the outputs for programs (JSON, Parquet), not in those that a person reads.
    ``quotes`` are the numbers of its findings that are values of the log, whichever of them a finding has.

    ``points_at`` names the topics of the report's closing checklist that its finding speaks against.

    Runs of reinforcement learning are judged by their return: a rule with ``of_loss`` reads the objective as a loss and
    does not apply to them, and ``return_fixes`` are offered for them instead of the fixes of the outcome.

    ``formerly`` is the id that it had before: configurations that use it stay valid.

    ``computes`` holds, for fixes that the package of a plugin brings, what computes them for a run, by their ids.
    """

    id: str
    limits: Any
    check: Callable[[View, Any], Outcome]
    requires: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    verdict: Verdict | None = None
    abstains: Abstention | None = None
    kinds: tuple[str, ...] = ()
    variants: tuple[str, ...] = ("found",)
    fixes: tuple[str, ...] = ()
    for_any_task: tuple[str, ...] = ()
    names_best: bool = False
    hint_for: tuple[str, ...] = ()
    explained_by: tuple[str, ...] = ()
    suppressed_by: tuple[Suppression, ...] = ()
    leads: tuple[Lead, ...] = ()
    points_at: tuple[Topic, ...] = ()
    causes: tuple[str, ...] = ()
    of_loss: bool = False
    return_fixes: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    data_only: bool = False
    formerly: str = ""
    computes: Mapping[str, Compute] = field(default_factory=dict)

    def names_cause(self, outcome: Outcome) -> bool:
        """True if ``outcome``, one of this rule, names a likely cause."""
        return outcome.status is Status.FOUND and (outcome.variant or "found") in self.causes

    @cached_property
    def allowed(self) -> frozenset[str]:
        """All signals that the rule may use."""
        return self.requires | self.optional


def current_id(name: str, rules: Iterable[Rule]) -> str:
    """Today's id of the rule that is called ``name``, or was; ``name`` where there is no such rule."""
    return next((rule.id for rule in rules if name and rule.formerly == name), name)


def under_current_ids(named: Mapping[str, T], rules: Iterable[Rule]) -> dict[str, T]:
    """``named`` by the ids of today; where a rule is named by both of its ids, that of today counts."""
    known = tuple(rules)
    former = {name for name in named if current_id(name, known) != name}
    today = {name: value for name, value in named.items() if name not in former}
    return {current_id(name, known): named[name] for name in named if name in former} | today
