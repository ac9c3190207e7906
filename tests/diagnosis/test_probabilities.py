"""The probabilities of the verdicts: they sum to 1, the verdict leads, and where no rule holds the nearest one is given."""

from __future__ import annotations

import math

import numpy as np
import pytest

from loganalyzer import messages
from loganalyzer.diagnosis.answers import Answer
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.diagnosis.verdict import Decision, decide, nearest, probabilities
from loganalyzer.model.confidence import CLOSE
from loganalyzer.model.outcome import Outcome, Severity, Status, found
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Run, Series
from loganalyzer.model.verdicts import Verdict
from loganalyzer.rules.base import Abstention, Rule

N = 80
X = np.linspace(0.0, 1.0, N)
NOISE = np.random.default_rng(5).standard_normal(N)
RUNS = {
    "settled": {"train_loss": np.exp(-X / 0.1) + 0.01 * NOISE},
    "rising": {"train_loss": np.exp(3 * X) + 0.01 * NOISE},
    "flat": {"train_loss": 1 + 0.01 * NOISE},
    "still falling": {"train_loss": 2 - X + 0.01 * NOISE},
    "no objective": {"odd": X},
    "a return": {"ep_rew_mean": 1 - np.exp(-X / 0.1) + 0.02 * NOISE, "approx_kl": 0.01 + 0.001 * NOISE},
    "borderline": {"train_loss": np.array([1.02, 0.94, 0.99, 0.93, 0.925])},
}


def diagnosed(curves: dict[str, np.ndarray]) -> Diagnosis:
    made = {name: Series(name, np.arange(len(y)), np.asarray(y, dtype=float)) for name, y in curves.items()}
    return diagnose(Run("case", ("case.csv",), "csv", made))


@pytest.mark.parametrize("name", RUNS)
def test_probabilities_sum_to_one_and_the_verdict_leads(name: str) -> None:
    diagnosis = diagnosed(RUNS[name])
    shares = diagnosis.probabilities
    assert set(shares) == set(Verdict)
    assert math.isclose(sum(shares.values()), 1.0)
    assert min(shares.values()) >= 0
    assert max(shares.values()) == shares[diagnosis.verdict]
    assert shares[diagnosis.verdict] == pytest.approx(diagnosis.probability)


def answer(verdict: Verdict, score: float, *, hit: bool = False) -> Answer:
    status = Status.FOUND if hit else Status.PASS
    rule = Rule(verdict.value, None, lambda view, limits: Outcome(verdict.value, status), verdict=verdict)
    return Answer.of(rule, Outcome(verdict.value, status, score=score))


def undecided() -> Answer:
    rule = Rule("undecided", None, lambda view, limits: found(Severity.INFO, score=0.3), verdict=Verdict.INCONCLUSIVE,
                abstains=Abstention.UNDECIDED)  # fmt: skip
    return Answer.of(rule, Outcome("undecided", Status.FOUND, score=0.3))


def test_where_no_rule_holds_the_nearest_verdict_is_given_and_its_rival_named() -> None:
    answers = [answer(Verdict.DIVERGING, 0.02), answer(Verdict.PLATEAU, 0.45), answer(Verdict.UNDERFITTING, 0.38)]
    assert decide(answers) is None
    decision = nearest([*answers, undecided()])
    assert decision is not None
    assert (decision.verdict, decision.kind, decision.nearest) == (Verdict.PLATEAU, "", True)
    shares = probabilities(decision, answers, 0.55, {})
    ranked = sorted(shares, key=lambda verdict: -shares[verdict])
    assert ranked[:2] == [Verdict.PLATEAU, Verdict.UNDERFITTING]
    assert shares[Verdict.UNDERFITTING] >= CLOSE


def test_the_second_opinion_names_the_rival_where_rules_are_silent() -> None:
    answers = [answer(Verdict.CONVERGED, 0.8, hit=True)]
    decision = Decision(Verdict.CONVERGED, "", 0.8, answers[0])
    for other in (Verdict.PLATEAU, Verdict.OSCILLATING, Verdict.OVERFITTING):
        shares = probabilities(decision, answers, 0.6, {Verdict.CONVERGED: 0.3, other: 0.5})
        assert sorted(shares, key=lambda verdict: -shares[verdict])[:2] == [Verdict.CONVERGED, other]


def test_where_no_rule_came_near_nothing_is_given() -> None:
    assert nearest([answer(Verdict.PLATEAU, 0.01), answer(Verdict.CONVERGED, 0.0), undecided()]) is None


def test_of_rules_as_near_the_higher_priority_wins() -> None:
    both = [answer(Verdict.CONVERGED, 0.4), answer(Verdict.OVERFITTING, 0.4), undecided()]
    decision = nearest(both)
    assert decision is not None
    assert decision.verdict is Verdict.OVERFITTING


def test_no_other_verdict_is_above_the_one_given() -> None:
    answers = [answer(Verdict.PLATEAU, 0.6, hit=True), answer(Verdict.UNDERFITTING, 0.99, hit=True)]
    decision = Decision(Verdict.PLATEAU, "never-learned", 0.6, answers[0])
    for sure in (0.05, 0.2, 0.4, 0.9, 1.0):
        shares = probabilities(decision, answers, sure, {})
        assert math.isclose(sum(shares.values()), 1.0)
        assert max(shares.values()) == pytest.approx(shares[Verdict.PLATEAU])


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_a_close_rival_is_told_and_a_far_one_is_not(lang: messages.Lang) -> None:
    borderline = diagnosed(RUNS["borderline"])
    text = messages.rival(borderline, lang)
    assert borderline.rival is not None
    assert messages.verdict(borderline.verdict, lang) in text
    assert messages.verdict(borderline.rival, lang) in text
    assert diagnosed(RUNS["settled"]).rival is None
    assert messages.rival(diagnosed(RUNS["settled"]), lang) == ""
