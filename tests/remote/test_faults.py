"""A storage in trouble: the other runs are reported, the reason is told, nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loganalyzer import analyze
from loganalyzer.model.exit_code import ExitCode
from tests.conftest import heed_interrupts
from tests.remote.conftest import BUCKET, ROWS, SECRET, Storage

pytestmark = pytest.mark.usefixtures("spool")


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loganalyzer.discovery.remote.address.WAITS", (0.0,))


def upload(storage: Storage) -> None:
    for name in ("a", "b"):
        storage.put(f"live/{name}/log.csv", ROWS.encode())


@pytest.mark.parametrize("fault", ["denied", "cut"])
def test_an_object_that_cannot_be_fetched_is_told(fault: str, storage: Storage, spool: Path) -> None:
    upload(storage)
    storage.faults["live/b/log.csv"] = fault
    report = analyze(f"s3://{BUCKET}/live")
    assert [d.id for d in report.runs] == ["a"]
    ((file, note),) = [(u.file, u.note) for u in report.unread]
    assert (file, note.code) == ("b/log.csv", "not-fetched")
    assert SECRET not in report.to_json() and not list(spool.iterdir())


def test_an_object_that_grew_since_it_was_listed(storage: Storage, spool: Path) -> None:
    upload(storage)
    storage.faults["live/b/log.csv"] = "other"
    report = analyze(f"s3://{BUCKET}/live")
    assert [(d.id, d.run.points) for d in report.runs] == [("a", 120), ("b", 180)]  # with the column of epochs
    assert not list(spool.iterdir())


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, ExitCode.INTERRUPTED), (signal.SIGTERM, 143)])
def test_an_interrupt_does_not_wait_for_a_silent_storage(
    sent: signal.Signals, code: int, storage: Storage, spool: Path
) -> None:
    upload(storage)
    storage.faults["live/b/log.csv"] = "silent"
    command = [sys.executable, "-m", "loganalyzer", f"s3://{BUCKET}/live", "--no-html"]
    environment = {**os.environ, "TMPDIR": str(spool), "AWS_ENDPOINT_URL": storage.endpoint}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts
    ) as process:
        until = time.monotonic() + 60
        while not storage.gets["live/b/log.csv"] and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(sent)
        try:
            out, err = process.communicate(timeout=20)  # the storage would be silent for 60 s
        finally:
            storage.released.set()
            process.kill()
    assert process.returncode in (code, -sent) and "Traceback" not in out + err, err
    assert [p.name for p in spool.iterdir() if p.name.startswith("loganalyzer-")] == []
