"""A compressed log that is cut is read up to there and says so: what came behind may have been the NaN."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import pytest

import loganalyzer
from tests.gate.test_adversary import code
from tests.readers.event_files import event, header

LOSSES = [2 * math.exp(-i / 9) + 0.1 if i < 150 else math.nan for i in range(200)]
LOGS = {
    "m.csv": ("step,loss\n" + "".join(f"{i},{v:.6f}\n" for i, v in enumerate(LOSSES))).encode(),
    "m.jsonl": "".join(json.dumps({"step": i, "loss": v}) + "\n" for i, v in enumerate(LOSSES)).encode(),
    "t.log": "".join(f"step {i} loss {v:.6f}\n" for i, v in enumerate(LOSSES)).encode(),
    "history.json": json.dumps({"loss": LOSSES}).encode(),
    "events.out.tfevents.1700000000.host": header() + b"".join(event(i, ("loss", v)) for i, v in enumerate(LOSSES)),
}


def told(folder: Path) -> list[bool]:
    """Whether the gzip file of each run is said to be cut."""
    return [any(note.code == "gzip-torn" and note.harmful for note in run.notes) for run in loganalyzer.load(folder)]


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_cut_file(name: str, share: float, tmp_path: Path) -> None:
    packed = gzip.compress(LOGS[name])
    (tmp_path / f"{name}.gz").write_bytes(packed[: int(share * len(packed))])
    assert told(tmp_path) == [True]
    assert code(tmp_path, {}, "--strict") in {1, 4}


@pytest.mark.parametrize("name", LOGS)
def test_a_whole_file(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(LOGS[name]))
    assert told(tmp_path) == [False]


@pytest.mark.parametrize(
    ("behind", "cut"),
    [(gzip.compress(b"200,0.5\n"), False), (b"\0" * 512, False), (gzip.compress(b"200,0.5\n" * 40)[:-9], True),
     (gzip.compress(b"200,0.5\n")[:11] + b"\xff" * 20, True)],
    ids=["a second stream", "padding", "a second stream that is cut", "a damaged second stream"],
)  # fmt: skip
def test_what_follows_the_first_stream(behind: bytes, cut: bool, tmp_path: Path) -> None:
    (tmp_path / "m.csv.gz").write_bytes(gzip.compress(LOGS["m.csv"]) + behind)
    assert told(tmp_path) == [cut]
