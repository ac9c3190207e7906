"""A rate that rises over decades: on purpose, to find where training breaks, or by mistake."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.features.range_test import named
from loganalyzer.model.run import Detail, Run, Series


def a_run(
    decades: float,
    *,
    n: int = 60,
    lost: int = 0,
    validated: bool = False,
    blown: bool = True,
    name: str = "run",
    file: str = "log.csv",
    settings: dict[str, Detail] | None = None,
    first: float = 1e-4,
) -> Run:
    """A loss that falls and blows up while the rate rises by ``decades``, its last ``lost`` values NaN."""
    x, steps = np.linspace(0, 1, n), np.arange(n)
    loss = 2.3 - 1.6 * np.clip(x / 0.6, 0, 1) + (np.expm1(np.clip(x - 0.7, 0, 1) * 14) if blown else 0)
    loss = loss + 0.005 * np.random.default_rng(n).standard_normal(n)
    loss[n - lost :] = np.nan
    series = {"train_loss": Series("train_loss", steps, loss)}
    if validated:
        series["val_loss"] = Series("val_loss", steps, loss + 0.1)
    series["lr"] = Series("lr", steps, first * 10 ** (decades * x))
    return Run(name, (file,), "csv", series, hyperparameters=settings or {}, step_unit="epoch")


BY_MISTAKE = {
    "NaN for a third of the run": a_run(5, lost=20),
    "NaN for two epochs": a_run(6, lost=2),
    "one NaN over few decades": a_run(3, lost=1),
    "NaN in training and validation": a_run(5, n=30, lost=11, validated=True),
    "a hundred epochs with a validation each": a_run(3.3, n=100, lost=19, validated=True),
    "validated, blown up without a NaN": a_run(4, validated=True),
    "from a usual rate to thousands": a_run(5, n=40, lost=10, first=0.05),
    "a search for a rate that is switched off": a_run(4, lost=8, settings={"auto_lr_find": False}),
    "a name that only looks like one": a_run(4, lost=8, name="strange_test"),
    "twenty epochs": a_run(2.7, n=20, lost=5),
    "a thousand steps": a_run(3, n=1000, lost=300),
}
ON_PURPOSE = {
    "a sweep that is blown up": a_run(5),
    "a sweep over seven decades that ends with one NaN": a_run(7, lost=1),
    "a sweep that stops before it breaks": a_run(3, blown=False),
    "named by its folder": a_run(5, lost=20, name="sweeps/lr_find/0"),
    "named by its file": a_run(5, lost=20, file="range_test.csv"),
    "named by a setting": a_run(5, lost=20, settings={"lr_finder": True}),
    "named by the value of a setting": a_run(5, lost=20, settings={"mode": "find_lr"}),
    "named, with a validation": a_run(5, lost=10, validated=True, name="lr-range-test"),
    "named in Japanese": a_run(5, lost=20, name="レンジテスト1"),
    "a handful of validations": a_run(5, n=7 + 1),
}


@pytest.mark.parametrize("run", BY_MISTAKE.values(), ids=BY_MISTAKE.keys())
def test_a_rate_that_rises_by_mistake_is_a_divergence(run: Run) -> None:
    found = diagnose(run)
    assert found.verdict.value == "diverging"
    said = {o.rule: o for o in found.findings}
    assert said["learning-rate-schedule"].variant == "rising-by-decades"
    assert 0 < said["learning-rate-schedule"].numbers["from"] <= said["learning-rate-schedule"].numbers["to"]
    assert found.actions[0].fix == "lr-down-10x"
    assert found.actions[0].variant == "cap"


@pytest.mark.parametrize("run", ON_PURPOSE.values(), ids=ON_PURPOSE.keys())
def test_a_rate_that_is_raised_on_purpose_is_a_range_test(run: Run) -> None:
    found = diagnose(run)
    assert (found.verdict.value, found.kind) == ("inconclusive", "range-test")
    assert not {action.fix for action in found.actions} & {"check-labels-inputs", "check-numerics", "lr-down-10x"}


@pytest.mark.parametrize(
    "name", ["lr_find", "LRFinder", "learning-rate-finder", "lr range test", "find_lr", "rangetest"]
)
def test_what_people_call_it(name: str) -> None:
    assert named(a_run(5, name=name))


@pytest.mark.parametrize(
    "name", ["lr_0.1", "grid_search", "findings", "orange_tester", "lr_finding_notes", "arrange_lr"]
)
def test_what_is_no_name_of_it(name: str) -> None:
    assert not named(a_run(5, name=name))
