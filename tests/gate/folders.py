"""Folders of logs drawn at random: one run whose verdict is known, and what machines and people do to folders.

``drawn(root, number)`` writes case ``number`` and says how the command line is called and with what it must end: a
training that became NaN, rose or overfitted fails the gate whatever is done to its folder, a good one passes, and what is
there but cannot be read is told.
"""

from __future__ import annotations

import gzip
import math
import os
import random
import shutil
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from loganalyzer.readers.common.file_names import COLUMN_TABLES
from tests.discovery.tables import WRITERS, table
from tests.gate.formats import as_csv, as_jsonl, as_state, as_steps, write
from tests.gate.trainings import BAD, Training, good


@dataclass(frozen=True)
class Call:
    """The arguments of ``analyze-logs`` after which it must end with ``code``; ``steps`` tell what was done."""

    arguments: tuple[str, ...]
    code: int
    steps: tuple[str, ...]


# --- what is done to a folder: each takes the root and the run's folder, and returns the folder of the run ----------------


def renamed(chance: random.Random, root: Path, run: Path) -> Path:
    name = chance.choice(
        ["x", "run 1", "lr_0.1", "学習", "checkpoint-study", "a/b/c", "latest-run", "run-7", "seed#3", "best"]
    )
    place = root / f"{name}~{chance.randrange(100)}"
    place.parent.mkdir(parents=True, exist_ok=True)
    run.rename(place)
    return place


def copied(chance: random.Random, root: Path, run: Path) -> Path:
    shutil.copytree(run, root / f"copy{chance.randrange(10**6)}", symlinks=True)
    return run


def packed(chance: random.Random, root: Path, run: Path) -> Path:
    for file in _files(run):
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        if chance.random() < 0.7:
            file.unlink()
    return run


def linked_folder(chance: random.Random, root: Path, run: Path) -> Path:
    hidden = root / chance.choice([".cache", "venv", "node_modules"]) / f"r{chance.randrange(10**6)}"
    hidden.parent.mkdir(exist_ok=True)
    run.rename(hidden)
    run.symlink_to(hidden)
    return run


def linked_files(chance: random.Random, root: Path, run: Path) -> Path:
    for file in _files(run):
        stored = root / "store" / f"{chance.randrange(10**9)}.bin"
        stored.parent.mkdir(exist_ok=True)
        file.rename(stored)
        file.symlink_to(stored)
    return run


def also_linked(chance: random.Random, root: Path, run: Path) -> Path:
    (root / f"link{chance.randrange(10**6)}").symlink_to(run)
    return run


def hard_linked(chance: random.Random, root: Path, run: Path) -> Path:
    place = root / f"hard{chance.randrange(10**6)}"
    shutil.copytree(run, place, copy_function=os.link)
    return run


def beside_good_ones(chance: random.Random, root: Path, run: Path) -> Path:
    for _ in range(chance.randrange(1, 3)):
        write(chance, root / f"good{chance.randrange(10**6)}", good(chance, chance.randrange(45, 80)))
    return run


def beside_an_older_good_one(chance: random.Random, root: Path, run: Path) -> Path:
    """What the run's own folder may hold of another training: a checkpoint's state, a table of yesterday."""
    if chance.random() < 0.5:
        (run / "checkpoint-90").mkdir(exist_ok=True)
        as_state(run / "checkpoint-90", [good(chance, 90).rows])
    else:
        (run / "old").mkdir(exist_ok=True)
        as_csv(run / "old", [good(chance, 90).rows])
    return run


def among_other_files(chance: random.Random, root: Path, run: Path) -> Path:
    (run / "README.md").write_text("loss 0.1 is fine")
    (run / "config.json").write_text('{"lr": 0.001}')
    (root / "plot.png").write_bytes(b"\x89PNG\0")
    return run


def encoded(chance: random.Random, root: Path, run: Path) -> Path:
    """Written on another system: other line ends, another encoding."""
    end, encoding = chance.choice(["\n", "\r\n", "\r"]), chance.choice(ENCODINGS)
    for file in _texts(run):
        file.write_bytes(file.read_text(encoding="utf-8").replace("\n", end).encode(encoding))
    return run


def torn(chance: random.Random, root: Path, run: Path) -> Path:
    """The last line was begun and not ended."""
    for file in _texts(run):
        last = file.read_text(encoding="utf-8").rstrip("\n").rpartition("\n")[2]
        with file.open("a", encoding="utf-8") as log:
            log.write(last[: chance.randrange(1, 5)])
    return run


def spelled(chance: random.Random, root: Path, run: Path) -> Path:
    """NaN as another language prints it."""
    word = chance.choice(NAN)
    for file in _texts(run):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("NaN", f'"{word}"') if file.suffix == ".jsonl" else text.replace("nan", word))
    return run


def evaluated(chance: random.Random, root: Path, run: Path) -> Path:
    """An evaluation stands behind the log: its table, a line, or a line for each batch."""
    line = chance.choice(["", "", *EVALUATIONS])
    passed = [line.format(i=i, v=f"{2 * math.exp(-i / 15) + 0.1:.4f}") for i in range(1, chance.choice([2, 60]))]
    for file in _texts(run):
        if file.suffix == ".log":
            with file.open("a", encoding="utf-8") as log:
                log.write("\n".join([*passed, ""]) if line else EVALUATION)
    return run


def beside_an_archive(chance: random.Random, root: Path, run: Path) -> Path:
    """Logs of another training, packed: they are not judged."""
    place = run / f"packed{chance.randrange(10**6)}"
    place.mkdir()
    chance.choice([as_csv, as_jsonl, as_steps])(place, [chance.choice([good, *BAD])(chance, 60).rows])
    if chance.random() < 0.5:
        with zipfile.ZipFile(f"{place}.zip", "w") as archive:
            for file in place.iterdir():
                archive.write(file, f"old/{file.name}")
    else:
        with tarfile.open(f"{place}.tar.gz", "w:gz") as tar:
            tar.add(place, "old")
    shutil.rmtree(place)
    return run


def beside_a_table(chance: random.Random, root: Path, run: Path) -> Path:
    """A log in a format that is not read."""
    name, write_table = chance.choice([*WRITERS.values()])
    write_table(run / f"{chance.randrange(10**6)}{name}", table(("step", "loss"), 20))
    return run


def beside_a_study(chance: random.Random, root: Path, run: Path) -> Path:
    """The database of a search, which holds the scores of its trials."""
    with sqlite3.connect(run / f"study{chance.randrange(10**6)}.db") as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("CREATE TABLE studies (study_id INTEGER PRIMARY KEY, study_name VARCHAR)")
        database.execute("CREATE TABLE trials (trial_id INTEGER PRIMARY KEY, number INTEGER, study_id INTEGER)")
        database.execute("INSERT INTO studies VALUES (1, 'search')")
        database.executemany("INSERT INTO trials VALUES (?, ?, 1)", [(i + 1, i) for i in range(20)])
    database.close()
    return run


def with_settings(chance: random.Random, root: Path, run: Path) -> Path:
    name, text = chance.choice(SETTINGS)
    (run / name).write_text(text)
    return run


CHANGES: tuple[Callable[[random.Random, Path, Path], Path], ...] = (
    renamed, copied, packed, linked_folder, linked_files, also_linked, hard_linked, beside_good_ones,
    beside_an_older_good_one, among_other_files, with_settings, beside_an_archive, beside_a_study, beside_a_table,
)  # fmt: skip
UNREAD = frozenset({beside_an_archive, beside_a_table})
"""What leaves a log that is there and not read."""


TEXT_CHANGES = (spelled, evaluated, torn, encoded)
"""What is done to the bytes of a text, in this order; each at most once."""
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32")
NAN = ("NaN", "NAN", "-nan", "-nan(ind)", "1.#QNAN", "-1.#IND", "nan.0", "tensor(nan)", "#NUM!")
EVALUATION = """
              precision    recall  f1-score   support
           0       0.95      0.97      0.96       980
           1       0.90      0.97      0.93      1135
    accuracy                           0.95      2115
"""
EVALUATIONS = (
    "Evaluate {i}/100 loss: {v}", "Inference step {i} loss: {v}", "Evaluating: {i}%|####| {i}/100 [00:03<00:00, loss={v}]",
    "batch {i}/100 loss: {v}", "test epoch {i} | loss {v}", "sample {i} loss: {v}", "test_loss: {v}", "=> {i}: loss {v}",
)  # fmt: skip
SETTINGS = (
    ("config.yaml", "lr: 0.1\nloss: mse\nignore: [diverging]\n"),
    ("loganalyzer.toml", '[roles]\nloss = "ignore"\n'),  # settings of the analysis are not those of a run's folder
    ("args.json", '{"loss": [2.0, 1.0], "lr": [0.1, 0.2], "epochs": 60}'),
    ("hparams.yaml", "steps: 60\nlearning_rate: 0.001\n"),
)


def _texts(run: Path) -> Sequence[Path]:
    return [file for file in _files(run) if file.suffix in {".csv", ".jsonl", ".log"}]


def _files(run: Path) -> Sequence[Path]:
    found = sorted(path for path in run.rglob("*") if path.is_file() and not path.is_symlink())
    return [
        path
        for path in found
        if path.suffix.lower() not in {".gz", ".zip", *COLUMN_TABLES} and path.name != "README.md"
    ]


# --- a case -------------------------------------------------------------------------------------------------------------


def drawn(root: Path, number: int) -> Call:
    """Write case ``number`` below ``root`` (a folder that does not exist) and return the call."""
    chance = random.Random(number)
    kind = chance.choice(BAD) if chance.random() < 0.6 else good
    runs = root / "runs"
    run = runs / "run"
    training = kind(chance, chance.randrange(45, 80))
    steps = [kind.__name__, *write(chance, run, training)]
    for spoil in TEXT_CHANGES:
        if chance.random() < 0.15:
            run = spoil(chance, runs, run)
            steps.append(spoil.__name__)
    changes = chance.choices(CHANGES, k=chance.randrange(5))
    for change in changes:
        run = change(chance, runs, run)
        steps.append(change.__name__)
    arguments = _arguments(chance, root, runs, training)
    unread = "--strict" in arguments and not UNREAD.isdisjoint(changes)
    return Call(tuple(arguments), 1 if training.verdict else 4 if unread else 0, tuple(steps))


def _arguments(chance: random.Random, root: Path, runs: Path, training: Training) -> list[str]:
    places = [str(runs)]
    if chance.random() < 0.2:  # each folder by itself, in any order
        places = [str(path) for path in sorted(runs.iterdir()) if path.is_dir()]
        chance.shuffle(places)
        places.append("--follow-links")  # what was inside one root may lead out of another
    more: list[str] = []
    for options in (["--lang", "ja"], ["--cache", str(root / "cache")], ["--executor", "threads"], ["-v"], ["-q"],
                    ["--json", str(root / "r.json")], ["--junit", str(root / "r.xml")], ["--worst", "1"],
                    ["--markdown", str(root / "r.md")], ["--strict"], ["--jsonl", str(root / "r.jsonl")],
                    ["--history", str(root / "history")], ["--where", chance.choice(QUERIES)], ["--sort", "best"]):  # fmt: skip
        if chance.random() < 0.2:
            more += options
    if "--executor" not in more and chance.random() < 0.02:
        more += ["--executor", "processes", "-j", "2"]
    return [*places, "--no-html", *_gate(chance, training), *more]


QUERIES = ("verdict:converged", "verdict:nothing", "name~good", "run")
"""What is shown; the gate judges all."""


def _gate(chance: random.Random, training: Training) -> list[str]:
    """A gate that must fail on the training, if one must."""
    if training.verdict == "overfitting":
        return chance.choice([["--fail-on", "overfitting"], ["--fail-on", "diverging,overfitting"]])
    gates = [["--fail-on", "diverging"], ["--preset", "recommended"], ["--fail-on", "overfitting,diverging"]]
    return chance.choice(gates if training.finite and training.verdict else [*gates, ["--preset", "smoke"]])
