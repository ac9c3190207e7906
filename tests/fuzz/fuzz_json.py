"""JSON: documents, lines and arrays of records of all shapes that the tests of the readers know."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.mutation_seeds import catboost, curves, rows
from tests.fuzz.texts import WORDS as WORDS
from tests.fuzz.texts import Texts

TEXTS = Texts((
    "a/log.jsonl", "a/history.json", "a/metrics.json", "a/log", "a/trainer_state.json", "a/metrics_epoch_3.json",
    "a/trial.json", "a/run.mlflow.json", "run-a-tag-loss.json", "catboost_info/catboost_training.json", "a/train.log",
))  # fmt: skip
read = TEXTS.read
COUNT = 6
LOSS = [round(value, 3) for value in curves()["loss"][:COUNT]]
RECORDS = [{"epoch": r["epoch"], "loss": r["loss"], "val_loss": r["val_loss"]} for r in rows(COUNT)]
BOTH = {"loss": LOSS, "val_loss": LOSS[::-1]}


def seeds() -> list[bytes]:
    """Documents in one line and in several, and records a line."""
    plain = [(name, json.dumps(data)) for name, data in DOCUMENTS]
    indented = [(name, json.dumps(data, indent=1)) for name, data in DOCUMENTS[::3]]
    lines = [(name, "".join(json.dumps(one) + "\n" for one in records)) for name, records in LINES]
    return TEXTS.seeds([*plain, *lines, *indented, *ODD])


def _message(record: dict[str, Any], **told: Any) -> dict[str, Any]:
    return {**told, "message": f"Epoch {record['epoch']}: train_loss={record['loss']}, val_loss={record['val_loss']}"}


DOCUMENTS: list[tuple[str, Any]] = [
    ("a/history.json", BOTH),
    ("a/history.json", {"history": BOTH, "params": {"epochs": COUNT}, "epoch": [*range(COUNT)]}),
    ("a/history.json", {"train": {"logloss": LOSS}, "valid": {"logloss": LOSS}}),
    ("a/history.json", {name: {str(i): v for i, v in enumerate(values)} for name, values in BOTH.items()}),
    ("a/history.json", {f"fold_{i}": BOTH for i in range(2)}),
    ("a/history.json", {"config": {"lr": 0.1, "name": "a"}, "history": RECORDS}),
    ("a/history.json", {"train": [{"loss": a, "acc": 0.5} for a in LOSS], "val": [{"loss": a} for a in LOSS]}),
    ("a/history.json", {"columns": [*RECORDS[0]], "index": [*range(COUNT)], "data": [[*r.values()] for r in RECORDS]}),
    ("a/history.json", {"schema": {"fields": [{"name": n, "type": "number"} for n in RECORDS[0]]}, "data": RECORDS}),
    ("a/history.json", {"a": {"lr": 0.1, "train_loss": LOSS}, "b": {"lr": 0.2, "train_loss": LOSS}}),
    ("a/history.json", {str(i): {"train": 0.9 - i / 9, "val": 1 - i / 9} for i in range(COUNT)}),
    ("a/log", RECORDS),
    ("a/log", [{"train": {"loss": a}, "val": {"loss": a}} for a in LOSS]),
    ("a/log", LOSS),
    ("a/log", [[i, a] for i, a in enumerate(LOSS)]),
    ("a/metrics.json", {"loss": {"steps": [*range(COUNT)], "timestamps": ["2024-01-01T00:00:00.5"] * COUNT, "values": LOSS}}),
    ("a/metrics.json", {f"stage1.{i}": {"train": {"loss": a}, "valid": {"loss": a}} for i, a in enumerate(LOSS)}),
    ("a/metrics.json", {"global": {f"round_{i}": {"loss": a} for i, a in enumerate(LOSS)}, "local": {}}),
    ("a/metrics_epoch_3.json", {"epoch": 3, "training_loss": 0.5, "validation_loss": 0.75, "training_duration": "0:00:03.5"}),
    ("a/trainer_state.json", {
        "best_metric": None, "epoch": 2.0, "max_steps": 60, "num_train_epochs": 2,
        "log_history": [{"step": 10 * i, "loss": a, "epoch": i / 3} for i, a in enumerate(LOSS)]
        + [{"step": 10 * i, "eval_loss": a, "eval_runtime": 3.5} for i, a in enumerate(LOSS)],
    }),
    ("a/trial.json", {
        "trial_id": "1", "hyperparameters": {"values": {"lr": 0.1}}, "score": 0.5, "status": "COMPLETED",
        "metrics": {"metrics": {"val_loss": {"direction": "min", "observations": [
            {"value": [a], "step": i} for i, a in enumerate(LOSS)
        ]}}},
    }),
    ("a/run.mlflow.json", {
        "mlflow_run": {
            "params": {"lr": "0.1"}, "bad": 0, "metrics": {"loss": [[i, a, 1.7e9 + i] for i, a in enumerate(LOSS)]},
        },
    }),
    ("run-a-tag-loss.json", [[1.7e9 + 30 * i, i, a] for i, a in enumerate(LOSS)]),
]  # fmt: skip
LINES: list[tuple[str, list[dict[str, Any]]]] = [
    ("a/log.jsonl", RECORDS),
    ("a/log.jsonl", [{"lr": 0.1, "batch_size": 64}, *RECORDS]),
    ("a/log.jsonl", [{"iter": 10 * i, "train": {"loss": a}, "info": {"lr": [0.1]}} for i, a in enumerate(LOSS)]),
    ("a/log.jsonl", [{"_step": i, "_runtime": i / 2, "_timestamp": 1.7e9 + i, "loss": a} for i, a in enumerate(LOSS)]),
    ("a/log.jsonl", [{"mode": m, "epoch": 1 + i, "iter": 50, "loss": a} for i, a in enumerate(LOSS) for m in ("train", "val")]),
    ("a/log.jsonl", [{"epoch": str(i), "loss": f"{a}", "val_loss": "NaN"} for i, a in enumerate(LOSS)]),
    ("a/log.jsonl", [{"step": i, "metric": "loss", "value": a} for i, a in enumerate(LOSS)]),
    ("a/log.jsonl", [{"epoch": i, "loss": LOSS[: i + 1]} for i in range(COUNT)]),
    ("a/log.jsonl", [{"training_iteration": i, "info": {"learner": {"p": {"loss": a}}}} for i, a in enumerate(LOSS)]),
    ("a/train.log", [_message(r, level="INFO", timestamp="2024-05-01T12:00:00") for r in RECORDS]),
    ("a/log.jsonl", [_message(r, asctime="2024-05-01 12:00:00,123", name="train") for r in RECORDS]),
]  # fmt: skip
ODD: list[tuple[str, str]] = [
    ("a/log.jsonl", "json_stats: " + json.dumps(RECORDS[0]) + "\n" + "".join(json.dumps(r) + "\n" for r in RECORDS)),
    ("a/log", "[\n" + ",\n".join(json.dumps(r) for r in RECORDS)),
    ("a/log", "\n".join(json.dumps(r, indent=1) for r in RECORDS)),
    ("a/log", "".join(json.dumps(r) for r in RECORDS)),
    ("a/history.json", str({"loss": LOSS, "val_loss": [float("nan"), float("inf"), None, True]})),
    ("a/history.json", json.dumps({"loss": LOSS, "lr": [float("nan")] * COUNT, "a": [10**400]})),
    ("catboost_info/catboost_training.json", catboost()[0].content[:900].decode()),
]
