"""What a start loads: only what the run in hand needs. How long that takes is measured in benchmarks/start_up.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.readers import event_files

NEVER = {
    "pandas", "scipy", "matplotlib", "tensorboard", "tbparse", "google.protobuf", "jinja2", "rich", "yaml", "css_inline",
    "fsspec", "pyarrow", "distributed", "sqlite3", "concurrent.futures", "multiprocessing", "importlib.metadata",
    "importlib.resources", "email", "ssl", "urllib.request", "subprocess", "tempfile", "statistics", "hashlib", "zipfile",
}  # fmt: skip
"""What reading a small log and judging it quietly takes no part of."""
OWN = {
    "loganalyzer.reports.html", "loganalyzer.reports.mail", "loganalyzer.reports.terminal", "loganalyzer.reports.next_run",
    "loganalyzer.pipeline.cache", "loganalyzer.pipeline.history", "loganalyzer.gate.baseline", "loganalyzer.gate.history",
    "loganalyzer.messages.catalogue", "loganalyzer.readers.text", "loganalyzer.readers.json", "loganalyzer.readers.notebook",
    "loganalyzer.readers.trackers.wandb", "loganalyzer.readers.trackers.mlflow", "loganalyzer.discovery.remote.download",
    "loganalyzer.discovery.unrecognised", "loganalyzer.readers.common.printed.lines",
}  # fmt: skip
TABLES, EVENTS = "loganalyzer.readers.csv.reader", "loganalyzer.readers.tensorboard.reader"


def csv(folder: Path) -> None:
    rows = "".join(f"{e},{1 / (e + 1):.4f},{1.1 / (e + 1):.4f}\n" for e in range(30))
    (folder / "metrics.csv").write_text("epoch,loss,val_loss\n" + rows)


def events(folder: Path) -> None:
    event_files.write(folder, [event_files.event(step, ("loss", 1 / (step + 1))) for step in range(30)])


def loaded(folder: Path, *options: str) -> set[str]:
    """The modules that are loaded when ``analyze-logs`` ends, other than those that Python itself had loaded before."""
    code = (
        "import sys; before = set(sys.modules); from loganalyzer.cli.command import command\n"
        f"try: command.main({[str(folder), '--no-html', *options]!r}, standalone_mode=False)\n"
        "except SystemExit: pass\n"
        "print('LOADED', *sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    return set(done.stdout.rpartition("LOADED ")[2].split())


@pytest.mark.parametrize(("make", "reader", "other"), [(csv, TABLES, EVENTS), (events, EVENTS, TABLES)])
def test_a_quiet_start_loads_what_the_log_needs_and_no_more(tmp_path: Path, make, reader: str, other: str) -> None:  # type: ignore[no-untyped-def]
    make(tmp_path)
    modules = loaded(tmp_path, "-q")
    assert "loganalyzer.diagnosis.diagnose" in modules and reader in modules
    assert {*NEVER, *OWN, other} & modules == set()


def test_json_alone_loads_no_other_output(tmp_path: Path) -> None:
    csv(tmp_path)
    modules = loaded(tmp_path, "--json", "-")
    assert "loganalyzer.reports.json" in modules
    quiet = NEVER - {"tempfile"} | OWN - {"loganalyzer.messages.catalogue"}
    assert quiet & modules == set()


def test_the_version_loads_only_the_options(tmp_path: Path) -> None:
    modules = loaded(tmp_path, "--version")
    assert "loganalyzer.cli.version" in modules
    assert {
        *NEVER,
        *OWN,
        "numpy",
        "msgspec",
        "loganalyzer.readers.base",
        "loganalyzer.cli.options.values",
    } & modules == set()
