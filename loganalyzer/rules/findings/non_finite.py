"""Non-finite values: NaN or infinity in the training or validation objective.

What it sees
    NaN, +Inf, -Inf or an absurdly large number (``absurd``: {absurd} and more) in the logged objective.

Why it matters
    A NaN in the loss spreads into every weight at the next update. After that no number of the run means anything.

How it is measured
    Every logged value counts; nothing is smoothed. The objective has recovered when its last value is finite and so are
    at least ``recovered`` of the points from the first bad one on, and bad ones do not come by turns to the end. The
    last finite value before the first one is reported.
    One that is finite again {RETURNS:int} times or more after bad values is NaN now and then: at single batches.
    Training comes first. Where it is logged and finite, bad values of validation alone point to the evaluation: an
    error if it did not recover, else a warning.

When it is silent
    Empty cells are no NaN. Series other than the objective (a metric that is undefined now and then) do not count.
"""

from __future__ import annotations

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.features.curve import Curve
from loganalyzer.features.interrupted import comes_back, to_the_end
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, by_name, found, passed
from loganalyzer.rules.base import Quote, Rule
from loganalyzer.rules.limits import LimitSet, limit
from loganalyzer.rules.numeric_fixes import LASTING, NOW_AND_THEN


class Limits(LimitSet):
    """Limits of this rule."""

    recovered: float = limit(
        0.5, "share of finite points after the first bad one from which a run counts as recovered", 0.0, 1.0
    )
    absurd: float = limit(1e30, "a number of this size or more counts as infinite", 1e6, 1e300)


OF_ALL = ("check-labels-inputs", "lr-down-10x", "normalise-inputs", "check-numerics", "loss-scaling", "clip-gradients")
"""Where there never was a number, the data are as likely."""
OF_EVALUATION = ("match-evaluation",)
"""Where training is finite, the rate is not the first suspect."""


def check(view: View, limits: Limits) -> Outcome:
    """Answer for training first, then for validation."""
    best: Outcome | None = None
    for split, curve in (("train", view.train), ("validation", view.validation)):
        outcome = _look(curve, split, limits, alone=view.train is None) if curve is not None else None
        if outcome is not None and (best is None or (best.severity.rank < outcome.severity.rank)):
            best = outcome
    return best or passed()


def _look(curve: Curve, split: str, limits: Limits, alone: bool) -> Outcome | None:
    bad = curve.unusable(limits.absurd)
    if not bad.any():
        return None
    first = int(np.argmax(bad))
    back = not to_the_end(bad, limits.recovered)
    good = np.flatnonzero(~bad[:first])
    fine = curve.raw[~bad]
    numbers: dict[str, Number] = {
        "at": int(curve.steps[first]),
        "count": int(bad.sum()),
        "total": len(bad),
        "series": curve.name,
        "share": arrays.share(bad),
        "last": float(curve.raw[good[-1]]) if len(good) else float("nan"),
        "last_at": int(curve.steps[good[-1]]) if len(good) else int(curve.steps[0]),
        "value": by_name(float(curve.raw[first])),
    }
    if len(fine) == 0:
        variant = "all"
    elif split == "validation" and not alone:
        variant = "validation"
    elif comes_back(bad):
        variant = "now-and-then"
    else:
        variant = "recovered" if back else "found" if not np.isfinite(curve.raw[first]) else "exploded"
    severe = variant in {"all", "found", "exploded"} or (variant in {"validation", "now-and-then"} and not back)
    evidence = Evidence(curve.name, int(curve.steps[first]), int(curve.steps[np.flatnonzero(bad)[-1]]), "point", "bad")
    severity = Severity.ERROR if severe else Severity.WARNING
    return found(
        severity,
        score=0.99 if severe else 0.9,
        kind=split,
        variant=variant,
        numbers=numbers,
        evidence=(evidence,),
        fixes={"validation": OF_EVALUATION, "all": OF_ALL, "now-and-then": NOW_AND_THEN}.get(variant, LASTING),
    )


RULE = Rule(
    "non-finite",
    Limits(),
    check,
    requires=frozenset({"objective"}),
    optional=frozenset({"train", "validation"}),
    kinds=("train", "validation"),
    variants=("found", "exploded", "all", "now-and-then", "recovered", "validation"),
    fixes=tuple(dict.fromkeys((*LASTING, *OF_ALL, *NOW_AND_THEN, *OF_EVALUATION))),
    causes=("all", "now-and-then"),
    explained_by=("diverging",),
    quotes=(
        Quote("value", "at"),
        Quote("last", "last_at"),
    ),
)
