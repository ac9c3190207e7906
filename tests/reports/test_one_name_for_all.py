"""Runs that call one setting differently are filtered, sorted and listed by one name."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.model.report import Analysis, Diagnosis
from loganalyzer.model.run import Detail, Run, Series
from loganalyzer.reports.leaderboard import board, ordered
from loganalyzer.reports.where.fields import fields_of_all
from loganalyzer.reports.where.language import matches, parse
from loganalyzer.reports.where.synonyms import under_known_keys


def run(name: str, val: str = "val_loss", level: float = 0.3, **settings: Detail) -> Diagnosis:
    x = np.linspace(0, 1, 40)
    curves = {"train_loss": np.exp(-x / 0.1) + 0.1, val: np.exp(-x / 0.1) + level}
    series = {
        k: Series(k, np.arange(40), v + 0.002 * np.random.default_rng(1).standard_normal(40)) for k, v in curves.items()
    }
    return diagnose(Run(name, (f"{name}.csv",), "csv", series, hyperparameters=settings, step_unit="epoch"))


RUNS = (
    run("a", lr=0.1, bs=32),
    run("b", learning_rate=0.05, batch_size=64),
    run("c", **{"学習率": 0.001, "バッチサイズ": 128}),
    run("d", **{"optim.lr": 0.02}),
    run("e", lr=0.003, learning_rate=0.5),
    run("f", optimizer="adam"),
    run("g", **{"検証損失": 1}, val="検証損失", level=0.5, lr=0.3),
    run("h", val="valid_loss", level=0.2, base_lr=0.004),
)


def chosen(query: str) -> str:
    fields = fields_of_all(RUNS, "en")
    terms = under_known_keys(parse(query), dict.fromkeys(name for own in fields for name in own))
    return "".join(d.id for d, own in zip(RUNS, fields, strict=True) if matches(own, d.id, terms))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("lr>0.01", "abdg"), ("learning_rate>0.01", "abdeg"), ("学習率>0.01", "abdg"), ("base_lr>0.01", "abdg"),
        ("lr<=0.004", "ceh"), ("batch_size>=64", "bc"), ("bs=32", "a"), ("バッチサイズ=128", "c"),
        ("val_loss<0.45", "abcdefh"), ("valid_loss<0.25", "h"), ("検証損失>=0.45", "g"), ("optimizer:adam", "f"),
    ],
)  # fmt: skip
def test_one_condition_is_for_all_runs(query: str, ids: str) -> None:
    assert chosen(query) == ids


def test_of_both_names_in_one_run_both_are_kept() -> None:
    fields = fields_of_all(RUNS, "en")
    assert fields[4]["lr"] == 0.003
    assert fields[4]["learning_rate"] == 0.5


@pytest.mark.parametrize("key", ["lr", "learning_rate", "学習率", "base_lr"])
def test_order(key: str) -> None:
    runs = tuple(d for d in RUNS if d.id != "e")
    assert "".join(d.id for d in ordered(runs, key, "en")) == "chdbagf"


def test_a_table_has_one_column_for_one_setting() -> None:
    runs = tuple(d for d in RUNS if d.id != "e")
    shown = board(Analysis((), runs), "best", ["lr", "learning_rate", "学習率", "optim.lr"], "en", 10)
    assert shown.heads.count("lr") == 1
    assert [head for head in shown.heads if "学習率" in head or "learning" in head] == []
    assert dict(zip((row[1] for row in shown.rows), (row[-1] for row in shown.rows), strict=True))["b"] == "0.05"
