"""Analyses that every document must survive: the samples, 200 runs, hostile names, damaged files, nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from google_crc32c import value as crc32c

import loganalyzer
from loganalyzer.gate.judge import judge
from loganalyzer.model.gate_result import GateResult
from loganalyzer.model.report import Analysis
from loganalyzer.model.run import Note, Unread
from tests.contract.test_hostile_names import HOSTILE
from tests.gate.build import analysis, diagnosis, settings

SAMPLES = Path(__file__).parents[2] / "sample_runs"
RULES = {
    "fail-on": "overfitting,diverging,error", "min-steps": 3,
    "gate.metrics": {"val/accuracy": {"min": 0.9, "level": "warning"}},
}  # fmt: skip
IGNORE = {"rule": "overfitting", "runs": "*1", "reason": "known <b>&\x1b", "expires": "2999-12-31"}
STALE = {"rule": "plateau", "runs": "gone/*", "reason": "was <i>fine</i>"}


def hostile() -> Analysis:
    """Names that attack every format, on runs that fail, pass and could not be read."""
    runs = [diagnosis(name, "overfitting" if i % 2 else "converged") for i, name in enumerate(HOSTILE)]
    return analysis(*runs, unread=tuple(Unread(f"{n}.csv", Note("cannot-open", {"reason": n})) for n in HOSTILE))


def two_hundred() -> Analysis:
    """200 failing runs."""
    return analysis(*(diagnosis(f"sweep/{i:03}", "overfitting") for i in range(200)))


def damaged(root: Path) -> Analysis:
    """Real files: one whole log, an event file torn and bit-flipped, a cut JSON, and three that are no log at all."""
    rows = [f"{e},{1 / (e + 1):.4f},{1 / (e + 1) + (0.02 * e if e > 20 else 0):.4f}" for e in range(60)]
    files: dict[str, bytes] = {
        "whole/log.csv": ("epoch,loss,val_loss\n" + "\n".join(rows) + "\n").encode(),
        "torn/history.json": b'{"loss": [3.0, 2.0, 1.0, 0.5], "val_loss": [3.1, 2.2, 1.',
        "bits/events.out.tfevents.1.host": _events_with_a_flipped_bit(),
        "pickle/model.pkl": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
        "noise/log.csv": np.random.default_rng(0).bytes(4096),
        "noise/trainer_state.json": b'{"log_history": [{"step": 1, "loss": ',
    }
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return loganalyzer.analyze(root)


def judged(report: Analysis) -> tuple[Analysis, GateResult]:
    """The analysis with a gate that finds failures, warnings, an ignored and a stale ignore in it."""
    return report, judge(report, settings({**RULES, "strict": True, "ignore": [IGNORE, STALE]}))


def everything(root: Path) -> dict[str, Callable[[], Analysis]]:
    """All cases by name; ``root`` is an empty folder."""
    return {
        "hostile": hostile,
        "200": two_hundred,
        "empty": analysis,
        "samples": lambda: loganalyzer.analyze(SAMPLES),
        "damaged": lambda: damaged(root),
    }


def _events_with_a_flipped_bit() -> bytes:
    """Forty records of a loss as TensorBoard frames them, one bit of the 25th flipped, the last one cut."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    stream = bytearray()
    for step in range(40):
        if step == 25:
            wounded = len(stream) + 20
        summary = Summary(value=[Summary.Value(tag="train/loss", simple_value=1 / (step + 1))])
        data = Event(wall_time=float(step), step=step, summary=summary).SerializeToString()
        head = len(data).to_bytes(8, "little")
        stream += head + _masked(head) + data + _masked(data)
    stream[wounded] ^= 1
    return bytes(stream[:-7])


def _masked(data: bytes) -> bytes:
    crc = crc32c(data)
    return ((((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF).to_bytes(4, "little")
