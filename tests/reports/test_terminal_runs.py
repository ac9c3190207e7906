"""The terminal: what to do next below each run that needs it, runs alike together, healthy ones in a line."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.model.report import Analysis, Diagnosis
from loganalyzer.model.run import Note
from loganalyzer.reports import terminal
from loganalyzer.reports.alike import grouped
from loganalyzer.reports.summary import actions, first_action, next_steps
from loganalyzer.reports.wrap import columns
from tests.prescriptions.case import diagnosed

CONSTANT = {"train_loss": "0.9 + 0 * x"}
BLOWN = {"train_loss": "where(x < 0.3, 2 - 4 * x, 0.8 + 20 * (x - 0.3))"}
DONE = {
    "train_loss": "2 * exp(-12 * x) + 0.1 + 0.003 * noise(1)",
    "val_loss": "2 * exp(-12 * x) + 0.2 + 0.003 * noise(2)",
}


def named(diagnosis: Diagnosis, name: str, *notes: Note) -> Diagnosis:
    return replace(diagnosis, run=replace(diagnosis.run, id=name, notes=notes))


def several(diagnosis: Diagnosis, stem: str, count: int) -> tuple[Diagnosis, ...]:
    return tuple(named(diagnosis, f"{stem}{i}") for i in range(1, count + 1))


def shown(*runs: Diagnosis, lang: Lang = "en", verbose: bool = False, width: int = 80) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, markup=False, highlight=False, emoji=False)
    terminal.show(Analysis((), runs), console, lang=lang, verbose=verbose)
    return stream.getvalue()


def test_a_run_that_needs_it_has_its_first_action_below_it() -> None:
    text = shown(named(diagnosed(BLOWN, {"lr": 0.1}), "bad"), named(diagnosed(DONE), "good"))
    said = text.index("  -> Lower the learning rate (lr) from 0.1 to 0.01.\n")
    assert text.index("bad\n") < said < text.index("good")
    assert text.count("->") == 1


def test_runs_with_one_verdict_kind_and_action_are_one_entry() -> None:
    text = shown(*several(diagnosed(BLOWN, {"lr": 0.1}), "a", 3), *several(diagnosed(BLOWN, {"lr": 0.2}), "b", 2))
    assert text.count("->") == 2
    assert "3 runs: a1, a2, a3" in text and "2 runs: b1, b2" in text
    assert "a1: train_loss" in text and "a2: train_loss" not in text


def test_many_names_are_counted() -> None:
    text = shown(*several(diagnosed(CONSTANT), "c", 30))
    assert "30 runs: c1, c2" in text and "c9" not in text and "and 22 more" in text


def test_runs_without_an_action_are_one_entry_only_where_their_headline_is_the_same() -> None:
    first = replace(diagnosed(BLOWN), actions=())
    other = replace(diagnosed({"train_loss": "where(x < 0.3, 2 - 4 * x, 0.8 + 30 * (x - 0.3))"}), actions=())
    assert [len(entry.runs) for entry in grouped([first, first, other], "en")] == [2, 1]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("count", [2, 5, 40])
def test_healthy_runs_take_one_line(count: int, lang: Lang) -> None:
    lines = [line for line in shown(*several(diagnosed(DONE), "good-run-", count), lang=lang).splitlines() if line]
    assert len(lines) == 2 and columns(lines[1]) <= 80
    assert "good-run-1" in lines[1] and str(count) in lines[1]


def test_a_healthy_run_alone_has_its_sentence() -> None:
    assert "it has settled" in " ".join(shown(named(diagnosed(DONE), "good")).split())


def test_what_was_lost_while_reading_is_said_of_a_healthy_run_too() -> None:
    lost = named(diagnosed(DONE), "torn", Note("damaged-records", {"count": 3}, harmful=True))
    text = shown(*several(diagnosed(DONE), "good", 3), lost)
    assert "torn\n" in text and "  ! " in text and "3 converged: good1, good2, good3" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_in_full_each_run_has_all_its_actions_with_the_reasons(lang: Lang) -> None:
    bad = diagnosed(BLOWN, {"lr": 0.1})
    text = "".join(shown(bad, named(bad, "again"), lang=lang, verbose=True).split())
    assert len(actions(bad, lang)) == 3
    for number, step in enumerate(next_steps(bad, lang), 1):
        assert text.count("".join(f"->{number}. {step.fix.text}".split())) == 2
        assert "".join(step.fix.why.split()) in text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int, lang: Lang) -> None:
    long = "2018-08-20_22-26-08DAqy0/an_experiment_with_a_long_name_batch_size_64_seed_"
    runs = (
        *several(diagnosed(CONSTANT), long, 5),
        *several(diagnosed(DONE), long, 4),
        named(diagnosed(BLOWN, {"lr": 0.1}), long),
    )
    for verbose in (False, True):
        assert (
            max(columns(line) for line in shown(*runs, lang=lang, verbose=verbose, width=width).splitlines()) <= width
        )


def test_an_action_wraps_below_its_own_beginning() -> None:
    text = shown(named(diagnosed(CONSTANT), "c"), width=60)
    lines = text[text.index("  -> ") :].splitlines()
    assert len(lines) > 1 and all(line.startswith("     ") for line in lines[1:])


def test_what_the_sentence_says_is_not_expected_again() -> None:
    over = diagnosed(
        {
            "train_loss": "2 * exp(-4 * x) + 0.01 * noise(1)",
            "val_loss": "0.5 + 1.5 * exp(-12 * x) + 0.8 * x ** 2 + 0.002 * noise(2)",
        }
    )
    [first, *_] = next_steps(over, "en")
    assert first.fix.text == first_action(over, "en") and "saved" in first.fix.text
    assert len(over.actions[0].expected) == 2 and len(first.expected) == 1 and "better" in first.expected[0]


def test_a_folder_that_all_runs_are_in_is_named_once() -> None:
    text = shown(*several(diagnosed(CONSTANT), "night/sweep-", 3))
    assert "3 runs: night/sweep-1, …/sweep-2, …/sweep-3\n" in text
    apart = shown(named(diagnosed(CONSTANT), "a/one"), named(diagnosed(CONSTANT), "b/one"))
    assert "2 runs: a/one, b/one" in apart


def test_a_run_that_converged_is_shown_with_what_is_wrong() -> None:
    wrong = named(diagnosed({"train_loss": DONE["train_loss"], "val_loss": "300 + 400 * exp(-9 * x) + noise(1)"}), "w")
    assert wrong.verdict.info.healthy and wrong.needs_attention
    text = " ".join(shown(wrong).split())
    assert text.index("it has settled") < text.index("Likely: evaluation runs in another mode") < text.index("->")
