"""Trackers that keep runs on the disk: files that they wrote themselves (``trackers/write.py``), and damaged ones."""

from __future__ import annotations

import gzip
import io
import json
import math
import shutil
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer import analyze, load
from loganalyzer.discovery.patterns import kind_not_opened
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.trackers import clearml, comet, mlflow_db, polyaxon, swanlab, visualdl

from .sources import source
from .test_wandb import text_field, varint, written
from .trackers.write import ACCURACY, LOSS, STEPS

WRITTEN = Path(__file__).parent / "trackers"
CLEARML = "offline-d33414bdf2cd4b9da3ca52d9b8afbb8b"
SWANLAB = "run-20261128_104415-hbr5c5z8"


@pytest.mark.parametrize(
    ("tracker", "ids", "loss", "accuracy", "optimizer"),
    [
        ("swanlab", [SWANLAB], "train/loss", "val/acc", "adamw"),
        ("trackio", ["flowers.db.gz/one", "flowers.db.gz/two"], "train/loss", "val/acc", "adamw"),
        ("clearml", [CLEARML], "loss/train", "accuracy/validation", "adamw"),
        ("comet", ["6e86a79417764ae6ac1ac4e86e1a6027.zip"], "train_loss", "validate_accuracy", "adamw"),
        ("visualdl", ["visualdl"], "train/loss", "val/acc", "adamw"),
        ("polyaxon", ["polyaxon"], "train_loss", "val_acc", None),
    ],
)
def test_what_the_tracker_wrote(tracker: str, ids: list[str], loss: str, accuracy: str, optimizer: str | None) -> None:
    report = analyze(WRITTEN / tracker)
    assert [d.id for d in report.runs] == ids and not [u for u in report.unread if not u.expected]
    for run in (d.run for d in report.runs):
        assert run.series[loss].steps.tolist() == list(STEPS)
        assert run.series[loss].values.tolist() == pytest.approx(LOSS, rel=1e-7)
        assert run.series[accuracy].steps.tolist() == list(STEPS)
        assert run.series[accuracy].values.tolist() == pytest.approx(ACCURACY, nan_ok=True)
        walls = run.series[loss].wall_times
        assert walls is not None and 1.79e9 < walls[0] <= walls[-1] < 1.8e9
        assert run.hyperparameters.get("optimizer") == optimizer and run.notes == ()
        assert run.hyperparameters.get("lr", 0.05) == 0.05


def test_an_archive_beside_its_folder_is_one_run(tmp_path: Path) -> None:
    shutil.copy(WRITTEN / "clearml" / f"{CLEARML}.zip", tmp_path)
    (alone,) = load(tmp_path)
    (both,) = load(WRITTEN / "clearml")
    assert alone.id == both.id == CLEARML and alone.hyperparameters == both.hyperparameters
    assert alone.series.keys() == both.series.keys() and len(both.files) == 4


def test_trackio_on_the_disk_and_of_versions_without_ids(tmp_path: Path) -> None:
    path = tmp_path / "flowers.db"
    path.write_bytes(gzip.decompress((WRITTEN / "trackio" / "flowers.db.gz").read_bytes()))
    assert [r.id for r in load(tmp_path)] == ["flowers.db/one", "flowers.db/two"]
    old = tmp_path / "old" / "old.db"
    old.parent.mkdir()
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute(
            "CREATE TABLE metrics (id INTEGER, timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT)"
        )
        connection.execute("CREATE TABLE configs (id INTEGER, run_name TEXT, config TEXT, created_at TEXT)")
        connection.execute("""INSERT INTO configs VALUES (1, 'a', '{"lr": 0.5, "_Username": "ada"}', '')""")
        rows = [("a", i, json.dumps({"loss": 1 / (i + 1), "nested": {"acc": 0.5}})) for i in range(6)]
        rows += [
            ("a", 6, "not JSON"),
            ("a", "seven", '{"loss": 1}'),
            ("b", 0, '{"loss": "Infinity"}'),
            ("c", 0, '{"x": "y"}'),
        ]
        connection.executemany("INSERT INTO metrics VALUES (0, '2026-01-02T03:04:05+00:00', ?, ?, ?)", rows)
    a, b = load(old)
    assert (a.id, b.id) == ("old.db/a", "old.db/b") and a.hyperparameters == {"lr": 0.5}
    assert len(a.series["loss"]) == 6 and set(a.series) == {"loss", "nested/acc"}
    assert [(n.code, n.details) for n in a.notes] == [("damaged-records", {"count": 2})]
    assert str(b.series["loss"].values[0]) == "inf"


def test_a_computed_table_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE metrics (run_name TEXT, step INTEGER, timestamp TEXT, metrics TEXT AS (hex(zeroblob(100000000))))"
        )
        connection.execute("INSERT INTO metrics VALUES ('a', 1, '')")
    (found,) = mlflow_db.READER.read("x.db", [source("x.db", path.read_bytes(), path)])
    assert isinstance(found, Unread) and found.note.code == "no-training-log"


def test_guild_keeps_its_flags_in_a_folder_of_their_own(tmp_path: Path) -> None:
    from . import event_files

    run = tmp_path / "runs" / "e3eb7f7852ae4f28a4935ecdd8402b2a" / ".guild"
    (run / "attrs").mkdir(parents=True)
    event_files.write(run, [event_files.event(i, ("loss", 1 / (i + 1))) for i in range(6)])
    (run / "attrs" / "flags").write_text("lr: 0.2\nopt: adam\n")
    (found,) = load(tmp_path)
    assert found.hyperparameters == {"lr": 0.2, "opt": "adam"}


@pytest.mark.parametrize(
    ("name", "opened"),
    [
        (f"{CLEARML}.zip", True), ("6e86a79417764ae6ac1ac4e86e1a6027.zip", True),
        ("6e86a79417764ae6ac1ac4e86e1a6027-ab12cd.zip", True),
        ("log_cifar100.md", True), ("2-train_10_epochs.md", True), ("run/Train-Log.MD", True), ("nohup.md", True),
        ("README.md", False), ("CHANGELOG.md", False), ("catalogue.md", False), ("dialog.md", False), ("train.md", False),
        ("data.zip", True), ("offline-notes.zip", True), ("runs.tgz", True), ("weights.pt", False),
    ],
)  # fmt: skip
def test_archives_and_markdown_are_opened_by_their_names(name: str, opened: bool) -> None:
    assert (kind_not_opened(name) is None) is opened


def zipped(files: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def message(metric: object, value: object, step: object = 1, **payload: object) -> bytes:
    content = {"metric": {"metricName": metric, "metricValue": value, "step": step}, "message_id": 1, **payload}
    return json.dumps({"type": "metric_msg", "payload": content}).encode() + b"\n"


def comet_read(data: bytes, name: str = "x.zip") -> list[Run | Unread]:
    one = source(name, data)
    assert comet.READER.detect(one) is Match.CERTAIN
    return list(comet.READER.read(name, [one]))


GOOD = b"".join(message("loss", 1 / (i + 1), i) for i in range(5))


@pytest.mark.parametrize(
    ("more", "values", "codes"),
    [
        (b"", 5, []),
        (message("loss", "NaN", 5), 6, []),
        (message("loss", "-Infinity", 5), 6, []),
        (message("loss", None, 5), 5, ["damaged-records"]),
        (message("loss", {"a": 1}, 5), 5, ["damaged-records"]),
        (message(None, 1, 5), 5, ["damaged-records"]),
        (message("loss", "0.25", 5), 6, []),
        (b"garbage\n", 5, ["damaged-records"]),
        (b'{"payload": {"metr', 5, ["unfinished-record"]),
        (b'{"type": "x", "payload": 3}\n[1]\n', 5, ["damaged-records"]),
        (message("loss", 0.2, 2**60), 5, ["damaged-records"]),
        (message("loss", 0.2, 5).replace(b"\n", b"\r\n"), 6, []),
        (b'{"payload": "' + b"[" * 90_000 + b'"}\n', 5, []),
        (b"[" * 90_000 + b"\n", 5, ["damaged-records"]),
    ],
)
@pytest.mark.parametrize("archive", [True, False])
def test_comet_messages(more: bytes, values: int, codes: list[str], archive: bool) -> None:
    data = GOOD + more
    (run,) = comet_read(zipped({"experiment.json": b"{}", "messages.json": data}) if archive else data, "messages.json")
    assert isinstance(run, Run) and len(run.series["loss"]) == values and [n.code for n in run.notes] == codes


def test_comet_names_steps_and_settings() -> None:
    rows = [message("loss", 1 / (i + 1), None, context="train", local_timestamp=1000 * i) for i in range(4)]
    rows += [
        message("train_loss", 9, None, context="train"),
        b'{"payload": {"param": {"paramName": "lr", "paramValue": 0.5}}}\n',
    ]
    rows += [b'{"payload": {"param": {"paramName": "curr_step", "paramValue": 7}}}\n']
    (run,) = comet_read(b"".join(rows), "messages.json")
    assert isinstance(run, Run) and run.series["train_loss"].steps.tolist() == [0, 1, 2, 3, 4]
    assert run.hyperparameters == {"lr": 0.5}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (zipped({"messages.json": GOOD})[:-30], "bad-archive"),
        (zipped({"messages.json": bytes(5_000_000)}), "decompression-bomb"),
        (zipped({"messages.json": GOOD}, zipfile.ZIP_LZMA), "no-training-log"),
        (zipped({"experiment.json": b"{}"}), "no-training-log"),
        (zipped({"experiment.json": b"{}", "../messages.json": GOOD}), "no-training-log"),
        (zipped({"messages.json": b""}), "no-training-log"),
    ],
)
def test_archives_that_hold_no_run(data: bytes, code: str) -> None:
    try:
        (found,) = comet_read(data)
        assert isinstance(found, Unread) and found.note.code == code
    except ReadError as error:
        assert error.code == code


def event(
    value: object, step: object = 0, metric: str = "loss", variant: str = "train", **more: object
) -> dict[str, object]:
    one = {
        "timestamp": 1_700_000_000_000,
        "type": "training_stats_scalar",
        "iter": step,
        "metric": metric,
        "variant": variant,
    }
    return {**one, "value": value, **more}


@pytest.mark.parametrize(
    ("lines", "points", "codes"),
    [
        ([[event(1 / (i + 1), i) for i in range(5)]], {"loss/train": 5}, []),
        ([[event(1, i)] for i in range(5)], {"loss/train": 5}, []),
        ([[event(1), event(2, 1, variant="loss"), event(3, 1, variant="")]], {"loss/train": 1, "loss": 2}, []),
        ([[event(1), event(None, 1)]], {"loss/train": 2}, []),
        ([[event(1), event([1, 2], 1)]], {"loss/train": 1}, ["damaged-records"]),
        ([[event(1), event("0.5", 1), event("NaN", 2)]], {"loss/train": 3}, []),
        ([[event(1), event(1, 1, type="training_stats_vector"), event(1, 1, type="log")]], {"loss/train": 1}, []),
        ([[event(1)], "text"], {"loss/train": 1}, []),
        ([[event(1), 5, None, event(2, None)]], {"loss/train": 2}, []),
        ([[event(1), event(2, 1, timestamp="x"), event(2, 2, timestamp=1e300)]], {"loss/train": 3}, []),
        ([[event(1, metric="損失", variant="検証")]], {"損失/検証": 1}, []),
    ],
)
def test_clearml_events(lines: list[object], points: dict[str, int], codes: list[str]) -> None:
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    one = source("offline-1/metrics.jsonl", data)
    assert clearml.READER.detect(one) is Match.CERTAIN and clearml.READER.key(one) == "offline-1"
    (run,) = clearml.READER.read("offline-1", [one])
    assert isinstance(run, Run) and {name: len(s) for name, s in run.series.items()} == points
    assert [n.code for n in run.notes] == codes
    (torn,) = clearml.READER.read("offline-1", [source("offline-1/metrics.jsonl", data + data[: len(data) // 3])])
    assert isinstance(torn, Run) and "unfinished-record" in [n.code for n in torn.notes]


def test_clearml_settings_by_section() -> None:
    item = {"value": "0.5", "type": "float"}
    task = {"hyperparams": {"Args": {"lr": item}, "Opt": {"beta/1": item, "flag": True}, "bad": 3}}
    files = {"metrics.jsonl": json.dumps([event(1), event(2, 1)]).encode(), "task.json": json.dumps(task).encode()}
    one = source("offline-1.zip", zipped(files))
    assert clearml.READER.detect(one) is Match.CERTAIN
    (run,) = clearml.READER.read("offline-1", [one])
    assert isinstance(run, Run) and run.hyperparameters == {"lr": 0.5, "Opt.beta/1": 0.5, "Opt.flag": "true"}


def swan(name: str, step: int, value: float | None, kind: int = 13) -> bytes:
    number = b"" if value is None else text_field(5, b"\x09" + struct.pack("<d", value))
    at = text_field(4, b"\x08" + varint(1_700_000_000 + step))
    return text_field(kind, text_field(1, name.encode()) + b"\x10" + varint(step) + b"\x18\x01" + at + number)


def vdl(name: str, step: int, value: float | None) -> bytes:
    number = b"" if value is None else b"\x25" + struct.pack("<f", value)
    body = text_field(
        1, b"\x08" + varint(step) + text_field(2, name.encode()) + b"\x18" + varint(1_700_000_000_000) + number
    )
    return struct.pack("<Q", len(body)) + body


def swan_file(records: list[bytes]) -> bytes:
    return b":SWL" + written(records)[4:]


def swan_read(data: bytes) -> list[Run | Unread]:
    one = source("r/run-x.swanlab", data)
    assert swanlab.READER.detect(one) is Match.CERTAIN and swanlab.READER.key(one) == "r"
    return list(swanlab.READER.read("r", [one]))


@pytest.mark.parametrize(
    ("records", "values", "codes"),
    [
        ([swan("loss", i, 1.0) for i in range(4)], [1, 1, 1, 1], []),
        ([swan("loss", 0, 1.0), swan("loss", 5, math.inf)], [1, math.inf], []),
        ([swan("loss", 0, 1.0), swan("loss", 1, None)], [1], []),
        ([swan("loss", 0, 1.0), text_field(13, text_field(1, b"loss") + b"\x10\x07" + text_field(5, b""))], [1, 0], []),
        ([swan("loss", 0, 1.0), swan("image", 1, 1.0, kind=14)], [1], []),
        ([swan("loss", 0, 1.0), b"\x6b\x01"], [1], ["damaged-records"]),
        ([swan("loss", 0, 1.0), swan("", 1, 2.0)], [1], []),
        (
            [swan("loss", i, v) for i, v in enumerate([3.0, 2.0, 1.0])] + [swan("loss", 2, 0.5)],
            [3, 2, 0.5],
            ["steps-repeated"],
        ),
        ([swan("loss", 2**60, 1.0), swan("loss", 1, 2.0)], [2], ["damaged-records"]),
        ([swan("loss", 0, 1.0), text_field(99, b"new field")], [1], []),
    ],
)
def test_swanlab_records(records: list[bytes], values: list[float], codes: list[str]) -> None:
    (run,) = swan_read(swan_file(records))
    assert (
        isinstance(run, Run) and run.series["loss"].values.tolist() == values and [n.code for n in run.notes] == codes
    )


def test_torn_swanlab_and_visualdl_files() -> None:
    data = swan_file([swan("loss", i, 1.0) for i in range(9)])
    (run,) = swan_read(data[:-5])
    assert (
        isinstance(run, Run) and len(run.series["loss"]) == 8 and [n.code for n in run.notes] == ["unfinished-record"]
    )
    records = [vdl("loss", i, 1.0) for i in range(9)]
    for cut in range(1, len(records[-1])):
        (run,) = visualdl.READER.read("r", [source("r/vdlrecords.1.log", b"".join(records)[:-cut])])
        assert (
            isinstance(run, Run)
            and len(run.series["loss"]) == 8
            and [n.code for n in run.notes] == ["unfinished-record"]
        )


def test_visualdl_that_was_resumed() -> None:
    first, second = (b"".join(vdl("loss", i, 1 / (i + 1)) for i in steps) for steps in (range(8), range(5, 12)))
    sources = [source("r/vdlrecords.2.log", second), source("r/vdlrecords.1.log", first)]
    assert all(visualdl.READER.detect(s) is Match.CERTAIN and visualdl.READER.key(s) == "r" for s in sources)
    (run,) = visualdl.READER.read("r", sources)
    assert isinstance(run, Run) and run.series["loss"].steps.tolist() == list(range(12)) and run.restarts == (5,)
    assert visualdl.READER.detect(source("vdlrecords.1.log", b"epoch 1 loss 0.5\n")) is Match.NO


PLX = "step|timestamp|metric\n"


@pytest.mark.parametrize(
    ("rows", "values", "codes"),
    [
        ("0|2026-11-28 10:44:33+00:00|1.5\n1|2026-11-28 10:44:34+00:00|1.0", [1.5, 1.0], []),
        ("0|2026-11-28T10:44:33Z|1.5\r\n1|2026-11-28T10:44:34Z|nan\r\n", [1.5, math.nan], []),
        ("0||1.5\n1||inf\n", [1.5, math.inf], []),
        ("|2026-11-28 10:44:33|1.5\n|2026-11-28 10:44:33|1.0\n", [1.5, 1.0], []),
        ("0|x|1.5\nx|x|1.0\n2|x|0.5\n", [1.5, 0.5], ["damaged-records"]),
        ("0|x|1.5\n1|x\n2|x|0.5\n", [1.5, 0.5], ["damaged-records"]),
        ("0|x|1.5\n1|2026-11-2", [1.5], ["unfinished-record"]),
        ("0|x|1.5\n\n1|x|1.0\n", [1.5, 1.0], []),
        ("5|x|1.5\n5|x|1.0\n", [1.5, 1.0], []),
        ("0|x|1.5|extra\n1|x|1e-3\n", [1.5, 1e-3], []),
    ],
)
def test_polyaxon_rows(rows: str, values: list[float], codes: list[str]) -> None:
    sources = [
        source("r/events/metric/loss.plx", (PLX + rows).encode()),
        source("r/resources/metric/cpu.plx", PLX.encode()),
    ]
    assert all(polyaxon.READER.detect(s) is Match.CERTAIN and polyaxon.READER.key(s) == "r" for s in sources)
    (run,) = polyaxon.READER.read("r", sources)
    assert isinstance(run, Run) and run.series["loss"].values.tolist() == pytest.approx(values, nan_ok=True)
    assert [n.code for n in run.notes] == codes
    (nothing,) = polyaxon.READER.read("r", sources[1:])
    assert isinstance(nothing, Unread) and nothing.expected


SEEDS: list[tuple[Reader, Callable[[bytes], Source], bytes]] = [
    (swanlab.READER, lambda d: source("r/x.swanlab", d), swan_file([swan("loss", i, 1.0) for i in range(6)])),
    (visualdl.READER, lambda d: source("r/vdlrecords.1.log", d), b"".join(vdl("loss", i, 1.0) for i in range(6))),
    (comet.READER, lambda d: source("r/x.zip", d), zipped({"messages.json": GOOD})),
    (comet.READER, lambda d: source("r/messages.json", d), GOOD),
    (clearml.READER, lambda d: source("r/metrics.jsonl", d), json.dumps([event(1, i) for i in range(4)]).encode()),
    (polyaxon.READER, lambda d: source("events/metric/x.plx", d), (PLX + "0|x|1\n1|x|2\n").encode()),
]


@pytest.mark.parametrize("number", range(len(SEEDS)))
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_any_damage_gives_a_result(number: int, data: st.DataObject) -> None:
    reader, made, seed = SEEDS[number]
    raw = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        change = data.draw(st.sampled_from(["cut", "insert", "flip"]))
        if change == "cut":
            del raw[at:]
        elif change == "insert":
            raw[at:at] = data.draw(st.binary(max_size=20))
        elif raw:
            raw[at] ^= data.draw(st.integers(1, 255))
    reader.detect(made(bytes(raw)))
    with suppress(ReadError):
        assert all(isinstance(one, Run | Unread) for one in reader.read("r", [made(bytes(raw))]))
