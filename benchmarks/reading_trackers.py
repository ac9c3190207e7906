"""More of the logs that ``reading_rows.py`` measures growth on: what trackers, tuners and tools without headers write."""

from __future__ import annotations

import datetime
import json
import sqlite3
import struct
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import numpy as np
from reading_logs import START, training, written

BLOCK = 32_768
RUN = "0123456789abcdef0123456789abcdef"


def _varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes((number & 0x7F | 0x80,))
        number >>= 7
    return out + bytes((number,))


def _field(number: int, content: bytes | int) -> bytes:
    """A field of a protobuf message: bytes with their length, or a number."""
    if isinstance(content, int):
        return _varint(number << 3) + _varint(content)
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _double(number: int, value: float) -> bytes:
    return _varint(number << 3 | 1) + struct.pack("<d", value)


def _leveldb(head: bytes, bodies: Iterable[bytes]) -> bytes:
    """Records in blocks of 32 KiB, cut into chunks where they must be, as W&B and SwanLab write them."""
    out = bytearray(head)
    for body in bodies:
        rest, first = body, True
        while rest or first:
            left = BLOCK - len(out) % BLOCK
            if left < 7:
                out += bytes(left)
                left = BLOCK
            piece, rest = rest[: left - 7], rest[left - 7 :]
            kind = (2 if rest else 1) if first else (3 if rest else 4)
            out += struct.pack("<IHB", zlib.crc32(piece, zlib.crc32(bytes((kind,)))), len(piece), kind) + piece
            first = False
    return bytes(out)


def _file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def wandb(folder: Path, rows: int) -> Path:
    def record(step: int, loss: float) -> bytes:
        items = (("train/loss", loss), ("_timestamp", START + step), ("_runtime", step))
        body = b"".join(_field(1, _field(1, k.encode()) + _field(16, json.dumps(v).encode())) for k, v in items)
        return b"\x08\x01" + _field(2, body + _field(2, _field(1, step)))

    records = (record(s, a) for s, a, _, _ in training(rows))
    _file(folder / "wandb/run-20240101_000000-a/run-a.wandb", _leveldb(b":W&B\xe1\xbe\x00", records))
    return folder


def swanlab(folder: Path, rows: int) -> Path:
    def record(step: int, loss: float) -> bytes:
        value = _field(5, _double(1, loss))
        return _field(13, _field(1, b"train/loss") + _field(2, step) + _field(4, _field(1, START + step)) + value)

    records = (record(s, a) for s, a, _, _ in training(rows))
    _file(folder / "run-20240101_000000-a/run-a.swanlab", _leveldb(b":SWL\xe1\xbe\x00", records))
    return folder


def visualdl(folder: Path, rows: int) -> Path:
    def record(step: int, loss: float) -> bytes:
        number = _varint(4 << 3 | 5) + struct.pack("<f", loss)
        body = _field(1, _field(1, step) + _field(2, b"train/loss") + _field(3, 1000 * (START + step)) + number)
        return struct.pack("<Q", len(body)) + body

    _file(folder / f"vdlrecords.{START}.log", b"".join(record(s, a) for s, a, _, _ in training(rows)))
    return folder


def comet(folder: Path, rows: int) -> Path:
    def message(step: int, loss: float) -> str:
        metric = {"metricName": "train_loss", "metricValue": loss, "step": step, "epoch": None}
        payload = {"metric": metric, "context": None, "local_timestamp": 1000 * (START + step)}
        return json.dumps({"type": "ws_msg", "payload": payload, "message_id": step}) + "\n"

    return written(folder / "messages.json", "", (message(s, a) for s, a, _, _ in training(rows)))


def clearml(folder: Path, rows: int) -> Path:
    def event(step: int, loss: float) -> str:
        told = {"timestamp": 1000 * (START + step), "type": "training_stats_scalar", "task": "a", "iter": step}
        return json.dumps([told | {"metric": "loss", "variant": "train", "value": loss}]) + "\n"

    written(folder / "offline-a" / "task.json", "{}")
    return written(folder / "offline-a" / "metrics.jsonl", "", (event(s, a) for s, a, _, _ in training(rows)))


def polyaxon(folder: Path, rows: int) -> Path:
    def clock(step: int) -> str:
        return str(datetime.datetime.fromtimestamp(START + step, datetime.UTC))

    lines = (f"{s}|{clock(s)}|{a!r}\n" for s, a, _, _ in training(rows))
    return written(folder / "events" / "metric" / "train_loss.plx", "step|timestamp|metric\n", lines)


def trackio(folder: Path, rows: int) -> Path:
    def row(step: int, loss: float) -> tuple[str, str, int, str]:
        clock = datetime.datetime.fromtimestamp(START + step, datetime.UTC).isoformat()
        return "one", clock, step, json.dumps({"train/loss": loss})

    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "flowers.db")) as connection, connection:
        connection.execute("CREATE TABLE metrics (run_name TEXT, timestamp TEXT, step INTEGER, metrics TEXT)")
        rows_of = (row(s, a) for s, a, _, _ in training(rows))
        connection.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?)", rows_of)
    return folder


def mlflow_database(folder: Path, rows: int) -> Path:
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "mlflow.db")) as connection, connection:
        connection.execute(
            "CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT, step BIGINT, is_nan BOOLEAN)"
        )
        connection.execute("CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT)")
        points = (("loss", a, 1000 * (START + s), RUN, s, 0) for s, a, _, _ in training(rows))
        connection.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", points)
    return folder


def mlflow_server(folder: Path, rows: int) -> Path:
    points = [(s, a, float(START + s)) for s, a, _, _ in training(rows)]
    document = {"mlflow_run": {"params": {}, "bad": 0, "metrics": {"loss": points}}}
    return written(folder / RUN / "run.json", json.dumps(document))


def tuner_trial(folder: Path, rows: int) -> Path:
    observations = [{"value": [a], "step": s} for s, a, _, _ in training(rows)]
    metrics = {"val_loss": {"direction": "min", "observations": observations}}
    told = {"trial_id": "03", "hyperparameters": {"values": {"lr": 0.01}}, "metrics": {"metrics": metrics}}
    return written(folder / "trial_03" / "trial.json", json.dumps(told))


def epoch_documents(folder: Path, rows: int) -> Path:
    """A document for each epoch; a tenth of the rows, for each is a file."""
    for step, loss, norm, _ in training(rows // 10):
        told = {"epoch": step, "training_loss": loss, "validation_loss": norm, "best_epoch": step}
        written(folder / f"metrics_epoch_{step}.json", json.dumps(told))
    return folder


def wandb_export(folder: Path, rows: int) -> Path:
    head = '"Step","one - train/loss","one - train/loss__MIN","one - train/loss__MAX"\n'
    lines = (f'"{s}","{a!r}","{a!r}","{a!r}"\n' for s, a, _, _ in training(rows))
    return written(folder / "wandb_export_2024-01-01T00_00_00.000+00_00.csv", head, lines)


def headerless(folder: Path, rows: int) -> Path:
    return written(folder / "loss.txt", "", (f"{s} {a:.6f}\n" for s, a, _, _ in training(rows)))


def deepxde(folder: Path, rows: int) -> Path:
    lines = (f"{s:.18e} {abs(a):.18e} {g:.18e}\n" for s, a, g, _ in training(rows))
    return written(folder / "loss.dat", "# step, loss_train, loss_test, metrics_test\n", lines)


def semicolons(folder: Path, rows: int) -> Path:
    """A table of a spreadsheet: semicolons, decimal commas."""
    lines = (f"{s};{a:.6f};{g:.4f}\n".replace(".", ",") for s, a, g, _ in training(rows))
    return written(folder / "log.csv", "epoch;loss;val_loss\n", lines)


def arrays(folder: Path, rows: int) -> Path:
    folder.mkdir(parents=True)
    both = np.array([(a, g) for _, a, g, _ in training(rows)])
    np.savez(folder / "history.npz", loss=both[:, 0], val_loss=both[:, 1])
    return folder


FORMATS: dict[str, Callable[[Path, int], Path]] = {
    "CSV with decimal commas": semicolons,
    "Two columns without a header": headerless,
    "DeepXDE's loss.dat": deepxde,
    "numpy archive": arrays,
    "W&B run file": wandb,
    "W&B's CSV export": wandb_export,
    "SwanLab": swanlab,
    "VisualDL": visualdl,
    "Comet": comet,
    "ClearML": clearml,
    "Polyaxon": polyaxon,
    "Trackio database": trackio,
    "MLflow database": mlflow_database,
    "run of an MLflow server": mlflow_server,
    "Keras Tuner trial": tuner_trial,
    "a document for each epoch": epoch_documents,
}
