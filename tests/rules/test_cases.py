"""Every rule against its cases: what it must find, what it must leave alone, and the neighbour that it is not."""

from __future__ import annotations

import numpy as np
import pytest

from loganalyzer.diagnosis.diagnose import diagnose
from tests.rules.case import Case, load_cases

CASES = load_cases()


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}-{case.name}" for case in CASES])
def test_case(case: Case) -> None:
    with np.errstate(all="raise", under="ignore"):
        outcome = case.answer()
    assert not case.missed(outcome), outcome
    if case.verdict is not None:
        assert diagnose(case.run).verdict.value == case.verdict


@pytest.mark.parametrize("rule_id", sorted({case.rule for case in CASES}))
def test_cases_show_both_sides(rule_id: str) -> None:
    answers = {case.expect for case in CASES if case.rule == rule_id}
    assert "found" in answers
    assert answers & {"pass", "not_applicable"}
