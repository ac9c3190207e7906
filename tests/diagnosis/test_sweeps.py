"""Runs compared: groups, the suggested rate, edges, seeds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.diagnosis.sweeps import compare
from loganalyzer.messages import LANGUAGES, Lang, ui
from loganalyzer.model.outcome import Severity
from loganalyzer.model.report import Analysis, Diagnosis, Group, SweepFinding
from loganalyzer.model.run import Detail, Run, Series
from loganalyzer.reports import sweep_text
from loganalyzer.reports.next_run.plan import next_run


def diagnosed(run_id: str, end: float, settings: Mapping[str, Detail], seed: int = 0) -> Diagnosis:
    """A judged run whose losses fall to ``end``; NaN at the end where ``end`` is NaN."""
    steps = np.arange(1, 61, dtype=np.int64)
    r = np.random.default_rng(seed)
    floor = end if np.isfinite(end) else 1.0
    loss = floor + (2.5 - floor) * np.exp(-steps / 8) + 0.002 * r.standard_normal(60)
    if not np.isfinite(end):
        loss[20:] = np.nan
    series = {"train_loss": Series("train_loss", steps, loss), "val_loss": Series("val_loss", steps, loss + 0.01)}
    return diagnose(Run(run_id, (f"{run_id}.csv",), "csv", series, settings, step_unit="epoch"))


def sweep(scores: Mapping[float, float], seeds: int = 1) -> list[Diagnosis]:
    """One run for each rate (and seed)."""
    return [
        diagnosed(f"sweep/lr_{lr}_seed{s}", end + 0.003 * s, {"lr": lr, "seed": s}, seed=s)
        for lr, end in scores.items()
        for s in range(seeds)
    ]


def only(groups: tuple[Group, ...]) -> Group:
    assert len(groups) == 1
    return groups[0]


def rules(group: Group) -> set[str]:
    return {o.id for o in group.findings}


def test_the_best_rate_is_suggested_with_a_range() -> None:
    group = only(compare(sweep({1e-4: 1.5, 1e-3: 0.5, 1e-2: 0.2, 1e-1: 0.6})))
    assert group.varies == {"lr": (1e-4, 1e-3, 1e-2, 1e-1)}
    lr = group.suggested["lr"]
    assert lr["value"] == 1e-2
    assert lr["low"] < 1e-2 < lr["high"]
    assert next(m.settings["lr"] for m in group.table) == 1e-2


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({1e-4: 0.2, 1e-3: 0.5, 1e-2: 0.9}, "sweep-best-at-low-edge"),
        ({1e-4: 0.9, 1e-3: 0.5, 1e-2: 0.2}, "sweep-best-at-high-edge"),
        ({1e-4: 0.9, 1e-3: 0.5, 1e-2: 0.2, 1e-1: float("nan")}, "sweep-stability-limited"),
        ({1e-4: 0.9, 1e-3: 0.2, 1e-2: 0.3, 1e-1: float("nan"), 1.0: float("nan")}, "sweep-infeasible-above"),
    ],
)
def test_where_the_best_lies_in_the_search(scores: dict[float, float], expected: str) -> None:
    assert expected in rules(only(compare(sweep(scores))))


def test_a_best_in_the_middle_is_no_edge() -> None:
    group = only(compare(sweep({1e-4: 0.9, 1e-3: 0.2, 1e-2: 0.5})))
    assert not rules(group) & {"sweep-best-at-low-edge", "sweep-best-at-high-edge", "sweep-infeasible-above"}


def test_seeds_of_one_setting() -> None:
    runs = [diagnosed(f"runs/seed{s}", 0.3 if s else float("nan"), {"lr": 0.1, "seed": s}, seed=s) for s in range(5)]
    group = only(compare(runs))
    assert group.varies == {}
    assert {"seeds-some-fail", "seeds-spread"} <= rules(group)
    failing = next(o for o in group.findings if o.id == "seeds-some-fail")
    assert (failing.numbers["failed"], failing.numbers["n"]) == (1, 5)


@pytest.mark.parametrize(("second", "expected"), [(0.5, "settings-apart"), (0.301, "settings-level")])
def test_better_only_beyond_what_seeds_do(second: float, expected: str) -> None:
    assert expected in rules(only(compare(sweep({1e-3: 0.3, 1e-2: second}, seeds=4))))


def test_single_and_unrelated_runs_give_no_group() -> None:
    one = diagnosed("a", 0.3, {"lr": 0.1})
    assert compare([one]) == ()
    assert compare([]) == ()
    other = diagnosed("b", 0.3, {"lr": 0.2})
    assert compare([one, other]) == ()  # nothing says that they belong together


def test_runs_on_different_data_are_not_compared() -> None:
    runs = [diagnosed(f"x/run{i}", 0.3, {"lr": 0.1 * (i + 1), "dataset": d}) for i, d in enumerate(("cifar", "mnist"))]
    assert compare(runs) == ()


def test_the_order_of_the_runs_does_not_matter() -> None:
    runs = sweep({1e-4: 1.5, 1e-3: 0.5, 1e-2: 0.2}, seeds=2)
    assert compare(runs) == compare(runs[::-1])


def test_every_finding_has_words() -> None:
    runs = sweep({1e-4: 0.9, 1e-3: 0.5, 1e-2: 0.2, 1e-1: float("nan")}, seeds=4)
    for lang in LANGUAGES:
        for o in only(compare(runs)).findings:
            assert "{" not in ui("groups", o.id, lang, **o.numbers)


@pytest.mark.parametrize("power", [1.0, 0.5])
def test_the_rule_by_which_the_best_rate_follows_the_batch(power: float) -> None:
    best = {batch: 0.01 * (batch / 32) ** power for batch in (32, 128)}
    runs = [
        diagnosed(
            f"sweep/bs{batch}_lr{lr:g}", 0.2 + 0.1 * abs(np.log2(lr / best[batch])), {"batch_size": batch, "lr": lr}
        )
        for batch in best
        for lr in (0.005, 0.01, 0.02, 0.04, 0.08)
    ]
    found = next(o for o in only(compare(runs)).findings if o.id == "sweep-rate-by-batch")
    assert found.numbers["power"] == pytest.approx(power)
    assert "{" not in ui("groups", found.id, "ja", **found.numbers)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("told", ["seeds-spread", "seeds-outlier", "seeds-some-fail", "seeds-all-fail"])
def test_seeds_of_the_only_settings_have_no_empty_brackets(told: str, lang: Lang) -> None:
    numbers = {
        "n": 4,
        "failed": 2,
        "least": 0.1,
        "most": 0.2,
        "spread": 0.05,
        "middle": 0.15,
        "run": "s1",
        "value": 0.9,
    }
    alone, one = (
        sweep_text.finding(SweepFinding(told, Severity.INFO, {**numbers, "settings": settings}), lang)
        for settings in ("", "lr=0.1")
    )
    assert "()" not in alone and "（）" not in alone and "{" not in alone
    assert ("lr=0.1" in one) == (told != "seeds-outlier")


@pytest.mark.parametrize(
    ("best", "told"),
    [({32: 0.01, 128: 0.01}, "sweep-same-rate-by-batch"), ({32: 0.01, 128: 0.1}, "sweep-rate-by-batch-coarse")],
)
def test_a_coarse_grid_gives_no_power(best: dict[int, float], told: str) -> None:
    runs = [
        diagnosed(f"sweep/bs{bs}_lr{lr:g}", 0.2 + 0.1 * abs(np.log10(lr / best[bs])), {"batch_size": bs, "lr": lr})
        for bs in best
        for lr in (0.001, 0.01, 0.1, 1.0)
    ]
    (found,) = (o for o in only(compare(runs)).findings if "rate-by-batch" in o.id)
    assert found.id == told
    for lang in LANGUAGES:
        assert "{" not in (said := sweep_text.finding(found, lang)) and "0.5" not in said


@pytest.mark.parametrize(("larger", "told"), [(0.6, True), (0.1, False)], ids=["does worse", "does better"])
def test_a_larger_batch_at_the_same_rate(larger: float, told: bool) -> None:
    runs = [
        diagnosed(f"sweep/bs{batch}", end, {"batch_size": batch, "lr": 0.1})
        for batch, end in ((32, 0.3), (512, larger))
    ]
    found = [o for o in only(compare(runs)).findings if o.id == "sweep-batch-same-rate"]
    assert bool(found) is told
    for o in found:
        assert o.numbers["linear"] == pytest.approx(1.6)
        assert "{" not in ui("groups", o.id, "en", **o.numbers)


def overfitting(run_id: str, best: float, end: float, settings: Mapping[str, Detail]) -> Diagnosis:
    """A run that learns by heart: validation rises from ``best`` at epoch 6 to ``end``."""
    steps = np.arange(1, 61, dtype=np.int64)
    train = 0.01 + 2.0 * np.exp(-steps / 5)
    fall = best + (2.5 - best) * np.exp(-(steps - 1.0))
    validation = np.where(steps < 6, fall, best + (end - best) * (steps - 5) / 55)
    series = {"train_loss": Series("train_loss", steps, train), "val_loss": Series("val_loss", steps, validation)}
    return diagnose(Run(run_id, (f"{run_id}.csv",), "csv", series, settings, step_unit="epoch"))


@pytest.mark.parametrize("name", ["lr", "learning_rate", "学習率", "optimizer.lr"])
@pytest.mark.parametrize(
    ("ends", "expected", "low"),
    [
        ({1.0: 1.0, 2.0: 1.3, 3.0: 2.0}, "sweep-none-healthy-lower", 0.3),
        ({0.1: 0.9, 0.3: 1.5}, "sweep-none-healthy-lower", 0.03),
        ({1e-3: 1.5, 1e-2: 1.0, 1e-1: 2.0}, "sweep-none-healthy", None),
        ({1e-3: 1.9, 1e-2: 1.5, 1e-1: 1.1}, "sweep-none-healthy", None),
        ({1.0: float("nan"), 3.0: float("nan"), 10.0: float("nan")}, "sweep-all-diverge", 0.3),
        ({1.0: 1.0, 3.0: float("nan"), 10.0: float("nan")}, "sweep-none-healthy-lower", 0.3),
    ],
)
def test_where_no_run_is_healthy_no_rate_is_recommended(
    name: str, ends: Mapping[float, float], expected: str, low: float | None
) -> None:
    runs = [
        overfitting(f"s/lr_{lr}", 0.4, end, {name: lr})
        if np.isfinite(end)
        else diagnosed(f"s/lr_{lr}", end, {name: lr})
        for lr, end in ends.items()
    ]
    assert {d.verdict.value for d in runs} <= {"overfitting", "diverging"}
    group = only(compare(runs))
    assert group.findings[0].id == expected and group.findings[0].numbers.get("low") == low
    assert group.suggested == {} and "sweep-suggested-rate" not in rules(group)
    assert group.answer is None or not [each for each in group.answer.further if each.name == name]
    if low is None:
        assert next_run(Analysis((), tuple(runs), groups=(group,)), "", "1", "en").settings[0].value in ends
    else:
        (setting,) = next_run(Analysis((), tuple(runs), groups=(group,)), "", "1", "en").settings
        assert (setting.name, setting.value) == (name, low)


def test_one_healthy_run_is_enough_to_recommend_a_rate() -> None:
    runs = [overfitting("s/lr_1.0", 0.4, 1.0, {"lr": 1.0}), diagnosed("s/lr_0.1", 0.3, {"lr": 0.1})]
    assert only(compare(runs)).suggested["lr"]["value"] == 0.1


@pytest.mark.parametrize("other", ["learning_rate", "学習率", "base_lr", "learning-rate", "optimizer.lr"])
def test_one_setting_under_two_names_is_one_column(other: str) -> None:
    rates = {"a": ("lr", 1e-3, 0.5), "b": (other, 1e-2, 0.2), "c": ("lr", 1e-1, 0.3), "d": (other, 0.3, 0.6)}
    rates["e"] = ("lr", 1.0, 0.7)
    runs = [diagnosed(f"s/{run}", end, {name: rate, "batch_size": 32}) for run, (name, rate, end) in rates.items()]
    group = only(compare(runs))
    assert group.varies == {"lr": (1e-3, 1e-2, 1e-1, 0.3, 1.0)} and len(group.runs) == 5
    assert group.suggested["lr"]["value"] == 1e-2
