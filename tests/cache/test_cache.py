"""The cache: what did not change is not read again, what did is; nothing in it is believed without proof."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from loganalyzer import analyze
from loganalyzer.discovery import source
from loganalyzer.model.errors import UsageError
from loganalyzer.model.outcome import Severity
from loganalyzer.pipeline.analyze import run_pipeline
from loganalyzer.pipeline.cache import results as cache_results
from loganalyzer.pipeline.cache.store import FILE, Store
from loganalyzer.pipeline.codec import pack, unpack
from loganalyzer.pipeline.collect import KeepWorst
from loganalyzer.pipeline.options import Options
from loganalyzer.pipeline.pool import Workers
from loganalyzer.pipeline.run_summary import RunSummary, Summarise
from loganalyzer.reports.report import Report

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_runs"
YESTERDAY = time.time() - 86_400
ROWS = "epoch,loss,val_loss\n" + "".join(f"{e},{2 / (e + 1):.5f},{2.2 / (e + 1):.5f}\n" for e in range(40))


def settled(path: Path, text: str | bytes, age: float = 0) -> Path:
    """A file whose last change lies well back, as that of a finished run does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(path, (YESTERDAY - age, YESTERDAY - age))
    return path


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    for name in ("a", "b", "c_lr0.1", "c_lr0.01"):
        settled(folder / name / "log.csv", ROWS)
    settled(folder / "a" / "config.json", '{"lr": 0.1}')
    settled(folder / "packed" / "log.csv.gz", gzip.compress(ROWS.encode()))
    settled(folder / "notes.txt", "nothing of interest\n")
    settled(folder / "broken.csv", b"epoch,loss\n\xff\x00\x01" * 20)
    for example in sorted(p for p in SAMPLES.iterdir() if p.is_dir())[:4]:
        shutil.copytree(example, folder / example.name)
    for file in folder.rglob("*"):
        os.utime(file, (YESTERDAY, YESTERDAY))
    return folder


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of all files that were opened for reading since it was last emptied."""
    names: list[str] = []
    real = source.open_regular

    def counting(path: str) -> Any:
        names.append(Path(path).name)
        return real(path)

    monkeypatch.setattr(source, "open_regular", counting)
    yield names


@pytest.fixture
def ask(logs: Path, tmp_path: Path) -> Callable[..., Report]:
    def call(**options: Any) -> Report:
        return analyze(logs, options=Options(cache=tmp_path / "cache", **options))

    return call


def test_the_second_look_reads_nothing_and_says_the_same(
    logs: Path, ask: Callable[..., Report], opened: list[str]
) -> None:
    plain = analyze(logs)
    assert ask().to_json() == plain.to_json()
    opened.clear()
    again = ask()
    assert opened == []
    assert again.to_json() == plain.to_json()
    assert again.to_html() == plain.to_html()
    assert plain.unread and again.unread == plain.unread


def test_a_changed_file_is_read_again_and_only_that(logs: Path, ask: Callable[..., Report], opened: list[str]) -> None:
    ask()
    settled(logs / "b" / "log.csv", ROWS.replace("0.05", "9.05"), age=60)
    opened.clear()
    report = ask()
    assert opened == ["log.csv", "log.csv"], "once to detect it, once to read it"
    assert report.to_json() == analyze(logs).to_json()
    settled(logs / "a" / "config.json", '{"lr": 0.5}', age=60)
    opened.clear()
    assert ask().to_json() == analyze(logs).to_json()
    assert "config.json" in opened
    settled(logs / "new" / "log.csv", ROWS)
    (logs / "c_lr0.1" / "log.csv").unlink()
    assert ask().to_json() == analyze(logs).to_json()


def test_a_file_that_is_being_written_is_not_remembered(
    logs: Path, ask: Callable[..., Report], opened: list[str]
) -> None:
    (logs / "b" / "log.csv").write_text(ROWS)
    ask()
    opened.clear()
    ask()
    assert opened == ["log.csv", "log.csv"]


def test_other_limits_roles_and_code_are_another_question(
    logs: Path, ask: Callable[..., Report], opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    limits = {"too-short": {"points": 60}}
    asked = {"limits": limits}, {"roles": {"val_loss": "train/loss"}}
    for options in asked:
        opened.clear()
        report = ask(**options)
        assert "log.csv" in opened
        assert report.to_json() == analyze(logs, options=Options(**options)).to_json()
    opened.clear()
    for options in ({}, *asked):
        ask(**options)
    assert opened == [], "each keeps its own answer"
    monkeypatch.setattr(cache_results, "fingerprint", lambda: b"another version")
    ask()
    assert len(opened) > 10


def test_answers_without_curves_do_not_draw_charts(logs: Path, ask: Callable[..., Report], opened: list[str]) -> None:
    words_only = ask(keep_series=False)
    assert words_only.to_json() == analyze(logs).to_json()
    with_curves = ask()
    assert with_curves.to_html() == analyze(logs).to_html()
    opened.clear()
    assert ask(keep_series=False).to_json() == words_only.to_json()
    assert ask().to_html() == with_curves.to_html()
    assert opened == []


def test_what_is_unpacked_is_what_was_packed() -> None:
    for diagnosis in analyze(SAMPLES).runs:
        packed = pack(([diagnosis], []))
        (back,), _ = unpack(packed, keep_series=True, roles={})
        assert pack(([back], [])) == packed
        bare = diagnosis.without_series()
        (back,), _ = unpack(packed, keep_series=False, roles={})
        assert pack(([back], [])).data == pack(([bare], [])).data


def garbage(file: Path) -> None:
    file.write_bytes(os.urandom(20_000))


def torn(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flipped(file: Path) -> None:
    data = bytearray(file.read_bytes())
    for at in range(5000, len(data), 997):
        data[at] ^= 0x55
    file.write_bytes(data)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def no_table(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("DROP TABLE rows")
    db.close()


def later_format(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA user_version=99")
    db.close()


def forged(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("UPDATE rows SET data=replace(data, 'converged', 'diverging')")
    db.close()


def log_of_another(file: Path) -> None:
    file.with_name(file.name + "-wal").write_bytes(os.urandom(50_000))


@pytest.mark.parametrize("damage", [garbage, torn, flipped, emptied, no_table, later_format, forged, log_of_another])
def test_a_damaged_cache_is_built_anew(
    logs: Path, tmp_path: Path, ask: Callable[..., Report], opened: list[str], damage: Callable[[Path], None]
) -> None:
    expected = ask().to_json()
    damage(tmp_path / "cache" / FILE)
    assert ask().to_json() == expected
    opened.clear()
    assert ask().to_json() == expected
    assert opened == [], "and serves again"


def test_a_folder_that_cannot_be_used(logs: Path, tmp_path: Path) -> None:
    settled(tmp_path / "file", "not a folder")
    with pytest.raises(UsageError, match="as a cache"):
        analyze(logs, options=Options(cache=tmp_path / "file"))
    (tmp_path / "odd" / FILE).mkdir(parents=True)
    with pytest.raises(UsageError, match="as a cache"):
        analyze(logs, options=Options(cache=tmp_path / "odd"))


WRITER = """
import sys
from loganalyzer.pipeline.cache.store import Store
store = Store(sys.argv[1])
for number in range(3000):
    key = (number if number % 2 else number + int(sys.argv[2]) * 10_000).to_bytes(16, "little")
    store.put(key, b"s", b"x" * 500 + key, None)
store.close()
"""


def test_two_writers_at_once(logs: Path, tmp_path: Path, ask: Callable[..., Report], opened: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "cache"), str(n)], env=environment)
        for n in (1, 2)
    ]
    expected = ask().to_json()
    assert [writer.wait(30) for writer in writers] == [0, 0]
    store = Store(tmp_path / "cache")
    for number in range(3000):
        for writer in (1, 2):
            key = (number if number % 2 else number + writer * 10_000).to_bytes(16, "little")
            assert store.get(key, b"s", full=True) == (b"x" * 500 + key, None)
    store.close()
    opened.clear()
    assert ask().to_json() == expected
    assert opened == []


def test_rows_that_nobody_asks_for_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    store = Store(tmp_path)
    store.put(b"used", b"s", b"1")
    store.put(b"forgotten", b"s", b"2")
    store.close()
    for days in (60, 120):
        monkeypatch.setattr("loganalyzer.pipeline.cache.store.time.time", lambda days=days: now + days * 86_400)
        store = Store(tmp_path)
        assert store.get(b"used", b"s", full=True) == (b"1", None)
        store.flush()
        store.forget_old()
        store.close()
    assert Store(tmp_path).get(b"forgotten", b"s", full=True) is None


def test_lines_and_tables_are_not_worded_again(
    logs: Path, tmp_path: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(**changes: Any) -> list[Any]:
        seen: list[RunSummary] = []
        projection = replace(Summarise("en", {}, formats=("jsonl", "parquet"), compare=True), **changes)
        options = Options(cache=tmp_path / "cache", keep_series=False)
        report = run_pipeline([str(logs)], options, KeepWorst(projection, most=None, each=seen.append), Workers())
        return [[(one.parts, one.urgency) for one in seen], report.to_json(), report.unread]

    first, loud = told(), told(severities={"plateau": Severity.ERROR})
    japanese = told(lang="ja")
    assert first[0] != japanese[0]
    opened.clear()
    monkeypatch.setattr("loganalyzer.pipeline.run_summary.Summarise.__call__", None)  # wording anything now would fail
    monkeypatch.setattr("loganalyzer.pipeline.run_summary.pickle.loads", None)
    assert told() == first
    assert told(severities={"plateau": Severity.ERROR}) == loud
    assert told(lang="ja") == japanese
    assert opened == []
    assert first[1] == analyze(logs).to_json()


def test_a_cache_among_the_logs_is_no_log(logs: Path, opened: list[str]) -> None:
    options = Options(cache=logs / "a")
    first = analyze(logs, options=options)
    opened.clear()
    again = analyze(logs, options=options)
    assert FILE not in opened and opened == []
    assert again.to_json() == first.to_json()
    assert not [u.file for u in again.unread if "cache" in u.file]
