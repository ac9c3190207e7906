"""The cases of the rules: curves as formulas, and what a rule must say of them (tests/rules/cases/<rule>.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from loganalyzer.diagnosis.answers import ask, with_limits
from loganalyzer.features.view import View
from loganalyzer.model.outcome import Outcome
from loganalyzer.model.run import Run, Series
from loganalyzer.roles.assign import roles
from loganalyzer.rules.registry import load_rules

FOLDER = Path(__file__).parent / "cases"
RULES = {rule.id: rule for rule in load_rules()}


@dataclass(frozen=True)
class Case:
    """One run and the answer that its rule must give: status, and kind, variant, numbers where they are stated."""

    rule: str
    name: str
    expect: str
    series: dict[str, str]
    n: int = 100
    times: str = ""
    steps: str = ""
    unit: str = "epoch"
    restarts: list[int] = field(default_factory=list)
    begins_at: int | None = None
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)
    kind: str | None = None
    variant: str | None = None
    score: list[float] | None = None
    numbers: dict[str, list[float]] = field(default_factory=dict)
    verdict: str | None = None

    @cached_property
    def run(self) -> Run:
        """A run from formulas in ``x`` (0..1), ``i`` (0..n-1), ``noise(seed)`` (white) and ``slow(seed)`` (AR 0.9)."""
        n = self.n
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
            "x": x, "i": np.arange(n), "n": n, "noise": noise, "slow": slow, "exp": np.exp, "sin": np.sin,
            "cos": np.cos, "pi": np.pi, "where": np.where, "log": np.log, "clip": np.clip, "nan": np.nan,
            "inf": np.inf, "round": np.round, "abs": np.abs, "one": np.ones(n), "floor": np.floor,
            "maximum": np.maximum,
            "minimum": np.minimum,
        }  # fmt: skip

        def values(formula: str) -> np.ndarray:
            return np.asarray(eval(formula, {"__builtins__": {}}, names), dtype=float) * np.ones(n)

        times = values(self.times) if self.times else None
        steps = values(self.steps).astype(np.int64) if self.steps else np.arange(n)
        made = {name: Series(name, steps, values(formula), times) for name, formula in self.series.items()}
        return Run(
            "case", ("case.csv",), "csv", made, hyperparameters=self.hyperparameters,
            step_unit=self.unit, restarts=tuple(self.restarts), begins_at=self.begins_at,
        )  # fmt: skip

    @cached_property
    def view(self) -> View:
        """What the rule sees of the run."""
        return View(self.run, roles(self.run))

    def answer(self, moved: Mapping[str, float] | None = None) -> Outcome:
        """What the rule says, with the limits of the case and those that were ``moved``."""
        limits = {**self.limits, **(moved or {})}
        return ask(with_limits([RULES[self.rule]], {self.rule: limits} if limits else {})[0], self.view)

    def missed(self, outcome: Outcome) -> str:
        """The first thing that is not as the case expects it; empty where all is."""
        for name in ("kind", "variant"):
            if getattr(self, name) not in (None, getattr(outcome, name)):
                return f"{name} {getattr(outcome, name)!r}"
        if outcome.status.value != self.expect:
            return f"status {outcome.status.value}"
        ranges = {"score": self.score} if self.score else {}
        for name, (low, high) in {**ranges, **self.numbers}.items():
            value = outcome.score if name == "score" else float(outcome.numbers[name])
            if not low <= value <= high:
                return f"{name} {value:g}"
        return ""


def load_cases() -> list[Case]:
    """All cases, by rule."""
    return [
        Case(rule=path.stem.replace("_", "-"), **case)
        for path in sorted(FOLDER.glob("*.toml"))
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]
