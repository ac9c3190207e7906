"""Judge a folder of logs from Python, write the report, and hand back what went wrong: for any callback or scheduler."""

from __future__ import annotations

from pathlib import Path

import loganalyzer


def judge(logs: str | Path, lang: str = "en") -> loganalyzer.Report:
    """Analyse ``logs``, write ``report.html`` beside them, print one line for each run, and return the report."""
    report = loganalyzer.analyze(str(logs))
    folder = Path(logs) if Path(logs).is_dir() else Path(logs).parent
    (folder / "report.html").write_text(report.to_html(lang), encoding="utf-8")
    for run in report.to_dict(lang)["runs"]:
        print(f"{run['id']}: {run['verdict']}. {run['headline']}")
        for action in run["prescription"][:1]:
            print(f"  -> {action['text']}")
    return report
