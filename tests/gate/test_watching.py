"""Runs that are watched: what is new between two looks, and how it is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loganalyzer import messages
from loganalyzer.gate.running import find
from loganalyzer.gate.watching import events, looks, should_stop
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.model.report import Best, Diagnosis
from loganalyzer.model.watched import Watched
from loganalyzer.reports import watch_text
from loganalyzer.reports.html import render
from tests.gate.build import analysis, diagnosis

DIVERGED, OVER, GOOD, SHORT = "diverging", "overfitting:mild", "converged", "inconclusive"


def run(word: str, run_id: str = "a") -> Diagnosis:
    verdict, _, kind = word.partition(":")
    return replace(diagnosis(run_id, verdict, kind), best=Best("val/loss", 3, 1.0))


@pytest.mark.parametrize(
    ("before", "now", "kinds"),
    [
        # verdicts, "+" behind one of a run that goes on
        (None, "converged", ["new"]),
        (None, "inconclusive+", ["new"]),
        (None, "diverging+", ["stop"]),
        (None, "diverging", ["new"]),
        ("converged", "converged", []),
        ("inconclusive+", "underfitting+", []),  # running so far, both times
        ("inconclusive+", "overfitting:mild+", ["changed"]),
        ("overfitting:mild+", "overfitting:severe+", ["changed"]),
        ("overfitting:mild+", "inconclusive+", ["changed"]),
        ("inconclusive+", "inconclusive", ["ended"]),
        ("converged+", "converged", ["ended"]),
        ("converged+", "diverging", ["ended"]),
        ("converged", "converged+", []),
        ("converged", None, ["gone"]),
        ("diverging+", "diverging+", []),  # said once
        ("diverging+", "converged+", ["changed"]),
        ("overfitting:mild+", "diverging+", ["stop"]),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_new(before: str | None, now: str | None, kinds: list[str], lang: Lang) -> None:
    def seen(word: str | None) -> tuple[list[Diagnosis], set[str]]:
        runs = [run(word.rstrip("+"))] if word else []
        return runs, {"a"} if word and word.endswith("+") else set()

    (earlier, went_on), (runs, going_on) = seen(before), seen(now)
    said = should_stop(earlier, went_on, ["diverging"])
    to_stop = should_stop(runs, going_on, ["diverging"]) - said
    found = events(looks(earlier, went_on), runs, looks(runs, going_on), to_stop)
    assert [event.kind for event in found] == kinds
    for event in found:
        text = watch_text.line(event, lang)
        headline = messages.headline(event.diagnosis, lang) if event.diagnosis is not None else ""
        assert text.startswith("a") and "–" not in text.replace(headline, "") and "{" not in text
        if event.kind == "stop":
            assert "3" in text, "the step of the evidence"


def test_the_step_of_the_stop_is_the_one_of_the_sentence() -> None:
    d = run("diverging")
    outcomes = tuple(replace(o, numbers={**o.numbers, "at": 4}) if o.rule == "diverging" else o for o in d.outcomes)
    now = [replace(d, outcomes=outcomes)]
    (event,) = events({}, now, looks(now, {"a"}), {"a"})
    assert "it diverged at epoch 4" in watch_text.line(event, "en")


def test_a_condition_with_a_kind_stops_from_its_degree_on() -> None:
    runs = [
        run("overfitting:mild", "m"),
        run("overfitting:severe", "s"),
        run("diverging", "d"),
        run("diverging", "over"),
    ]
    going_on = {"m", "s", "d"}
    assert should_stop(runs, going_on, ["overfitting:moderate"]) == {"s"}
    assert should_stop(runs, going_on, ["overfitting", "diverging"]) == going_on
    assert should_stop(runs, going_on, []) == set()


def test_a_file_that_was_seen_to_change_is_still_written(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "log.csv").write_text("")
    report = replace(analysis(run("converged"), run("converged", "b")), roots=(str(tmp_path),))
    assert find(report) == {}
    found = find(report, seen_changing={str(tmp_path / "a" / "log.csv"): 3.0, str(tmp_path / "other"): 1.0})
    assert {name: writing.age for name, writing in found.items()} == {"a": 3.0}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_that_it_is_written_again(lang: Lang) -> None:
    report = analysis(run("converged"))
    plain = render(report, lang=lang)
    page = render(replace(report, watched=Watched("2026-11-28 15:00:00", ("<seed>",))), lang=lang)
    assert "#watch" not in plain and "location.reload" not in plain
    assert 'href="#watch"' in page and "location.reload" in page and "2026-11-28 15:00:00" in page
    assert "&lt;seed&gt;" in page and 'http-equiv="refresh"' not in page
