"""Curves saved as one object: Keras ``History.history`` (JSON, pickled dict, npy, npz), XGBoost's and LightGBM's results."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from loganalyzer.encoding import decode
from loganalyzer.errors import ReadError
from loganalyzer.model.names import Quantity, role_of
from loganalyzer.model.run import Note, Run, Series, Unread
from loganalyzer.reader import Reader, Smell, Source
from loganalyzer.readers.safe_pickle import as_array, load

MOST_DEPTH = 64
MOST_NAMES = 10_000
CURVES = (
    Quantity.LOSS,
    Quantity.LOSS_PART,
    Quantity.METRIC,
    Quantity.REWARD,
    Quantity.GENERATOR_LOSS,
    Quantity.DISCRIMINATOR_LOSS,
)
_LIST_OF_NUMBERS = re.compile(r'"([^"\n]{1,200})"\s*:\s*\[\s*(?:[-+\d.]|NaN|Infinity|null|\])')
_BY_SET = re.compile(r'"[^"\n]{1,80}"\s*:\s*\{\s*"([^"\n]{1,80})"\s*:\s*\[\s*-?[\dN]')
_NPY = b"\x93NUMPY"
_PICKLE = re.compile(rb"^(?:\x80[\x02-\x05]|\(dp?\d)")


def smell(source: Source) -> Smell:
    """A JSON object of number lists with a loss or metric among its keys, a pickle, or numpy arrays so named."""
    if source.head.startswith(_NPY) or (source.head.startswith(b"PK") and source.name.endswith(".npz")):
        return Smell.MAYBE if source.name.endswith(".npz") or _is_curve(PurePosixPath(source.name).stem) else Smell.NO
    if _PICKLE.match(source.head):
        return Smell.SURE
    text = source.text_head
    if not text or not text.lstrip().startswith("{"):
        return Smell.NO
    first, _, rest = text.strip().partition("\n")
    if first.rstrip().endswith("}") and rest:
        return Smell.NO  # one object a line: records that happen to hold lists
    names = [*_LIST_OF_NUMBERS.findall(text), *_BY_SET.findall(text)]
    return Smell.SURE if any(_is_curve(name) for name in names) else Smell.NO


def key(source: Source) -> str:
    """npy files hold one series each: those of a folder are one run."""
    return source.folder or "." if source.head.startswith(_NPY) else source.path


def read(run_key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per file; npy files of a folder together."""
    if all(s.name.endswith(".npy") for s in sources):
        yield from _npy_run(run_key, sources)
        return
    for source in sources:
        data, notes = _content(source)
        series = _by_set(data) or _series(_history_in(data))
        if not series:
            raise ReadError("no-training-log")
        yield Run(run_key, (source.path,), "keras", series, {}, tuple(notes), "epoch")


def _content(source: Source) -> tuple[Any, list[Note]]:
    data = source.read()
    if _PICKLE.match(data[:16]):
        return load(data), []
    if data[:2] == b"PK":
        return _npz(data), []
    decoded = decode(data)
    if decoded is None:
        raise ReadError("binary-content")
    text, note = decoded
    return _json(text), [note] if note else []


def _json(text: str) -> Any:
    depth = deepest = 0
    for character in re.sub(r'"(?:[^"\\]|\\.)*"', "", text):
        depth += (character in "[{") - (character in "]}")
        deepest = max(deepest, depth)
    if deepest > MOST_DEPTH:
        raise ReadError("nested-too-deep", depth=deepest)
    try:
        return json.loads(text, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise ReadError("bad-json", reason=str(error)[:80]) from error


def _integer(text: str) -> float | int:
    return int(text) if len(text) < 300 else float("inf")


def _npz(data: bytes) -> dict[str, Any]:
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            if sum(archive.zip.getinfo(n).file_size for n in archive.zip.namelist()) > 100 * len(data) + 2**20:
                raise ReadError("decompression-bomb", limit=100 * len(data) + 2**20)
            return {name: archive[name] for name in archive.files[:MOST_NAMES]}
    except ReadError:
        raise
    except Exception as error:  # numpy raises whatever the damage leads to
        raise ReadError("bad-numpy", reason=str(error)[:80]) from error


def _npy_run(run_key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    series, files = {}, []
    for source in sources:
        try:
            values = np.load(io.BytesIO(source.read()), allow_pickle=False)
        except ReadError as error:
            yield Unread(source.path, Note(error.code, error.details))
            continue
        except Exception as error:
            yield Unread(source.path, Note("bad-numpy", {"reason": str(error)[:80]}))
            continue
        array = as_array(values)
        if array is None:
            yield Unread(source.path, Note("no-training-log"), expected=True)
            continue
        name = PurePosixPath(source.path).stem
        series[name] = Series(name, np.arange(len(array), dtype=np.int64), array)
        files.append(source.path)
    if series:
        yield Run("" if run_key == "." else run_key, tuple(files), "keras", series, {}, (), "epoch")


def _history_in(data: Any, depth: int = 0) -> Mapping[str, Any]:
    """The dict of curves: the object itself, or one nested in it (``{"history": {...}}``)."""
    if not isinstance(data, dict) or depth > 4:
        return {}
    if any(isinstance(k, str) and _is_curve(k) and as_array(v) is not None for k, v in list(data.items())[:MOST_NAMES]):
        return data
    for value in list(data.values())[:100]:
        found = _history_in(value, depth + 1)
        if found:
            return found
    return {}


def _by_set(data: Any) -> dict[str, Series]:
    """``evals_result`` of XGBoost and LightGBM: ``{data set: {metric: [values]}}``, each set's curves under its name."""
    if not isinstance(data, dict) or not 0 < len(data) <= 50 or not all(isinstance(m, dict) for m in data.values()):
        return {}
    # XGBoost's default names: by convention the first evaluation set is the training set
    default = {"validation_0": "train", "validation_1": "validation"} if len(data) > 1 else {}
    found: dict[str, Series] = {}
    for group, metrics in data.items():
        for name, one in _series(metrics).items():
            full = f"{default.get(str(group), group)}/{name}"
            found[full] = Series(full, one.steps, one.values)
    return found if any(_is_curve(name) for name in found) and len(data) > 1 else {}


def _series(history: Mapping[str, Any]) -> dict[str, Series]:
    series = {}
    for name, value in list(history.items())[:MOST_NAMES]:
        array = as_array(value) if isinstance(name, str) else None
        if array is not None and len(array) and role_of(name).quantity is not Quantity.EPOCH:
            series[name] = Series(name, np.arange(len(array), dtype=np.int64), array)
    return series


def _is_curve(name: str) -> bool:
    return (
        role_of(name.removesuffix("_history").removesuffix("-history")).quantity in CURVES
        or role_of(name).quantity in CURVES
    )


READER = Reader("keras", "Keras History (JSON, pickle, npy, npz); XGBoost and LightGBM results", smell, key, read)
