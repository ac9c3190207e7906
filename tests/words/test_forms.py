"""How numbers look in sentences."""

from __future__ import annotations

import math

import pytest

from loganalyzer.words.forms import at_step, count_steps, duration, fill, number, percent


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"), (0.4123, "0.412"), (12.49, "12.5"), (123.4, "123"), (1234.0, "1,230"), (-0.5, "−0.500"),
        (1e-9, "1e−9"), (3.25e-5, "3.25e−5"), (2.5e7, "2.5e7"), (math.nan, "NaN"), (math.inf, "∞"), (-math.inf, "−∞"),
        (12345, "12,345"),
    ],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(("share", "shown"), [(0.34, "34 %"), (0.051, "5.1 %"), (0.0, "0 %"), (1.0, "100 %")])
def test_percent(share: float, shown: str) -> None:
    assert percent(share) == percent(share, "en") == shown
    assert percent(share, "ja") == shown.replace(" ", "")


@pytest.mark.parametrize(
    ("seconds", "en", "ja"),
    [(3.2, "3.2 s", "3.2秒"), (45, "45 s", "45秒"), (720, "12 min", "12分"), (7500, "2 h 5 min", "2時間5分"),
     (200_000, "2 d 7 h", "2日7時間"), (-1, "–", "–"), (math.inf, "–", "–")],
)  # fmt: skip
def test_durations(seconds: float, en: str, ja: str) -> None:
    assert (duration(seconds, "en"), duration(seconds, "ja")) == (en, ja)


def test_steps_use_the_unit_of_the_run() -> None:
    assert at_step(12, "epoch", "en") == "epoch 12"
    assert at_step(12, "epoch", "ja") == "エポック12"
    assert at_step(12_000, "", "en") == "step 12,000"
    assert count_steps(1, "epoch", "en") == "1 epoch"
    assert count_steps(38, "epoch", "ja") == "38エポック"


def test_holes_are_filled_by_form_and_a_missing_value_is_seen_not_raised() -> None:
    text = "best {best} at {at:step}, {lost:pct} lost over {n:steps}, {name} {gone}"
    values = {"best": 0.41234, "at": 12, "lost": 0.338, "n": 38, "name": "loss {x}"}
    assert fill(text, values, "epoch", "en") == "best 0.412 at epoch 12, 34 % lost over 38 epochs, loss {x} –"
