"""``--history``: five nights of one job, as every output tells them, and what fails the gate on which."""

from __future__ import annotations

import json
import shutil
from email import message_from_string, policy
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import Call
from tests.cli.test_command_line import SCHEMA

COMMIT = "0123456789" * 4
FIRST_NIGHT = 1_793_500_000  # seconds since 1970; the nights are a day apart


class Job:
    """A nightly job: seeds whose logs are the good or the bad training."""

    def __init__(self, call: Call, logs: Path, root: Path) -> None:
        self.call, self.root, self.nights = call, root, 0
        self.good, self.bad = logs / "good" / "log.csv", logs / "bad" / "log.csv"

    def night(self, good: list[str], bad: list[str], *options: str, below: str = "nightly", **environment: str):  # type: ignore[no-untyped-def]
        shutil.rmtree(self.root / "nightly", ignore_errors=True)
        for names, log in ((good, self.good), (bad, self.bad)):
            for name in names:
                (self.root / below / name).mkdir(parents=True)
                shutil.copy(log, self.root / below / name / "log.csv")
        moment = str(FIRST_NIGHT + 86_400 * self.nights)
        self.nights += 1
        arguments = ("nightly", "--no-html", "--history", "kept", *options)
        return self.call(*arguments, SOURCE_DATE_EPOCH=moment, **environment)

    @property
    def entries(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.root / "kept" / "history.jsonl").read_text().splitlines()]


@pytest.fixture
def job(analyze_logs: Call, logs: Path, tmp_path: Path) -> Job:
    return Job(analyze_logs, logs, tmp_path)


def test_five_nights(job: Job) -> None:
    gate = ("--fail-on", "new")
    first = job.night(["s1"], ["s2"], *gate)
    assert first.returncode == 0 and "no history" in first.stderr, "the first night begins the history"
    assert "Gate passed: the history begins with this analysis, and the run that is bad" in first.stdout
    same = job.night(["s1"], ["s2"], *gate)
    assert same.returncode == 0 and "No verdict has changed" in same.stdout
    assert "Bad as before: s2 (diverging, since 2026" in same.stdout, "what is known stays listed"
    worse = job.night([], ["s1", "s2"], *gate)
    assert worse.returncode == 1 and "s1: converged → diverging" in worse.stdout
    moved = job.night([], ["s1", "s2"], *gate, below="nightly/deeper")
    assert moved.returncode == 0, "the same runs, from further up"
    back = job.night(["s1", "s2", "s3"], [], *gate)
    assert back.returncode == 0 and "s1" in back.stdout and "diverging" in back.stdout and "New: s3" in back.stdout
    assert [len(entry["runs"]) for entry in job.entries] == [2, 2, 2, 2, 3]  # type: ignore[arg-type]
    assert len({entry["time"] for entry in job.entries}) == 5


def test_every_output_tells_it(job: Job, tmp_path: Path) -> None:
    job.night(["s1", "s2"], [])
    options = ("--markdown", "m.md", "--json", "j.json", "--eml", "mail.eml", "-o", "page")
    done = job.call(
        *("nightly", "--history", "kept", *options), SOURCE_DATE_EPOCH=str(FIRST_NIGHT + 86_400), GITHUB_SHA=COMMIT
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [entry["commit"] for entry in job.entries] == ["", COMMIT]
    job.night(["s1"], ["s2"])  # the next one is compared with that
    done = job.call(*("nightly", "--history", "kept", *options), SOURCE_DATE_EPOCH=str(FIRST_NIGHT + 4 * 86_400))
    document = json.loads((tmp_path / "j.json").read_text())
    jsonschema.validate(document, SCHEMA)
    assert document["history"]["bad_since"] == {"s2": job.entries[2]["time"]} and document["history"]["earlier"] == 3
    assert document["history"]["changed"] == [] and len(document["history"]["best"]["s1"]) == 4
    said = ("Bad as before", "s2")
    mail = message_from_string((tmp_path / "mail.eml").read_text(), policy=policy.default)
    assert "nothing new" in mail["Subject"]
    body = mail.get_body(("plain",)).get_content()
    for text in (done.stdout, body, (tmp_path / "page" / "index.html").read_text(), (tmp_path / "m.md").read_text()):
        assert all(word in text for word in said), text[:2000]
    assert "▁" in done.stdout or "█" in done.stdout


def test_the_subject_names_what_is_new(job: Job, tmp_path: Path) -> None:
    job.night(["s1", "s2"], [])
    job.night(["s1"], ["s2"], "--eml", "mail.eml")
    mail = message_from_string((tmp_path / "mail.eml").read_text(), policy=policy.default)
    assert mail["Subject"].startswith("[analyze-logs] new: s2 diverging; ")


def test_the_order_of_folders_does_not_matter(job: Job, tmp_path: Path) -> None:
    for folder, rate in (("a", 0.1), ("b", 0.2)):
        (tmp_path / folder / "s1").mkdir(parents=True)
        shutil.copy(job.good if folder == "a" else job.bad, tmp_path / folder / "s1" / "log.csv")
        (tmp_path / folder / "s1" / "hparams.yaml").write_text(f"lr: {rate}\n")
    common = ("--no-html", "--history", "h.jsonl", "--fail-on", "new")
    assert job.call("a", "b", *common).returncode == 0
    other = job.call("b", "a", *common)
    assert other.returncode == 0, other.stdout
    assert "No verdict has changed" in other.stdout


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--fail-on", "new"), 2, "--history"),
        (("--history", "log.csv", "--fail-on", "new"), 2, "is no history"),
        (("--history", "log.csv"), 2, "is no history"),
        (("--history", "/proc/none/h.jsonl"), 2, "cannot write"),
        (("--history", "h.jsonl", "--fail-on", "newer"), 2, "new, never)"),
    ],
)
def test_what_cannot_be_kept(job: Job, tmp_path: Path, options: tuple[str, ...], code: int, said: str) -> None:
    (tmp_path / "log.csv").write_text("epoch,loss\n1,0.5\n")
    done = job.call("runs", "--no-html", *options)
    assert done.returncode == code and said in done.stderr, done.stderr
    assert (tmp_path / "log.csv").read_text() == "epoch,loss\n1,0.5\n"


def test_no_run_is_no_night(job: Job, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = job.call("empty", "--no-html", "--history", "h.jsonl")
    assert done.returncode == 5 and "nothing is added" in done.stderr and not (tmp_path / "h.jsonl").exists()


def test_japanese(job: Job) -> None:
    job.night(["s1", "s2"], [])
    done = job.night(["s1"], ["s2"], "--lang", "ja", "--fail-on", "new")
    assert done.returncode == 1 and "前回の解析" in done.stdout and "収束 → 発散" in done.stdout
    assert "新たに悪くなった実行：発散1件（s2）。" in done.stdout


def test_a_file_of_an_older_configuration(job: Job, tmp_path: Path) -> None:
    (tmp_path / "loganalyzer.toml").write_text('history = "kept"\nfail-on = ["new"]\n')
    first, second = (job.call("runs", "--no-html") for _ in range(2))
    assert first.returncode == second.returncode == 0 and "history begins" in first.stdout + first.stderr
