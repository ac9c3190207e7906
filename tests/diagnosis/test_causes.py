"""The likely cause of a run: named by a finding, shown in every report that a person reads, its fixes first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from loganalyzer import messages
from loganalyzer.cli.command import command
from loganalyzer.diagnosis.actions import OF_CAUSE
from loganalyzer.diagnosis.diagnose import diagnose
from tests.rules.case import load_cases

APART = "epoch,train_loss,val_loss\n" + "".join(f"{i},{0.6 - 0.04 * i},{25 + i}\n" for i in range(12))
CASES = {(case.rule, case.name): case for case in load_cases()}


def test_the_fixes_of_the_cause_come_first() -> None:
    case = CASES["evaluation-differs", "forty times training from the first evaluation"]
    diagnosis = diagnose(case.run)
    named = next(o for o in diagnosis.findings if o.rule == "evaluation-differs")
    assert diagnosis.deciding != "evaluation-differs"
    assert tuple(action.fix for action in diagnosis.actions)[:OF_CAUSE] == named.fixes[:OF_CAUSE]


def test_a_run_without_such_a_finding_names_no_cause() -> None:
    case = CASES["evaluation-differs", "a usual gap"]
    assert messages.cause_lines(diagnose(case.run), "en") == ()


@pytest.mark.parametrize("lang", list(messages.LANGUAGES))
def test_every_report_shows_the_cause_and_its_check(tmp_path: Path, lang: str) -> None:
    (tmp_path / "log.csv").write_text(APART, encoding="utf-8")
    options = [str(tmp_path / "log.csv"), "--lang", lang, "-v", "-o", str(tmp_path / "out")]
    shown = CliRunner().invoke(command, [*options, "--json", str(tmp_path / "r.json")]).stdout
    cause = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["runs"][0]["cause"]
    assert cause["finding"] == "evaluation-differs"
    page = "".join((tmp_path / "out" / "index.html").read_text(encoding="utf-8").replace("&#8288;", "").split())
    for text in (cause["text"], cause["check"]):
        assert "".join(text.split())[:40] in "".join(shown.split())
        assert "".join(text.split())[-12:] in page
