"""Runs that went wrong, grouped by cause, and the setting that sets a group apart from the healthy runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from loganalyzer.diagnosis.failure_groups import failure_groups
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Detail
from tests.prescriptions.case import diagnosed

BLOWN = diagnosed({"train_loss": "where(x < 0.3, 2 - 4 * x, 0.8 + 20 * (x - 0.3))"}, {"lr": 0.1})
WELL = diagnosed({"train_loss": "2 * exp(-12 * x) + 0.1", "val_loss": "2 * exp(-12 * x) + 0.2"})
FLAT = diagnosed({"train_loss": "0.9 + 0 * x"})


def runs(of: Diagnosis, name: str, values: Sequence[Detail], count: int = 1) -> list[Diagnosis]:
    """``count`` runs with each of ``values``, which differ in seed and name."""
    return [
        replace(
            of, run=replace(of.run, id=f"{of.verdict.value}-{v}-{i}", hyperparameters={name: v, "seed": i, "job": i})
        )
        for v in values
        for i in range(count)
    ]


def apart(sick: list[Diagnosis], healthy: list[Diagnosis]) -> tuple[str, int]:
    """The condition of the only group, as written, and how many runs it holds for."""
    (group,) = failure_groups(sick, [*sick, *healthy])
    return " ".join(f"{c.name}{c.comparison}{c.value}" for c in group.where), group.of


@pytest.mark.parametrize(
    ("sick", "healthy", "where", "of"),
    [
        (runs(BLOWN, "lr", [1.0], 9), runs(WELL, "lr", [0.1, 0.01], 5), "lr=1.0", 9),
        (runs(BLOWN, "lr", [1.0, 2.0], 5), runs(WELL, "lr", [0.1, 0.01], 5), "lr>=1.0", 10),
        (runs(BLOWN, "lr", [1e-5, 1e-4], 5), runs(WELL, "lr", [0.1, 0.01], 5), "lr<=0.0001", 10),
        (runs(BLOWN, "optimizer", ["sgd"], 9), runs(WELL, "optimizer", ["adam"], 9), "optimizer=sgd", 9),
        # some survive
        (runs(BLOWN, "lr", [1.0], 9), [*runs(WELL, "lr", [1.0], 2), *runs(WELL, "lr", [0.1], 9)], "lr=1.0", 11),
        # as many healthy runs have it
        (runs(BLOWN, "lr", [1.0], 9), runs(WELL, "lr", [1.0], 9), "", 0),
        # in the middle of the healthy ones
        (runs(BLOWN, "lr", [0.1, 0.2], 5), runs(WELL, "lr", [0.05, 0.15, 0.3], 5), "", 0),
        # too few to tell
        (runs(BLOWN, "lr", [1.0], 2), runs(WELL, "lr", [0.1], 9), "", 0),
        (runs(BLOWN, "lr", [1.0], 3), runs(WELL, "lr", [0.1], 3), "", 0),
        (runs(BLOWN, "lr", [1.0], 9), [], "", 0),
        # seeds and bookkeeping say nothing
        (runs(BLOWN, "seed", [7], 9), runs(WELL, "seed", [1], 9), "", 0),
        # not in every run's settings
        ([*runs(BLOWN, "lr", [1.0], 5), *runs(BLOWN, "rate", [1.0], 5)], runs(WELL, "lr", [0.1], 9), "", 0),
    ],
)  # fmt: skip
def test_what_sets_a_group_apart(sick: list[Diagnosis], healthy: list[Diagnosis], where: str, of: int) -> None:
    assert apart(sick, healthy) == (where, of)


def test_a_setting_of_several_groups_is_not_what_sets_one_apart() -> None:
    bad = [*runs(BLOWN, "lr", [1.0], 5), *runs(FLAT, "lr", [1.0], 5), *runs(BLOWN, "lr", [2.0], 0)]
    more = [replace(d, kind="other", run=replace(d.run, id=f"{d.id} again")) for d in bad]
    healthy = runs(WELL, "lr", [0.1], 9)
    assert [g.of for g in failure_groups(bad, [*bad, *healthy])] == [10, 10]
    assert [g.of for g in failure_groups([*bad, *more], [*bad, *more, *healthy])] == [0, 0, 0, 0]


def test_groups_by_verdict_kind_and_fix_in_the_order_of_the_first() -> None:
    sick = [*runs(BLOWN, "lr", [1.0], 2), *runs(FLAT, "lr", [0.1], 2), *runs(BLOWN, "lr", [2.0], 1)]
    groups = failure_groups(sick, sick)
    assert [(g.verdict.value, len(g.runs)) for g in groups] == [("diverging", 3), ("plateau", 2)]
    assert all(g.fix == g.runs[0].actions[0].fix for g in groups)
