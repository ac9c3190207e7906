"""No regular expression takes more steps than a line is long: three times the line, about three times the work."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import loganalyzer
from tests.hostile.expressions import BOUNDED, FUNCTIONS, MADE_AT_RUN_TIME, all_used, calls

USED = all_used()


def scan(*patterns: str) -> list[str]:
    """The faults of the scan, in a process of its own, so that no expression can hang the tests."""
    command = [sys.executable, "-m", "tests.hostile.expressions", *patterns]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    return done.stdout.splitlines()


def test_no_work_grows_faster_than_the_line() -> None:
    assert not scan()


def test_bad_expressions_are_noticed_and_good_ones_are_not() -> None:
    bad = [r"\|\s*\s*\|", r"\s*x", r"(?:epoch)?\s*#?\s*1", r"\|\s*[^|]*?\s*\|$"]
    good = [r"\|\s*+\|", r"\s{0,20}x", r"[a-z]{1,60}=\d", r"(?>a+)b?", r"pass|pwd|secret"]
    found = "\n".join(scan(*bad, *good))
    assert all(repr(pattern) in found for pattern in bad), found
    assert not any(repr(pattern) in found for pattern in good), found


def test_every_expression_of_the_source_is_among_them() -> None:
    """Each call of a function of ``re`` is of a literal that was looked at, or its module says what it is made of."""
    found = {used.pattern.pattern for used in USED}
    seen = 0
    for module, call, inner in calls():
        seen += 1
        try:
            text = ast.literal_eval(call.args[0])
        except ValueError:
            known = not inner or module.startswith((*BOUNDED, *MADE_AT_RUN_TIME))
        else:
            known = not isinstance(text, str) or text in found
        assert known, f"{module}:{call.lineno}"
    sources = "".join(path.read_text("utf-8") for path in Path(str(loganalyzer.__file__)).parent.rglob("*.py"))
    assert seen == len(re.findall(rf"\bre\.(?:{'|'.join(FUNCTIONS)})\(", sources)) > 200


def test_the_exceptions_exist() -> None:
    modules = {module for module, _, _ in calls()}
    for name in MADE_AT_RUN_TIME:
        assert name in modules, name
    for name in BOUNDED:
        assert any(module.startswith(name) or name.startswith(f"{module}.") for module in modules), name
