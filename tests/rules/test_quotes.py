"""Every number that is shown with a step is a value of the log at that step, and one thing has one number everywhere."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.synthetic import TUNED
from benchmarks.trust import BEST, END, QUOTED, QUOTES, logged_series, quoted, shown
from loganalyzer import analyze
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.features.logged import Logged, Point
from loganalyzer.messages import LANGUAGES
from loganalyzer.messages.formatting import RATIOS
from loganalyzer.model.outcome import Outcome, Status
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Run, Series
from loganalyzer.roles.assign import roles
from loganalyzer.rules.registry import load_rules
from tests.rules.case import Case, load_cases

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_runs"
SEEDS = (4100, 4101)
NOT_OF_THE_LOSS = {"learning-rate-schedule", "rate-never-decayed", "lr-range-test"}
"""Rules whose numbers are learning rates."""
RATES = {"peak", "rate"}
"""Other numbers that are learning rates."""
LEVELS = re.compile(r"level|水準|about|およそ")
PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")


def judged() -> list[tuple[Case, Outcome]]:
    answers = [(case, case.answer()) for case in load_cases()]
    return [(case, replace(outcome, rule=case.rule)) for case, outcome in answers if outcome.status is Status.FOUND]


def template(outcome: Outcome, lang: str) -> str:
    rule = next(rule for rule in load_rules() if rule.id == outcome.rule)
    path = ROOT.joinpath(*rule.check.__module__.split(".")).with_suffix(".toml")
    return str(tomllib.loads(path.read_text(encoding="utf-8"))["sentences"][outcome.variant or "found"][lang])


def generated() -> list[Diagnosis]:
    return [diagnose(family.make(seed).run) for family in TUNED for seed in SEEDS]


def test_what_the_cases_quote_is_in_their_logs() -> None:
    checked = [
        (case.name, one)
        for case, outcome in judged()
        for one in quoted(outcome, logged_series(case.run, roles(case.run)))
    ]
    assert len(checked) > 200
    assert [(name, one.where) for name, one in checked if not one.own] == []


@pytest.mark.parametrize("source", ["sample_runs", "generated"])
def test_what_runs_show_is_in_their_logs(source: str) -> None:
    runs = analyze(SAMPLES).runs if source == "sample_runs" else generated()
    numbers = [one for run in runs for one in shown(run)]
    assert {BEST, END, QUOTED} < {one.what for one in numbers}
    assert [one.where for one in numbers if not one.own] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_number_beside_a_step_is_quoted(lang: str) -> None:
    """Or it is a ratio, or the sentence calls it a level."""
    missing = set()
    for case, outcome in judged():
        text = template(outcome, lang)
        if ":step}" not in text or outcome.rule in NOT_OF_THE_LOSS:
            continue
        known = {quote.value for quote in QUOTES[outcome.rule]} | RATIOS | RATES
        for clause in re.split(r"[,;。、]", text):
            names = {m[1] for m in PLACEHOLDER.finditer(clause) if m[2] in (None, "level")}
            numbers = {name for name in names if isinstance(outcome.numbers.get(name), float)}
            if not LEVELS.search(clause):
                missing |= {(outcome.rule, outcome.variant, name) for name in numbers - known}
        assert case.rule == outcome.rule
    assert missing == set()


def test_a_number_that_is_not_in_the_log_is_noticed() -> None:
    case, outcome = next((c, o) for c, o in judged() if o.rule == "overfitting" and o.variant == "found")
    logged = logged_series(case.run, roles(case.run))
    for name in ("start", "best", "end"):
        wrong = replace(outcome, numbers={**outcome.numbers, name: float(outcome.numbers[name]) * 1.001})
        assert not all(one.own for one in quoted(wrong, logged))
    early = replace(outcome, numbers={**outcome.numbers, "at": int(outcome.numbers["at"]) - 1})
    assert not all(one.own for one in quoted(early, logged))


def test_the_best_value_is_named_at_the_first_step_where_it_stands() -> None:
    values = np.array([3.0, 1.0, np.nan, 1.0, 2.0, np.inf])
    series = Series("loss", np.arange(6) * 10, values)
    lowest = Logged.of(series.steps, values, highest=False)
    assert (lowest.first, lowest.best, lowest.last) == (Point(0, 3.0), Point(10, 1.0), Point(40, 2.0))
    assert Logged.of(series.steps, values, highest=True).best == Point(0, 3.0)
    assert (lowest.at(25), lowest.at(-5), lowest.best_between(11, 99)) == (
        Point(10, 1.0),
        Point(0, 3.0),
        Point(30, 1.0),
    )
    assert lowest.worst_between(10, 40) == Point(40, 2.0)
    assert lowest.nearest(2.4) == 2.0
    nothing = Logged.of(series.steps[:0], values[:0], highest=False)
    assert np.isnan([nothing.best.value, nothing.last.value, nothing.nearest(1.0)]).all()


def test_returns_are_judged_as_means_and_named_as_logged() -> None:
    rng = np.random.default_rng(0)
    values = np.linspace(0.0, 100.0, 400) + 20 * rng.standard_normal(400)
    run = Run("r", ("r.csv",), "csv", {"episode_reward": Series("episode_reward", np.arange(400), values)})
    best = diagnose(run).best
    assert best is not None
    assert (best.step, best.value) == (int(values.argmax()), float(values.max()))
