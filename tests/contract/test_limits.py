"""Every limit matters: moved to half or twice of itself, it changes the answer to a case of its rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import numpy as np
import pytest

from loganalyzer.rules.registry import load_rules
from tests.rules.case import Case, load_cases

CASES = load_cases()
CANNOT_MATTER = {
    ("plateau", "frozen", "down"): "the share of a frozen loss is 0 or at least 0.6 (features.frozen)",
}


def moved(default: float, low: float, high: float) -> tuple[float, float]:
    """Half and twice the default, or half of the way to the end of its range where that is nearer."""
    down, up = sorted((default / 2, default * 2))
    return max(down, (default + low) / 2), min(up, (default + high) / 2)


def moves() -> Iterator[tuple[str, str, str, float]]:
    """Rule, limit, direction and the moved limit, of all the limits that there are."""
    for rule in load_rules():
        for item in fields(rule.limits):
            pair = moved(getattr(rule.limits, item.name), item.metadata["low"], item.metadata["high"])
            for direction, value in zip(("down", "up"), pair, strict=True):
                yield rule.id, item.name, direction, value


MOVES = list(moves())


@pytest.mark.parametrize(("rule_id", "limit", "direction", "value"), MOVES, ids=[".".join(m[:3]) for m in MOVES])
def test_a_moved_limit_changes_a_case(rule_id: str, limit: str, direction: str, value: float) -> None:
    own = [case for case in CASES if case.rule == rule_id and limit not in case.limits]
    noticed = next((case.name for case in own if _notices(case, limit, value)), None)
    reason = CANNOT_MATTER.get((rule_id, limit, direction))
    if reason:
        assert noticed is None, f"it does matter: {noticed}"
    else:
        assert noticed, f"no case of {rule_id} notices when {limit} goes {direction} to {value:g}"


def _notices(case: Case, limit: str, value: float) -> bool:
    with np.errstate(all="ignore"):
        return bool(case.missed(case.answer({limit: value})))
