"""The harnesses without a fuzzer: their seeds are real logs, and pass the checks that mutations must pass."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from loganalyzer.model.run import Run
from tests.fuzz.checks import checked

HARNESSES = sorted(p.stem for p in Path(__file__).parent.glob("fuzz_*.py"))


@pytest.mark.parametrize("name", HARNESSES)
def test_seeds_are_logs(name: str) -> None:
    harness = importlib.import_module(f"tests.fuzz.{name}")
    seeds = harness.seeds()
    assert seeds == harness.seeds()
    runs = [any(isinstance(item, Run) for item in checked(harness.read, seed)) for seed in seeds]
    assert len(runs) > 5 and sum(runs) > len(runs) / 2


@pytest.mark.parametrize("name", HARNESSES)
@pytest.mark.parametrize("data", [b"", b"\0", b"\1", b"\2", b"\3", b"\xff" * 40])
def test_next_to_nothing_is_an_answer(name: str, data: bytes) -> None:
    checked(importlib.import_module(f"tests.fuzz.{name}").read, data)
