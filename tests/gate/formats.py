"""The formats in which a drawn training is written, and one written in a format and with a past of its own."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.gate.trainings import LOSS, PASTS, VALIDATION, Session, Training, among_several, healed, once
from tests.readers.event_files import event, header

Names = tuple[str, str]
"""What a log calls the loss and its validation."""
USUAL: Names = ("loss", "val_loss")
NAMES: tuple[Names, ...] = (USUAL, ("train_loss", "val_loss"), ("train/loss", "val/loss"), ("loss", "eval_loss"))


def as_csv(folder: Path, sessions: list[Session], names: Names = USUAL) -> None:
    validated = any(VALIDATION in values for points in sessions for _, values in points)
    columns = (LOSS, VALIDATION) if validated else (LOSS,)
    lines = [
        ",".join([str(step), *(f"{values[c]:.6f}" if c in values else "" for c in columns)]) + "\n"
        for points in sessions
        for step, values in points
    ]
    (folder / "metrics.csv").write_text(",".join(["step", *names[: len(columns)]]) + "\n" + "".join(lines))


def as_jsonl(folder: Path, sessions: list[Session], names: Names = USUAL) -> None:
    lines = [
        json.dumps({"step": step, **_named(values, names)}) + "\n" for points in sessions for step, values in points
    ]
    (folder / "log.jsonl").write_text("".join(lines))


def as_events(folder: Path, sessions: list[Session], names: Names = USUAL) -> None:
    for number, points in enumerate(sessions):
        started = 1_700_000_000 + 5000 * number
        records = b"".join(
            event(step, *_named(values, names).items(), wall=started + 1.0 + place)
            for place, (step, values) in enumerate(points)
        )
        (folder / f"events.out.tfevents.{started}.host.{number}").write_bytes(header() + records)


def as_state(folder: Path, sessions: list[Session], names: Names = USUAL) -> None:
    history = []
    for step, values in (row for points in sessions for row in points):
        history.append({"step": step + 1, "epoch": step / 10, "loss": values[LOSS]})
        if VALIDATION in values:
            history.append({"step": step + 1, "epoch": step / 10, "eval_loss": values[VALIDATION]})
    (folder / "trainer_state.json").write_text(json.dumps({"log_history": history, "max_steps": 100}, indent=2))


def as_steps(folder: Path, sessions: list[Session], names: Names = USUAL) -> None:
    lines = [
        f"step {step} {' '.join(f'{name} {value:.6f}' for name, value in _named(values, names).items())}\n"
        for points in sessions
        for step, values in points
    ]
    (folder / "train.log").write_text("start of training\n" + "".join(lines))


def as_epochs(folder: Path, sessions: list[Session], names: Names = USUAL) -> None:
    lines = "".join(line for points in sessions for line in _epochs(points, names))
    (folder / "console.log").write_text(f"start of training\n{lines}")


def as_notebook(folder: Path, sessions: list[Session], names: Names = USUAL) -> None:
    text = [line for points in sessions for line in _epochs(points, names)]
    output = {"output_type": "stream", "name": "stdout", "text": text}
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["fit()"], "outputs": [output]}
    note = {"cell_type": "markdown", "metadata": {}, "source": ["# Training"]}
    document = {"cells": [note, cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "train.ipynb").write_text(json.dumps(document, indent=1))


def as_keras(folder: Path, sessions: list[Session], names: Names = USUAL) -> None:
    rows = sessions[-1]
    curves = {
        name: [values[c] for _, values in rows if c in values]
        for c, name in zip((LOSS, VALIDATION), USUAL, strict=True)
    }
    (folder / "history.json").write_text(json.dumps({name: curve for name, curve in curves.items() if curve}))


def as_mlflow(folder: Path, sessions: list[Session], names: Names = USUAL) -> None:
    run = folder / "mlruns" / "0" / f"{len(folder.name):032x}"
    for column, name in zip((LOSS, VALIDATION), names, strict=True):
        rows = enumerate(row for session in sessions for row in session)
        lines = [
            f"{1_700_000_000_000 + 1000 * place} {values[column]} {step}\n"
            for place, (step, values) in rows
            if column in values
        ]
        if lines:
            (run / "metrics" / name).parent.mkdir(parents=True, exist_ok=True)
            (run / "metrics" / name).write_text("".join(lines))


def as_mlflow_database(folder: Path, sessions: list[Session], names: Names = USUAL) -> None:
    with sqlite3.connect(folder / "mlflow.db") as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute(
            "CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT, step BIGINT, is_nan BOOLEAN)"
        )
        database.execute("CREATE TABLE params (key VARCHAR, value VARCHAR, run_uuid VARCHAR)")
        rows = [row for session in sessions for row in session]
        for place, (step, values) in enumerate(rows):
            for name, value in _named(
                values, names
            ).items():  # MLflow keeps NaN as 0 with a mark, infinity as the largest
                kept = 0.0 if value != value else min(value, 1.7976931348623157e308)
                row = (name, kept, 1_700_000_000_000 + 1000 * place, f"{len(folder.name):032x}", step, value != value)
                database.execute("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", row)
    database.close()


def as_dvclive(folder: Path, sessions: list[Session], names: Names = USUAL) -> None:
    for column, name in zip((LOSS, VALIDATION), names, strict=True):
        lines = [f"{step}\t{values[column]}\n" for points in sessions for step, values in points if column in values]
        if lines:
            file = folder / "dvclive" / "plots" / "metrics" / f"{name}.tsv"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"step\t{name}\n" + "".join(lines))


Format = Callable[[Path, list[Session], Names], None]
FORMATS: tuple[Format, ...] = (
    as_csv, as_jsonl, as_events, as_state, as_steps, as_epochs, as_notebook, as_keras, as_mlflow, as_mlflow_database,
    as_dvclive,
)  # fmt: skip
WITHOUT_STEPS = frozenset({as_keras})
OF_SEVERAL = frozenset({as_csv, as_jsonl, as_steps, as_epochs, as_notebook})
"""Formats of which one file may hold several trainings."""


def write(chance: random.Random, folder: Path, training: Training) -> list[str]:
    """A training in a format and with a past of its own; what was chosen."""
    form, names = chance.choice(FORMATS), chance.choice(NAMES)
    past = once if form in WITHOUT_STEPS else chance.choice(PASTS)
    if past is among_several and form not in OF_SEVERAL:
        past = once
    folder.mkdir(parents=True)
    form(folder, past(chance, training), names)
    told = [form.__name__, past.__name__, "/".join(names)]
    if past is once and chance.random() < 0.2:
        other = chance.choice([one for one in FORMATS if one is not form])
        other(folder, [healed(chance, training)], chance.choice(NAMES))
        told.append(f"beside {other.__name__} that shows it well")
    return told


def _named(values: Mapping[str, float], names: Names) -> dict[str, float]:
    return {name: values[column] for column, name in zip((LOSS, VALIDATION), names, strict=True) if column in values}


def _epochs(points: Session, names: Names) -> list[str]:
    last = points[-1][0] + 1
    return [
        f"Epoch [{step + 1}/{last}] {', '.join(f'{name}: {value:.6f}' for name, value in _named(values, names).items())}\n"
        for step, values in points
    ]
