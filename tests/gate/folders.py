"""Folders of logs drawn at random: one run whose verdict is known, and what machines and people do to folders.

``drawn(root, number)`` writes case ``number`` and says how the command line is called and with what it must end: a
training that became NaN fails the gate whatever is done to its folder, a good one passes.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.readers.event_files import event, header

Point = tuple[int, float]
Session = list[Point]


@dataclass(frozen=True)
class Call:
    """The arguments of ``analyze-logs`` after which it must end with ``code``; ``steps`` tell what was done."""

    arguments: tuple[str, ...]
    code: int
    steps: tuple[str, ...]


# --- trainings ----------------------------------------------------------------------------------------------------------


def good(chance: random.Random, length: int) -> Session:
    """A loss that falls and settles."""
    floor, speed = chance.uniform(0.1, 0.5), length / chance.uniform(6, 9)
    return [
        (i, floor + 2 * math.exp(-i / speed) * (1 + chance.gauss(0, 0.01)) + chance.gauss(0, 0.004))
        for i in range(length)
    ]


def bad(chance: random.Random, length: int) -> Session:
    """The same, NaN or infinite from somewhere on to the end."""
    begin, value = chance.randrange(length // 4, length - 5), chance.choice([math.nan, math.nan, math.inf])
    return [(step, value if step >= begin else loss) for step, loss in good(chance, length)]


def once(chance: random.Random, points: Session) -> list[Session]:
    return [points]


def split(chance: random.Random, points: Session) -> list[Session]:
    """Stopped and started again."""
    at = chance.randrange(2, len(points) - 2)
    return [points[:at], points[at:]]


def resumed(chance: random.Random, points: Session) -> list[Session]:
    """Resumed from a checkpoint: a stretch is logged twice."""
    at = chance.randrange(6, len(points) - 2)
    return [points[:at], points[at - chance.randrange(1, 5) :]]


def second_attempt(chance: random.Random, points: Session) -> list[Session]:
    """A longer good attempt before, of which the last one begins again somewhere."""
    first = good(chance, len(points) + chance.randrange(3, 30))
    finite = sum(math.isfinite(loss) for _, loss in points)
    return [first, points[chance.choice([0, max(1, finite - chance.randrange(1, 8))]) :]]


def cut(chance: random.Random, points: Session) -> list[Session]:
    """The last lines are lost."""
    return [points[: len(points) - chance.randrange(1, 3)]]


PASTS: tuple[Callable[[random.Random, Session], list[Session]], ...] = (once, split, resumed, second_attempt, cut)

# --- formats ------------------------------------------------------------------------------------------------------------


def _csv(folder: Path, sessions: list[Session]) -> None:
    lines = [f"{step},{loss:.6f}\n" for points in sessions for step, loss in points]
    (folder / "metrics.csv").write_text("step,loss\n" + "".join(lines))


def _jsonl(folder: Path, sessions: list[Session]) -> None:
    lines = [json.dumps({"step": step, "loss": loss}) + "\n" for points in sessions for step, loss in points]
    (folder / "log.jsonl").write_text("".join(lines))


def _events(folder: Path, sessions: list[Session]) -> None:
    for number, points in enumerate(sessions):
        started = 1_700_000_000 + 5000 * number
        records = b"".join(
            event(step, ("loss", loss), wall=started + 1.0 + place) for place, (step, loss) in enumerate(points)
        )
        (folder / f"events.out.tfevents.{started}.host.{number}").write_bytes(header() + records)


def _state(folder: Path, sessions: list[Session]) -> None:
    history = [{"step": step + 1, "epoch": step / 10, "loss": loss} for points in sessions for step, loss in points]
    (folder / "trainer_state.json").write_text(json.dumps({"log_history": history, "max_steps": 100}, indent=2))


def _text(folder: Path, sessions: list[Session]) -> None:
    lines = [f"step {step} loss {loss:.6f}\n" for points in sessions for step, loss in points]
    (folder / "train.log").write_text("start of training\n" + "".join(lines))


def _keras(folder: Path, sessions: list[Session]) -> None:
    (folder / "history.json").write_text(json.dumps({"loss": [loss for _, loss in sessions[-1]]}))


def _mlflow(folder: Path, sessions: list[Session]) -> None:
    run = folder / "mlruns" / "0" / f"{len(folder.name):032x}"
    (run / "metrics").mkdir(parents=True)
    points = [point for session in sessions for point in session]
    lines = [f"{1_700_000_000_000 + 1000 * place} {loss} {step}\n" for place, (step, loss) in enumerate(points)]
    (run / "metrics" / "loss").write_text("".join(lines))


FORMATS: tuple[Callable[[Path, list[Session]], None], ...] = (_csv, _jsonl, _events, _state, _text, _keras, _mlflow)
WITHOUT_STEPS = frozenset({_keras})


def write(chance: random.Random, folder: Path, points: Session) -> list[str]:
    """A training in a format and with a past of its own; what was chosen."""
    form = chance.choice(FORMATS)
    past = once if form in WITHOUT_STEPS else chance.choice(PASTS)
    folder.mkdir(parents=True)
    form(folder, past(chance, points))
    return [form.__name__.strip("_"), past.__name__]


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
        _state(run / "checkpoint-90", [good(chance, 90)])
    else:
        (run / "old").mkdir(exist_ok=True)
        _csv(run / "old", [good(chance, 90)])
    return run


def among_other_files(chance: random.Random, root: Path, run: Path) -> Path:
    (run / "README.md").write_text("loss 0.1 is fine")
    (run / "config.json").write_text('{"lr": 0.001}')
    (root / "plot.png").write_bytes(b"\x89PNG\0")
    return run


CHANGES: tuple[Callable[[random.Random, Path, Path], Path], ...] = (
    renamed, copied, packed, linked_folder, linked_files, also_linked, hard_linked, beside_good_ones,
    beside_an_older_good_one, among_other_files,
)  # fmt: skip


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
