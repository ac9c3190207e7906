"""What a sweep says as a whole: best settings, corners that fail, what mattered, what to try next, the table of two settings."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pytest

from loganalyzer.diagnosis.sweep_answer import answer
from loganalyzer.diagnosis.sweep_corners import chance
from loganalyzer.diagnosis.sweep_findings import Table
from loganalyzer.model.report import Member
from loganalyzer.model.run import Detail
from loganalyzer.model.sweep import Answer, Condition, Conditions
from loganalyzer.model.verdicts import Verdict

Score = Callable[[dict[str, Detail], int], float]
RATES, BATCHES = (0.001, 0.01, 0.1, 1.0), (32, 64, 128)


def member(settings: dict[str, Detail], seed: int, score: float, *, sick: bool = False) -> Member:
    """A run with this best loss; a failed one where it is not finite."""
    failed = not math.isfinite(score)
    name = " ".join(f"{k}={v}" for k, v in settings.items()) + f" seed={seed}"
    verdict = Verdict.DIVERGING if failed else Verdict.OVERFITTING if sick else Verdict.CONVERGED
    return Member(name, settings, seed, verdict, None if failed else score, failed, score, failed or sick)


def said(members: Sequence[Member], direction: str = "min") -> Answer:
    ordered = sorted(members, key=lambda m: m.loss)
    names = sorted({name for m in members for name in m.settings})
    found = answer(Table(tuple(ordered), direction), names)
    assert found is not None
    return found


def over(score: Score, seeds: int = 3, **values: tuple[Detail, ...]) -> list[Member]:
    """A run for each combination of values and seed."""
    return [
        member(settings, seed, score(settings, seed))
        for combination in product(*values.values())
        for settings in [dict(zip(values, combination, strict=True))]
        for seed in range(seeds)
    ]


def bowl(settings: dict[str, Detail], seed: int) -> float:
    """Best at lr = 0.1; seeds differ by 0.01."""
    return 0.2 + 0.1 * abs(math.log10(float(settings["lr"])) + 1) + 0.01 * seed


def failing(*bad: tuple[str, Callable[[float], bool]]) -> Score:
    """The bowl, infinite where all of ``bad`` hold."""
    return lambda s, seed: math.inf if all(test(float(s[name])) for name, test in bad) else bowl(s, seed)


def written(where: Conditions) -> str:
    return " ".join(f"{c.name}{c.comparison}{c.value}" for c in where)


def test_the_best_settings_with_mean_and_spread_over_the_seeds() -> None:
    found = said(over(bowl, lr=RATES))
    assert written(found.best.where) == "lr=0.1"
    assert found.best.mean == pytest.approx(0.21) and found.best.sd == pytest.approx(0.01)
    assert (len(found.best.runs), found.best.failed) == (3, 0)
    assert (found.best_run, found.best_score) == ("lr=0.1 seed=0", pytest.approx(0.2))
    assert found.corners == found.stray == found.attention == ()


def test_scores_that_are_better_when_higher() -> None:
    members = [Member(f"r{s}", {"lr": lr}, s, Verdict.CONVERGED, v, False, -v)
               for lr, v in ((0.1, 0.9), (0.01, 0.5)) for s in range(3)]  # fmt: skip
    found = said(members, "max")
    assert written(found.best.where) == "lr=0.1" and found.best.mean == pytest.approx(0.9)


def test_a_lucky_run_and_settings_of_which_many_fail_are_not_the_best() -> None:
    lucky = [member({"lr": 0.5}, 0, 0.01)]
    risky = [member({"lr": 0.3}, seed, 0.02 if seed else math.inf) for seed in range(3)]
    assert written(said([*over(bowl, lr=RATES), *lucky, *risky]).best.where) == "lr=0.1"


@pytest.mark.parametrize(
    ("score", "corner", "failed", "of"),
    [
        (failing(("lr", lambda v: v >= 1)), "lr=1.0", 9, 9),
        (failing(("lr", lambda v: v >= 0.1)), "lr>=0.1", 18, 18),
        (failing(("lr", lambda v: v <= 0.001)), "lr=0.001", 9, 9),
        (failing(("lr", lambda v: v <= 0.01)), "lr<=0.01", 18, 18),
        (failing(("lr", lambda v: v >= 1), ("batch", lambda v: v < 128)), "lr=1.0", 6, 9),
        (failing(("lr", lambda v: v == 0.01)), "lr=0.01", 9, 9),
        (failing(("batch", lambda v: v == 64)), "batch=64", 12, 12),
        (failing(("lr", lambda v: v >= 1), ("batch", lambda v: v == 32)), "lr=1.0 batch=32", 3, 3),
    ],
)
def test_the_corner_that_fails(score: Score, corner: str, failed: int, of: int) -> None:
    found = said(over(score, lr=RATES, batch=BATCHES))
    only = found.corners[0]
    assert len(found.corners) == 1 and found.stray == ()
    assert sorted(written(only.where).split()) == sorted(corner.split())
    assert (len(only.failed), only.count) == (failed, of)
    assert only.verdicts == {Verdict.DIVERGING: failed}


def test_a_random_search_fails_from_a_value_on() -> None:
    rates = [float(r) for r in 10 ** np.random.default_rng(0).uniform(-4, 0, 60)]
    found = said(over(failing(("lr", lambda v: v > 0.2)), seeds=1, lr=tuple(rates)))
    corner = found.corners[0]
    assert corner.where[0].comparison == ">=" and 0.2 < float(corner.where[0].value) < 0.35
    assert len(corner.failed) == corner.count >= 3
    assert (
        found.further[0].reason == "range"
        and 0.03 < found.further[0].values[0] < 0.1 < found.further[0].values[1] < 0.3
    )
    assert found.grid is not None and all(len(band) in (1, 2) for band in found.grid.down)


def test_the_last_of_many_values_can_be_a_corner() -> None:
    rates = tuple(float(f"{r:.3g}") for r in 10 ** np.linspace(-4, 0, 20))
    found = said(over(failing(("lr", lambda v: v >= 1)), seeds=4, lr=rates))
    assert [written(c.where) for c in found.corners] == ["lr>=1.0"] and found.stray == ()


def test_failures_here_and_there_are_no_corner() -> None:
    bad = {(0.001, 32, 0), (0.1, 64, 1), (0.01, 128, 2)}
    found = said(
        over(lambda s, seed: math.inf if (s["lr"], s["batch"], seed) in bad else bowl(s, seed), lr=RATES, batch=BATCHES)
    )
    assert found.corners == () and len(found.stray) == 3
    assert set(found.attention) == set(found.stray)


def test_a_seed_that_fails_outside_of_the_corner_needs_attention() -> None:
    def score(s: dict[str, Detail], seed: int) -> float:
        return math.inf if s["lr"] == 1.0 or (s["lr"], s["batch"], seed) == (0.1, 64, 1) else bowl(s, seed)

    found = said(over(score, lr=RATES, batch=BATCHES))
    assert found.failed_in_corners == 9 and found.attention == ("lr=0.1 batch=64 seed=1",)


def test_the_best_settings_need_attention_where_most_of_their_runs_do() -> None:
    members = [member(dict(m.settings), int(m.seed), float(m.score or 0), sick=True) for m in over(bowl, lr=RATES)]
    assert set(said(members).attention) == {f"lr=0.1 seed={seed}" for seed in range(3)}


def test_importance_is_the_share_of_the_differences_that_a_setting_explains() -> None:
    found = said(over(bowl, seeds=5, lr=RATES, batch=BATCHES))
    shares = {each.name: each.share for each in found.importance}
    assert next(iter(shares)) == "lr" and shares["lr"] > 0.8 and shares["batch"] < 0.05
    noise = np.random.default_rng(1)
    found = said(over(lambda s, seed: float(noise.normal()), seeds=5, lr=RATES, batch=BATCHES))
    assert all(each.share < 0.15 for each in found.importance)


@pytest.mark.parametrize(
    ("values", "best", "reason", "further"),
    [
        ((0.001, 0.01, 0.1), 0.1, "edge", (1.0, 10.0)),
        ((0.001, 0.01, 0.1), 0.001, "edge", (1e-05, 1e-04)),
        ((0.001, 0.01, 0.1), 0.01, "between", (0.0032, 0.032)),
        ((0.1, 0.2, 0.3), 0.2, "between", (0.15, 0.25)),
        ((0.5, 0.7, 0.9), 0.9, "edge", ()),
        ((0.0, 0.1, 0.2), 0.0, "edge", ()),
        ((0.1, 0.2, 0.3), 0.1, "edge", (0.0,)),
        ((32, 64, 128), 128, "edge", (256, 512)),
        ((2, 4, 6), 4, "between", ()),
    ],
)
def test_what_to_try_next(values: tuple[float, ...], best: float, reason: str, further: tuple[float, ...]) -> None:
    at = values.index(best)
    members = over(lambda s, seed: 0.2 + abs(values.index(float(s["x"])) - at) + 0.01 * seed, x=values)
    found = said(members).further
    assert [(f.reason, f.values) for f in found] == ([(reason, pytest.approx(further))] if further else [])


def test_the_table_has_a_cell_for_each_pair() -> None:
    table = said(over(failing(("lr", lambda v: v >= 1)), lr=RATES, batch=BATCHES)).grid
    assert table is not None
    assert [written(band) for band in table.down] == [f"lr={v}" for v in RATES]
    assert [written(band) for band in table.across] == [f"batch={v}" for v in BATCHES]
    last = table.cells[-1]
    assert all(c is not None and c.mean is None and c.failed == 3 and c.good == 0 for c in last)
    first = table.cells[0][0]
    assert first is not None and first.mean == pytest.approx(0.41) and first.sd == pytest.approx(0.01)


@pytest.mark.parametrize(
    "members", [[], over(lambda s, seed: math.inf, lr=RATES), over(lambda s, seed: 0.1, plain=(1,))[:0]]
)
def test_without_a_run_that_worked_there_is_no_answer(members: list[Member]) -> None:
    assert answer(Table(tuple(members), "min"), ["lr"]) is None


def test_chance_is_fishers_exact_test() -> None:
    # of 10 runs 3 failed, all 3 of them among the 3 with one value: one in 120
    assert chance(3, 3, 3, 10) == pytest.approx(1 / 120)
    assert chance(0, 3, 3, 10) == pytest.approx(1)


@pytest.mark.parametrize(
    ("comparison", "value", "own", "holds"),
    [("=", "adam", "adam", True), ("=", 1, 1.0, True), (">=", 0.1, 0.1, True), ("<=", 0.1, 0.2, False), ("<", 1, 1, False),
     (">=", 1, "adam", False), ("<", "a", 1, False)],
)  # fmt: skip
def test_conditions(comparison: str, value: Detail, own: Detail, holds: bool) -> None:
    assert Condition("x", comparison, value).holds({"x": own}) is holds  # type: ignore[arg-type]
    assert not Condition("x", comparison, value).holds({})  # type: ignore[arg-type]
