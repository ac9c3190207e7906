"""Logs that go back to an earlier step: restarts, new runs, continued trainings, and what is none of them.

Each case is a list of records; it is written as an event file, a CSV table, JSON Lines and printed text, and all four
readers must answer the same.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.model.run import Run
from loganalyzer.readers.base import Reader
from loganalyzer.readers.common.sessions import Column, trainings
from loganalyzer.readers.csv.reader import READER as CSV
from loganalyzer.readers.json.lines import READER as JSON_LINES
from loganalyzer.readers.tensorboard.reader import READER as EVENTS
from loganalyzer.readers.text.reader import READER as TEXT
from tests.readers.event_files import event, header
from tests.readers.sources import source

Record = tuple[int, dict[str, float]]


def session(
    steps: Iterable[int],
    first: float,
    last: float,
    *,
    noise: float = 0.0,
    seed: int = 1,
    name: str = "loss",
    **more: bool,
) -> list[Record]:
    """A training whose loss goes from ``first`` to ``last``, fast at first; ``val=True`` adds one at every third step."""
    listed, chance = list(steps), random.Random(seed)
    records: list[Record] = []
    for number, step in enumerate(listed):
        share = math.exp(-4 * number / max(1, len(listed) - 1))
        loss = last + (first - last) * share + noise * chance.gauss(0, 1)
        record = {name: round(loss, 6)}
        if more.get("acc"):
            record["acc"] = round(0.9 - 0.6 * share, 6)
        if more.get("lr"):
            record["lr"] = 0.1
        if more.get("val") and number % 3 == 2:
            record["val_loss"] = round(1.1 * loss + noise * chance.gauss(0, 1), 6)
        records.append((step, record))
    return records


def as_csv(records: Sequence[Record]) -> bytes:
    names = list(dict.fromkeys(name for _, record in records for name in record))
    rows = [",".join([str(s), *(repr(r[n]) if n in r else "" for n in names)]) for s, r in records]
    return "\n".join([",".join(["step", *names]), *rows, ""]).encode()


def as_lines(records: Sequence[Record]) -> bytes:
    return "".join(json.dumps({"step": step, **record}) + "\n" for step, record in records).encode()


def as_text(records: Sequence[Record]) -> bytes:
    lines = (f"step {step} " + " ".join(f"{n}: {v!r}" for n, v in record.items()) for step, record in records)
    return "".join(line + "\n" for line in lines).encode()


def as_events(records: Sequence[Record], start: float = 1.7e9) -> bytes:
    """Ten seconds between records."""
    walls = (start + 10 * number for number in range(len(records)))
    written = (event(step, *record.items(), wall=wall) for wall, (step, record) in zip(walls, records, strict=True))
    return header() + b"".join(written)


FORMATS: dict[str, tuple[Reader, str, Callable[[Sequence[Record]], bytes]]] = {
    "events": (EVENTS, "run/events.out.tfevents.1700000000.host", as_events),
    "csv": (CSV, "run.csv", as_csv),
    "lines": (JSON_LINES, "run.jsonl", as_lines),
    "text": (TEXT, "run.log", as_text),
}


def read(form: str, records: Sequence[Record]) -> list[Run]:
    reader, name, written = FORMATS[form]
    runs = list(reader.read("run", [source(name, written(records))]))
    assert all(isinstance(run, Run) for run in runs), runs
    return [run for run in runs if isinstance(run, Run)]


@dataclass(frozen=True)
class Case:
    """``steps``: those of the main curve, in the end; one list for each run."""

    name: str
    records: list[Record]
    main: str = "loss"

    def __str__(self) -> str:
        return self.name


def each(cases: Sequence[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("case", "form"), [(c, f) for c in cases for f in FORMATS], ids=str)


def diverged(steps: Iterable[int]) -> list[Record]:
    return [(step, {"loss": math.inf}) for step in steps]


RESTARTS = [
    Case("half a run logged twice", session(range(100), 4, 1) + session(range(50, 150), 1.4, 0.5)),
    Case("epochs", session(range(1, 11), 4, 1) + session(range(8, 21), 1.2, 0.5)),
    Case("every hundred steps", session(range(100, 5001, 100), 4, 1) + session(range(4500, 9001, 100), 1.1, 0.5)),
    Case("one epoch again", session(range(1, 11), 4, 1) + session(range(9, 21), 1.1, 0.5)),
    Case("to the second step", session(range(1, 31), 4, 1) + session(range(2, 60), 3.5, 0.5)),
    Case("with validation", session(range(60), 4, 1, val=True) + session(range(40, 90), 1.2, 0.5, val=True)),
    Case("rate and accuracy", session(range(60), 4, 1, lr=True, acc=True) + session(range(40, 90), 1.2, 0.5, lr=True, acc=True)),
    Case("a late log", session(range(500, 600), 4, 1) + session(range(550, 700), 1.2, 0.5)),
    Case("a few steps only", session(range(100), 4, 1) + session(range(60, 63), 1.6, 1.5)),
    Case("after it diverged", session(range(60), 4, 1) + diverged(range(60, 80)) + session(range(50, 120), 1.2, 0.5)),
    Case("finer steps afterwards", session(range(0, 400, 10), 4, 1) + session(range(302, 500, 5), 1.2, 0.5)),
    Case("seldom afterwards", session(range(100), 4, 1) + session(range(30, 400, 10), 2, 0.5)),
    Case("another value at the same step", session(range(50), 4, 1, noise=0.1) + session(range(30, 80), 2, 0.5, noise=0.1, seed=2)),
    Case("the loss jumps", session(range(80), 4, 1) + session(range(40, 120), 6, 2)),
]  # fmt: skip


@each(RESTARTS)
def test_a_restart_goes_on_and_gives_up_what_was_logged_beyond_it(case: Case, form: str) -> None:
    (run,) = read(form, case.records)
    expected: dict[int, float] = {}
    for step, record in case.records:
        if expected and step < max(expected):
            expected = {earlier: loss for earlier, loss in expected.items() if earlier < step}
        expected[step] = record["loss"]
    loss = run.series["loss"]
    assert loss.steps.tolist() == sorted(expected)
    assert loss.values.tolist() == pytest.approx([expected[s] for s in sorted(expected)], rel=1e-6)
    back = next(b for (a, _), (b, _) in zip(case.records, case.records[1:], strict=False) if b < a)
    assert run.restarts == (back,)
    (note,) = run.notes
    again = sum(len(record) for _, record in case.records) - sum(map(len, run.series.values()))
    assert (note.code, note.details["count"]) == ("restarted", 1) and int(note.details["superseded"]) <= again


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("ending", [[math.nan] * 4, [math.inf], [1e9, 1e12, 1e15], [2.0, 3.0, 4.0]])
def test_a_second_attempt_with_the_same_seed_that_ends_otherwise(ending: list[float], form: str) -> None:
    first = session(range(70), 4, 1)
    second = [*first[:50], *((50 + i, {"loss": value}) for i, value in enumerate(ending))]
    last = read(form, first + second)[-1].series["loss"]
    assert last.steps[-1] == 49 + len(ending)
    assert last.values[-1] == pytest.approx(ending[-1], rel=1e-6, nan_ok=True)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("last", "ends"),
    [
        (session(range(30, 36), 1.5, 1.4) + diverged(range(36, 40)), 39),  # dies before the old attempt's end
        (diverged(range(30, 31)), 30),  # at its first step
        (diverged(range(30, 34)), 33),
        (session(range(30, 40, 2), 1.5, 1.4) + diverged(range(40, 50, 2)), 48),  # between the old attempt's steps
    ],
)
def test_an_older_attempt_does_not_go_on_behind_the_last_one(last: list[Record], ends: int, form: str) -> None:
    (run,) = read(form, session(range(60), 4, 1) + last)
    loss = run.series["loss"]
    assert loss.steps[-1] == ends and not math.isfinite(loss.values[-1])
    assert [step for step in loss.steps.tolist() if step >= 30] == [step for step, _ in last]


def test_a_curve_that_the_last_session_did_not_reach() -> None:
    records = session(range(60), 4, 1, val=True) + session(range(30, 31), 1.5, 1.5) + session(range(31, 32), 1.4, 1.4)
    for form in FORMATS:
        (run,) = read(form, records)
        assert run.series["loss"].steps.tolist() == list(range(32)), form
        assert run.series["val_loss"].steps.tolist() == list(range(2, 30, 3)), form


def test_curves_of_two_counters_go_back_each_by_its_own() -> None:
    rows = iter(range(1000))
    points: dict[str, list[tuple[int, int, float]]] = {"loss": [], "val_loss": [], "epoch_loss": []}
    for first, last in ((0, 60), (30, 39)):
        scale = 1.0 if last == 60 else 0.9
        for epoch in range(first, last):
            for step in range(epoch * 10, epoch * 10 + 10):
                points["loss"].append((next(rows), step, scale / (1 + step)))
            points["epoch_loss"].append((next(rows), epoch, scale / (1 + epoch)))
            if epoch % 10 == 9 and last == 60:
                points["val_loss"].append((next(rows), epoch * 10 + 9, 1 / (1 + epoch)))
    columns = {n: Column(*(np.array(c) for c in zip(*own, strict=True))) for n, own in points.items()}
    (one,) = trainings(columns)
    assert {n: int(s.steps[-1]) for n, s in one.series.items()} == {"loss": 389, "epoch_loss": 38, "val_loss": 299}


def test_three_restarts_are_three() -> None:
    records = session(range(100), 4, 1)
    for start in (40, 90, 70):
        records += session(range(start, start + 60), 2, 1)
    for form in FORMATS:
        (run,) = read(form, records)
        assert run.restarts == (40, 70, 90) and run.series["loss"].steps.tolist() == list(range(130)), form


def seeds(*lengths: int, first: int = 0, **more: bool) -> list[Record]:
    return [
        point
        for seed, length in enumerate(lengths)
        for point in session(range(first, first + length), 4 + 0.1 * seed, 1, noise=0.05, seed=seed, **more)
    ]


NEW_RUNS = [
    Case("two seeds", seeds(40, 40)),
    Case("five folds", seeds(20, 20, 20, 20, 20)),
    Case("a shorter one first", seeds(12, 60)),
    Case("a shorter one last", seeds(60, 12)),
    Case("epochs from one", seeds(10, 10, first=1)),
    Case("with validation", seeds(30, 30, val=True)),
    Case("all the same rate", seeds(30, 30, lr=True)),
    Case("accuracy beside it", seeds(30, 30, acc=True)),
    Case("begins before the first", session(range(5, 40), 4, 1) + session(range(30), 4.2, 1.2)),
    Case("another level", session(range(40), 4, 1) + session(range(40), 9, 0.1)),
    Case("the second diverges", session(range(40), 4, 1) + session(range(30), 3.9, 3) + diverged(range(30, 40))),
    Case("nothing learned in either", session(range(40), 2, 2, noise=0.1) + session(range(40), 2, 2, noise=0.1, seed=5)),
    Case("from the same weights", session(range(40), 1.02, 1, noise=0.02) + session(range(40), 1.02, 1, noise=0.02, seed=3)),
    Case("a huge first loss", session(range(40), 5000, 3) + session(range(40), 900, 2)),
    Case("logged more seldom", session(range(1, 101), 4, 1) + session(range(10, 400, 10), 4.1, 1)),
    Case("every fifty steps", session(range(0, 2000, 50), 4, 1) + session(range(0, 1500, 50), 4.1, 1)),
    Case("the second is nothing but zeros", session(range(30), 4, 0.5) + session(range(30), 0, 0)),
]  # fmt: skip


@each(NEW_RUNS)
def test_a_new_run_keeps_its_points(case: Case, form: str) -> None:
    runs = read(form, case.records)
    starts = [0, *(i + 1 for i, (a, b) in enumerate(zip(case.records, case.records[1:], strict=False)) if b[0] < a[0])]
    expected = [case.records[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    assert [r.id for r in runs] == [f"run#{number}" for number in range(1, len(expected) + 1)]
    for run, records in zip(runs, expected, strict=True):
        assert run.series["loss"].steps.tolist() == [s for s, _ in records]
        assert run.series["loss"].values.tolist() == pytest.approx([r["loss"] for _, r in records], rel=1e-6)
        assert run.restarts == () and len(run.notes) == 1
        assert run.notes[0].code in ("one-of-several", "one-of-sessions")


CONTINUED = [
    Case("a second fit", session(range(10), 4, 1) + session(range(10), 0.98, 0.5)),
    Case("epochs from one", session(range(1, 11), 4, 1) + session(range(1, 11), 0.98, 0.5)),
    Case("three", session(range(10), 4, 1) + session(range(8), 0.98, 0.5) + session(range(6), 0.5, 0.3)),
    Case("a short second", session(range(20), 4, 1) + session(range(3), 0.98, 0.9)),
    Case("a longer second", session(range(6), 4, 1) + session(range(30), 0.98, 0.3)),
    Case("with validation", session(range(12), 4, 1, val=True) + session(range(12), 0.98, 0.5, val=True)),
    Case("with noise", session(range(30), 4, 1, noise=0.03) + session(range(30), 1, 0.6, noise=0.03, seed=4)),
    Case("every hundred steps", session(range(0, 2000, 100), 4, 1) + session(range(0, 1000, 100), 0.98, 0.5)),
    Case("a little worse at first", session(range(20), 4, 1) + session(range(20), 1.3, 0.6)),
    Case("below zero", session(range(20), 40, -100) + session(range(20), -101, -140)),
    Case("an accuracy", session(range(20), 0.1, 0.8, name="acc") + session(range(20), 0.8, 0.9, name="acc"), "acc"),
    Case("a rate beside it", session(range(15), 4, 1, lr=True) + session(range(15), 0.97, 0.5, lr=True)),
    Case("nearly at the end", session(range(20), 2.3, 0.01) + session(range(20), 0.012, 0.005)),
]


@each(CONTINUED)
def test_a_continued_training_counts_on(case: Case, form: str) -> None:
    (run,) = read(form, case.records)
    written = [record[case.main] for _, record in case.records]
    assert run.series[case.main].values.tolist() == pytest.approx(written, rel=1e-6)
    gap = case.records[1][0] - case.records[0][0]
    first = case.records[0][0]
    assert run.series[case.main].steps.tolist() == [first + gap * i for i in range(len(written))]
    assert run.restarts == () and [note.code for note in run.notes] == ["counted-anew"]


def test_of_a_continued_training_all_series_count_on_together() -> None:
    """A validation at every third epoch stays at its epoch."""
    records = session(range(11), 4, 1, val=True) + session(range(11), 0.98, 0.5, val=True)
    for form in FORMATS:
        (run,) = read(form, records)
        assert run.series["val_loss"].steps.tolist() == [2, 5, 8, 13, 16, 19], form


def ranks(count: int, disorder: int) -> list[Record]:
    """Two processes that print the same steps, the second ``disorder`` steps late."""
    loss = dict(session(range(count), 4, 1))
    pairs = sorted([(i, i) for i in range(count)] + [(i + disorder + 0.5, i) for i in range(count)])
    return [(step, {"loss": loss[step]["loss"] + 0.001 * (disorder and late % 1)}) for late, step in pairs]


def windows(length: int, apart: int, count: int) -> list[Record]:
    chance = random.Random(3)
    return [
        (step, {"loss": round(2 + 0.1 * chance.gauss(0, 1), 6)})
        for number in range(count)
        for step in range(number * apart, number * apart + length)
    ]


def two_counters(slow: int) -> list[Record]:
    """Training counts updates, the rate is told by a counter of its own that lags behind."""
    return [
        point
        for step in range(0, 120, 2)
        for point in ((step, {"loss": 4 / (step + 1)}), (step // slow, {"lr": 0.1 - step / 2000}))
    ]


NONE = [
    Case("ranks in turn", ranks(40, 0)),
    Case("ranks in disorder", ranks(40, 1)),
    Case("windows that overlap", windows(64, 50, 12)),
    Case("windows that overlap little", windows(64, 60, 20)),
    Case("two counters", two_counters(2)),
    Case("a counter that lags far behind", two_counters(10)),
    Case("the same log twice", session(range(40), 4, 1) * 2),
    Case("the same with validation twice", session(range(40), 4, 1, val=True) * 2),
    Case("the same again, and on", session(range(20), 4, 1) + session(range(20), 4, 1) + session(range(20, 50), 1, 0.5)),
    Case("a value again", [(5, {"loss": 3.0}), *session(range(6, 40), 4, 1), (39, {"loss": 1.5})]),
    Case("the best step at the end", [*session(range(0, 100, 10), 4, 1), (70, {"loss": 1.2})]),
    Case("the first step at the end", [*session(range(0, 100, 10), 4, 1), (0, {"loss": 1.2})]),
    Case("a validation that lags", [
        point
        for step in range(100)
        for point in ([(step, {"loss": 4 / (step + 1)})] + ([(step - 9, {"val_loss": 5 / step})] if step % 10 == 9 else []))
    ]),
]  # fmt: skip


@each(NONE)
def test_what_is_no_session(case: Case, form: str) -> None:
    (run,) = read(form, case.records)
    assert run.restarts == ()
    steps = sorted({step for step, record in case.records if "loss" in record})
    assert run.series["loss"].steps.tolist() == steps
    assert not {"restarted", "counted-anew"} & {note.code for note in run.notes}
    assert ("logged-again" in {note.code for note in run.notes}) == case.name.startswith("the same")


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "text"])
def test_values_that_gave_way_are_counted(form: str) -> None:
    (run,) = read(form, windows(64, 50, 12))
    (note,) = run.notes
    assert (note.code, note.details["count"]) == ("steps-repeated", 11 * 14)


def test_one_tag_in_windows_is_no_restart_of_the_others() -> None:
    """Rewards of several games are written in windows of steps that overlap; all else only goes on."""
    records: list[Record] = []
    for number in range(6):
        records.append((100 * number, {"loss": 3 - number, "lr": 0.1, "entropy": 1.0 - number / 10}))
        records += [(100 * number + i, {"episode_reward": float(i % 7)}) for i in range(0, 115 + number)]
    for form in ("events", "lines"):
        (run,) = read(form, records)
        assert run.restarts == () and "restarted" not in {note.code for note in run.notes}, form


def test_sessions_in_files_of_one_folder() -> None:
    def files(*sessions: list[Record]) -> list[Run]:
        starts = [1_700_000_000 + 5000 * n for n in range(len(sessions))]
        written = [
            source(f"run/events.out.tfevents.{start}.host", as_events(records, start))
            for start, records in zip(starts, sessions, strict=True)
        ]
        runs = list(EVENTS.read("run", written))
        return [run for run in runs if isinstance(run, Run)]

    both = files(session(range(40), 4, 1), session(range(30), 4.1, 1))
    assert [(r.id, len(r.series["loss"])) for r in both] == [("run#1", 40), ("run#2", 30)]
    assert [len(r.files) for r in both] == [1, 1] and both[0].notes[0].code == "one-of-sessions"
    (one,) = files(session(range(40), 4, 1), session(range(30), 0.98, 0.5))
    assert one.series["loss"].steps.tolist() == list(range(70)) and len(one.files) == 2
    (one,) = files(session(range(40), 4, 1), session(range(20, 60), 1.5, 0.9))
    assert one.restarts == (20,) and len(one.files) == 2


def test_train_and_validation_folders_go_back_together() -> None:
    """Keras: ``fit`` twice with one callback folder, the validation file a moment after the training file."""
    sources = []
    for number, (first, last) in enumerate([(4.0, 1.0), (4.2, 1.1)]):
        at = 1_700_000_000 + 5000 * number
        for part, later in (("train", 0), ("validation", 30)):
            name = f"run/{part}/events.out.tfevents.{at + later}.host"
            sources.append(source(name, as_events(session(range(20), first, last, name="epoch_loss"), at + later)))
    runs = [run for run in EVENTS.read("run", sources) if isinstance(run, Run)]
    assert [r.id for r in runs] == ["run#1", "run#2"]
    for run in runs:
        assert {n: len(s) for n, s in run.series.items()} == {"train/epoch_loss": 20, "validation/epoch_loss": 20}
        assert len(run.files) == 2


def test_returns_without_end_are_bounded() -> None:
    """A log that falls at every second point has no sessions, and that is found without asking for each."""
    n = 200_000
    steps = np.arange(n) % 2
    columns = {f"loss{i}": Column(np.arange(n), steps, np.arange(n, dtype=float)) for i in range(3)}
    (one,) = trainings(columns)
    assert one.restarts == () and one.repeated == 3 * (n - 2)


STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12), st.floats(allow_nan=True)), min_size=1, max_size=80)


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_whatever_is_logged_every_step_of_every_run_is_read(points: list[tuple[int, int, float]]) -> None:
    """Of four series with any steps: each point is in one run, and its step shows it or a later point, or a restart
    gave it up."""
    columns = {}
    for number, name in enumerate(("loss", "val_loss", "lr", "acc")):
        own = [(row, step, value) for row, (which, step, value) in enumerate(points) if which == number]
        if own:
            rows, steps, values = (np.array(cells) for cells in zip(*own, strict=True))
            columns[name] = Column(rows, steps.astype(np.int64), values.astype(float))
    found = trainings(columns)
    assert found[0].start == 0 and all(a.stop == b.start for a, b in pairwise(found))
    for name, column in columns.items():
        for one in found:
            own_steps = column.between(one.start, one.stop).steps
            shown = one.series[name].steps if name in one.series else np.array([])
            assert bool((np.diff(shown) > 0).all())
            assert one.continued or set(shown.tolist()) <= set(own_steps.tolist())
            assert one.continued or one.restarts or len(shown) == len(set(own_steps.tolist()))
