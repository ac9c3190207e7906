"""Runs in a bucket: the same report as from the disk, for one listing and at most one GET per wanted object."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from loganalyzer import analyze
from loganalyzer.discovery.discover import discover
from loganalyzer.discovery.remote.address import failure, persistent
from loganalyzer.model.errors import UsageError
from loganalyzer.pipeline.analyze import Options
from loganalyzer.pipeline.read_job import read_job
from loganalyzer.readers.common.file_names import NEVER_LOGS, suffix
from tests.remote.conftest import BUCKET, KEY, ROWS, SECRET, Storage

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_runs"
pytestmark = pytest.mark.usefixtures("spool")


def test_the_same_report_as_from_the_disk(storage: Storage, spool: Path) -> None:
    storage.upload(SAMPLES, "sample_runs")
    here = analyze(SAMPLES)
    there = analyze(f"s3://{BUCKET}/sample_runs")
    assert there.to_json() == here.to_json()
    assert there.to_html("ja") == here.to_html("ja")
    assert list(spool.iterdir()) == [], "what was fetched is removed"
    assert storage.kinds["list"] == 1
    assert set(storage.kinds) == {"list", "get"}
    assert set(storage.gets.values()) == {1}
    unwanted = [key for key in storage.gets if suffix(key) in NEVER_LOGS]
    assert unwanted == []


def test_one_listing_in_pages_however_deep(storage: Storage) -> None:
    from moto.s3.models import s3_backends

    (account,) = s3_backends
    for number in range(1100):  # in the server's memory: by requests it would take a while
        s3_backends[account]["aws"].put_object(BUCKET, f"deep/{number % 10}/a/b/c{number}/weights.pt", b"")
    storage.put("deep/1/a/run/metrics.csv", ROWS.encode())
    report = analyze(f"s3://{BUCKET}/deep")
    assert [d.id for d in report.runs] == ["1/a/run"]
    assert storage.kinds == {"list": 2, "get": 1}


def test_one_object_is_a_root(storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "log.csv").write_text(ROWS)
    (tmp_path / "one" / "config.json").write_text('{"lr": 0.1}')
    storage.upload(tmp_path / "one", "one")
    assert analyze(f"s3://{BUCKET}/one/log.csv").to_json() == analyze(tmp_path / "one" / "log.csv").to_json()


def test_a_vanished_object_is_a_note(storage: Storage) -> None:
    for name in ("a", "b"):
        storage.put(f"live/{name}/log.csv", ROWS.encode())
    storage.gone.add("live/b/log.csv")
    report = analyze(f"s3://{BUCKET}/live")
    storage.gone.clear()
    assert [d.id for d in report.runs] == ["a"]
    assert [(u.file, u.note.code) for u in report.unread] == [("b/log.csv", "vanished")]


def test_an_object_over_the_limit_is_not_fetched(storage: Storage) -> None:
    storage.put("big/a/log.csv", ROWS.encode())
    storage.put("big/b/log.csv", ROWS.encode() * 4)
    report = analyze(f"s3://{BUCKET}/big", options=Options(max_bytes=2 * len(ROWS)))
    assert [d.id for d in report.runs] == ["a"]
    assert [(u.file, u.note.code) for u in report.unread] == [("b/log.csv", "too-large")]
    assert set(storage.gets) == {"big/a/log.csv"}


def test_a_large_object_is_detected_by_its_head(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loganalyzer.discovery.remote.download.LARGE", 70_000)
    rows = "epoch,loss,val_loss\n" + "".join(f"{e},{1 / (e + 1):.5f},{1.1 / (e + 1):.5f}\n" for e in range(5000))
    storage.put("large/run/log.csv", rows.encode())
    storage.put("large/run/samples.dat", bytes(range(256)) * 400)
    report = analyze(f"s3://{BUCKET}/large")
    assert [(d.id, d.run.points) for d in report.runs] == [("run", 15_000)]
    assert storage.gets == {"large/run/log.csv": 2, "large/run/samples.dat": 1}


def test_names_that_no_file_can_have(storage: Storage, spool: Path) -> None:
    storage.put("odd/good/log.csv", ROWS.encode())
    storage.put("odd/a//log.csv", ROWS.encode())
    storage.put("odd/" + "x" * 300 + "/log.csv", ROWS.encode())
    storage.put("odd/clash.csv", ROWS.encode())
    storage.put("odd/clash.csv/log.csv", ROWS.encode())
    report = analyze(f"s3://{BUCKET}/odd")
    assert "good" in [d.id for d in report.runs]
    assert {u.note.code for u in report.unread} <= {"cannot-open", "not-fetched"}
    assert len(report.runs) + len(report.unread) == 5


def command(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "loganalyzer", *arguments],
        cwd=cwd, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


def test_no_credentials_are_ever_shown(storage: Storage, tmp_path: Path) -> None:
    storage.put("live/b/log.csv", ROWS.encode())
    done = command(f"s3://{BUCKET}/live", "--no-html", "-v", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr and KEY not in done.stdout + done.stderr
    for address in (
        "s3://no-such-bucket/live",
        f"s3://{BUCKET}/nothing",
        f"s3://{KEY}:{SECRET}@{BUCKET}/live",
        f"sftp://me:{SECRET}@host/live",
        f"s3://{BUCKET}/live?X-Amz-Signature={SECRET}",
    ):
        with pytest.raises(UsageError) as refused:
            analyze(address)
        assert SECRET not in str(refused.value) and KEY not in str(refused.value)
        assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_what_a_storage_says_is_not_repeated() -> None:
    told = failure("s3://b/x", OSError(f"signature of {KEY} with {SECRET} does not match"))
    assert str(told) == "cannot list s3://b/x: OSError"


def test_a_failure_that_passes_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("loganalyzer.discovery.remote.address.time.sleep", slept.append)
    answers: list[Exception | str] = [ConnectionError(), TimeoutError(), "here"]

    def call() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert persistent(call) == "here"
    assert len(slept) == 2
    answers[:] = [FileNotFoundError(), "never asked for"]
    with pytest.raises(FileNotFoundError):
        persistent(call)
    assert answers == ["never asked for"]


def test_refused_addresses() -> None:
    for address in ("http://example.org/runs", "file:///etc", "zip::s3://bucket/runs.zip", "simplecache::s3://b/x"):
        with pytest.raises(UsageError, match="may begin with s3://"):
            analyze(address)


@pytest.mark.parametrize(
    ("scheme", "package", "hidden"), [("s3", "", "s3fs"), ("s3", "", "fsspec"), ("gs", " gcsfs", "gcsfs")]
)
def test_a_missing_extra_is_named(tmp_path: Path, scheme: str, package: str, hidden: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nsys.modules[{hidden!r}] = None\n")
    done = command(f"{scheme}://bucket/runs", cwd=tmp_path, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert done.returncode == 2
    assert f"the extra \"remote\": pip install 'analyze-logs[remote]'{package}\n" in done.stderr


def test_with_a_cache_only_what_changed_is_fetched(storage: Storage, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        storage.put(f"nightly/{name}/log.csv", ROWS.encode())
        storage.put(f"nightly/{name}/config.json", b'{"lr": 0.1}')
    root, options = f"s3://{BUCKET}/nightly", Options(cache=tmp_path / "cache")
    first = analyze(root, options=options)
    assert storage.kinds == {"list": 1, "get": 6}
    storage.asked.clear()
    assert analyze(root, options=options).to_json() == first.to_json()
    assert storage.kinds == {"list": 1}
    storage.put("nightly/b/log.csv", ROWS.replace("0.05", "7.05").encode())
    report = analyze(root, options=options)
    assert storage.kinds == {"list": 1, "get": 2}, "the log that changed, and the settings beside it"
    assert report.to_json() == analyze(root).to_json() != first.to_json()
    storage.asked.clear()
    limited = Options(cache=tmp_path / "cache", limits={"too-short": {"points": 45}})
    assert analyze(root, options=limited).to_json() == analyze(root, options=replace(limited, cache=None)).to_json()
    storage.put("nightly/a/log.csv", ROWS.replace("0.04", "7.04").encode())
    storage.gone.add("nightly/a/log.csv")
    gone = analyze(root, options=options)
    storage.gone.clear()
    assert [(u.file, u.note.code) for u in gone.unread] == [("a/log.csv", "vanished")]
    assert [d.id for d in analyze(root, options=options).runs] == ["a", "b", "c"], "a failure is not remembered"


def test_a_worker_elsewhere_fetches_for_itself(storage: Storage, spool: Path) -> None:
    storage.put("far/a/log.csv", ROWS.encode())
    storage.put("far/a/config.json", b'{"lr": 0.1}')
    with discover([f"s3://{BUCKET}/far"]) as found:
        (job,) = found.jobs
        here = read_job(found.fetched([job])[0][0])
    storage.asked.clear()
    runs, unread = read_job(job)  # what was fetched is gone, as if this were another machine
    assert (runs[0].id, dict(runs[0].hyperparameters), unread) == ("a", {"lr": 0.1}, [])
    assert runs[0].points == here[0][0].points == 120
    assert storage.kinds == {"get": 2}
    assert list(spool.iterdir()) == []
    storage.gone.add("far/a/log.csv")
    assert [u.note.code for u in read_job(job)[1]] == ["cannot-open"]
    storage.gone.clear()


def test_nothing_stays_behind_after_a_failure(storage: Storage, spool: Path) -> None:
    storage.put("left/a/log.csv", ROWS.encode())
    with pytest.raises(UsageError):
        analyze([f"s3://{BUCKET}/left", f"s3://{BUCKET}/no-such-folder"])
    assert list(spool.iterdir()) == []
