"""Two analyses compared: which runs are the same, which way each went, and what is said of it in every form."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from importlib.resources import files
from itertools import product
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from loganalyzer.gate.changes import compare, same_runs
from loganalyzer.gate.run_states import hash_of, of_diagnosis, of_report
from loganalyzer.gate.worse import way_of_value, way_of_verdict
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.model.changes import RunState, Way
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.report import Best
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports import diff
from loganalyzer.reports.diff import json as diff_json
from loganalyzer.reports.diff import markdown, terminal
from loganalyzer.reports.json import render
from tests.gate.build import analysis, diagnosis


def state(run: str, verdict: str = "converged", value: float = 0.3, **settings: Any) -> RunState:
    word, _, kind = verdict.partition(":")
    best = Best("val_loss", 12, value)
    return RunState(run, Verdict(word), kind, 0.9, best, "min", value, settings, hash_of(settings))


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (["a", "b"], ["a", "b"], {"a": "a", "b": "b"}),
        (["a", "b"], ["b", "a"], {"a": "a", "b": "b"}),
        (["a", "b"], ["a", "c"], {"a": "a"}),
        # analysed from further down, or further up
        (["night/a", "night/b"], ["a", "b"], {"a": "night/a", "b": "night/b"}),
        (["a", "b"], ["runs/night/a", "runs/night/b"], {"runs/night/a": "a", "runs/night/b": "b"}),
        # two folders in another order: the second's are prefixed
        (["s:1", "b/s:2"], ["s:2", "a/s:1"], {"s": "b/s", "a/s": "s"}),
        # settings that were changed make no other run
        (["a:1", "b:2"], ["a:9", "b:2"], {"a": "a", "b": "b"}),
        (["x/a:1", "y/a:2"], ["x/a:2", "y/a:1"], {"x/a": "x/a", "y/a": "y/a"}),
        # names that several runs share tell nothing
        (["x/a", "y/a"], ["a"], {}),
        (["x/a"], ["y/a", "z/b"], {}),
        (["xa", "b"], ["a", "c"], {}),
        # single runs are the same, whatever they are called
        (["monday"], ["tuesday"], {"tuesday": "monday"}),
        (["a"], ["b", "c"], {}),
        ([], ["a"], {}),
        (["a"], [], {}),
    ],
)
def test_which_runs_are_the_same(before: list[str], now: list[str], expected: dict[str, str]) -> None:
    def states(names: list[str]) -> list[RunState]:
        parts = (name.partition(":") for name in names)
        return [state(run, **({"lr": rate} if rate else {})) for run, _, rate in parts]

    assert {name: run.id for name, run in same_runs(states(before), states(now)).items()} == expected


@pytest.mark.parametrize(
    ("before", "now", "way"),
    [
        ("converged", "converged", "same"),
        ("converged", "diverging", "worse"),
        ("diverging", "converged", "better"),
        ("overfitting:mild", "overfitting:severe", "worse"),
        ("overfitting:severe", "overfitting:moderate", "better"),
        ("plateau:stalled", "plateau:chance", "other"),
        ("converged", "inconclusive", "worse"),
        ("diverging", "inconclusive", "worse"),  # it may be anything now
        ("inconclusive", "converged", "better"),
        ("inconclusive", "diverging", "worse"),
    ],
)
def test_which_way_a_verdict_went(before: str, now: str, way: Way) -> None:
    (one, _, kind), (other, _, kind_now) = before.partition(":"), now.partition(":")
    assert way_of_verdict(Verdict(one), kind, Verdict(other), kind_now) == way


@pytest.mark.parametrize(
    ("before", "now", "direction", "way"),
    [
        (1.0, 1.0, "min", "same"),
        (1.0, 1.02, "min", "same"),
        (1.0, 1.021, "min", "worse"),
        (1.0, 0.979, "min", "better"),
        (1.0, 0.979, "max", "worse"),
        (1.0, 1.021, "max", "better"),
        (-1.0, -1.021, "min", "better"),
        (-1.0, -0.979, "min", "worse"),
        (0.0, 1e-9, "min", "worse"),
        (1.0, math.nan, "min", "worse"),
        (math.nan, 1.0, "max", "better"),
        (math.nan, math.inf, "min", "same"),
        (1.0, -math.inf, "min", "worse"),  # no metric is infinitely good
    ],
)
def test_which_way_a_value_went(before: float, now: float, direction: str, way: Way) -> None:
    assert way_of_value(before, now, direction, 0.02) == way


def test_of_other_series_no_value_is_compared() -> None:
    now = replace(state("a"), best=Best("val_accuracy", 1, 0.9), direction="max")
    (pair,) = compare([state("a")], [now], 0.02).pairs
    assert pair.best is None and pair.end is None and pair.way == "same"


def test_a_report_has_what_the_runs_have() -> None:
    runs = [replace(diagnosis("a"), best=Best("val/loss", 3, 1.0), end=Best("val/loss", 4, math.nan)), diagnosis("b")]
    read = of_report(render(analysis(*runs)), "report.json")
    for one, other in zip(read, map(of_diagnosis, runs), strict=True):
        assert math.isnan(one.end or 0) is math.isnan(other.end or 0)
        assert replace(one, end=None) == replace(other, end=None)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"schema": "loganalyzer/3", "runs": []}', '{"schema": "loganalyzer-baseline/1", "runs": {}}',
     '{"schema": "loganalyzer/2", "runs": [{"id": "a"}]}', '{"schema": "loganalyzer/2", "runs": 3}',
     '{"schema": "loganalyzer/2", "runs": [{"id": "a", "verdict": "fine", "objective": {"direction": "min"}}]}',
     "[" * 100_000],
)  # fmt: skip
def test_what_is_no_report(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^report\.json is "):
        of_report(text, "report.json")


def compared() -> diff.Compared:
    before = [
        state("seed-1"),
        state("seed-2", "overfitting:mild"),
        state("seed-3", lr=0.1),
        state("seed-4"),
        state("old"),
    ]
    now = [
        state("seed-1"), state("seed-2", "converged", 0.2), state("seed-3", "diverging:non-finite", math.nan, lr=1.0),
        state("seed-4", value=0.4), state("*new* <b>", "plateau"),
    ]  # fmt: skip
    return diff.Compared("old.json", "./runs", compare(before, now, 0.02), 0.02)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_terminal_says_what_got_worse_first(lang: Lang) -> None:
    stream = io.StringIO()
    terminal.show(compared(), Console(file=stream, width=100, markup=False, highlight=False), lang)
    lines = stream.getvalue().splitlines()
    places = [
        next(i for i, line in enumerate(lines) if name in line) for name in ("seed-3", "seed-4", "seed-2", "seed-1")
    ]
    assert places == sorted(places)
    text = stream.getvalue()
    assert "lr 0.1 → 1" in text and "0.3 → 0.2" in text.replace("0.300", "0.3").replace("0.200", "0.2")
    assert "old.json" in text and "./runs" in text and "*new* <b>" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_markdown_escapes_names(lang: Lang) -> None:
    text = markdown.render(compared(), lang)
    assert "<b>" not in text and r"\*new\*" in text and text.startswith(markdown.MARKER)
    assert text.count("\n| ") == 4  # head, seed-3, seed-4, seed-2


def test_json_has_its_schema() -> None:
    document = json.loads(diff_json.render(compared()), parse_constant=lambda token: pytest.fail(token))
    schema = json.loads(files("loganalyzer.reports.diff").joinpath("diff_schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    assert {run["id"]: run["way"] for run in document["runs"]} == {
        "seed-1": "same", "seed-2": "better", "seed-3": "worse", "seed-4": "worse",
    }  # fmt: skip
    assert [run["id"] for run in document["only_before"]] == ["old"]
    assert document["runs"][2]["best"]["now"] is None
    known = set(document["runs"][0]["verdict"]) | {"difference"}
    assert known == {"before", "now", "way", "difference"}


def test_every_pair_of_verdicts_goes_one_way() -> None:
    """What is worse one way is not worse the other way too, unless a verdict can no longer be given."""
    for one, other in product(Verdict, repeat=2):
        ways = way_of_verdict(one, "", other, ""), way_of_verdict(other, "", one, "")
        assert (one is other) is (ways == ("same", "same"))
        if one.info.judged and other.info.judged and one is not other:
            assert set(ways) == {"worse", "better"}


@pytest.mark.parametrize(
    ("before", "now", "series", "value", "way"),
    [
        ("overfitting:moderate", "underfitting:undertrained", "eval_loss", 1.56, "other"),
        ("diverging:rising", "overfitting:severe", "loss", 0.1, "other"),
        ("plateau:stalled", "underfitting:undertrained", "val_acc", 0.9, "other"),
        ("overfitting:severe", "overfitting:mild", "valid/loss", 0.2, "other"),
        ("overfitting:moderate", "underfitting:undertrained", "val_loss", 1.56, "other"),
        ("overfitting:severe", "plateau:stalled", "val_loss", 0.7, "other"),
        ("overfitting:moderate", "underfitting:undertrained", "val_loss", 0.2, "better"),
        ("overfitting:severe", "overfitting:mild", "val_loss", 0.3, "better"),
        ("overfitting:moderate", "converged", "val_loss", 1.56, "better"),
        ("overfitting:moderate", "converged", "eval_loss", 1.56, "better"),
        ("converged", "overfitting:moderate", "eval_loss", 0.1, "worse"),
    ],
)
def test_what_got_worse_or_has_another_name_is_not_better(
    before: str, now: str, series: str, value: float, way: Way
) -> None:
    later = state("a", now, value)
    later = replace(later, best=Best(series, 12, value))
    (pair,) = compare([state("a", before)], [later], 0.02).pairs
    assert pair.way == way
