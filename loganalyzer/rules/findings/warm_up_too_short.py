"""Warm-up too short: the loss spikes right after the learning rate has reached its peak.

What it sees
    An early spike of the training loss, just behind the end of a short warm-up or, without any, in the first tenth.

Why it matters
    Early steps see large gradients and, with Adam, second moments of a few batches only; at the full rate one of them
    can throw the weights far off. A longer warm-up costs a few hundred steps (Goyal et al., 2017; Ma and Yarats, 2021).

How it is measured
    A spike (see loss spikes) of more than ``height`` of the scale of the gain, within ``behind`` warm-up lengths after
    the rate reached 99% of its peak, or within the first ``early`` of the run where the rate began at its peak.

When it is silent
    Without a logged rate, in cyclic schedules and range tests, where the warm-up took more than ``longest`` of the run,
    for spikes while the rate still rises, and where spikes of half that height come later as well.
"""

from __future__ import annotations

from loganalyzer.features.levels import scale
from loganalyzer.features.spikes import spikes
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit

FEWEST = 30


class Limits(LimitSet):
    """Limits of this rule."""

    height: float = limit(0.25, "height of the spike as a share of the scale of the gain", 0.05, 5.0)
    behind: float = limit(3.0, "how many warm-up lengths after the warm-up a spike may come", 0.5, 10.0)
    early: float = limit(0.1, "share of the run in which a spike is early where there was no warm-up", 0.02, 0.3)
    longest: float = limit(0.1, "share of the run from which a warm-up is long", 0.01, 0.5)


def check(view: View, limits: Limits) -> Outcome:
    """Answer from the learning rate and the spikes of the training objective."""
    rates, curve = view.rates, view.main
    if rates is None or curve is None or curve.count < FEWEST or len(rates.values) < 5:
        return not_applicable()
    if rates.cyclic or rates.range_test:
        return passed()
    high = [s for s in spikes(curve) if s.height > limits.height * scale(curve)]
    if not high:
        return passed()
    first, span = view.reach
    warmed = rates.warm_up
    if warmed is None:
        near = [s for s in high if s.x <= limits.early and rates.values[0] >= 0.9 * rates.peak]
    elif (warmed - first) / span > limits.longest:
        near = []
    else:
        near = [s for s in high if warmed <= s.step <= warmed + limits.behind * (warmed - first)]
    top = max(near, key=lambda s: s.height, default=None)
    later = [s for s in high if s not in near]
    if top is None or any(s.height > 0.5 * top.height for s in later):
        return passed()  # what goes on all the time is no matter of the start
    numbers: dict[str, Number] = {
        "series": curve.name,
        "at": top.step,
        "value": float(curve.raw[curve.finite][top.index]),
        "peak": rates.peak,
        "count": len(near),
    }
    if warmed is not None:
        numbers["warmup"] = warmed
    evidence = (Evidence(curve.name, top.step, top.last, "point", "early spike"),)
    return found(
        Severity.INFO,
        score=0.75,
        variant="none" if warmed is None else "short",
        numbers=numbers,
        evidence=evidence,
        fixes=("warm-up", "clip-gradients", "lr-down-3x"),
    )


RULE = Rule(
    "warm-up-too-short",
    Limits(),
    check,
    of_loss=True,
    requires=frozenset({"learning_rate", "objective"}),
    variants=("short", "none"),
    fixes=("warm-up", "clip-gradients", "lr-down-3x"),
    explained_by=("diverging",),
    quotes=(Quote("value", "at"),),
)
