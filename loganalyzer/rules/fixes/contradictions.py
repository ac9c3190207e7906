"""What may not be offered together: a table, and how it is applied.

``MOVES`` says which quantity a fix moves, and which way. Of two fixes that move one quantity in opposite ways only the first
of a run's list stays: the one of the finding that decides the verdict. What a log speaks against: ``vetoes``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from loganalyzer.rules.fixes.prescriptions.case import Case
from loganalyzer.rules.fixes.prescriptions.held_back import rate_far_too_low
from loganalyzer.rules.fixes.suspects import (
    rate_far_too_high,
)

UP, DOWN = 1, -1
Moves = Mapping[str, int]

MOVES: Mapping[str, Moves] = {
    "lr-down-10x": {"rate": DOWN},
    "lr-down-3x": {"rate": DOWN},
    "lr-half": {"rate": DOWN},
    "lr-up-3x": {"rate": UP},
    "lr-up-10x": {"rate": UP},
    "larger-batch-lr": {"rate": UP, "batch": UP},
    "one-cycle": {"rate": UP, "decay": UP},
    "larger-batch": {"batch": UP},
    "smaller-batch": {"batch": DOWN},
    "augment": {"augmentation": UP},
    "less-augmentation": {"augmentation": DOWN},
    "warm-up": {"warm-up": UP},
    "shorter-warm-up": {"warm-up": DOWN},
    "longer-patience": {"length": UP},
    "usual-settings": {"weight decay": DOWN, "dropout": DOWN},
    "weight-decay": {"weight decay": UP},
    "use-adamw": {"weight decay": UP},
    "less-weight-decay": {"weight decay": DOWN},
    "add-dropout": {"dropout": UP},
    "less-dropout": {"dropout": DOWN},
    "smaller-model": {"size": DOWN},
    "wider-model": {"size": UP},
    "fewer-layers": {"size": DOWN},
    "longer-training": {"length": UP},
    "shorter-training": {"length": DOWN},
    "early-stopping": {"length": DOWN},
    "clip-gradients": {"clipping": UP},
    "looser-clipping": {"clipping": DOWN},
    "longer-schedule": {"decay": DOWN},
    "cosine-schedule": {"decay": UP},
    "step-schedule": {"decay": UP},
    "reduce-on-plateau": {"decay": UP},
}
"""The quantities that a fix moves, and the direction of each."""
SUBJECTS: Mapping[str, str] = {
    "keep-best-checkpoint": "length", "lr-range-test": "rate", "lr-search": "rate", "default-rates": "rate",
    "discriminative-rates": "rate", "train-at-range-rate": "rate", "sweep-best-rate": "rate",
    "warm-restarts": "decay", "use-adam": "optimizer", "use-adamw": "optimizer", "calibrate": "labels",
    "label-smoothing": "labels",
}  # fmt: skip
"""What further fixes are about: among the few that come first there is one for each subject."""


def evident(case: Case) -> Moves:
    """The directions that the findings, or a rate far from usual ones, decide before any fix is offered."""
    if rate_far_too_low(case):
        return {"rate": UP}
    if rate_far_too_high(case) or case.has("learning-rate-too-high", "diverging", "non-finite", "oscillating"):
        return {"rate": DOWN}
    if case.has("learning-rate-too-low", "too-slow"):
        return {"rate": UP}
    if case.rate is None or not case.has("plateau", "loss-never-decreases"):
        return {}
    middle = (case.highest_rate * case.lowest_rate) ** 0.5
    # at the middle itself (SGD 0.01), most runs that never learn need a lower one
    return {"rate": DOWN if case.rate.value >= 0.99 * middle else UP}


def consistent(offered: Iterable[Sequence[str]], taken: Moves | None = None) -> list[tuple[str, ...]]:
    """``offered`` fixes, a sequence for each finding in order of importance, without those that contradict an earlier one.

    ``taken`` are directions that are decided already.
    """
    directions = dict(taken or {})
    kept: list[tuple[str, ...]] = []
    for fixes in offered:
        own = []
        for fix in fixes:
            moves = MOVES.get(fix, {})
            if all(directions.get(quantity, way) == way for quantity, way in moves.items()):
                directions.update(moves)
                own.append(fix)
        kept.append(tuple(own))
    return kept


TELLS_MORE = "log-"
"""How the names of fixes begin that only tell more about a run: one of them is enough among the few that come first."""


def subjects(fix: str) -> frozenset[str]:
    """What a fix is about: the quantities that it moves, its own subject, or only itself."""
    if fix.startswith(TELLS_MORE):
        return frozenset({TELLS_MORE})
    own = {SUBJECTS[fix]} if fix in SUBJECTS else set()
    return frozenset({*MOVES.get(fix, {}), *own}) or frozenset({fix})
