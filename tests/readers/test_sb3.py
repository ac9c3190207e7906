"""Stable-Baselines: monitor tables and evaluation arrays."""

from __future__ import annotations

import io
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.base import Match
from loganalyzer.readers.trackers.stable_baselines import READER

from .sources import source

HEAD = b'#{"t_start": 1614710446.8, "env_id": "LunarLander-v2"}\nr,l,t\n'


def read(data: bytes, path: str = "0.monitor.csv") -> list[Run | Unread]:
    return list(READER.read(path, [source(path, data)]))


def arrays(**content: object) -> bytes:
    out = io.BytesIO()
    np.savez(out, **content)
    return out.getvalue()


def test_monitor_counts_environment_steps() -> None:
    data = HEAD + b"-159.1,161,1.2\n-100.5,39,2.5\n20,100,3.0\n"
    assert READER.detect(source("0.monitor.csv", data)) is Match.CERTAIN
    (run,) = read(data)
    assert isinstance(run, Run)
    assert run.series["episode_reward"].steps.tolist() == [161, 200, 300]
    assert run.series["episode_reward"].values.tolist() == [-159.1, -100.5, 20.0]


@pytest.mark.parametrize(
    "first",
    [
        b'#{"t_start": 1.5, "env_id": "CartPole-v1"}',
        b'# {"t_start": 1.5, "env_id": "CartPole-v1"} ',
        b'#{"env_id": "CartPole-v1", "t_start": 1.5}',
        b'# {"env_id": "CartPole-v1", "t_start": 1.5}',
        b'#{"gym_version": "0.10", "env_id": "CartPole-v1", "t_start": 1.5}',
    ],
)
@pytest.mark.parametrize("header", [b"r,l,t", b"t,r,l", b"r,l,t,is_success"])
def test_first_lines_of_monitors(first: bytes, header: bytes) -> None:
    row = {b"r": b"2.5", b"l": b"10", b"t": b"0.5", b"is_success": b"1"}
    data = first + b"\n" + header + b"\n" + b",".join(row[name] for name in header.split(b",")) + b"\n"
    assert READER.detect(source("0.0.monitor.csv", data)) is Match.CERTAIN
    (run,) = read(data)
    assert isinstance(run, Run) and run.series["episode_reward"].values.tolist() == [2.5]


def test_monitor_damage() -> None:
    (run,) = read(HEAD + b"1,10,1\nbad\n2,10,2\n3,1")
    assert isinstance(run, Run)
    assert run.series["episode_reward"].values.tolist() == [1, 2]
    assert [n.code for n in run.notes] == ["damaged-records"]
    (found,) = read(HEAD)
    assert isinstance(found, Unread) and found.expected and found.note.code == "no-rows"


def test_evaluations() -> None:
    data = arrays(timesteps=np.array([100, 200]), results=np.array([[1.0, 3.0], [4.0, 6.0]]))
    assert READER.detect(source("evaluations.npz", data)) is Match.CERTAIN
    (run,) = read(data, "evaluations.npz")
    assert isinstance(run, Run)
    assert run.series["eval/mean_reward"].steps.tolist() == [100, 200]
    assert run.series["eval/mean_reward"].values.tolist() == [2.0, 5.0]


def test_what_is_measured_beside_the_returns() -> None:
    results = np.array([[1.0, 3.0], [4.0, 6.0]])
    told = {"ep_lengths": np.array([[5, 7], [6, 6]]), "successes": np.array([[False, True], [True, True]])}
    (run,) = read(arrays(timesteps=np.array([100, 200]), results=results, **told), "evaluations.npz")
    assert isinstance(run, Run)
    assert run.series["eval/mean_ep_length"].values.tolist() == [6.0, 6.0]
    assert run.series["eval/success_rate"].values.tolist() == [0.5, 1.0]


def test_arrays_of_objects_are_not_loaded() -> None:
    with pytest.raises(ReadError):
        read(arrays(timesteps=np.array([1, 2]), results=np.array([{}, []], dtype=object)), "evaluations.npz")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_damage_gives_a_result(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from([_ARRAYS, HEAD + b"1,10,1\n2,10,2\n"])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(2, len(raw)))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=12))
    with suppress(ReadError):
        assert all(isinstance(i, (Run, Unread)) for i in read(bytes(raw)))


_ARRAYS = arrays(timesteps=np.array([100, 200]), results=np.ones((2, 5)), ep_lengths=np.ones((2, 5)))
