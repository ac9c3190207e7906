"""Class imbalance: the overall number improves, the small classes do not.

What it sees
    Per-class metrics far apart, a metric averaged over classes that lies far below accuracy, or accuracies that never
    change.

Why it matters
    Accuracy is the majority's number. A class that is never found can hide behind 95%.

How it is measured
    Spread of the per-class end values above ``spread`` (on the scale 0..1), or accuracy that ends at least ``macro``
    above F1, balanced accuracy or recall (validation's where logged). An F1, recall or overlap (Dice, IoU) that is
    exactly 0 at all of {FEWEST:int} evaluations or more beside such an accuracy says that the small class is never
    found. Without such a metric: accuracies that are the very same number, above one half, at {accuracy.SAME_SHARE:pct}
    of the evaluations, on training and validation data, while the training loss fell by more than
    {accuracy.LITTLE_LEARNED:pct}, but hardly below the entropy of that share (Cover and Thomas, 2006): every sample
    seems to get the same answer.

When it is silent
    Without per-class metrics and such an average, unless accuracy stands still; with fewer than {FEWEST:int} values of
    them, and for metrics on neither the scale 0..1 nor percent."""

from __future__ import annotations

from collections.abc import Mapping

from loganalyzer.features.accuracy import (
    UnitMetric,
    accuracy_like,
    near_constant_prediction,
    overlap_like,
    unit_metric,
    validation_first,
)
from loganalyzer.features.curve import Curve, MetricCurves
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Evidence, Number, Outcome, Severity, found, not_applicable, passed
from loganalyzer.rules.base import Rule
from loganalyzer.rules.limits import LimitSet, limit

FEWEST = 3
"""With fewer evaluations a score of 0 may be that of the beginning."""
FIXES = ("class-weights", "resample", "log-per-class", "more-data")
NEVER = ("check-labels-inputs", "class-weights", "resample", "log-per-class")
"""A class that is not found even once may not be in the targets as they are loaded."""
MACRO = ("macro f1", "f1", "balanced accuracy", "recall", "f1 macro", "macro recall", "uar", "macro avg f1")


class Limits(LimitSet):
    """Limits of this rule."""

    spread: float = limit(0.4, "distance between the best and the worst class", 0.1, 1.0)
    macro: float = limit(0.25, "accuracy above a macro-averaged metric by this much", 0.05, 1.0)


def check(view: View, limits: Limits) -> Outcome:
    """Compare classes with one another, and accuracy with the macro average."""
    classes = [c for c in (unit_metric(curve, FEWEST) for _, curve in view.per_class) if c is not None]
    if len(classes) >= 2:
        ordered = sorted(classes, key=lambda c: c.end)
        if ordered[-1].end - ordered[0].end > limits.spread:
            return _apart("found", ordered[0], ordered[-1])
    accuracy = next((m for m in view.metrics if accuracy_like(m.name) and m.name != "balanced accuracy"), None)
    macro = next((m for m in view.metrics if m.name in MACRO), None) or _never_found(view)
    if macro is None and accuracy is not None and view.has("train") and view.train is not None:
        share = near_constant_prediction(view.train, view.metrics)
        if share is not None and accuracy.validation is not None:
            return _found("one-answer", accuracy.validation, {"accuracy": share, "metric": accuracy.validation.name})
    if accuracy is None or macro is None:
        return not_applicable() if len(classes) < 2 else passed()
    high, low = unit_metric(validation_first(accuracy), FEWEST), unit_metric(validation_first(macro), FEWEST)
    if high is not None and low is not None and not low.curve.values.any() and high.end >= limits.macro:
        numbers: dict[str, Number] = {"worst": low.curve.name, "best": high.curve.name, "high": high.last}
        return _found("never", low.curve, {**numbers, "count": low.curve.count}, NEVER)
    if high is None or low is None:
        return not_applicable()
    return _apart("macro", low, high) if high.end - low.end >= limits.macro else passed()


def _never_found(view: View) -> MetricCurves | None:
    """An overlap that is 0 at every evaluation."""
    scores = ((m, unit_metric(validation_first(m), FEWEST)) for m in view.metrics if overlap_like(m.name))
    return next((m for m, own in scores if own is not None and not own.curve.values.any()), None)


def _apart(variant: str, low: UnitMetric, high: UnitMetric) -> Outcome:
    numbers: dict[str, Number] = {"worst": low.curve.name, "low": low.last, "best": high.curve.name, "high": high.last}
    return _found(variant, low.curve, numbers)


def _found(variant: str, worst: Curve, numbers: Mapping[str, Number], fixes: tuple[str, ...] = FIXES) -> Outcome:
    mark = Evidence(worst.name, int(worst.finite_steps[0]), int(worst.finite_steps[-1]), "span", "worst")
    return found(
        Severity.WARNING,
        score=0.8,
        variant=variant,
        numbers=numbers,
        evidence=(mark,),
        fixes=fixes,
    )


RULE = Rule(
    "class-imbalance",
    Limits(),
    check,
    requires=frozenset({"run"}),
    optional=frozenset({"per_class", "metric", "train"}),
    variants=("found", "macro", "never", "one-answer"),
    fixes=(*NEVER, "more-data"),
    points_at=("data",),
    causes=("never",),
)
