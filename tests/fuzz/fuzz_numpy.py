"""npy and npz: arrays as they are, as members of an archive with right checksums, archives as they are."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator

import numpy as np

from benchmarks import mutation_seeds
from loganalyzer.model.run import Run, Unread
from loganalyzer.readers.json import keras_history
from loganalyzer.readers.trackers.stable_baselines import READER
from tests.fuzz.checks import Finding, of_pieces, pieces, reading

ARRAY, MEMBERS, ARCHIVE = range(3)
NAMES = ("loss", "val_loss", "timesteps", "results", "ep_lengths", "accuracy")


def seeds() -> list[bytes]:
    """Arrays of several kinds, the members of evaluations, and archives."""
    arrays = [_saved(np.arange(4).astype(kind)) for kind in ("<f8", ">f4", "<i4", "?", "<f2", np.longdouble, "<u8")]
    arrays += [_saved(np.ones((3, 1))), _saved(np.array({"loss": [1.0, 2.0]}, dtype=object))]
    members = of_pieces(_saved(a) for a in (np.ones(3), np.ones(3), np.arange(3), np.ones((3, 2)), np.ones((3, 2))))
    archives = [s.content for s in (*mutation_seeds.keras_arrays(), *mutation_seeds.sb3()) if s.place.endswith("npz")]
    return [
        *(bytes((ARRAY,)) + one for one in arrays),
        bytes((MEMBERS,)) + members,
        *(bytes((ARCHIVE,)) + one for one in archives),
    ]


def _saved(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def read(data: bytes) -> Iterator[Run | Unread]:
    """One file, built as the first byte says, to those who read such a file."""
    mode, data = data[0] % 3 if data else ARRAY, data[1:]
    if mode == ARRAY:
        found = list(reading(keras_history.READER, "a/train_loss.npy", data))
        yield from found
        _must_be_numpys(data, found)
        return
    content = data if mode == ARCHIVE else _archive(data)
    for reader, path in ((keras_history.READER, "a/history.npz"), (READER, "a/evaluations.npz")):
        yield from reading(reader, path, content)


def _archive(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, (packed, part) in zip(NAMES, pieces(data), strict=False):
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), part, zipfile.ZIP_DEFLATED if packed else None)
    return file.getvalue()


def _must_be_numpys(data: bytes, found: list[Run | Unread]) -> None:
    """What numpy reads as a list of numbers, we read as the same."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            array = np.load(io.BytesIO(data), allow_pickle=False)
            values = array.astype(np.float64) if array.dtype.kind in "biuf" and array.ndim == 1 else np.zeros(0)
    except Exception:
        return
    if len(values) and f"'{array.dtype.str}'".encode() in data:  # other spellings ("|1b") numpy takes and nobody writes
        curves = [one.values for item in found if isinstance(item, Run) for one in item.series.values()]
        if len(curves) != 1 or not np.array_equal(curves[0], values, equal_nan=True):
            raise Finding(f"numpy reads {array!r}")
