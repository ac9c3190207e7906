"""Curves saved as one object: Keras ``History.history`` (JSON, printed or pickled dict, npy, npz), XGBoost's, LightGBM's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Floats, Ints, Note, Run, Series, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.array_value import Array
from loganalyzer.readers.common.curves_of_items import by_item, item_word
from loganalyzer.readers.common.data_sets import data_set
from loganalyzer.readers.common.file_names import stem_of
from loganalyzer.readers.common.histories import histories, is_curve
from loganalyzer.readers.common.json_text import documents, parse_damaged, printed
from loganalyzer.readers.common.npy import npy, npz
from loganalyzer.readers.common.number_lists import as_array
from loganalyzer.readers.common.quantities import OBJECTIVES, called_after_losses, curve_name
from loganalyzer.readers.common.records import clean_name, flat
from loganalyzer.readers.common.safe_pickle import load_damaged
from loganalyzer.readers.common.unnamed_losses import may_be_losses
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import text_of
from loganalyzer.readers.json.nested_arrays import holds_arrays
from loganalyzer.readers.json.pandas_tables import column_names, columns_of
from loganalyzer.roles.assign import role_of

_LIST_OF_NUMBERS = re.compile(r'"([^"\n]{1,200})"\s*:\s*\[\s*(?:[-+\d.]|NaN|Infinity|null|\])')
_BY_SET = re.compile(r'"[^"\n]{1,80}"\s*:\s*\{\s*"([^"\n]{1,80})"\s*:\s*\[\s*-?[\dN]')
MOST_TERMS = 30
FEWEST_PAIRS = 3
"""A table of two columns is steps and values from so many rows on."""
_NPY = b"\x93NUMPY"
_PAIRS = re.compile(r'"([^"\n]{1,200})"\s*:\s*(?:\[\s*\[|\{\s*"\d+"\s*:)\s*[-+\d.]')
_WORDS = re.compile(r'"([^"\n]{1,200})"\s*:\s*\[\s*"[-+]?(?:\d|nan|inf)')
_VALUES_AT_STEPS = re.compile(
    r'"([^"\n]{1,200})"\s*:\s*\[\s*\{\s*"[^"\n]{1,20}"\s*:\s*-?[\d.]{1,40}[^{}]{1,200}"(?:value|val)"'
)
_SHAPES = (_LIST_OF_NUMBERS, _BY_SET, _PAIRS, _WORDS, _VALUES_AT_STEPS)
_BY_QUANTITY = re.compile(r'"([^"\n]{1,200})"\s*:\s*\{\s*"([^"\n]{1,20})"\s*:\s*\[\s*-?[\dN]')
_PICKLE = re.compile(rb"^(?:\x80[\x02-\x05]|\(dp?\d|\}q\x00\(|c(?:collections|numpy))")


def detect(source: Source) -> Match:
    """A JSON object of number lists with a loss or metric among its keys, a pickle, or numpy arrays so named."""
    if source.head.startswith(_NPY) or (source.head.startswith(b"PK") and source.name.endswith(".npz")):
        stem = stem_of(source.name)
        of_objects = b"'descr': '|O'" in source.head[:200] and ("hist" in stem.lower() or "log" in stem.lower())
        return Match.MAYBE if source.name.endswith(".npz") or is_curve(stem) or of_objects else Match.NO
    if _PICKLE.match(source.head):
        return Match.CERTAIN
    text = source.text_head
    if not text or not text.lstrip().startswith(("{", "[")):
        return Match.NO
    text = printed(text)
    first, _, rest = text.strip().partition("\n")
    if first.rstrip().endswith("}") and rest:
        return Match.NO  # one object a line: records that happen to hold lists
    if text.lstrip().startswith("[") and _are_records(text):
        return Match.NO
    names = [n for shape in _SHAPES for n in shape.findall(text)]
    if any(map(is_curve, column_names(text))):
        return Match.CERTAIN
    if holds_arrays(text) and not any(role_of(name).quantity is Quantity.LOSS for name in names):
        return Match.NO
    if any(is_curve(name) for name in names):
        return Match.CERTAIN
    if any(is_curve(name) and data_set(key) for name, key in _BY_QUANTITY.findall(text)):
        return Match.CERTAIN
    items = curve_name(source.path) and item_word(names)
    silent = names and (items or called_after_losses(source.path) or may_be_losses(names))
    return Match.MAYBE if silent and text.lstrip().startswith("{") else Match.NO


def _are_records(text: str) -> bool:
    """Whether the objects of an array are records that happen to hold lists (a score per class), not a curve each."""
    head = documents(text.lstrip()[1:], 2)[0]
    if not head or not all(isinstance(one, dict) for one in head):
        return False
    numbers = {role_of(name).quantity for one in head for name in flat(one)}
    lists = {role_of(name).quantity for one in head for name, value in one.items() if isinstance(value, list)}
    counted = not numbers.isdisjoint({Quantity.STEP, Quantity.EPOCH})
    return counted and not numbers.isdisjoint(OBJECTIVES) and Quantity.LOSS not in lists


def key(source: Source) -> str:
    """npy files hold one series each: those of a folder are one run."""
    return source.folder or "." if source.head.startswith(_NPY) else source.path


def read(run_key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per file (or one for each fold or trial in it); npy files of a folder together."""
    if all(s.name.endswith(".npy") for s in sources):
        yield from _npy_run(run_key, sources)
        return
    for source in sources:
        data, notes = _content(source)
        yield from _runs(run_key, source.path, data, tuple(notes))


def _runs(run_key: str, path: str, data: Any, notes: tuple[Note, ...]) -> Iterator[Run]:
    found = [
        one._replace(label=item or one.label)
        for item, own in by_item(data, path).items()
        for one in histories(own, called=called_after_losses(path))
    ]
    if not found:
        raise ReadError("no-training-log")
    for one in found:
        run_id = f"{run_key}/{one.label}" if one.label else run_key
        run = Run(run_id, (path,), "keras", one.series, one.settings, notes, "epoch")
        yield run.with_notes(Note("taken-as-loss", {"name": ", ".join(one.taken)})) if one.taken else run


def _content(source: Source) -> tuple[Any, list[Note]]:
    data = source.read()
    if _PICKLE.match(data[:16]):
        found, damage = load_damaged(data)
        return found, [damage] if damage else []
    if data[:2] == b"PK":
        return _npz(data)
    text, note = text_of(data)
    whole, damage = parse_damaged(printed(text))
    return columns_of(whole), [n for n in (note, damage) if n]


def _npz(data: bytes) -> tuple[dict[str, Any], list[Note]]:
    found, wrong = npz(data)
    if wrong and not found:
        raise wrong[0]
    found = {name: one for stored, array in found.items() for name, one in _columns(stored, array)}
    return found, [Note("damaged-records", {"count": len(wrong)}, harmful=True)] if wrong else []


def _columns(name: str, array: Any) -> Iterator[tuple[str, Any]]:
    """A table of a loss with a column for each of its terms (DeepXDE) as that many curves; any other array as it is."""
    table = isinstance(array, np.ndarray) and array.ndim == 2 and 1 < array.shape[1] <= min(MOST_TERMS, len(array))
    if not table or not is_curve(name):
        yield name, array
        return
    for number, column in enumerate(array.T, 1):
        yield f"{name}/term_{number}", column


def _npy_run(run_key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    series: dict[str, Series] = {}
    files: list[str] = []
    notes: list[Note] = []
    for source in within(sources, "record"):
        try:
            values, missing = npy(source.read())
            if isinstance(values, Array):
                yield from _runs(source.path, source.path, _only(values), ())
                continue
        except ReadError as error:
            yield Unread(source.path, Note(error.code, error.details))
            continue
        steps, array = _steps_and_values(values)
        if array is None or not len(array):
            yield Unread(source.path, Note("no-training-log"), expected=not missing)
            continue
        if missing:
            notes.append(Note("torn-tail", {"file": source.name, "count": missing}, harmful=True))
        name = clean_name(stem_of(source.path))
        series[name] = Series(name, np.arange(len(array), dtype=np.int64) if steps is None else steps, array)
        files.append(source.path)
    if series:
        yield Run("" if run_key == "." else run_key, tuple(files), "keras", series, {}, tuple(notes), "epoch")


def _steps_and_values(values: Any) -> tuple[Ints | None, Floats | None]:
    """An array of numbers as a curve; of rows of a step and its value (float[n, 2]), both.

    The steps are whole, or the middles of two (where a value is the mean over some).
    """
    if not isinstance(values, np.ndarray) or values.ndim != 2 or values.shape[1] != 2 or len(values) < FEWEST_PAIRS:
        return None, as_array(values)
    steps, own = as_array(values[:, 0]), as_array(values[:, 1])
    if steps is None or not bool((np.abs(steps) < 2**53).all()) or bool((steps < 0).any()):
        return None, None
    whole = np.floor(steps)
    counts = bool(np.isin(steps - whole, (0, 0.5)).all()) and bool((np.diff(whole) > 0).all())
    return (whole.astype(np.int64), own) if counts else (None, None)


def _only(array: Array) -> Any:
    """What ``np.save`` makes of a dict: an array of objects that holds one."""
    return array.values[0] if isinstance(array.values, list) and len(array.values) == 1 else array.values


READER = Reader("keras", "Keras History (JSON, pickle, npy, npz); XGBoost and LightGBM results", detect, key, read)
