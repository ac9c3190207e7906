"""Folders of logs drawn at random: one run whose verdict is known, and what machines and people do to folders.

``drawn(root, number)`` writes case ``number`` and says how the command line is called and with what it must end: a
training that became NaN fails the gate whatever is done to its folder, a good one passes.
"""

from __future__ import annotations

import gzip
import os
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.gate.trainings import as_csv, as_state, bad, good, write


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
        as_state(run / "checkpoint-90", [good(chance, 90)])
    else:
        (run / "old").mkdir(exist_ok=True)
        as_csv(run / "old", [good(chance, 90)])
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
    """A table of the evaluation stands behind the log."""
    for file in _texts(run):
        if file.suffix == ".log":
            with file.open("a", encoding="utf-8") as log:
                log.write(EVALUATION)
    return run


def with_settings(chance: random.Random, root: Path, run: Path) -> Path:
    name, text = chance.choice(SETTINGS)
    (run / name).write_text(text)
    return run


CHANGES: tuple[Callable[[random.Random, Path, Path], Path], ...] = (
    renamed, copied, packed, linked_folder, linked_files, also_linked, hard_linked, beside_good_ones,
    beside_an_older_good_one, among_other_files, with_settings,
)  # fmt: skip


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
    return [path for path in found if not path.name.endswith(".gz") and path.name != "README.md"]


# --- a case -------------------------------------------------------------------------------------------------------------


def drawn(root: Path, number: int) -> Call:
    """Write case ``number`` below ``root`` (a folder that does not exist) and return the call."""
    chance = random.Random(number)
    fails = chance.random() < 0.6
    runs = root / "runs"
    run = runs / "run"
    length = chance.randrange(45, 80)
    steps = write(chance, run, bad(chance, length) if fails else good(chance, length))
    for spoil in TEXT_CHANGES:
        if chance.random() < 0.15:
            run = spoil(chance, runs, run)
            steps.append(spoil.__name__)
    for change in chance.choices(CHANGES, k=chance.randrange(5)):
        run = change(chance, runs, run)
        steps.append(change.__name__)
    arguments = _arguments(chance, root, runs)
    return Call(tuple(arguments), 1 if fails else 0, tuple(steps))


def _arguments(chance: random.Random, root: Path, runs: Path) -> list[str]:
    places = [str(runs)]
    if chance.random() < 0.2:  # each folder by itself, in any order
        places = [str(path) for path in sorted(runs.iterdir()) if path.is_dir()]
        chance.shuffle(places)
        places.append("--follow-links")  # what was inside one root may lead out of another
    gate = chance.choice([["--fail-on", "diverging"], ["--preset", "smoke"], ["--preset", "recommended"]])
    more: list[str] = []
    for options in (["--lang", "ja"], ["--cache", str(root / "cache")], ["--executor", "threads"], ["-v"], ["-q"],
                    ["--json", str(root / "r.json")], ["--junit", str(root / "r.xml")], ["--worst", "1"],
                    ["--markdown", str(root / "r.md")], ["--strict"], ["--jsonl", str(root / "r.jsonl")]):  # fmt: skip
        if chance.random() < 0.2:
            more += options
    return [*places, "--no-html", *gate, *more]
