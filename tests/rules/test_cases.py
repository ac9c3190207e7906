"""Every rule against its cases: what it must find, what it must leave alone, and the neighbour that it is not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loganalyzer.diagnosis.diagnose import ask, diagnose, with_limits
from loganalyzer.features.view import View
from loganalyzer.model.run import Run, Series
from loganalyzer.roles.assign import roles
from loganalyzer.rules.registry import load_rules

HERE = Path(__file__).parent / "cases"
RULES = {rule.id: rule for rule in load_rules()}


def load_cases() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for path in sorted(HERE.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            found.append((path.stem.replace("_", "-"), case))
    return found


def make_run(case: dict[str, Any]) -> Run:
    """A run from formulas in ``x`` (0..1), ``i`` (0..n-1), ``noise(seed)`` (white) and ``slow(seed)`` (AR 0.9)."""
    n = int(case.get("n", 100))
    x = np.linspace(0.0, 1.0, n)

    def noise(seed: int) -> np.ndarray:
        return np.random.default_rng(seed).standard_normal(n)

    def slow(seed: int) -> np.ndarray:
        steps = noise(seed)
        out = np.empty(n)
        out[0] = steps[0]
        for k in range(1, n):
            out[k] = 0.9 * out[k - 1] + np.sqrt(1 - 0.81) * steps[k]
        return out

    names = {
        "x": x, "i": np.arange(n), "n": n, "noise": noise, "slow": slow, "exp": np.exp, "sin": np.sin, "cos": np.cos,
        "pi": np.pi, "where": np.where, "log": np.log, "clip": np.clip, "nan": np.nan, "inf": np.inf, "round": np.round,
        "abs": np.abs, "one": np.ones(n), "floor": np.floor, "maximum": np.maximum,
    }  # fmt: skip
    made = {}
    times = eval(case["times"], {"__builtins__": {}}, names) if "times" in case else None
    steps = eval(case["steps"], {"__builtins__": {}}, names).astype(np.int64) if "steps" in case else np.arange(n)
    for name, formula in case["series"].items():
        values = np.asarray(eval(formula, {"__builtins__": {}}, names), dtype=float) * np.ones(n)
        made[name] = Series(name, steps, values, times)
    return Run(
        "case", ("case.csv",), "csv", made, hyperparameters=case.get("hyperparameters", {}),
        step_unit=case.get("unit", "epoch"), restarts=tuple(case.get("restarts", ())),
    )  # fmt: skip


CASES = load_cases()


@pytest.mark.parametrize(("rule_id", "case"), CASES, ids=[f"{r}-{c['name']}" for r, c in CASES])
def test_case(rule_id: str, case: dict[str, Any]) -> None:
    run = make_run(case)
    limits = {rule_id: case["limits"]} if "limits" in case else {}
    rule = with_limits([RULES[rule_id]], limits)[0]
    with np.errstate(all="raise", under="ignore"):
        outcome = ask(rule, View(run, roles(run)))
    assert outcome.status.value == case["expect"], outcome
    for key in ("kind", "variant"):
        if key in case:
            assert getattr(outcome, key) == case[key], outcome
    for name, (low, high) in case.get("numbers", {}).items():
        assert low <= float(outcome.numbers[name]) <= high, (name, outcome.numbers[name])
    if "verdict" in case:
        assert diagnose(run).verdict.value == case["verdict"]


@pytest.mark.parametrize("rule_id", sorted({r for r, _ in CASES}))
def test_cases_show_both_sides(rule_id: str) -> None:
    answers = {case["expect"] for name, case in CASES if name == rule_id}
    assert "found" in answers
    assert answers & {"pass", "not_applicable"}
