"""The rules of this package: one module each, in the order in which they are asked."""

MODULES: tuple[str, ...] = (
    "no_objective",
    "too_short",
    "range_test",
    "adversarial",
    "reinforcement",
    "non_finite",
    "diverging",
    "overfitting",
    "oscillating",
    "plateau",
    "underfitting",
    "converged",
)
