"""Early stopping, replayed: what each patience would have done to this run.

What it sees
    A logged validation objective of at least {FEWEST} evaluations, and where ``EarlyStopping`` with a patience of
    {replay.PATIENCES}, or of {replay.SHARES:pct} of the run, would have ended it.

Why it matters
    Choosing a patience is a bet between time and quality. This run's own curve shows how the bet would have ended.

How it is measured
    With the exact semantics of Keras's callback (min_delta 0). The cost is what the best value kept would have been
    worse by, as a share of what the run gained; the saving is the share of the run that would not have been trained.
    The patience told is the smallest that costs at most ``regret``, saves at least ``saved``, and is longer than every
    one that costs more; where there is none, the longest that costs more.

When it is silent
    Without validation, under a cyclic learning rate and in range tests, when a NaN is logged, when validation never
    gained, and when no patience would have stopped the run by ``saved`` earlier.
"""

from __future__ import annotations

import math

import numpy as np

from loganalyzer.features.curve import Curve
from loganalyzer.features.replay import replay, safest
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import ANY, Quote, Rule, Suppression
from loganalyzer.rules.limits import LimitSet, limit

FEWEST = 12


class Limits(LimitSet):
    """Limits of this rule."""

    regret: float = limit(0.01, "loss of quality that a patience may cost, as a share of the gain", 0.0, 0.2)
    saved: float = limit(0.05, "least share of the run that must be saved to be told", 0.01, 0.9)


def check(view: View, limits: Limits) -> Outcome:
    """Replay the patiences on the validation objective."""
    curve = view.validation
    if curve is None or curve.count < FEWEST or curve.gain <= 0:
        return not_applicable()
    rates = view.rates
    if not bool(curve.finite.all()) or (rates is not None and (rates.cyclic or rates.range_test)):
        return not_applicable()
    replays = replay(curve)
    lossless = [r for r in replays if r.regret <= limits.regret and r.saved >= limits.saved]
    costly = [r for r in replays if r.regret > limits.regret]
    if not lossless and not (costly and costly[-1].saved >= limits.saved):
        return passed()
    numbers: dict[str, Number] = {"series": curve.name}
    for r in replays:
        numbers |= {f"stop_{r.patience}": r.stop, f"cost_{r.patience}": r.regret, f"saved_{r.patience}": r.saved}
    safe = safest(replays, limits.regret, limits.saved)
    chosen, variant = (safe, "after-loss" if costly else "found") if safe is not None else (costly[-1], "loses")
    numbers |= {
        "patience": chosen.patience,
        "at": chosen.stop,
        "saved": chosen.saved,
        "kept": chosen.best,
        "cost": chosen.regret,
    }
    if costly:
        worst = costly[-1]
        numbers |= {"short": worst.patience, "short_at": worst.stop, "short_cost": worst.regret}
    seconds = _seconds(curve, chosen.stop) if view.has("wall_time") else 0.0
    if seconds > 60:
        numbers["seconds"] = seconds
    evidence = (Evidence(curve.name, chosen.stop, chosen.stop, "line", "stop"),)
    fixes = ("early-stopping",) if variant != "loses" and chosen.saved >= 0.2 else ()
    return found(
        Severity.INFO,
        score=0.9,
        variant=variant,
        numbers=numbers,
        evidence=evidence,
        fixes=fixes,
    )


def _seconds(curve: Curve, step: int) -> float:
    if curve.wall_times is None:
        return 0.0
    times = curve.wall_times[curve.finite]
    spent = float(times[-1] - times[int(np.searchsorted(curve.finite_steps, step))])
    return spent if math.isfinite(spent) else 0.0


RULE = Rule(
    "early-stopping-replay",
    Limits(),
    check,
    requires=frozenset({"validation"}),
    optional=frozenset({"learning_rate", "wall_time"}),
    variants=("found", "after-loss", "loses"),
    fixes=("early-stopping",),
    explained_by=("overfitting", "best-long-before-end"),
    quotes=(Quote("kept", ANY),),
    # of a run that never learned nothing could be lost: when to stop it is no question
    suppressed_by=(Suppression("plateau", by_kinds=("never-learned", "constant")),),
)
