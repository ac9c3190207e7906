"""The exit codes are one enum; help and documentation list exactly these."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loganalyzer.model.exit_code import ExitCode
from tests.cli.conftest import Call

ROOT = Path(__file__).parents[2]
CODES = [code.value for code in ExitCode]


@pytest.mark.parametrize(
    ("page", "listed"),
    [
        ("README.md", r"Exit codes: (.+?)\.\n"),
        ("README.ja.md", r"終了コード：(.+?)。\n"),
        ("docs/ci.md", r"\| exit code \|.*?\n((?:\|.*\n)+)"),
        ("docs/ci.ja.md", r"\| 終了コード \|.*?\n((?:\|.*\n)+)"),
    ],
)
def test_documentation_lists_the_codes(page: str, listed: str) -> None:
    found = re.search(listed, (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert found, page
    assert [int(n) for n in re.findall(r"(?:^|[·|])\s*(\d+)(?=\s)", found[1], re.MULTILINE)] == CODES


@pytest.mark.parametrize(("lang", "start"), [("en", "Exit codes: "), ("ja", "終了コード：")])
def test_help_lists_the_codes(analyze_logs: Call, lang: str, start: str) -> None:
    page = analyze_logs("--help", "--lang", lang).stdout
    text = " ".join(page.partition(start)[2].split())
    assert [int(n) for n in re.findall(r"(?:^|[,、]) ?(\d+)(?= )", text)] == CODES
    assert lang == "en" or not any(code.meaning in text for code in ExitCode)
