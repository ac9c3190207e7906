"""A report is kept while nothing below its paths changes, and only then; memory stays bounded."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from loganalyzer.model.errors import UsageError
from loganalyzer.pipeline.kept import KeptReports
from loganalyzer.pipeline.options import Options
from tests.cli.conftest import logs

__all__ = ["logs"]


@pytest.fixture
def runs(logs: Path) -> Path:
    """Two runs whose files and folders are old."""
    aged(logs)
    return logs


def aged(folder: Path, seconds: float = 60) -> None:
    when = time.time() - seconds
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (when, when), follow_symlinks=False)


def keeping(cache: Path, **options: int) -> KeptReports:
    return KeptReports(Options(keep_series=False, cache=cache), **options)


def ids(kept: KeptReports, *paths: Path) -> list[str]:
    return [d.id for d in kept.report(*map(str, paths)).runs]


def test_nothing_changed_nothing_is_done(runs: Path, tmp_path: Path) -> None:
    kept = keeping(tmp_path / "cache")
    first = kept.report(str(runs))
    assert kept.report(str(runs)) is first
    (runs / "good" / "log.csv").read_bytes()
    assert kept.report(str(runs)) is first
    alone = kept.report(str(runs / "good"))
    assert [d.id for d in alone.runs] == ["good"] and kept.report(str(runs)) is first


def went_bad(runs: Path) -> None:
    (runs / "good" / "log.csv").write_bytes((runs / "bad" / "log.csv").read_bytes())


CHANGES: dict[str, Callable[[Path], object]] = {
    "content": went_bad,
    "new run": lambda runs: (runs / "bad").rename(runs / "renamed"),
    "gone": lambda runs: (runs / "bad" / "log.csv").unlink(),
    "settings": lambda runs: (runs / "good" / "hparams.yaml").write_text("lr: 0.5\n"),
    "folder that is not searched": lambda runs: (runs / ".git").mkdir(),
    "link out": lambda runs: (runs / "out").symlink_to("/"),
    "no log": lambda runs: (runs / "good" / "x.bin").write_bytes(b"\0" * 100),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("age", [0, 60], ids=["young", "old"])
def test_what_changed_is_seen_whenever_it_happened(runs: Path, tmp_path: Path, name: str, age: float) -> None:
    kept = keeping(tmp_path / "cache")
    first = kept.report(str(runs))
    CHANGES[name](runs)
    if age:
        aged(runs, seconds=age / 2)
    now = kept.report(str(runs))
    assert now is not first
    fresh = keeping(tmp_path / "other").report(str(runs))
    assert now.to_json() == fresh.to_json()


def test_a_file_that_is_being_written_is_looked_at_each_time(runs: Path, tmp_path: Path) -> None:
    """Its next line may come in the same tick of the file system's clock, and as long as the one before."""
    kept = keeping(tmp_path / "cache")
    log = runs / "good" / "log.csv"
    text = log.read_bytes()
    now = time.time() + 60  # young however slow the machine is
    os.utime(log, (now, now))
    assert ids(kept, runs) == ["bad", "good"]
    bad = (runs / "bad" / "log.csv").read_bytes()
    log.write_bytes(bad[: len(text)].ljust(len(text), b"\n"))
    os.utime(log, (now, now))
    fresh = keeping(tmp_path / "other").report(str(runs))
    assert kept.report(str(runs)).to_json() == fresh.to_json()


def test_what_another_look_may_find_otherwise_is_not_kept(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from loganalyzer.discovery import source
    from loganalyzer.model.errors import ReadError

    def refused(*_: object) -> None:
        raise ReadError("cannot-open", reason="Permission denied")

    kept = keeping(tmp_path / "cache")
    with monkeypatch.context() as patched:
        patched.setattr(source, "open_regular", refused)
        assert len(kept.report(str(runs)).unread) == 2
    assert ids(kept, runs) == ["bad", "good"]  # a permission changes without the time of the file


def test_the_oldest_questions_make_room(runs: Path, tmp_path: Path) -> None:
    kept = keeping(tmp_path / "cache", most_runs=2)
    good, bad = (kept.report(str(runs / name)) for name in ("good", "bad"))
    assert kept.report(str(runs / "good")) is good
    both = kept.report(str(runs))
    assert kept.report(str(runs)) is both
    again = kept.report(str(runs / "good"))
    assert again is not good and kept.report(str(runs)) is not both
    small = keeping(tmp_path / "cache", most_runs=1)
    assert small.report(str(runs)) is not small.report(str(runs))
    assert kept.report(str(runs / "bad")) is not bad


def test_a_path_that_went_is_an_error(runs: Path, tmp_path: Path) -> None:
    kept = keeping(tmp_path / "cache")
    kept.report(str(runs))
    runs.rename(tmp_path / "moved")
    with pytest.raises(UsageError, match="no such file or folder"):
        kept.report(str(runs))
