"""Pickles: mutated programs for the machine that reads them without running them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import numpy as np

from benchmarks import mutation_seeds
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.json.keras_history import READER
from tests.fuzz.checks import reading

NAME = "a/history.pkl"


def seeds() -> list[bytes]:
    """Histories of all kinds and protocols: of few epochs, and whole ones."""
    few = {name: values[:3] for name, values in mutation_seeds.curves().items()}
    arrays = {name: np.array(values) for name, values in few.items()}
    scalars = {name: [np.float32(v) for v in values] for name, values in few.items()}
    small = [pickle.dumps(one, protocol=p) for one in (few, arrays, scalars) for p in (0, 2, 4, 5)]
    return [*small, *(seed.content for seed in mutation_seeds.keras_pickle() if len(seed.content) < 4096)]


def read(data: bytes) -> Iterator[Run | Unread]:
    """The history in it; what does not begin as a pickle is made to."""
    return reading(READER, NAME, data if data[:1] in (b"\x80", b"(", b"}", b"c") else b"\x80\x04" + data)
