"""How numbers look in sentences."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loganalyzer.messages.formatting import at_step, count_steps, duration, fill, number, percent, typed


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"), (0.4123, "0.412"), (12.49, "12.5"), (123.4, "123"), (1234.0, "1,230"), (-0.5, "-0.500"),
        (1e-9, "1e-9"), (3.25e-5, "3.25e-5"), (2.5e7, "2.5e7"), (math.nan, "NaN"), (math.inf, "∞"), (-math.inf, "-∞"),
        (12345, "12,345"), (99.96, "100"), (9.996, "10.0"), (999.7, "1,000"), (0.9996, "1.00"), (123456.0, "123,000"),
    ],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value: float, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(("share", "shown"), [(0.34, "34%"), (0.051, "5.1%"), (0.0, "0%"), (1.0, "100%")])
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


PAIRS = [
    # low, high, shown: what looks alike at three digits is told apart, and nothing gets a digit more than that
    (2.3184, 2.3231, "2.318 and 2.323"), (0.5, 0.50004, "0.50000 and 0.50004"), (2.3, 2.4, "2.30 and 2.40"),
    (2.32, 2.32, "2.32 and 2.32"), (1.0, 1.0 + 1e-9, "1.00 and 1.00"), (-2.3184, -2.3231, "-2.318 and -2.323"),
    (1234.0, 1228.0, "1,234 and 1,228"), (1234.4, 1234.1, "1,234.4 and 1,234.1"), (3.2512e-5, 3.2479e-5, "3.251e-5 and 3.248e-5"),
    (12345678.0, 12341000.0, "1.235e7 and 1.234e7"), (math.nan, math.nan, "NaN and NaN"), (0.0, -0.0, "0 and 0"),
    (99.96, 100.04, "99.96 and 100.0"), (3, 3.001, "3 and 3.00"),
]  # fmt: skip


@pytest.mark.parametrize(("low", "high", "shown"), PAIRS)
def test_numbers_that_differ_never_look_alike_as_far_as_six_digits_tell(low: float, high: float, shown: str) -> None:
    assert fill("{low} and {high}", {"low": low, "high": high}, "", "en") == shown
    assert fill("{high}と{low}", {"low": low, "high": high}, "", "ja") == "と".join(reversed(shown.split(" and ")))


def test_only_what_looks_alike_gets_more_digits() -> None:
    values = {"best": 0.41231, "end": 0.41244, "start": 2.31, "factor": 0.41249, "share": 0.4127, "at": 3}
    text = "{best} {end} {start} {factor} {share:pct} {at:step}"
    assert fill(text, values, "epoch", "en") == "0.4123 0.4124 2.31 0.412 41% epoch 3"
    assert fill("{best}, {end}, {last}", {**values, "last": 0.4123100001}, "", "en") == "0.4123, 0.4124, 0.4123"
    assert fill("{best} near {end:level}", values, "", "en") == "0.412 near 0.412", "being alike is what is said"
    assert fill("{best} {start}", values, "", "en") == "0.412 2.31", "a number that is not told is no pair"


@given(st.floats(1e-9, 1e9), st.floats(-3e-3, 3e-3))
def test_a_pair_that_looks_alike_is_equal_to_six_digits(value: float, apart: float) -> None:
    other = value * (1 + apart)
    one, two = fill("{a} {b}", {"a": value, "b": other}, "", "en").split()
    assert one != two or number(value, 6) == number(other, 6)


def test_holes_are_filled_by_form_and_a_missing_value_is_seen_not_raised() -> None:
    text = "best {best} at {at:step}, {lost:pct} lost over {n:steps}, {name} {gone}"
    values = {"best": 0.41234, "at": 12, "lost": 0.338, "n": 38, "name": "loss {x}"}
    assert fill(text, values, "epoch", "en") == "best 0.412 at epoch 12, 34% lost over 38 epochs, loss {x} –"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("loss", "loss"),
        ("box + cls", "box + cls"),
        ("box + cls + obj", "box + cls + …"),
        ("(fold0 + fold1 + fold2) / 3", "(fold0 + fold1 + …) / 3"),
        ("(fold0 + fold1) / 2", "(fold0 + fold1) / 2"),
    ],
)
def test_a_sentence_names_at_most_two_parts_of_a_sum(name: str, shown: str) -> None:
    assert fill("{series} fell", {"series": name}, "", "en") == f"{shown} fell"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (32.0, "32"), (32, "32"), (0.1, "0.1"), (0.10000000149, "0.1"), (1e-5, "1e-5"), (5e-4, "0.0005"), (-0.5, "-0.5"),
        (1024.0, "1024"), ("adam", "adam"), (0.015625, "0.015625"), (3e10, "3e10"),
    ],
)  # fmt: skip
def test_a_setting_is_shown_as_it_was_given(value: float | str, shown: str) -> None:
    assert typed(value) == shown


@pytest.mark.parametrize("value", [-0.5, 3.2e-5, -1e-9, 2.5e7, 0.41])
def test_a_number_can_be_pasted(value: float) -> None:
    assert float(number(value)) == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize(
    ("values", "en", "ja"),
    [
        ({"at": 1600}, "step 1,600", "ステップ1,600"),
        ({"at": 1600, "at_epoch": 4.0}, "step 1,600 (epoch 4)", "ステップ1,600（エポック4）"),
        ({"at": 1600, "at_epoch": 0.25}, "step 1,600 (epoch 0.250)", "ステップ1,600（エポック0.250）"),
    ],
)
def test_a_step_with_the_epoch_that_the_log_names_beside_it(values: dict[str, float], en: str, ja: str) -> None:
    assert (fill("{at:dated}", values, "step", "en"), fill("{at:dated}", values, "step", "ja")) == (en, ja)


@pytest.mark.parametrize(
    ("count", "en", "ja"),
    [(1, "1 value", "1個"), (0, "0 values", "0個"), (12, "12 values", "12個"), (1234, "1,234 values", "1,234個")],
)
def test_what_a_note_counts_has_a_plural(count: int, en: str, ja: str) -> None:
    assert fill("{count:values}", {"count": count}, "epoch", "en") == en
    assert fill("{count:values}", {"count": count}, "epoch", "ja") == ja


@pytest.mark.parametrize(
    ("names", "en", "ja"),
    [
        ("loss", "loss", "loss"),
        ("loss, acc", "loss, acc", "loss、acc"),
        ("a.csv, b, c.json", "a.csv, b, c.json", "a.csv、b、c.json"),
        (
            "lr 0.5 → 0.1, momentum 1,000 → 0.9",
            "lr 0.5 → 0.1, momentum 1,000 → 0.9",
            "lr 0.5 → 0.1、momentum 1,000 → 0.9",
        ),
    ],
)
def test_a_list_is_joined_as_the_language_joins_lists(names: str, en: str, ja: str) -> None:
    assert fill("{names:list}", {"names": names}, "", "en") == en
    assert fill("{names:list}", {"names": names}, "", "ja") == ja
