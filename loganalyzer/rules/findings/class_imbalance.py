"""Class imbalance: the overall number improves, the small classes do not.

What it sees
    Per-class metrics far apart, a metric averaged over classes that lies far below accuracy, or accuracies that never
    change.

Why it matters
    Accuracy is the majority's number. A class that is never found can hide behind 95 %.

How it is measured
    Spread of the per-class end values above ``spread`` (on the scale 0..1), or accuracy that ends at least ``macro``
    above F1, balanced accuracy or recall (validation's where logged). Without such a metric: accuracies that are the
    very same number, above one half, at {accuracy.SAME_SHARE:pct} of the evaluations, on training and validation data,
    while the training loss fell by more than {accuracy.LITTLE_LEARNED:pct}, but hardly below the entropy of that share
    (Cover and Thomas, 2006): every sample seems to get the same answer.

When it is silent
    Without per-class metrics and such an average, unless accuracy stands still; with fewer than three values of them,
    and for metrics on neither the scale 0..1 nor percent.
"""

from __future__ import annotations

from dataclasses import dataclass

from loganalyzer.features.accuracy import accuracy_like, near_constant_prediction, unit_scale
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import limit

MACRO = ("macro f1", "f1", "balanced accuracy", "recall", "f1 macro", "macro recall", "uar", "macro avg f1")


@dataclass(frozen=True)
class Limits:
    """Limits of this rule."""

    spread: float = limit(0.4, "distance between the best and the worst class", 0.1, 1.0)
    macro: float = limit(0.25, "accuracy above a macro-averaged metric by this much", 0.05, 1.0)


def check(view: View, limits: Limits) -> Outcome:
    """Compare classes with one another, and accuracy with the macro average."""
    classes = [(c, unit_scale(c)) for _, c in view.per_class if c.count >= 3 and unit_scale(c) > 0]
    if len(classes) >= 2:
        ends = sorted(((c.as_logged(c.end) / unit, c) for c, unit in classes), key=lambda pair: pair[0])
        low, high = ends[0], ends[-1]
        if high[0] - low[0] > limits.spread:
            numbers: dict[str, Number] = {"worst": low[1].name, "low": low[0], "best": high[1].name, "high": high[0]}
            return _found(
                "found",
                numbers,
                Evidence(low[1].name, int(low[1].finite_steps[0]), int(low[1].finite_steps[-1]), "span", "worst"),
            )
    accuracy = next((m for m in view.metrics if accuracy_like(m.name) and m.name != "balanced accuracy"), None)
    macro = next((m for m in view.metrics if m.name in MACRO), None)
    if macro is None and accuracy is not None and view.has("train") and view.train is not None:
        share = near_constant_prediction(view.train, view.metrics)
        own = accuracy.validation
        if share is not None and own is not None:
            return _found(
                "one-answer",
                {"accuracy": share, "metric": own.name},
                Evidence(own.name, int(own.finite_steps[0]), int(own.finite_steps[-1]), "span", "worst"),
            )
    if accuracy is None or macro is None:
        return not_applicable() if len(classes) < 2 else passed()
    a, b = accuracy.validation or accuracy.train, macro.validation or macro.train
    if a is None or b is None or a.count < 3 or b.count < 3 or unit_scale(a) == 0 or unit_scale(b) == 0:
        return not_applicable()
    high_end, low_end = a.as_logged(a.end) / unit_scale(a), b.as_logged(b.end) / unit_scale(b)
    if high_end - low_end < limits.macro:
        return passed()
    return _found(
        "macro",
        {"worst": b.name, "low": low_end, "best": a.name, "high": high_end},
        Evidence(b.name, int(b.finite_steps[0]), int(b.finite_steps[-1]), "span", "worst"),
    )


def _found(variant: str, numbers: dict[str, Number], evidence: Evidence) -> Outcome:
    return found(
        Severity.WARNING,
        score=0.8,
        variant=variant,
        numbers=numbers,
        evidence=(evidence,),
        fixes=("class-weights", "resample", "log-per-class", "more-data"),
    )


RULE = Rule(
    "class-imbalance",
    Limits(),
    check,
    requires=frozenset({"run"}),
    optional=frozenset({"per_class", "metric", "train"}),
    variants=("found", "macro", "one-answer"),
    fixes=("class-weights", "resample", "log-per-class", "more-data"),
)
