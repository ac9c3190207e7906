"""Small logs of every format, made as the programs that write them make them: what ``mutations`` damages."""

from __future__ import annotations

import io
import json
import pickle
import tempfile
from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.readers import event_files, test_mlflow, test_wandb

COUNT = 30


@dataclass(frozen=True)
class Seed:
    """A log that gives a run, and its place below its root (some readers go by folders)."""

    place: str
    content: bytes


def curves(count: int = COUNT) -> dict[str, list[float]]:
    """A training of ``count`` epochs: losses and accuracies, lists of that length."""
    rng = np.random.default_rng(0)
    fall = np.exp(-np.arange(count) / 8)
    noise = rng.normal(0, 0.01, (4, count))
    train, held_out = 2 * fall + 0.1 + noise[0], 2 * fall + 0.2 + noise[1]
    named = {"loss": train, "val_loss": held_out, "accuracy": 1 - fall + noise[2], "val_accuracy": 0.9 - fall}
    return {name: values.tolist() for name, values in named.items()}


def rows(count: int = COUNT) -> list[dict[str, float]]:
    """The same as a record per epoch."""
    columns = curves(count)
    return [{"epoch": i, **{n: v[i] for n, v in columns.items()}, "time": 12.5 * (i + 1)} for i in range(count)]


def table(separator: str, records: Sequence[Mapping[str, object]], end: str = "\n") -> bytes:
    """Records as separated values under a header."""
    lines = [separator.join(records[0]), *(separator.join(str(v) for v in r.values()) for r in records)]
    return "".join(line + end for line in lines).encode()


def lightning() -> bytes:
    """Lightning's sparse rows: training and validation in rows of their own, with the same step."""
    lines = ["epoch,lr,step,train_loss,val_loss"]
    for i, (train, held_out) in enumerate(zip(curves()["loss"], curves()["val_loss"], strict=True)):
        lines += [f"{i},0.001,{50 * i + 49},{train},", f"{i},,{50 * i + 49},,{held_out}"]
    return ("\n".join(lines) + "\n").encode()


def csv_files() -> list[Seed]:
    semicolons = table(";", rows()).replace(b".", b",")
    quoted = table(",", [{f'"{k}"': f'"{v}"' for k, v in row.items()} for row in rows()])
    return [
        Seed("a/log.csv", table(",", rows())),
        Seed("a/metrics.csv", lightning()),
        Seed("a/log.csv", semicolons),
        Seed("a/progress.txt", table("\t", rows(), "\r\n")),
        Seed("a/log.csv", quoted),
        Seed("a/results.csv", table(",", [{f"  {k}": f"   {v}" for k, v in row.items()} for row in rows()])),
        Seed("a/log.csv", table(",", rows()).decode().encode("utf-16")),
    ]


def json_lines() -> list[Seed]:
    lines = "".join(json.dumps(row) + "\n" for row in rows())
    nested = [{"iter": 10 * i, "train": {"loss": row["loss"]}, "info": {"lr": 0.1}} for i, row in enumerate(rows())]
    return [
        Seed("a/log.jsonl", lines.encode()),
        Seed("a/metrics.json", "".join(json.dumps(row) + "\n" for row in nested).encode()),
        Seed("a/log", json.dumps(rows(), indent=4).encode()),
        Seed("a/wandb-history.jsonl", lines.replace('"epoch"', '"_step"').replace('"time"', '"_runtime"').encode()),
    ]


def json_documents() -> list[Seed]:
    history = [{"step": 10 * i, "loss": r["loss"], "epoch": i / 3} for i, r in enumerate(rows())]
    history += [{"step": 10 * i, "eval_loss": r["val_loss"], "eval_runtime": 3.5} for i, r in enumerate(rows())]
    state = {"best_metric": None, "epoch": 10.0, "log_history": history, "max_steps": 300, "num_train_epochs": 10}
    sacred = {
        name: {"steps": list(range(COUNT)), "timestamps": ["2024-01-01T00:00:00.5"] * COUNT, "values": values}
        for name, values in curves().items()
    }
    return [
        Seed("a/trainer_state.json", json.dumps(state, indent=2).encode()),
        Seed("a/metrics.json", json.dumps(sacred).encode()),
    ]


def catboost() -> list[Seed]:
    metric = [{"best_value": "Min", "name": "Logloss"}, {"best_value": "Max", "name": "Accuracy"}]
    document = {
        "meta": {"learn_metrics": metric, "test_metrics": metric, "learn_sets": ["learn"], "test_sets": ["test"]},
        "iterations": [
            {"learn": [r["loss"], r["accuracy"]], "test": [[r["val_loss"], 0.5]], "iteration": i, "passed_time": i / 9}
            for i, r in enumerate(rows())
        ],
    }
    tables = [{"iter": i, "MultiClass": r["loss"], "Accuracy": r["accuracy"]} for i, r in enumerate(rows())]
    return [
        Seed("a/catboost_training.json", json.dumps(document, indent=1).encode()),
        Seed("a/learn_error.tsv", table("\t", tables)),
    ]


def keras_json() -> list[Seed]:
    by_set = {"train": {"logloss": curves()["loss"]}, "valid": {"logloss": curves()["val_loss"]}}
    columns = {name: {str(i): v for i, v in enumerate(values)} for name, values in curves().items()}
    return [
        Seed("a/history.json", json.dumps(curves()).encode()),
        Seed("a/history.json", json.dumps({"history": curves(), "params": {"epochs": COUNT}}, indent=1).encode()),
        Seed("a/evals_result.json", json.dumps(by_set).encode()),
        Seed("a/history.json", json.dumps(columns).encode()),
    ]


def keras_arrays() -> list[Seed]:
    single, packed, several = io.BytesIO(), io.BytesIO(), io.BytesIO()
    np.save(single, np.array(curves()["loss"]))
    columns = {name: np.array(values) for name, values in curves().items()}
    np.savez_compressed(packed, allow_pickle=False, **columns)
    np.savez(several, allow_pickle=False, **columns)
    whole = io.BytesIO()
    np.save(whole, np.array(curves(), dtype=object), allow_pickle=True)
    return [
        Seed("a/train_loss.npy", single.getvalue()),
        Seed("a/history.npz", packed.getvalue()),
        Seed("a/history.npz", several.getvalue()),
        Seed("a/history.npy", whole.getvalue()),
    ]


def keras_pickle() -> list[Seed]:
    single = {name: [np.float32(v) for v in values] for name, values in curves().items()}
    arrays = {name: np.array(values) for name, values in curves().items()}
    objects = [curves(), single, arrays, OrderedDict(curves()), defaultdict(list, curves())]
    kept = [Seed(f"a/history{p}.pkl", pickle.dumps(one, protocol=p)) for one in objects for p in (0, 2, 3, 4, 5)]
    return [seed for seed in kept if len(seed.content) < 60_000]


def sb3() -> list[Seed]:
    monitor = '#{"t_start": 1700000000.5, "env_id": "CartPole-v1"}\nr,l,t\n'
    monitor += "".join(f"{r['accuracy'] * 100},{20 + i},{i * 3.5}\n" for i, r in enumerate(rows()))
    packed = io.BytesIO()
    results = np.array(curves()["accuracy"])[:, None] + np.arange(5)
    lengths = np.full((COUNT, 5), 200)
    np.savez(packed, timesteps=np.arange(COUNT) * 1000, results=results, ep_lengths=lengths)
    return [Seed("a/0.monitor.csv", monitor.encode()), Seed("a/evaluations.npz", packed.getvalue())]


def tensorboard() -> list[Seed]:
    name = "a/events.out.tfevents.1700000000.host"
    one_record = [event_files.event(i, *((n, v[i]) for n, v in curves().items())) for i in range(COUNT)]
    apart = [event_files.event(i, (n, v[i])) for i in range(3 * COUNT) for n, v in curves(3 * COUNT).items()]
    tensors = [event_files.tensor_event(i, "epoch_loss", v, "float_val") for i, v in enumerate(curves()["loss"])]
    return [Seed(name, event_files.header() + b"".join(records)) for records in (one_record, apart, tensors)]


def dvclive() -> list[Seed]:
    values = "".join(f"{1700000000000 + i * 1000}\t{i}\t{r['loss']}\n" for i, r in enumerate(rows()))
    return [Seed("dvclive/plots/metrics/train/loss.tsv", b"timestamp\tstep\tloss\n" + values.encode())]


def mlflow() -> list[Seed]:
    run = "mlruns/0/" + "ab" * 16
    lines = "".join(f"{1700000000000 + i} {r['loss']} {i}\n" for i, r in enumerate(rows()))
    return [Seed(f"{run}/metrics/loss", lines.encode())]


def mlflow_db() -> list[Seed]:
    with tempfile.TemporaryDirectory() as folder:
        return [Seed("a/mlflow.db", test_mlflow.database(Path(folder, "mlflow.db")))]


def wandb() -> list[Seed]:
    return [Seed(test_wandb.FILE, test_wandb.written(test_wandb.training()))]


def text_log() -> list[Seed]:
    lines = [
        ["Epoch {epoch}/30 - loss: {loss:.4f} - accuracy: {accuracy:.4f} - val_loss: {val_loss:.4f}"],
        ["エポック {epoch}: 損失={loss:.3f}, 精度={accuracy:.1%}"],
        ["2024-01-01 10:00:00 INFO step {epoch}: train loss {loss:.4f}, val loss {val_loss:.4f}"],
        ["Train Epoch: {epoch} [{epoch}00/3000 (3%)]\tLoss: {loss:.6f}", "Test: Average loss: {val_loss:.4f}"],
        ["{{'loss': {loss}, 'learning_rate': 0.001, 'epoch': {epoch}}}"],
    ]
    texts = ["".join(line.format(**row) + "\n" for row in rows() for line in some) for some in lines]
    return [Seed("a/train.log", text.encode()) for text in texts] + [Seed("a/train.log", texts[1].encode("cp932"))]


FORMATS = {
    "tensorboard": tensorboard,
    "csv": csv_files,
    "json-lines": json_lines,
    "json-documents": json_documents,
    "catboost": catboost,
    "keras-json": keras_json,
    "keras-arrays": keras_arrays,
    "keras-pickle": keras_pickle,
    "sb3": sb3,
    "wandb": wandb,
    "mlflow": mlflow,
    "mlflow-db": mlflow_db,
    "dvclive": dvclive,
    "text-log": text_log,
}
"""For each reader (and each very different format of one): the function that makes its seeds."""
