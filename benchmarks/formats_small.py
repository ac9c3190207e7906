"""Small inputs that once failed, read and judged against ``formats_small.toml``: a section of ``formats.md``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from loganalyzer import load
from loganalyzer.model.run import Run

EXPECTED = Path(__file__).with_suffix(".toml")


def section(root: Path) -> list[str]:
    """What of the small inputs below ``root`` is not as the table says."""
    expected = tomllib.loads(EXPECTED.read_text(encoding="utf-8"))
    runs = {run.id: run for run in load(root)}
    report = _report(root)
    findings, unread = _findings(report), {file["file"]: file["reason"] for file in report["unread"]}
    wrong = {
        name: _wrong_reason(unread.get(name, ""), wanted["unread"])
        if "unread" in wanted
        else _wrong(runs.get(name), findings.get(name, []), wanted)
        for name, wanted in expected.items()
    }
    good = sum(not lines for lines in wrong.values())
    return [
        "## Small inputs that once failed",
        "",
        f"As `benchmarks/formats_small.toml` says: {good} of {len(expected)}",
        "",
        *(f"- {name}: {'; '.join(lines)}" for name, lines in wrong.items() if lines),
        "",
    ]


def _wrong(run: Run | None, findings: list[str], wanted: dict[str, Any]) -> list[str]:
    if run is None:
        return ["not read"]
    lines = []
    for name, points in wanted["series"].items():
        found = run.series.get(name)
        if found is None or len(found) != points:
            lines.append(f"{name} has {0 if found is None else len(found)} points, not {points}")
        elif "first" in wanted and int(found.steps[0]) != wanted["first"]:
            lines.append(f"{name} begins at {int(found.steps[0])}, not {wanted['first']}")
    lines += [f"{name} is there" for name in wanted.get("absent", ()) if name in run.series]
    return lines + [f"found {rule}" for rule in wanted.get("never", ()) if rule in findings]


def _wrong_reason(reason: str, wanted: str) -> list[str]:
    return [] if wanted in reason else [f"the reason is {reason!r}" if reason else "no reason is given"]


def _report(root: Path) -> dict[str, Any]:
    """What the command line writes as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder) / "report.json"
        command = [sys.executable, "-m", "loganalyzer", str(root), "-q", "--no-html", "--json", str(document)]
        subprocess.run(command, check=True)
        report: dict[str, Any] = json.loads(document.read_text(encoding="utf-8"))
    return report


def _findings(report: dict[str, Any]) -> dict[str, list[str]]:
    """The findings of each run as ``rule`` and ``rule:kind``, and the verdict in the same way."""
    found = {}
    for run in report["runs"]:
        told = [(f["rule"], f.get("kind")) for f in run["findings"] if f["status"] == "found"]
        told.append((run["verdict"], run["kind"]))
        found[run["id"]] = [text for rule, kind in told for text in (rule, f"{rule}:{kind}")]
    return found
