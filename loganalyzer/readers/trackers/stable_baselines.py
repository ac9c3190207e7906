"""Stable-Baselines: the monitor's table of episodes, and the evaluations' arrays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Floats, Note, Run, Series, Unread, make_series
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.array_value import Array
from loganalyzer.readers.common.npy import npz
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import text_of

MOST_BYTES = 256 * 2**20
_FIRST_LINE = re.compile(rb'# ?\{"(?:t_start|env_id|gym_version)"')
"""What Baselines, Stable-Baselines 1 to 3 and Gym write above the episodes."""


def detect(source: Source) -> Match:
    """The monitor's first line of JSON behind a hash; evaluations by their name."""
    if _FIRST_LINE.match(source.head):
        return Match.CERTAIN
    return Match.CERTAIN if source.name == "evaluations.npz" and source.head.startswith(b"PK") else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per file; steps are environment steps."""
    for source in sources:
        data = source.read()
        yield _evaluations(key, source, data) if data.startswith(b"PK") else _monitor(key, source, data)


def _monitor(key: str, source: Source, data: bytes) -> Run | Unread:
    """Rows of reward, length and time of each episode; the step is the sum of the lengths so far."""
    text, _ = text_of(data)
    lines = text.split("\n")
    header = lines[1].strip().split(",") if len(lines) > 1 else []
    if "r" not in header or "l" not in header:
        raise ReadError("no-training-log")
    reward_at, length_at = header.index("r"), header.index("l")
    rewards, lengths, bad = [], [], 0
    for line in within(lines[2:-1], done=2):  # what follows the last line end is unfinished
        cells = line.strip().split(",")
        try:
            reward, length = float(cells[reward_at]), int(cells[length_at])
        except (ValueError, IndexError):
            bad += bool(line.strip())
            continue
        if 0 <= length < 2**40:
            rewards.append(reward)
            lengths.append(length)
    if not rewards:
        return Unread(source.path, Note("no-rows"), expected=True)
    steps = np.cumsum(np.array(lengths, np.int64))
    series = {
        "episode_reward": make_series("episode_reward", steps, np.array(rewards))[0],
        "episode_length": make_series("episode_length", steps, np.array(lengths, float))[0],
    }
    notes = (Note("damaged-records", {"count": bad}, harmful=True),) if bad else ()
    return Run(key, (source.path,), "sb3", series, {}, notes, "step")


def _evaluations(key: str, source: Source, data: bytes) -> Run | Unread:
    """``timesteps`` (n,) and ``results`` (n, episodes): the mean over the episodes is the curve."""
    if len(data) > MOST_BYTES:
        raise ReadError("too-large", size=len(data), limit=MOST_BYTES)
    found, wrong = npz(data)
    steps, results, lengths = (found.get(name) for name in ("timesteps", "results", "ep_lengths"))
    if not isinstance(steps, np.ndarray) or not isinstance(results, np.ndarray):
        if wrong or isinstance(steps, Array) or isinstance(results, Array):
            raise wrong[0] if wrong else ReadError("bad-numpy", reason="objects")
        return Unread(source.path, Note("no-training-log"), expected=True)
    if (
        steps.ndim != 1
        or results.ndim != 2
        or len(steps) != len(results)
        or not results.size
        or steps.dtype.kind not in "iu"
    ):
        return Unread(source.path, Note("no-training-log"), expected=True)
    at = steps.astype(np.int64)
    series: dict[str, Series] = {"eval/mean_reward": make_series("eval/mean_reward", at, _means(results))[0]}
    if isinstance(lengths, np.ndarray) and lengths.shape == results.shape:
        series["eval/mean_ep_length"] = make_series("eval/mean_ep_length", at, _means(lengths))[0]
    notes = (Note("damaged-records", {"count": len(wrong)}, harmful=True),) if wrong else ()
    return Run(key, (source.path,), "sb3", series, {}, notes, "step")


def _means(episodes: NDArray[Any]) -> Floats:
    """The mean of each row; infinite or NaN where the numbers are."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(episodes.astype(np.float64).mean(axis=1), np.float64)


READER = Reader("sb3", "Stable-Baselines monitor", detect, lambda source: source.path, read)
