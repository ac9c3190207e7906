"""The filter language in Python; tests/browser/test_filter.py runs the same cases on the page's script."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loganalyzer.reports.where.language import matches, number, parse, quoted

TABLE: dict[str, Any] = json.loads((Path(__file__).parents[1] / "where_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("query", "expected"), TABLE["cases"])
def test_which_runs_match(query: str, expected: str) -> None:
    runs = {
        name: ({key: tuple(v) if isinstance(v, list) else float(v) for key, v in run["fields"].items()}, run["text"])
        for name, run in TABLE["runs"].items()
    }
    assert "".join(name for name, (fields, text) in runs.items() if matches(fields, text, parse(query))) == expected


NUMBERS = [
    ("1", 1), ("-1.5e-3", -0.0015), (".5", 0.5), ("12%", 0.12), ("5.", 5),
    ("1e", None), ("", None), ("x", None), ("１", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_numbers(text: str, value: float | None) -> None:
    assert number(text) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize("text", ["lr", "my setting", "a<b", "x=y", "-1", "a,b", "発散", "a:b", ""])
def test_any_name_can_be_quoted(text: str) -> None:
    (term,) = parse(f"{quoted(text)}={quoted('-v 1')}") if text else (parse('k=""x')[0],)
    assert (term.key, term.value) == ((text, "-v 1") if text else ("k", "x"))
