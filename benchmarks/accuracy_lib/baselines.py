"""Published rules on the same runs, written from their definitions; each gives the verdict that its alarm stands for.

A rule that stays silent says "converged": most of these rules know one illness only. They see the losses as logged.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.synthetic.noise import Floats
from loganalyzer.model.run import Run
from loganalyzer.roles.assign import roles

Rule = Callable[[Floats, Floats], str]


def curves(run: Run) -> tuple[Floats, Floats]:
    """Training and validation loss; empty where there is none. Their lengths may differ."""
    who = roles(run)
    empty = np.empty(0)
    sign = -1.0 if who.direction == "max" else 1.0
    train = empty if who.train is None else sign * who.train.values
    validation = empty if who.validation is None else sign * who.validation.values
    return train, validation


def sagemaker_overfit(train: Floats, val: Floats) -> str:
    """Amazon SageMaker Debugger, Overfit: (val - train) / train above 0.1 at the last evaluation."""
    if not len(train) or not len(val):
        return "converged"
    return "overfitting" if (val[-1] - train[-1]) / train[-1] > 0.1 else "converged"


def sagemaker_not_decreasing(train: Floats, val: Floats) -> str:
    """Amazon SageMaker Debugger, LossNotDecreasing: not lower than num_steps = 10 saved steps before, at any step."""
    loss = val if len(val) else train
    return "plateau" if len(loss) > 10 and bool(np.any(loss[10:] >= loss[:-10])) else "converged"


def prechelt_gl5(train: Floats, val: Floats) -> str:
    """Prechelt 1998, generalisation loss GL = 100 (E / E_best - 1) above 5 at the end."""
    if not len(val) or not np.isfinite(val).any():
        return "converged"
    best = float(np.nanmin(val))
    return "overfitting" if 100.0 * (val[-1] - best) / max(abs(best), 1e-12) > 5.0 else "converged"


def keras_early_stopping(train: Floats, val: Floats, patience: int = 10) -> str:
    """Keras EarlyStopping on the validation loss, patience 10, min_delta 0: it would have stopped this run."""
    best, waited = np.inf, 0
    for value in val:
        waited = 0 if value < best else waited + 1
        best = min(best, value)
        if waited >= patience:
            return "overfitting"
    return "converged"


def umlaut(train: Floats, val: Floats) -> str:
    """UMLAUT (Schoop et al. 2021): validation rose while training did not, between any two evaluations."""
    n = min(len(train), len(val))
    if n < 2:
        return "converged"
    t, v = train[np.linspace(0, len(train) - 1, n).astype(int)], val[np.linspace(0, len(val) - 1, n).astype(int)]
    return "overfitting" if bool(np.any((np.diff(v) > 0) & (np.diff(t) <= 0))) else "converged"


def deep_checker(train: Floats, val: Floats) -> str:
    """TheDeepChecker (Ben Braiek & Khomh 2023): diverging, fluctuating, stagnated loss, the first that holds."""
    if len(train) < 6:
        return "converged"
    with np.errstate(all="ignore"):
        ratio = train[1:] / train[:-1]
        drops = (train[:-1] - train[1:]) / np.abs(train[:-1])
        if bool(np.any(np.lib.stride_tricks.sliding_window_view(ratio >= 2.0, 5).all(axis=1))) or not np.isfinite(
            train[-1]
        ):
            return "diverging"
        last = train[-50:]
        turns = np.count_nonzero(np.diff(np.sign(np.diff(last))) != 0)
        if len(last) >= 10 and (len(last) - turns) / len(last) < 0.5:
            return "oscillating"
    return "plateau" if bool(np.all(drops[-5:] < 0.05)) else "converged"


BASELINES: dict[str, Rule] = {
    "SageMaker Overfit (0.1)": sagemaker_overfit,
    "SageMaker LossNotDecreasing (10)": sagemaker_not_decreasing,
    "Prechelt GL5": prechelt_gl5,
    "Keras EarlyStopping (patience 10)": keras_early_stopping,
    "UMLAUT": umlaut,
    "TheDeepChecker": deep_checker,
}


def answer(rule: Rule, run: Run) -> str:
    """The verdict of a baseline; it may not fail on numbers that it never expected."""
    with np.errstate(all="ignore"):
        return rule(*curves(run))
