"""How rules make their answers, and what the old name of a score still gives."""

from __future__ import annotations

from loganalyzer.model.outcome import Evidence, Outcome, Severity, Status, found, not_applicable, passed


def test_a_finding_carries_what_it_was_given() -> None:
    mark = Evidence("loss", 3, 9)
    outcome = found(Severity.ERROR, score=0.9, kind="rising", numbers={"at": 3}, evidence=(mark,), fixes=("lr-half",))
    assert outcome == Outcome("", Status.FOUND, Severity.ERROR, 0.9, "rising", "", {"at": 3}, (mark,), ("lr-half",))


def test_a_rule_that_passed_may_say_how_near_it_was() -> None:
    assert passed() == Outcome("", Status.PASS)
    assert passed(score=0.4) == Outcome("", Status.PASS, score=0.4)
    assert passed(numbers={"z": 1.0}) == Outcome("", Status.PASS, numbers={"z": 1.0})


def test_the_engine_names_the_rule_and_changes_nothing_else() -> None:
    for outcome in (not_applicable(), passed(score=0.2), found(Severity.INFO, score=0.6, variant="tiny")):
        named = outcome.of("my-rule")
        assert named == Outcome(
            "my-rule", outcome.status, outcome.severity, outcome.score, outcome.kind, outcome.variant, outcome.numbers
        )
        assert outcome.rule == ""


def test_confidence_is_the_score_by_its_name_in_json() -> None:
    assert found(Severity.INFO, score=0.7).confidence == 0.7
