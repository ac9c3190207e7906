"""The history: what a line keeps, what is the same run, what is new, and files that were damaged or are something else."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from loganalyzer.gate.changes import compare
from loganalyzer.gate.history import MOST_SHOWN, as_kept, entry_of, line_of, trend
from loganalyzer.gate.judge import judge
from loganalyzer.gate.run_states import of_diagnosis
from loganalyzer.gate.what_changed import with_history
from loganalyzer.messages import LANGUAGES
from loganalyzer.model.changes import RunState
from loganalyzer.model.errors import ConfigError
from loganalyzer.model.history import Entry, Trend
from loganalyzer.model.report import Best
from loganalyzer.model.verdicts import Verdict
from loganalyzer.pipeline.history import append, file_of, read
from loganalyzer.reports import gate_text, html, markdown, trend_text
from loganalyzer.reports.diff import Compared
from loganalyzer.reports.diff import markdown as diff_markdown
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.summary import first_action
from tests.gate.build import analysis, diagnosis, settings
from tests.gate.test_changes import state

SCHEMA = json.loads(files("loganalyzer.gate").joinpath("history_schema.json").read_text(encoding="utf-8"))


def night(day: int, *runs: RunState) -> Entry:
    return Entry(f"2026-11-{day:02}T02:00:00Z", "abc", runs)


def after(nights: list[list[str]], now: list[str]) -> Trend:
    """The trend of runs written as "a:diverging"; a run without a verdict is converged."""

    def states(words: list[str]) -> tuple[RunState, ...]:
        return tuple(state(run, verdict or "converged") for run, _, verdict in (word.partition(":") for word in words))

    return trend("h", [night(day, *states(runs)) for day, runs in enumerate(nights, 1)], states(now), 0.02)


AWKWARD = [
    state("a"), state("学習/<b>\n", "overfitting:mild", math.nan), state("x" * 5000, "diverging", math.inf, lr=1.0),
    replace(state("b"), best=Best("s" * 5000, 3, -math.inf)), replace(state("c"), best=None, end=None, running=True),
]  # fmt: skip


@pytest.mark.parametrize("run", AWKWARD, ids=lambda run: run.id[:5])
def test_a_line_keeps_a_run_within_a_kilobyte(run: RunState) -> None:
    line = line_of(night(1, run))
    jsonschema.validate(json.loads(line, parse_constant=lambda token: pytest.fail(token)), SCHEMA)
    assert line.count("\n") == 1 and line.isascii()
    assert len(line) - len(line_of(night(1))) < 1024
    entry = entry_of(line)
    assert entry is not None and repr(entry.runs) == repr(as_kept([run]))
    (kept,) = entry.runs
    assert (kept.verdict, kept.kind, kept.running, kept.settings_hash) == (
        run.verdict, run.kind, run.running, run.settings_hash,
    )  # fmt: skip


def test_the_line_of_a_diagnosis() -> None:
    jsonschema.validate(json.loads(line_of(night(1, of_diagnosis(diagnosis("a"))))), SCHEMA)


@pytest.mark.parametrize("line", ["", "\n", "{", "[]", "3", '{"schema": "loganalyzer-history/2", "runs": 3}',
                                  line_of(night(1, state("a")))[:-9], "[" * 100_000])  # fmt: skip
def test_what_is_no_entry(line: str) -> None:
    assert entry_of(line) is None


@pytest.mark.parametrize(
    ("nights", "now", "fresh", "still"),
    [
        ([], ["a:diverging", "b"], ["a"], {}),
        ([["a"]], ["a:diverging"], ["a"], {}),
        ([["a:diverging"]], ["a:diverging"], [], {"a": 1}),
        ([["a"], ["a:plateau"], ["a:plateau"]], ["a:plateau"], [], {"a": 2}),
        # worse than last time is new, better is not, however bad
        ([["a:overfitting:mild"]], ["a:overfitting:severe"], ["a"], {}),
        ([["a:overfitting:severe"]], ["a:overfitting:mild"], [], {"a": 1}),
        ([["a:plateau"]], ["a:diverging"], ["a"], {}),
        ([["a:diverging"]], ["a:plateau"], [], {"a": 1}),
        # a night without the run is not a night on which it was well
        ([["a:diverging"], ["b"]], ["a:diverging"], [], {"a": 1}),
        ([["a"], ["b"]], ["a:diverging"], ["a"], {}),
        # it recovered in between: bad again is new again
        ([["a:diverging"], ["a"]], ["a:diverging"], ["a"], {}),
        ([["a:diverging"], ["a"], ["a:diverging"]], ["a:diverging"], [], {"a": 3}),
        ([["a"]], ["a", "b:plateau"], ["b"], {}),
        # from another folder, in another order
        ([["night/a:diverging", "night/b"]], ["b", "a:diverging"], [], {"a": 1}),
    ],
)
def test_what_is_newly_bad(nights: list[list[str]], now: list[str], fresh: list[str], still: dict[str, int]) -> None:
    found = after(nights, now)
    assert list(found.fresh) == fresh
    assert dict(found.bad_since) == {run: f"2026-11-{day:02}T02:00:00Z" for run, day in still.items()}


def test_runs_that_came_and_went() -> None:
    found = after([["a", "b"], ["b", "c"]], ["a", "c", "d"])
    assert [run.id for run in found.changes.gone] == ["b"]
    assert [run.id for run in found.changes.new] == ["d"], "a was there before, so it is compared with that"
    assert [pair.now.id for pair in found.changes.pairs] == ["a", "c"]


def test_best_values_over_time() -> None:
    values = [0.5, 0.4, 0.45]
    entries = [night(day, state("a", value=value), state("b", value=1.0)) for day, value in enumerate(values, 1)]
    entries.insert(1, night(9, state("b", value=0.1)))
    found = trend("h", entries, [state("a", value=0.3)], 0.02)
    assert found.best["a"][0] == 0.5 and math.isnan(found.best["a"][1]) and found.best["a"][2:] == (0.4, 0.45, 0.3)
    assert found.overall is not None and found.overall.values == (0.5, 0.1, 0.4, 0.45, 0.3)
    many = trend("h", [night(1, state("a"))] * 400, [state("a")], 0.02)
    assert len(many.best["a"]) == MOST_SHOWN


def test_the_condition_new() -> None:
    def judged(nights: list[list[str]], *now: tuple[str, str], **more: object) -> list[tuple[str, bool]]:
        runs = [diagnosis(run, verdict, severity="warning") for run, verdict in now]
        words = [f"{run}:{verdict}" for run, verdict in now]
        report = replace(analysis(*runs), trend=after(nights, words))
        result = judge(report, settings({"fail-on": "new", "history": "h", **more}))
        return [(f"{f.run}: {f.code}", f.fails) for f in (*result.failures, *result.warnings)]

    assert judged([], ("a", "plateau"), ("b", "converged")) == [("a: bad-at-first", False)], (
        "the history begins with it"
    )
    assert judged([], ("a", "plateau"), **{"fail-on": "new,plateau"})[0] == ("a: verdict", True)
    without = judge(analysis(diagnosis("a", "plateau")), settings({"fail-on": "new", "history": "h"}))
    assert [f.code for f in without.failures] == ["bad-without-history"], "no history was looked at: nothing passes"
    assert judged([["a", "b"]], ("a", "plateau"), ("c", "plateau")) == [
        ("a: newly-bad", True),
        ("c: bad-and-new", True),
    ]
    assert judged([["a:plateau"]], ("a", "plateau")) == [("a: bad-before", False)], "it stays listed"
    # another condition still fails it, and a gate on warnings does not turn the note into a failure
    assert ("a: bad-before", False) in judged([["a:plateau"]], ("a", "plateau"), **{"fail-on": "new,warning"})
    assert judged([["a:plateau"]], ("a", "plateau"), **{"fail-on": "new,plateau"}) == [
        ("a: verdict", True), ("a: bad-before", False),
    ]  # fmt: skip


@pytest.mark.parametrize(("before", "now", "same"), [("s", "s", True), ("s", "t", False), ("", "", False)])
def test_settings_that_did_well_last_time_are_not_the_first_thing_to_change(before: str, now: str, same: bool) -> None:
    run = diagnosis("a", "overfitting", severity="warning")
    earlier = night(3, replace(state("a"), settings_hash=before))
    found = trend("h", [earlier], [replace(state("a", "overfitting"), settings_hash=now)], 0.02)
    report = analysis(*with_history([run], found), trend=found)
    result = judge(report, settings({"fail-on": "new", "history": "h"}))
    (explained,) = gate_text.explain_all(result.failures, report, "en")
    assert explained.fix and explained.fix.startswith("Look for what changed since 2026-11-03") == same
    assert first_action(report.runs[0], "en").startswith("Look for what changed since") == same


def test_what_was_bad_before_or_is_looked_at_first_keeps_its_own_actions() -> None:
    run, bad = diagnosis("a", "overfitting", severity="warning"), replace(state("a", "overfitting"), settings_hash="s")
    for entries in ([], [night(3, bad)]):
        assert with_history([run], trend("h", entries, [bad], 0.02)) == (run,)


def test_what_is_newly_bad_comes_first_and_is_marked() -> None:
    known, new, well = (
        diagnosis("a", "diverging", severity="error"),
        diagnosis("b"),
        diagnosis("c", "converged", severity="info"),
    )
    found = trend(
        "h", [night(3, state("a", "diverging"), state("b"))], [state("a", "diverging"), state("b", "overfitting")], 0.02
    )
    page = html.render(analysis(known, new, well, trend=found))
    rows = re.findall(r'<tr class="v-(\w+)"(.*?)</tr>', page.split('id="table"')[1], re.DOTALL)
    assert [verdict for verdict, _ in rows] == ["overfitting", "diverging", "converged"]
    assert ['class="fresh">new<' in row for _, row in rows] == [True, False, False]
    first_night = html.render(analysis(known, new, trend=trend("h", [], [state("a", "diverging")], 0.02)))
    assert 'class="fresh"' not in first_night, "in the first analysis all would be new"


def test_only_a_day_is_repeated_from_a_file() -> None:
    earlier = Entry("<b>\x1b[31m", "abc", (replace(state("a"), settings_hash="s"),))
    found = trend("h", [earlier], [replace(state("a", "overfitting"), settings_hash="s")], 0.02)
    (run,) = with_history([diagnosis("a", "overfitting")], found)
    assert first_action(run, "en").startswith("Look for what changed since the last time.")


HOSTILE = "\x1b[31m<script>|`*\u202e"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_file_says_is_never_trusted(lang: str) -> None:
    """Names, kinds, times and commits of a history that somebody else wrote reach no terminal, page or comment as they are."""
    bad = replace(state(HOSTILE, f"plateau:{HOSTILE}"), best=Best(HOSTILE, 1, 0.5))
    gone = replace(bad, id=f"gone{HOSTILE}")
    entry = Entry(f"2026-11-{HOSTILE[:6]}"[:10].ljust(10, "\x1b") + "T02:00:00Z", HOSTILE, (bad, gone))
    now = [replace(bad, verdict=Verdict.DIVERGING, kind="rising"), replace(bad, id=f"new{HOSTILE}")]
    found = trend("h", [entry], now, 0.02)
    report = replace(analysis(diagnosis("a")), trend=found)
    result = judge(report, settings({}))
    plain = [trend_text.heading(found, lang), *trend_text.lines(found, report.runs, lang), trend_text.news(found, lang)]
    compared = Compared(HOSTILE, HOSTILE, compare([bad, gone], now, 0.02), 0.02)
    marked = [diff_markdown.render(compared, lang), markdown.render(RenderRequest(report, result, lang))]
    assert not any(character in text for text in (*plain, *marked) for character in "\x1b\u202e")
    section = html.render(report, lang=lang).partition('<section class="history"')[2].partition("</section>")[0]
    assert section and not any("<script>" in text for text in (*marked, section))


# --- the file -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "file"),
    [("h.jsonl", "h.jsonl"),
     ("history", "history/history.jsonl"), ("h.d/", "h.d/history.jsonl"), ("there.d", "there.d/history.jsonl")],
)  # fmt: skip
def test_a_folder_or_a_file(given: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.d").mkdir()
    append(given, night(1, state("a")))
    assert file_of(given) == Path(file) and Path(file).is_file() and len(read(given)) == 1


def test_no_file_yet(tmp_path: Path) -> None:
    assert read(str(tmp_path / "none.jsonl")) == ()


@pytest.mark.parametrize(
    "text",
    ["epoch,loss\n1,0.5\n", "{}\n", '{"schema": "loganalyzer/2"}', "\x00\x01", '{\n"schema": "loganalyzer/2"\n}\n'],
)
def test_another_file_is_never_added_to(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text(text)
    with pytest.raises(ConfigError, match="is no history"):
        read(str(tmp_path / "x.jsonl"))


@pytest.mark.parametrize("cut", [1, 2, 10, 40, 100, 200])
@pytest.mark.parametrize("before", [0, 2])
def test_a_torn_line_costs_only_itself(cut: int, before: int, tmp_path: Path) -> None:
    path = str(tmp_path / "h.jsonl")
    for day in range(before):
        append(path, night(day + 1, state("a")))
    with Path(path).open("a") as file:
        file.write(line_of(night(8, state("torn")))[:cut])
    assert len(read(path)) == before
    append(path, night(9, state("b")))
    entries = read(path)
    assert [entry.runs[0].id for entry in entries] == ["a"] * before + ["b"]
    assert Path(path).read_bytes().endswith(b"\n")


WRITER = """
import sys
from loganalyzer.model.history import Entry
from loganalyzer.pipeline.history import append
from tests.gate.test_changes import state
runs = tuple(state(f"{sys.argv[2]}-{i}") for i in range(300))
print("ready", flush=True)
for _ in range(int(sys.argv[3])):
    append(sys.argv[1], Entry("2026-11-01T02:00:00Z", sys.argv[2], runs))
"""


def writer(path: Path, name: str, times: int) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", WRITER, str(path), name, str(times)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=root)


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path, times = tmp_path / "h.jsonl", 40
    both = [writer(path, name, times) for name in ("one", "two")]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    for process in both:
        assert process.stdout is not None
        process.stdout.close()
    lines = path.read_text().splitlines()
    assert len(lines) == 2 * times and all(entry_of(line) is not None for line in lines)
    assert sorted({json.loads(line)["commit"] for line in lines}) == ["one", "two"]


def test_a_writer_that_is_killed_costs_at_most_its_own_line(tmp_path: Path) -> None:
    path = tmp_path / "h.jsonl"
    for _ in range(3):
        with writer(path, "killed", 10**6) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.05)
            process.kill()
    append(str(path), night(9, state("after")))
    lines = path.read_text().splitlines()
    damaged = [line for line in lines if entry_of(line) is None]
    assert len(damaged) <= 3 and read(str(path))[-1].runs[0].id == "after"
