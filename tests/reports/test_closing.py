"""The closing checklist says no more than was logged."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer import messages
from loganalyzer.diagnosis.diagnose import diagnose
from loganalyzer.messages import LANGUAGES
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Run, Series
from loganalyzer.reports.html import closing
from loganalyzer.reports.summary import told

N = 60
X = np.linspace(0.0, 1.0, N)
NOISE = 0.003 * np.random.default_rng(5).standard_normal((2, N))
FALL = 0.1 + np.exp(-X / 0.1)
FULL = {"train_loss": FALL + NOISE[0], "val_loss": FALL + NOISE[1], "lr": np.full(N, 0.01), "grad_norm": FALL}
BLOWN = np.where(X < 0.5, FALL, np.nan)


def judge(**series: np.ndarray) -> Diagnosis:
    made = {name: Series(name, np.arange(N), values) for name, values in series.items()}
    return diagnose(Run("r", ("r.csv",), "csv", made, step_unit="epoch"))


def without(*names: str) -> dict[str, np.ndarray]:
    return {name: values for name, values in FULL.items() if name not in names}


CASES = [
    (FULL, "learning_rate", "good"),
    (without("lr"), "learning_rate", "open"),
    (FULL | {"val_loss": FALL + X}, "learning_rate", "seen"),
    (without("lr") | {"val_loss": FALL + X}, "learning_rate", "open"),
    (FULL | {"train_loss": BLOWN}, "learning_rate", "bad"),
    (FULL, "optimizer", "good"),
    (without("grad_norm"), "optimizer", "open"),
    (without("grad_norm") | {"train_loss": BLOWN}, "optimizer", "open"),
    (FULL | {"train_loss": BLOWN}, "optimizer", "seen"),
    (FULL | {"train_loss": BLOWN, "grad_norm": BLOWN}, "optimizer", "bad"),
    (FULL, "model", "good"),
    (FULL | {"train_loss": FALL + 0.2 * (1 - X) + NOISE[0], "val_loss": FALL + 0.3 + NOISE[1]}, "model", "open"),
    (FULL, "logging", "good"),
]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("series", "topic", "text"), CASES)
def test_a_line_says_what_was_measured(series: dict[str, np.ndarray], topic: str, text: str, lang: str) -> None:
    lines = closing.lines(judge(**series), lang)
    name = messages.ui("html", f"closing.{topic}.name", lang)
    assert messages.ui("html", f"closing.{topic}.{text}", lang) == next(one.text for one in lines if one.topic == name)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (("lr",), ["learning-rate"]),
        (("val_loss",), ["validation"]),
        (("lr", "val_loss"), ["validation", "learning-rate"]),
    ],
)
def test_logging_names_just_what_is_missing(missing: tuple[str, ...], named: list[str], lang: str) -> None:
    last = closing.lines(judge(**without(*missing)), lang)[-1]
    words = [messages.ui("html", f"closing.lacking.{one}", lang) for one in named]
    assert last.text == messages.ui("html", "closing.logging.bad", lang, lacking=messages.listed(words, lang))


def test_a_person_is_not_told_twice_or_of_what_is_for_programs() -> None:
    healthy, blown = judge(**FULL), judge(**FULL | {"train_loss": BLOWN})
    assert {"converged", "convergence-tests"} <= {o.rule for o in healthy.findings}
    assert not {"converged", "convergence-tests"} & {o.rule for o in told(healthy, "en")}
    assert "non-finite" in {o.rule for o in blown.findings}
    assert "non-finite" not in {o.rule for o in told(blown, "en")}
    assert "diverging" not in {o.rule for o in told(blown, "en")}, "the headline says it"
