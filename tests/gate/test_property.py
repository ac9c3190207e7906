"""The property of the gate: whatever is done to its folder, a bad run fails and a good one passes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from loganalyzer.cli.command import command
from tests.gate.folders import drawn

BATCHES, BATCH = 20, 100
SLIPPED = (401_650, 402_007, 402_037, 408_871)
"""Cases that went wrong when ``benchmarks/gate_property.py`` drew further ones."""


@pytest.mark.parametrize("batch", range(BATCHES))
def test_nothing_slips_through(batch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = [text for number in range(batch * BATCH, (batch + 1) * BATCH) if (text := slip(tmp_path, number))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("number", SLIPPED)
def test_what_slipped_through(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert not slip(tmp_path, number)


def slip(place: Path, number: int) -> str:
    """What went wrong in case ``number``, "" if nothing; a case with a cache is asked twice."""
    call = drawn(place / str(number), number)
    for _ in range(2 if "--cache" in call.arguments else 1):
        result = CliRunner().invoke(command, list(call.arguments), obj=list(call.arguments))
        crashed = not isinstance(result.exception, SystemExit | None)
        if crashed or result.exit_code != call.code:
            told = repr(result.exception) if crashed else result.output[:600]
            return f"case {number}: {result.exit_code} instead of {call.code} after {', '.join(call.steps)}\n{told}"
    return ""
