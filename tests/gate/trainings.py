"""Trainings drawn at random, good ones and bad ones, and the formats in which they are written."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from pathlib import Path

from tests.readers.event_files import event, header

Point = tuple[int, float]
Session = list[Point]


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


def healed(chance: random.Random, points: Session) -> Session:
    """The same training as a copy would show it that went on well where the other became NaN: "points" if all are finite."""
    begin = next((place for place, (_, loss) in enumerate(points) if not math.isfinite(loss)), len(points))
    after = [(step, 0.3 + chance.gauss(0, 0.004)) for step, _ in points[begin:]]
    return [*points[:begin], *after]


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


def among_several(chance: random.Random, points: Session) -> list[Session]:
    """Trainings of a cross-validation one after the other, each from the start; this one is the second of three."""
    return [good(chance, len(points)), points, good(chance, len(points))]


PASTS: tuple[Callable[[random.Random, Session], list[Session]], ...] = (
    once,
    split,
    resumed,
    second_attempt,
    cut,
    among_several,
)

# --- formats ------------------------------------------------------------------------------------------------------------


def as_csv(folder: Path, sessions: list[Session]) -> None:
    lines = [f"{step},{loss:.6f}\n" for points in sessions for step, loss in points]
    (folder / "metrics.csv").write_text("step,loss\n" + "".join(lines))


def as_jsonl(folder: Path, sessions: list[Session]) -> None:
    lines = [json.dumps({"step": step, "loss": loss}) + "\n" for points in sessions for step, loss in points]
    (folder / "log.jsonl").write_text("".join(lines))


def as_events(folder: Path, sessions: list[Session]) -> None:
    for number, points in enumerate(sessions):
        started = 1_700_000_000 + 5000 * number
        records = b"".join(
            event(step, ("loss", loss), wall=started + 1.0 + place) for place, (step, loss) in enumerate(points)
        )
        (folder / f"events.out.tfevents.{started}.host.{number}").write_bytes(header() + records)


def as_state(folder: Path, sessions: list[Session]) -> None:
    history = [{"step": step + 1, "epoch": step / 10, "loss": loss} for points in sessions for step, loss in points]
    (folder / "trainer_state.json").write_text(json.dumps({"log_history": history, "max_steps": 100}, indent=2))


def as_text(folder: Path, sessions: list[Session]) -> None:
    lines = [f"step {step} loss {loss:.6f}\n" for points in sessions for step, loss in points]
    (folder / "train.log").write_text("start of training\n" + "".join(lines))


def as_keras(folder: Path, sessions: list[Session]) -> None:
    (folder / "history.json").write_text(json.dumps({"loss": [loss for _, loss in sessions[-1]]}))


def as_mlflow(folder: Path, sessions: list[Session]) -> None:
    run = folder / "mlruns" / "0" / f"{len(folder.name):032x}"
    (run / "metrics").mkdir(parents=True)
    points = [point for session in sessions for point in session]
    lines = [f"{1_700_000_000_000 + 1000 * place} {loss} {step}\n" for place, (step, loss) in enumerate(points)]
    (run / "metrics" / "loss").write_text("".join(lines))


FORMATS: tuple[Callable[[Path, list[Session]], None], ...] = (
    as_csv,
    as_jsonl,
    as_events,
    as_state,
    as_text,
    as_keras,
    as_mlflow,
)
WITHOUT_STEPS = frozenset({as_keras})
OF_SEVERAL = frozenset({as_csv, as_jsonl, as_text})
"""Formats of which one file may hold several trainings."""


def write(chance: random.Random, folder: Path, points: Session) -> list[str]:
    """A training in a format and with a past of its own; what was chosen."""
    form = chance.choice(FORMATS)
    past = once if form in WITHOUT_STEPS else chance.choice(PASTS)
    if past is among_several and form not in OF_SEVERAL:
        past = once
    folder.mkdir(parents=True)
    form(folder, past(chance, points))
    told = [form.__name__, past.__name__]
    if past is once and chance.random() < 0.2:
        other = chance.choice([one for one in FORMATS if one is not form])
        other(folder, [healed(chance, points)])
        told.append(f"beside {other.__name__} that shows it well")
    return told
