"""The logs that ``reading_rows.py`` measures on: one training of any length as each format writes it, and crafted lines."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import reading_data as data

START = 1_700_000_000


def training(rows: int) -> Iterator[tuple[int, float, float, float]]:
    """Step, loss, gradient norm and learning rate of each row."""
    rng = random.Random(0)
    for step in range(rows):
        loss = math.exp(-3 * step / rows) + 0.05 * rng.gauss(0, 1)
        yield step, loss, 2 * abs(loss), 1e-3 * (1 - step / rows)


def csv(folder: Path, rows: int) -> Path:
    lines = (f"{s},{a:.6f},{g:.6f},{r:.6g}\n" for s, a, g, r in training(rows))
    return written(folder / "log.csv", "step,loss,grad_norm,lr\n", lines)


def json_lines(folder: Path, rows: int) -> Path:
    records = ({"step": s, "loss": round(a, 6), "grad_norm": round(g, 4), "lr": r} for s, a, g, r in training(rows))
    return written(folder / "log.jsonl", "", (json.dumps(record) + "\n" for record in records))


def json_array(folder: Path, rows: int) -> Path:
    records = [{"step": s, "loss": a, "grad_norm": g, "lr": r} for s, a, g, r in training(rows)]
    return written(folder / "log.json", json.dumps(records, indent=1))


def text(folder: Path, rows: int) -> Path:
    lines = (f"step {s}: loss {a:.6f}, grad_norm {g:.4f}, lr {r:.3e}\n" for s, a, g, r in training(rows))
    return written(folder / "train.log", "", lines)


def table_text(folder: Path, rows: int) -> Path:
    """The columns of a printed table, the header once."""
    lines = (f"{s:>8}  {a:.6f}  {g:.4f}  {r:.3e}\n" for s, a, g, r in training(rows))
    return written(folder / "train.log", "   epoch  train_loss  valid_loss  lr\n", lines)


def events(folder: Path, rows: int) -> Path:
    points = (data.scalar(s, "train/loss", a, START + s) for s, a, _, _ in training(rows))
    return data.write(folder / data.NAME, points)


def document(folder: Path, rows: int) -> Path:
    """What Keras' ``History.history`` is when it is saved as JSON."""
    both = [(a, g) for _, a, g, _ in training(rows)]
    return written(
        folder / "history.json", json.dumps({"loss": [a for a, _ in both], "val_loss": [g for _, g in both]})
    )


def trainer_state(folder: Path, rows: int) -> Path:
    history = [{"step": s, "loss": a, "grad_norm": g, "learning_rate": r} for s, a, g, r in training(rows)]
    return written(folder / "trainer_state.json", json.dumps({"global_step": rows, "log_history": history}))


def notebook(folder: Path, rows: int) -> Path:
    told = [f"step {s}: loss {a:.6f}, lr {r:.3e}\n" for s, a, _, r in training(rows)]
    cell = {"cell_type": "code", "source": [], "execution_count": 1, "metadata": {}}
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": told}]
    return written(folder / "train.ipynb", json.dumps({"cells": [cell], "nbformat": 4, "metadata": {}}))


def mlflow(folder: Path, rows: int) -> Path:
    run = folder / "mlruns" / "1" / "0123456789abcdef0123456789abcdef"
    written(run / "meta.yaml", "run_id: 0123456789abcdef0123456789abcdef\nstatus: 3\nlifecycle_stage: active\n")
    written(run / "metrics" / "loss", "", (f"{1000 * (START + s)} {a!r} {s}\n" for s, a, _, _ in training(rows)))
    return folder


def dvclive(folder: Path, rows: int) -> Path:
    written(folder / "dvclive" / "metrics.json", '{"loss": 0.5}')
    lines = (f"{s}\t{a!r}\n" for s, a, _, _ in training(rows))
    written(folder / "dvclive" / "plots" / "metrics" / "loss.tsv", "step\tloss\n", lines)
    return folder


def catboost(folder: Path, rows: int) -> Path:
    written(folder / "learn_error.tsv", "iter\tLogloss\n", (f"{s}\t{a:.9f}\n" for s, a, _, _ in training(rows)))
    written(folder / "test_error.tsv", "iter\tLogloss\n", (f"{s}\t{g:.9f}\n" for s, _, g, _ in training(rows)))
    return folder


def board_export(folder: Path, rows: int) -> Path:
    """TensorBoard's "Download CSV"."""
    lines = (f"{START + s}.0,{s},{a!r}\n" for s, a, _, _ in training(rows))
    return written(folder / "run-train-tag-loss.csv", "Wall time,Step,Value\n", lines)


def monitor(folder: Path, rows: int) -> Path:
    head = '#{"t_start": 1700000000.0, "env_id": "CartPole-v1"}\nr,l,t\n'
    return written(
        folder / "0.monitor.csv", head, (f"{g:.3f},{10 + s % 7},{s + 1}.5\n" for s, _, g, _ in training(rows))
    )


FORMATS: dict[str, Callable[[Path, int], Path]] = {
    "event file": events,
    "CSV": csv,
    "JSON Lines": json_lines,
    "printed lines": text,
    "printed table": table_text,
    "Keras history as JSON": document,
    "Hugging Face trainer_state.json": trainer_state,
    "notebook": notebook,
    "MLflow folder": mlflow,
    "DVCLive": dvclive,
    "CatBoost": catboost,
    "TensorBoard's CSV export": board_export,
    "Stable-Baselines monitor": monitor,
}

PIECES = (
    *("(", ")", "[", "]", "{", "}", "<", "|", "| ", "||", ",", ", ", ":", ": ", ";", "=", "-", "_", "/", ".", '"', "'"),
    *(" ", "\t", "a", "Z", "損", "é", "1", "1 ", "1.", "1,", "1, ", "1/", "1/1 ", "1:1", "1e", "-1", "%", "1% ", "1%|"),
    *(
        "\b",
        "a\b",
        "\x1b[",
        "\x1b[0m",
        "\x1b]",
        "\x1b",
        "\r",
        "\r1",
        "\r1\r2",
        "it/s",
        "it/s]",
        "1it/s, ",
        "s/it]x",
        "[=",
    ),
    *(
        "Epoch ",
        "Epoch 1/2  ",
        "Epoch 1/2 ",
        "epoch",
        "epoch: ",
        "epoch 1 ",
        "step ",
        "step=",
        "iter ",
        "iter 1 ",
        "loss",
    ),
    *(
        "loss ",
        "loss=",
        "loss: ",
        "loss 1 ",
        "loss: 1 ",
        "loss: 1, ",
        "loss:(1) ",
        "loss (",
        "loss [",
        "val",
        "val_",
        "val ",
    ),
    *(
        "val loss ",
        "valid ",
        "train ",
        "train-",
        "a=",
        "a=1",
        "a=1 ",
        "a: 1 ",
        "a.b",
        "a_b ",
        "a/b/",
        "a-",
        "A b ",
        "* ",
        "*",
    ),
    *(
        "nan",
        "nan ",
        "inf",
        "n",
        "i",
        "N I",
        "-.",
        "+-",
        "1-1",
        "e1",
        "#",
        "# 1",
        "@",
        "@1",
        "{'a': ",
        "{'a': 1}",
        '{"a": ',
    ),
    *(
        "[1] ",
        '[1] "',
        "[1]:",
        "[1/2]",
        "[1/2][1/2]",
        "[1, 2]",
        "][",
        "] [",
        ":::ML ",
        ":::MLL 1.0 ",
        "all ",
        "all 1 ",
        "\\",
    ),
    *(
        "lr ",
        "lr: 1e-3 ",
        "best ",
        "best epoch 1 ",
        "Saving ",
        "model ",
        "metric: ",
        "acc",
        "acc 1% ",
        "0x",
        "2024-01-01 ",
    ),
    *(
        "12:00:00 ",
        "1m2s ",
        "エポック",
        "エポック 1 ",
        "損失: 1 ",
        "Eval begin",
        "Evaluating ",
        "a b c d e f g h ",
        "\x00",
        "\\u",
    ),
)
OPENINGS = (
    *(
        "",
        "loss",
        "loss: ",
        "epoch 1 loss ",
        "Epoch 1/2 ",
        "Epoch 1/2 [=",
        "step 1: ",
        "[",
        "| ",
        '[1] "',
        ":::MLL ",
        "{",
    ),
    *('{"loss": 1, "a', '{"loss": ', "loss = [", "optimizer: ", "config ", "1 ", " 10% 1/10 [", "val ", "  "),
)
CLOSINGS = (" loss 1",)


def crafted(size: int) -> Iterator[str]:
    """Lines of ``size`` characters: one short piece again and again, behind the beginning of some grammar's line."""
    for opening in OPENINGS:
        for piece in PIECES:
            for closing in CLOSINGS:
                yield opening + piece * (size // len(piece)) + closing


def written(path: Path, head: str, lines: Iterator[str] | tuple[str, ...] = ()) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.write(head)
        file.writelines(lines)
    return path
