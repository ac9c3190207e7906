"""The tables from scores to probabilities rise, and say what each word is worth on logs of strangers."""

from __future__ import annotations

import pytest

from loganalyzer.diagnosis.calibration import TABLES, calibrated
from loganalyzer.model.verdicts import BY_PRIORITY, Verdict


@pytest.mark.parametrize("verdict", BY_PRIORITY)
def test_a_higher_score_is_no_less_probable(verdict: Verdict) -> None:
    values = [calibrated(score / 50, verdict) for score in range(51)]
    assert values == sorted(values)
    assert 0.0 < values[0] < values[-1] < 1.0


def test_tables_cover_all_scores() -> None:
    for table in TABLES.values():
        assert table[0][0] == 0.0 and table[-1][0] == 1.0


def test_what_only_noise_speaks_for_is_never_sure_and_a_turn_is_soon() -> None:
    assert calibrated(0.87, Verdict.PLATEAU) < 0.9 < calibrated(0.6, Verdict.OVERFITTING)
    assert calibrated(0.9, Verdict.DIVERGING) < 0.9 < calibrated(0.99, Verdict.DIVERGING, "non-finite")


def test_a_poor_accuracy_is_never_sure() -> None:
    assert calibrated(1.0, Verdict.UNDERFITTING, "high-floor") < 0.9 < calibrated(1.0, Verdict.UNDERFITTING)
