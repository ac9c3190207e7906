"""The second opinion says how sure a verdict is: what it looks at has no unit, and where it agrees a verdict is surer."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from loganalyzer.diagnosis.calibration import Weights, log_odds, weighed
from loganalyzer.diagnosis.descriptors import descriptors
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.diagnosis.second_opinion import Table, second_opinion, shipped
from loganalyzer.model.own_files import own_text
from loganalyzer.model.role import Roles
from loganalyzer.model.run import Note, Run, Series
from loganalyzer.model.verdicts import BY_PRIORITY, Verdict

TABLE = Table(
    {
        "verdicts": ["converged", "plateau"],
        "constant": [0.0, 0.0],
        "descriptors": {
            "gain": {"knots": [0.0, 1.0, 3.0], "points": [[0.0, 2.0], [1.0, 1.0], [3.0, 0.0]], "absent": [0.5, 0.0]},
            "lost": {"knots": [0.0, 1.0], "points": [[0.0, 0.0], [0.0, 4.0]], "absent": [0.0, 1.0]},
        },
    }
)


def _series(values: list[float] | np.ndarray, name: str = "loss") -> Series:
    return Series(name, np.arange(len(values)), np.asarray(values, dtype=np.float64))


def _falling(n: int = 80, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.asarray(0.4 + 2.0 * np.exp(-np.arange(n) / 9) + 0.01 * rng.standard_normal(n))


@pytest.mark.parametrize(
    ("found", "difference"),
    [
        ({}, -0.5),  # both absent: 0.5 against 1
        ({"gain": -9.0, "lost": 0.0}, -2.0),  # before the first knot: its points
        ({"gain": 0.5, "lost": 0.0}, -1.0),  # half way: the mean of both
        ({"gain": 2.0, "lost": 0.0}, 1.5),
        ({"gain": 99.0, "lost": 0.5}, 1.0),
        ({"gain": 1.0, "lost": 2.0}, -4.0),
    ],
)
def test_points_lie_on_straight_lines_between_knots(found: dict[str, float], difference: float) -> None:
    logs = TABLE.log_probabilities(found)
    assert logs[Verdict.CONVERGED] - logs[Verdict.PLATEAU] == pytest.approx(difference)
    assert sum(map(math.exp, logs.values())) == pytest.approx(1.0)


def test_the_shipped_table_is_small_and_knows_every_verdict_of_a_curve() -> None:
    text = own_text("loganalyzer.diagnosis", "second_opinion.json")
    assert len(text) < 50_000
    assert set(shipped().verdicts) == set(BY_PRIORITY)
    for row in json.loads(text)["descriptors"].values():
        assert row["knots"] == sorted(set(row["knots"])) and len(row["points"]) == len(row["knots"])


@pytest.mark.parametrize("factor", [1e-4, 37.0, 1e6])
def test_the_unit_of_a_loss_does_not_matter(factor: float) -> None:
    plain, scaled = (
        Roles(train=_series(_falling() * f), validation=_series(_falling(seed=1) * f)) for f in (1.0, factor)
    )
    assert descriptors(scaled) == pytest.approx(descriptors(plain))
    assert second_opinion(scaled) == pytest.approx(second_opinion(plain))


@pytest.mark.parametrize(
    "values", [[], [1.0], [np.nan] * 9, [np.inf] * 3 + [1.0], [2.0] * 50, [0.0] * 7, [1e300, -1e300] * 9]
)
def test_any_curve_has_an_opinion(values: list[float]) -> None:
    opinion = second_opinion(Roles(train=_series(values), validation=_series(values)))
    assert sum(opinion.values()) == pytest.approx(1.0)


def test_it_sees_what_a_curve_is() -> None:
    turned = np.r_[np.linspace(2.0, 0.6, 40), np.linspace(0.6, 1.8, 60)]
    fitted = 0.05 + 2.0 * np.exp(-np.arange(100) / 20)
    flat = 2.3 + 0.01 * np.random.default_rng(1).standard_normal(100)
    for roles, verdict in (
        (Roles(train=_series(fitted), validation=_series(turned)), Verdict.OVERFITTING),
        (Roles(train=_series(flat)), Verdict.PLATEAU),
        (Roles(train=_series(_falling(300))), Verdict.CONVERGED),
    ):
        opinion = second_opinion(roles)
        assert max(opinion, key=lambda v: opinion[v]) is verdict


def test_agreement_makes_surer_and_a_note_of_the_reader_less_sure() -> None:
    said = [
        weighed(0.9, opinion, noted) for opinion, noted in ((0.05, False), (0.5, False), (0.95, False), (0.95, True))
    ]
    assert said[0] < said[1] < said[2] > said[3]
    assert weighed(0.9, None, False) == weighed(0.9, 0.5, False)
    assert weighed(0.7, 0.1, False, Weights(0.0, 1.0, 0.0, 0.0)) == pytest.approx(0.7)
    assert log_odds(0.0) == -log_odds(1.0)


def test_a_note_lowers_the_probability_of_a_run_and_not_its_verdict() -> None:
    run = Run("a", ("a",), "text-log", {"loss": _series(_falling(200))})
    plain, noted = diagnose(run), diagnose(run.with_notes(Note("one-of-several")))
    assert plain.verdict is noted.verdict is Verdict.CONVERGED
    assert noted.probability < plain.probability
