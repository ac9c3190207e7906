"""No secret that lies in a log, a settings file or a path reaches an output, the cache or ``loganalyzer.load``.

Each reader gets a log of its own format with secrets in it: known by the name of their setting, and by their shape. All
secrets contain ``MARK``, so that one search finds any of them.
"""

from __future__ import annotations

import email
import email.policy
import gzip
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.hparams import plugin_data_pb2

import loganalyzer
from loganalyzer.model.run import Run
from loganalyzer.pipeline import read_job
from loganalyzer.readers.common.file_names import SIDECAR_NAMES
from loganalyzer.readers.registry import load_readers
from loganalyzer.readers.trackers import mlflow_run
from loganalyzer.roles.secrets import REDACTED
from tests.cli.conftest import Call, analyze_logs
from tests.readers import event_files
from tests.readers.test_mlflow import database, lines
from tests.readers.test_trackers import event as clearml_event
from tests.readers.test_trackers import message, swan, swan_file, vdl, zipped
from tests.readers.test_wandb import config, text_field, training, written

__all__ = ["analyze_logs"]
MARK = "Zx9"
URL = f"postgres://bob:{MARK}hunter2@db/prod"
CONNECTION = f"Server=db;User Id=sa;Password={MARK}pw;Timeout=5"
VALUES = {
    "api_key": f"{MARK}named", "hfToken": f"{MARK}token", "store": URL, "db": CONNECTION, "aws": {"id": f"AKIA{'Q' * 12}1234"},
    "nested": {"credentials": {"user": f"{MARK}user"}, "headers": {"X-Auth": f"Bearer {MARK}bearer"}},
    "command": f"train.py --password {MARK}flag --lr 0.1", "key": f"sk-live-{MARK}-1234567", "max_tokens": 512,
    f"https://bob:{MARK}pw@host": 1, "pin": {"password": 1234567}, "padded": " " * 180 + URL, "lr": 0.1,
}  # fmt: skip
FLAT = {key: value for key, value in VALUES.items() if not isinstance(value, dict)}
FORBIDDEN = (MARK, "AKIAQQQQ", "1234567")
CURVE = [2.0 / (epoch + 1) + 0.1 for epoch in range(30)]


def tensorboard(root: Path) -> None:
    plugin = plugin_data_pb2.HParamsPluginData()
    for name, value in FLAT.items():
        if isinstance(value, str):
            plugin.session_start_info.hparams[name].string_value = value
    event = event_pb2.Event(wall_time=1.7e9)
    one = event.summary.value.add(tag="_hparams_/session_start_info")
    one.metadata.plugin_data.plugin_name, one.metadata.plugin_data.content = "hparams", plugin.SerializeToString()
    text = event_pb2.Event(wall_time=1.7e9)
    one = text.summary.value.add(tag="args/text_summary")
    one.metadata.plugin_data.plugin_name = "text"
    one.tensor.dtype = 7
    one.tensor.string_val.append(json.dumps(VALUES).encode())
    points = [event_files.event(step, ("train/loss", value)) for step, value in enumerate(CURVE)]
    records = [event_files.record(m.SerializeToString()) for m in (event, text)]
    event_files.write(root, [*records, *points])


def catboost(root: Path) -> None:
    metrics = [{"best_value": "Min", "name": f"RMSE:api_key={MARK}metric"}]
    rows = [{"learn": [v], "test": [v], "iteration": i, "passed_time": i} for i, v in enumerate(CURVE)]
    meta = {"learn_metrics": metrics, "test_metrics": metrics, "learn_sets": ["learn"], "test_sets": ["test"], **VALUES}
    (root / "catboost_training.json").write_text(json.dumps({"meta": meta, "iterations": rows}))


def companions(root: Path) -> None:
    (root / "wandb-metadata.json").write_text(json.dumps({"args": ["--api-key", f"{MARK}arg"], **VALUES}))


def wandb(root: Path) -> None:
    folder = root / "wandb" / "run-20240101_000000-abc123"
    folder.mkdir(parents=True)
    (folder / "run-abc123.wandb").write_bytes(written([config(dict(VALUES)), *training(30)]))


def mlflow(root: Path) -> None:
    run = root / "0" / "cb0096518b0e4c66a94428555f05420b"
    (run / "metrics").mkdir(parents=True)
    (run / "params").mkdir()
    (run / "metrics" / "loss").write_bytes(lines(CURVE))
    for name, value in FLAT.items():
        if "/" not in name:
            (run / "params" / name).write_text(str(value))


def mlflow_db(root: Path) -> None:
    database(root / "mlflow.db")
    with sqlite3.connect(root / "mlflow.db") as connection:
        connection.executemany("INSERT INTO params VALUES (?, ?, 'aa11')", [(k, str(v)) for k, v in FLAT.items()])
    connection.close()


def mlflow_stored(root: Path) -> None:
    (root / "run").mkdir()
    points = {"loss": [(i, v, float(i)) for i, v in enumerate(CURVE)]}
    params = {key: str(value) for key, value in FLAT.items()}
    (root / "run" / "ab12.mlflow.json").write_bytes(mlflow_run.document(params, points, 0))


def swanlab(root: Path) -> None:
    (root / "run-1" / "files").mkdir(parents=True)
    (root / "run-1" / "run-1.swanlab").write_bytes(swan_file([swan("loss", i, v) for i, v in enumerate(CURVE)]))
    (root / "run-1" / "files" / "config.yaml").write_text(json.dumps(VALUES))


def comet(root: Path) -> None:
    params = [{"payload": {"message_id": 1, "param": {"paramName": k, "paramValue": v}}} for k, v in FLAT.items()]
    points = [message("loss", v, i) for i, v in enumerate(CURVE)]
    data = "".join(json.dumps(one) + "\n" for one in params).encode() + b"".join(points)
    (root / f"{'ab' * 16}.zip").write_bytes(zipped({"messages.json": data}))


def clearml(root: Path) -> None:
    task = {"hyperparams": {"General": {k: {"value": v} for k, v in FLAT.items()}}, "script": VALUES}
    (root / "metrics.jsonl").write_text(json.dumps([clearml_event(v, i) for i, v in enumerate(CURVE)]) + "\n")
    (root / "task.json").write_text(json.dumps(task))


def visualdl(root: Path) -> None:
    infos = [text_field(1, text_field(3, str(v).encode()) + text_field(4, k.encode())) for k, v in FLAT.items()]
    body = text_field(1, text_field(13, b"".join(infos)))
    record = len(body).to_bytes(8, "little") + body
    (root / "vdlrecords.1.log").write_bytes(record + b"".join(vdl("loss", i, v) for i, v in enumerate(CURVE)))


def polyaxon(root: Path) -> None:
    folder = root / "events" / "metric"
    folder.mkdir(parents=True)
    rows = "".join(f"{i}||{v}\n" for i, v in enumerate(CURVE))
    (folder / "loss.plx").write_text(f"step|timestamp|metric\n{rows}")


def dvclive(root: Path, metric: str = "train") -> None:
    folder = root / "dvclive" / "plots" / "metrics" / metric
    folder.mkdir(parents=True)
    (folder / "loss.tsv").write_text("step\tloss\n" + "".join(f"{i}\t{v}\n" for i, v in enumerate(CURVE)))
    (root / "dvclive" / "params.yaml").write_text(json.dumps(VALUES))


def stable_baselines(root: Path) -> None:
    head = json.dumps({"t_start": 1.0, "env_id": URL, **VALUES})
    rows = "".join(f"{v},{10},{i}\n" for i, v in enumerate(CURVE))
    (root / "0.monitor.csv").write_text(f"#{head}\nr,l,t\n{rows}")


def documents(root: Path) -> None:
    history = [{"step": i, "epoch": i, "loss": v} for i, v in enumerate(CURVE)]
    document = {"log_history": history, "train_batch_size": URL, "max_steps": CONNECTION, **VALUES}
    (root / "trainer_state.json").write_text(json.dumps(document))


def keras(root: Path) -> None:
    (root / "history.json").write_text(json.dumps({"loss": CURVE, "val_loss": CURVE, **VALUES}))


def json_lines(root: Path) -> None:
    rows = [
        {"epoch": i, "loss": v, f"by/token={MARK}/loss": v, "config": VALUES, **VALUES} for i, v in enumerate(CURVE)
    ]
    (root / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (root / "nested").mkdir()
    (root / "nested" / "run.json").write_text(json.dumps({"config": VALUES, **VALUES, "history": rows}, indent=1))


def csv(root: Path) -> None:
    header = f"epoch,loss,val_loss,api_key,api_key={MARK}column/loss,url {URL} loss\n"
    (root / "log.csv").write_text(header + "".join(f"{i},{v},{v},{MARK}cell,{v},{v}\n" for i, v in enumerate(CURVE)))


def text(root: Path) -> None:
    quoted = ", ".join(f"'{k}': '{v}'" for k, v in FLAT.items())
    head = [
        f"Namespace(lr=0.1, api_key='{MARK}named', store='{URL}', command='x --api-key {MARK}flag')",
        f"{{{quoted}, 'api key': '{MARK}blank', 'db-password': '{MARK}kebab', 'lr': 0.1, 'momentum': 0.9}}",
        f"  access_token ........ {MARK}row",
        f"model: {URL}",
        f"Authorization: Bearer {MARK}line",
    ]
    epochs = [f"epoch {i} token={MARK}in_line loss: {v}" for i, v in enumerate(CURVE)]
    (root / "train.log").write_text("\n".join([*head, *epochs]) + "\n")


def tensorboard_export(root: Path) -> None:
    rows = "".join(f"{1.7e9 + i},{i},{v}\n" for i, v in enumerate(CURVE))
    for tag in ("loss", "val_loss"):
        (root / f"run-a-tag-{tag}.csv").write_text(f"Wall time,Step,Value\n{rows}")


def wandb_export(root: Path) -> None:
    header = f"Step,api_key={MARK}run - loss,{URL} - loss,c - token={MARK}metric loss\n"
    (root / "export.csv").write_text(header + "".join(f"{i},{v},{v},{v}\n" for i, v in enumerate(CURVE)))


def fixed_columns(root: Path) -> None:
    rows = "".join(f"{i} {v} {v}\n" for i, v in enumerate(CURVE))
    (root / "loss.dat").write_text(f"# step, loss_train, loss_test, metrics_test\n{rows}# {URL}\n")


def headerless(root: Path) -> None:
    (root / "loss.txt").write_text(f"# {URL}\n" + "".join(f"{i} {v}\n" for i, v in enumerate(CURVE)))


def notebook(root: Path) -> None:
    text(root)
    printed = (root / "train.log").read_text()
    (root / "train.log").unlink()
    outputs = [{"output_type": "stream", "name": "stdout", "text": printed}]
    cell = {"cell_type": "code", "source": [f"api_key = '{MARK}source'"], "outputs": outputs}
    (root / "train.ipynb").write_text(json.dumps({"cells": [cell], "metadata": VALUES, "nbformat": 4}))


def epoch_documents(root: Path) -> None:
    records = {f"epoch_{i}": {"train": {"loss": v, f"token={MARK}x loss": v}, **VALUES} for i, v in enumerate(CURVE)}
    (root / "_metrics.json").write_text(json.dumps(records))


def tuner_trials(root: Path) -> None:
    observations = [{"value": [v], "step": i} for i, v in enumerate(CURVE)]
    metrics = {"metrics": {"val_loss": {"observations": observations}}}
    (root / "trial.json").write_text(
        json.dumps({"trial_id": "1", "hyperparameters": {"values": VALUES}, "metrics": metrics, "score": 0.5})
    )


READERS: dict[str, Callable[[Path], None]] = {
    "tensorboard": tensorboard, "catboost": catboost, "not-logs": companions, "wandb": wandb, "mlflow": mlflow,
    "mlflow-db": mlflow_db, "mlflow-run": mlflow_stored, "swanlab": swanlab, "comet": comet, "clearml": clearml,
    "visualdl": visualdl, "polyaxon": polyaxon, "dvclive": dvclive, "sb3": stable_baselines,
    "json-documents": documents, "keras": keras,
    "json-lines": json_lines, "csv": csv, "text-log": text,
    "tensorboard-export": tensorboard_export, "wandb-export": wandb_export, "fixed-columns": fixed_columns,
    "headerless": headerless, "notebook": notebook, "epoch-documents": epoch_documents, "tuner-trial": tuner_trials,
}  # fmt: skip
KEEP_NO_SETTINGS = {
    "catboost", "not-logs", "sb3", "csv", "tensorboard-export", "wandb-export", "fixed-columns", "headerless",
    "epoch-documents", "polyaxon",
}  # fmt: skip
"""Readers that take no hyper-parameters from their files; their secrets lie where names and notes come from."""


def toml(values: object) -> str:
    return f"# {json.dumps(values)}\n"


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for each reader and for each settings file; paths and files that cannot be read with secrets too."""
    root = tmp_path_factory.mktemp("planted") / "runs"
    for reader, plant in READERS.items():
        folder = root / f"of {reader}"  # "csv" beside "tensorboard" would be two loggers of one training
        folder.mkdir(parents=True)
        plant(folder)
    for name in SIDECAR_NAMES:
        folder = root / f"beside {name}"
        folder.mkdir()
        csv(folder)
        (folder / name).write_text(toml(VALUES) if name.endswith(".toml") else json.dumps(VALUES))
    return root


@pytest.fixture(scope="module")
def secret_paths(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs, and files that are none or are damaged, below folders that are named by a secret."""
    root = tmp_path_factory.mktemp("paths") / f"token={MARK}root"
    for number in (1, 2):
        folder = root / f"api_key={MARK}path{number},lr=0.{number}"
        folder.mkdir(parents=True)
        csv(folder)
    folder = root / f"password={MARK}unread"
    folder.mkdir()
    (folder / "broken.json").write_text('{"loss": [1.0, ')
    (folder / "history.pkl").write_bytes(b"\x80\x04\x95cos\nsystem\n")
    (folder / "copy.csv.gz").write_bytes(gzip.compress(b"epoch,loss\n"))
    (folder / "copy.csv").write_bytes(b"epoch,loss\n")
    (folder / "note.log").write_text("loss " * 9)
    keras(folder)
    mlflow_db(folder)
    dvclive(folder, f"token={MARK}metric")
    return root


def test_every_reader_has_a_planted_log() -> None:
    assert set(READERS) == {reader.id for reader in load_readers()}


def test_the_planted_logs_are_read_and_their_secrets_would_show(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_job, "without_secrets", lambda run: run)
    runs = loganalyzer.load(logs)
    for reader in set(READERS) - {"not-logs"}:
        own = [run for run in runs if run.files[0].startswith(f"of {reader}/")]
        assert own and all(run.reader in (reader, "trainer-state") for run in own), reader
        shown = [repr(dict(run.hyperparameters)) for run in own]
        assert any(MARK in text for text in shown) is (reader not in KEEP_NO_SETTINGS), reader
    for name in SIDECAR_NAMES:
        if not name.endswith(".toml"):
            (run,) = [run for run in runs if run.files[0].startswith(f"beside {name}/")]
            assert MARK in repr(dict(run.hyperparameters)), name
    assert any(MARK in name for run in runs for name in run.series)


def test_loaded_runs(logs: Path) -> None:
    runs = loganalyzer.load(logs)
    for run in runs:
        assert not leaks(told(run)), (run.id, leaks(told(run)))
    (kept,) = [run for run in runs if run.id == "beside config.yaml"]
    assert kept.hyperparameters == {
        "api_key": REDACTED, "hfToken": REDACTED, "store": REDACTED, "db": REDACTED, "aws.id": REDACTED,
        "nested.credentials.user": REDACTED, "nested.headers.X-Auth": REDACTED, "command": REDACTED, "key": REDACTED,
        "max_tokens": 512, f"https://{REDACTED}@host": 1, "pin.password": REDACTED, "padded": REDACTED, "lr": 0.1,
    }  # fmt: skip


def told(run: Run) -> str:
    return repr((run.id, run.files, dict(run.hyperparameters), run.notes, run.group, run.series))


def leaks(content: str) -> list[str]:
    """The surroundings of what must not be there."""
    places = [content.find(word) for word in FORBIDDEN]
    return [content[max(0, at - 80) : at + 40] for at in places if at >= 0]


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("planted", ["logs", "secret_paths"])
def test_no_output_shows_a_secret(
    planted: str, lang: str, request: pytest.FixtureRequest, tmp_path: Path, analyze_logs: Call
) -> None:
    root = request.getfixturevalue(planted)
    (tmp_path / root.name).symlink_to(root)
    done = analyze_logs(
        root.name, "-o", "page", "--json", "a.json", "--parquet", "tables", "--junit", "a.xml", "--sarif", "a.sarif",
        "--markdown", "a.md", "--gitlab", "gitlab.json", "--eml", "a.eml", "--email-to", "a@example.org", "--figures",
        "figures", "--write-baseline", "baseline.json", "--fail-on", "warning", "--strict", "-v", "--lang", lang,
        GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
    )  # fmt: skip
    assert done.returncode in (1, 4), done.stderr
    assert not leaks(done.stdout + done.stderr)
    streamed = analyze_logs(root.name, "--jsonl", "a.jsonl", "--no-html", "-q")
    assert streamed.returncode == 0, streamed.stderr
    (tmp_path / root.name).unlink()
    names = set()
    for path in (p for p in tmp_path.rglob("*") if p.is_file()):
        names.add(path.name)
        for content in contents(path):
            assert not leaks(f"{path.name} {content}"), (path, leaks(content))
    assert {
        "a.json",
        "a.jsonl",
        "a.xml",
        "a.sarif",
        "a.md",
        "gitlab.json",
        "a.eml",
        "baseline.json",
        "summary.md",
    } <= names
    assert {"index.html", "runs.parquet", "findings.parquet", "groups.parquet"} <= names
    assert REDACTED in (tmp_path / "a.json").read_text()


def contents(path: Path) -> Iterator[str]:
    """All that a written file tells, decoded."""
    data = path.read_bytes()
    if path.suffix != ".eml":  # base64 may hold any four letters by chance
        yield data.decode("utf-8", "replace")
    if path.suffix == ".parquet":
        import pyarrow.parquet

        yield repr(pyarrow.parquet.read_table(path).to_pylist())
    if path.suffix == ".eml":
        for part in email.message_from_bytes(data, policy=email.policy.default).walk():
            payload = part.get_payload(decode=True)
            yield f"{part.items()} {payload.decode('utf-8', 'replace') if isinstance(payload, bytes) else ''}"


@pytest.mark.parametrize("streamed", [True, False])
def test_the_cache_holds_no_secret(logs: Path, tmp_path: Path, analyze_logs: Call, *, streamed: bool) -> None:
    more = ("--jsonl", "a.jsonl") if streamed else ()
    for _ in range(2):  # written by the first, added to by the second
        done = analyze_logs(logs, "--cache", "cache", "--no-html", "-q", *more)
        assert done.returncode == 0, done.stderr
    files = sorted((tmp_path / "cache").iterdir())
    assert files
    for path in files:
        assert not leaks(path.read_bytes().decode("latin-1"))
    rows = 0
    with sqlite3.connect(tmp_path / "cache" / "loganalyzer-cache.sqlite3") as connection:
        for row in connection.execute("SELECT data, curves FROM rows"):
            for blob in row:
                rows += 1
                assert not leaks(unzipped(blob or b"").decode("latin-1"))
    connection.close()
    assert rows > 2 * len(READERS)


def unzipped(blob: bytes) -> bytes:
    """The bytes, and what is in them if they are compressed."""
    try:
        return blob + zlib.decompress(blob)
    except zlib.error:
        return blob


def test_runs_in_secret_folders_stay_apart(secret_paths: Path) -> None:
    runs = loganalyzer.load(secret_paths)
    assert len({run.id for run in runs}) == len(runs) == 7
    assert {run.hyperparameters["lr"] for run in runs if "lr" in run.hyperparameters} == {0.1, 0.2, 0.5}
    assert not leaks(" ".join(map(told, runs)))


def test_a_readers_error_quotes_no_secret(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Iterator[Run]:
        raise ValueError(f"cannot open {URL}")

    (csv_reader,) = [reader for reader in load_readers() if reader.id == "csv"]
    monkeypatch.setattr(read_job, "find_reader", lambda _: replace(csv_reader, read=fail))
    report = loganalyzer.analyze(logs / "of csv")
    (unread,) = report.unread
    assert unread.note.code == "reader-failed" and not leaks(report.to_json())
