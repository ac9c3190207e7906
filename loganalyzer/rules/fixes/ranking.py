"""The order in which fixes are shown: what the settings point at first, then published practice and what trials showed.

Published practice is the order in which a rule names its fixes. The trials (``benchmarks/prescriptions.py``) train sick
runs, apply each fix and train again; their counts lie in ``rules/fixes/trials.json``. A setting is a hint only beside
behaviour that agrees: it moves a fix to the front of a finding that was made anyway, and never makes one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from loganalyzer.model.outcome import Outcome
from loganalyzer.model.own_files import own_text
from loganalyzer.model.prescription import Prescription
from loganalyzer.model.record import Record
from loganalyzer.model.run import Detail
from loganalyzer.roles.hyperparameters import find, is_number, is_on, layer_widths
from loganalyzer.rules.usual_ranges import unusual_init

FIRST, LAST = 0.5, 0.1
"""The cure rates that published practice stands for: of the first fix that a rule names, and of its last."""
PRACTICE = 10.0
"""So many trials weigh as much as published practice."""
ENOUGH = 10
"""Fewer trials of a fix neither change its place nor are shown."""
KIND_WEIGHT = 4.0
"""So many trials on one kind of finding weigh as much as those on all its kinds."""
BETTER = 0.3
"""What "better" counts for where "cured" counts 1."""
EXPERIMENTS = frozenset({"overfit-one-batch", "lr-range-test", "lr-search", "several-seeds"})
"""What only tells more about a run: the next one is no better for it."""
CODE_AT_FAULT = ("constant", "non-finite")
"""The kinds of a loss that is the same to its last digit, or no number: the code may be at fault, not a setting."""
TOO_SHORT = "too-short"
"""The rule of a log that is too short for a verdict: what it holds decides the order of its fixes."""


class Trials(Record):
    """How often a fix was tried on runs with this finding, and what came of it."""

    runs: int
    cured: int
    better: int

    def rate(self, typical: float, weight: float = PRACTICE) -> float:
        """The share cured (better ones in part), drawn to what is ``typical`` as if that had been seen ``weight`` times."""
        return (self.cured + BETTER * self.better + weight * typical) / (self.runs + weight)


class Hint(Record):
    """A setting, by its meaning, that points at fixes, for the findings where behaviour agrees."""

    fixes: tuple[str, ...]
    meaning: str
    points: Callable[[Detail], bool]
    rules: tuple[str, ...]


def _from(least: float) -> Callable[[Detail], bool]:
    return lambda v: is_number(v) and math.isfinite(v) and v >= least


def _up_to(most: float) -> Callable[[Detail], bool]:
    return lambda v: is_number(v) and 0 < v <= most


def _is(*words: str) -> Callable[[Detail], bool]:
    return lambda v: str(v).strip().lower() in words


def _lists(least: int) -> Callable[[Detail], bool]:
    """Points at a text of so many widths, one for each layer ("64-64-64")."""
    return lambda v: isinstance(v, str) and len(layer_widths(v)) >= least


def _narrow(value: Detail) -> bool:
    """Points at a layer of at most three units, alone or among the widths of a text: all that is learned has to fit through it."""
    return any(map(_at_most_narrow, layer_widths(value)))


def _narrow_throughout(value: Detail) -> bool:
    """Points at a model whose every layer is that narrow: too small to learn anything by heart."""
    widths = layer_widths(value)
    return bool(widths) and all(map(_at_most_narrow, widths))


def _at_most_narrow(width: Detail) -> bool:
    return is_number(width) and 0 < width <= NARROW


def _off(value: Detail) -> bool:
    return not is_on(value)


DEEP = 8
"""From so many layers on, gradients vanish or explode unless something keeps their size."""
NARROW = 3
_LEARNS_POORLY = ("plateau", "underfitting")
HINTS = (
    Hint(("he-init",), "init", unusual_init, ("plateau",)),
    Hint(("batch-norm", "relu-activation"), "activation", _is("sigmoid", "logistic"), ("plateau",)),
    Hint(("batch-norm",), "layers", _from(DEEP), ("plateau",)),
    Hint(("batch-norm",), "depth", _from(DEEP), ("plateau",)),
    Hint(("batch-norm",), "hidden_size", _lists(DEEP), ("plateau",)),
    Hint(("wider-model",), "hidden_size", _narrow, _LEARNS_POORLY),
    Hint(("wider-model",), "width", _narrow, _LEARNS_POORLY),
    Hint(("wider-model",), "hidden_size", _narrow_throughout, ("overfitting",)),
    Hint(("looser-clipping",), "clip_norm", _up_to(0.05), _LEARNS_POORLY),
    Hint(("normalise-inputs",), "input_scaling", _off, (*_LEARNS_POORLY, "diverging", "non-finite", "oscillating")),
    Hint(("shuffle",), "shuffle", _off, ("oscillating",)),
    Hint(("momentum-0.9",), "momentum", _from(0.97), ("oscillating", "diverging")),
    Hint(("less-weight-decay",), "weight_decay", _from(0.2), _LEARNS_POORLY),
    Hint(("less-dropout",), "dropout", _from(0.6), _LEARNS_POORLY),
    Hint(("longer-training",), "epochs", _up_to(10), ("underfitting",)),
)
"""Where a setting lies far outside what checklists start from."""


def ranked(
    fixes: Sequence[str], rule: str, kind: str, settings: Mapping[str, Detail], led: Sequence[str] = ()
) -> tuple[str, ...]:
    """``fixes`` of a finding, the most promising first: those ``led`` by findings that explain it (``Rule.leads``), those
    that the settings point at, then by practice (their order) and trials."""
    hinted = [*led, *(fix for fix in hints(rule, settings) if fix not in led)]
    steps = max(1, len(fixes) - 1)
    practice = {fix: FIRST + (LAST - FIRST) * place / steps for place, fix in enumerate(fixes)}
    rest = [f for f in fixes if f not in hinted]
    if not any(key.startswith(f"{rule}/") for key in _table()):
        return (*hinted, *rest)
    rest.sort(key=lambda f: -rate(rule, kind, f, practice[f]))
    return (*hinted, *rest)


def hints(rule: str, settings: Mapping[str, Detail]) -> list[str]:
    """The fixes that the settings of a run with this finding point at, in the order of ``HINTS``."""
    found: list[str] = []
    for hint in HINTS:
        if rule in hint.rules and any(hint.points(value) for _, value in find(settings, hint.meaning)):
            found.extend(f for f in hint.fixes if f not in found)
    return found


def rate(rule: str, kind: str, fix: str, practice: float) -> float:
    """The cure rate of a fix on this kind of finding: ``practice`` where trials are few, drawn to them as they grow."""
    of_rule = trials(rule, fix)
    if of_rule is None or of_rule.runs < ENOUGH:
        return practice
    of_kind = trials(rule, fix, kind)
    typical = of_rule.rate(practice)
    return of_kind.rate(typical, KIND_WEIGHT) if of_kind is not None else typical


def trials(rule: str, fix: str, kind: str = "") -> Trials | None:
    """The trials of a fix on a finding (all kinds of it where none is given); None where it was never tried."""
    table = _table()
    own = f"{rule}/{kind}"
    asked = (own,) if kind else (key for key in table if key.startswith(own))
    rows = [table[key][fix] for key in asked if fix in table.get(key, {})]
    if not rows:
        return None
    return Trials(sum(r["runs"] for r in rows), sum(r["cured"] for r in rows), sum(r["better"] for r in rows))


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, dict[str, int]]]:
    try:
        table: dict[str, dict[str, dict[str, int]]] = json.loads(own_text("loganalyzer.rules.fixes", "trials.json"))
    except FileNotFoundError:
        return {}
    return table


def changes_first(outcome: Outcome, by_fix: Mapping[str, Prescription]) -> list[str]:
    """The fixes of a finding in the order in which they are advised; where the code may be at fault, or the log is too short for
    a verdict, as they are.

    The first one stays, for the settings or another finding may have put it there; then come those that the log has numbers
    for, those that it has none for, and experiments.
    """
    if outcome.kind in CODE_AT_FAULT or outcome.rule == TOO_SHORT:
        return list(outcome.fixes)
    tried = [fix for fix in outcome.fixes if by_fix[fix].changes or fix not in EXPERIMENTS]
    known = [fix for fix in tried[1:] if by_fix[fix].changes or by_fix[fix].keep is not None]
    return list(dict.fromkeys((*tried[:1], *known, *tried, *outcome.fixes)))
