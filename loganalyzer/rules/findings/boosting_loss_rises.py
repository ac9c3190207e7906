"""Boosting's loss rises: what is logged is not what the trees minimise.

What it sees
    A training loss of boosted trees that gets worse from the first round on.

Why it matters
    Each tree is a step down the objective on the training data, so at usual rates that can but fall (Friedman, Greedy
    function approximation: a gradient boosting machine, 2001). A logged loss that rises is another one: classes or samples
    are weighted in the objective but not in the metric, or the metric does not belong to the objective.

How it is measured
    The training loss of a run of XGBoost, LightGBM or CatBoost has {FEWEST:int} values or more; each of the first ones (up
    to {MOST:int}) is worse than the one before, and the last of these worse than the first by {MORE:pct} or more.
    Settings that weight the classes (scale_pos_weight, is_unbalance, class_weights ...) are named.

When it is silent
    Other libraries, and metrics of which more is better.
"""

from __future__ import annotations

from loganalyzer.features import arrays
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.model.traits import Framework
from loganalyzer.roles.hyperparameters import is_number, is_on
from loganalyzer.roles.task import traits
from loganalyzer.rules.base import FIRST, Quote, Rule
from loganalyzer.rules.limits import LimitSet

FEWEST, MOST = 3, 20
"""So many rounds at the beginning show where the loss goes."""
MORE = 0.01
"""A rise by this share of the first value is no rounding."""
WEIGHTS = ("scale_pos_weight", "is_unbalance", "unbalance", "class_weights", "auto_class_weights", "class_weight")
FIXES = ("check-labels-inputs",)


class Limits(LimitSet):
    """This rule has no limits."""


def check(view: View, _limits: Limits) -> Outcome:
    """Look at the first rounds of the training loss."""
    train = view.train
    if train is None or train.count < FEWEST or traits(view.run).framework is not Framework.BOOSTING:
        return not_applicable()
    first = train.values[:MOST]
    rises = bool((arrays.differences(first) > 0).all()) and float(first[-1] - first[0]) >= MORE * abs(float(first[0]))
    if train.sign < 0 or not rises:
        return passed()
    last = int(train.finite_steps[len(first) - 1])
    numbers: dict[str, Number] = {
        "series": train.name,
        "start": train.as_logged(float(first[0])),
        "end": train.as_logged(float(first[-1])),
        "at": last,
    }
    weights = _weights(view)
    numbers |= dict(zip(("name", "other"), weights, strict=False))
    mark = Evidence(train.name, int(train.finite_steps[0]), last, "span", "rises")
    variant = "twice" if len(weights) > 1 else "weighted" if weights else "found"
    return found(Severity.ERROR, score=0.9, variant=variant, numbers=numbers, evidence=(mark,), fixes=FIXES)


def _weights(view: View) -> tuple[str, ...]:
    """The settings that weight one class more than another, as they are written in the log."""
    settings = view.hyperparameters
    told = {name: name.rsplit(".", 1)[-1].lower() for name in settings}
    return tuple(n for n, own in told.items() if own in WEIGHTS and is_on(settings[n]) and not _is_one(settings[n]))


def _is_one(value: object) -> bool:
    return is_number(value) and not isinstance(value, bool) and float(value) == 1.0


RULE = Rule(
    "boosting-loss-rises",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"train", "run"}),
    optional=frozenset({"hyperparameters"}),
    variants=("found", "weighted", "twice"),
    fixes=FIXES,
    points_at=("loss", "data"),
    causes=("found", "weighted", "twice"),
    quotes=(Quote("start", FIRST), Quote("end", "at")),
)
