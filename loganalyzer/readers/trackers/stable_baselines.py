"""Stable-Baselines: the monitor's table of episodes, and the evaluations' arrays."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Floats, Note, Run, Series, Unread, make_series
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.array_value import Array
from loganalyzer.readers.common.npy import npz
from loganalyzer.readers.common.plain_rows import plain_rows
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import text_of

MOST_BYTES = 256 * 2**20
_FIRST_LINE = re.compile(rb'# ?\{"(?:t_start|env_id|gym_version)"')
"""What Baselines, Stable-Baselines 1 to 3 and Gym write above the episodes."""
BESIDE_RETURNS = (("ep_lengths", "eval/mean_ep_length"), ("successes", "eval/success_rate"))
"""Arrays of an evaluation that are of the shape of its returns, and what their means are called."""


def detect(source: Source) -> Match:
    """The monitor's first line of JSON behind a hash; evaluations by their name."""
    if _FIRST_LINE.match(source.head):
        return Match.CERTAIN
    return Match.CERTAIN if source.name == "evaluations.npz" and source.head.startswith(b"PK") else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per file; steps are environment steps."""
    for source in sources:
        if source.head.startswith(b"PK"):
            yield _evaluations(key, source, source.read())
        else:
            yield _monitor(key, source, text_of(source.read())[0])


def _monitor(key: str, source: Source, text: str) -> Run | Unread:
    """Rows of reward, length and time of each episode; the step is the sum of the lengths so far."""
    start = text.find("\n") + 1
    stop = text.find("\n", start) + 1 or len(text)
    header = text[start:stop].strip().split(",") if start else []
    if "r" not in header or "l" not in header:
        raise ReadError("no-training-log")
    rewards, lengths, bad = _episodes(text[: text.rfind("\n") + 1], stop, header)
    played = (lengths >= 0) & (lengths < 2**40)
    if not played.any():
        return Unread(source.path, Note("no-rows"), expected=True)
    rewards, lengths = rewards[played], lengths[played]
    steps = np.cumsum(lengths.astype(np.int64))
    series = {
        "episode_reward": make_series("episode_reward", steps, rewards)[0],
        "episode_length": make_series("episode_length", steps, lengths)[0],
    }
    notes = (Note("damaged-records", {"count": bad}, harmful=True),) if bad else ()
    return Run(key, (source.path,), "sb3", series, {}, notes, "step")


def _episodes(text: str, start: int, header: list[str]) -> tuple[Floats, Floats, int]:
    """Rewards and lengths in the finished lines from ``start`` on, and how many of these are damaged."""
    reward_at, length_at = header.index("r"), header.index("l")
    plain = plain_rows(text, start, ",", len(header))
    if plain is not None:
        rewards, lengths = plain.values[:, reward_at], plain.values[:, length_at]
        if bool((np.isfinite(lengths) & (lengths == np.rint(lengths))).all()):
            return rewards, lengths, 0
    told, bad = array("d"), 0
    for line in within(text[start:].split("\n"), done=2):
        cells = line.strip().split(",")
        try:
            told.extend((float(cells[reward_at]), float(int(cells[length_at]))))
        except (ValueError, IndexError, OverflowError):
            bad += bool(line.strip())
    rows = np.frombuffer(told).reshape(-1, 2)
    return rows[:, 0], rows[:, 1], bad


def _evaluations(key: str, source: Source, data: bytes) -> Run | Unread:
    """``timesteps`` (n,) and ``results`` (n, episodes): the mean over the episodes is the curve."""
    if len(data) > MOST_BYTES:
        raise ReadError("too-large", size=len(data), limit=MOST_BYTES)
    found, wrong = npz(data)
    steps, results = (found.get(name) for name in ("timesteps", "results"))
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
    for array_name, name in BESIDE_RETURNS:
        values = found.get(array_name)
        if isinstance(values, np.ndarray) and values.shape == results.shape:
            series[name] = make_series(name, at, _means(values))[0]
    notes = (Note("damaged-records", {"count": len(wrong)}, harmful=True),) if wrong else ()
    return Run(key, (source.path,), "sb3", series, {}, notes, "step")


def _means(episodes: NDArray[Any]) -> Floats:
    """The mean of each row; infinite or NaN where the numbers are."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(episodes.astype(np.float64).mean(axis=1), np.float64)


READER = Reader("sb3", "Stable-Baselines monitor", detect, lambda source: source.path, read)
