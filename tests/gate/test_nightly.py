"""The worked example of the documentation, whole: trainings are run, gated and mailed to a real SMTP server."""

from __future__ import annotations

import os
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.mail.test_delivery import Inbox, server

ROOT = Path(__file__).parents[2]
TRAINING = """
import argparse, csv, os, pathlib
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int)
parser.add_argument("--out", type=pathlib.Path)
args = parser.parse_args()
rng = np.random.default_rng(args.seed)
label = np.where(rng.random(900) < 0.5, -1.0, 1.0)
data = rng.normal(size=(900, 12)) + 0.6 * label[:, None]
weights, rate = np.zeros(12), float(os.environ["RATE"])
args.out.mkdir(parents=True)
with (args.out / "metrics.csv").open("w", newline="") as file, np.errstate(all="ignore"):
    log = csv.writer(file)
    log.writerow(["epoch", "train_loss", "val_loss", "val_accuracy"])
    for epoch in range(60):
        for batch in np.split(rng.permutation(600), 12):
            weights -= rate * data[batch].T @ (data[batch] @ weights - label[batch]) / len(batch)
        error, answer = data @ weights - label, np.sign(data @ weights) == label
        log.writerow([epoch, (error[:600] ** 2).mean(), (error[600:] ** 2).mean(), answer[600:].mean()])
"""


def night(tmp_path: Path, rate: str, port: int) -> subprocess.CompletedProcess[str]:
    """nightly.sh as cron would call it; only the training and the mail server are this machine's own."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "analyze-logs").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m loganalyzer "$@"\n')
    (tools / "analyze-logs").chmod(0o755)
    (tmp_path / "training.py").write_text(TRAINING)
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "LOGANALYZER_"))},
        "PATH": f"{tools}:{os.environ['PATH']}", "RATE": rate, "TRAIN": f"{sys.executable} training.py",
        "LOGANALYZER_MAIL_SMTP": f"smtp://127.0.0.1:{port}",
    }  # fmt: skip
    return subprocess.run(
        [str(ROOT / "examples/nightly/nightly.sh"), "tonight"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize(("rate", "code"), [("0.003", 0), ("0.5", 1)])
def test_a_good_and_a_bad_night(tmp_path: Path, rate: str, code: int) -> None:
    inbox = Inbox()
    with server(inbox) as port:
        done = night(tmp_path, rate, port)
    assert done.returncode == code, done.stdout + done.stderr
    assert sorted(p.name for p in (tmp_path / "tonight").iterdir()) == ["seed-1", "seed-2", "seed-3"]
    assert {"index.html", "junit.xml"} <= {p.name for p in (tmp_path / "tonight-report").iterdir()}
    if code == 0:
        assert "Gate passed" in done.stdout and not inbox.mails  # silent while all is well
        return
    ((recipients, content),) = inbox.mails
    mail = message_from_bytes(content, policy=default)
    assert recipients == ["ml-team@example.org"] and "FAILED: 3 diverging" in mail["Subject"]
    assert mail["Subject"].endswith("· nightly digits")
    assert [p.get_filename() for p in mail.walk() if p.get_content_disposition() == "attachment"] == ["report.html"]
    assert "median of val/accuracy (best) ≥ 0.85" in done.stdout or "seed-1: diverging" in done.stdout


def test_a_night_in_which_every_training_crashes_is_mailed_too(tmp_path: Path) -> None:
    inbox = Inbox()
    with server(inbox) as port:
        done = night(tmp_path, "no rate", port)
    assert done.returncode == 5, done.stdout + done.stderr
    ((_, content),) = inbox.mails
    assert "no training run found" in str(message_from_bytes(content, policy=default)["Subject"])
