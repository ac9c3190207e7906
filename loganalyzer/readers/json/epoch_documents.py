"""JSON that is told by epoch: a document for each (AllenNLP's ``metrics_epoch_3.json``), or one object with a key for each.

Federated programs put such objects inside others ("global", "local"). Catalyst keys its metrics by stage and epoch
(``stage1.3``, ``train.3``) beside ``best`` and ``last``, which repeat one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import replace
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Note, Run, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.data_sets import data_set
from loganalyzer.readers.common.json_text import parse, parse_damaged
from loganalyzer.readers.common.number_keys import quantities_in
from loganalyzer.readers.common.number_lists import as_float
from loganalyzer.readers.common.quantities import LOSSES, falls
from loganalyzer.readers.common.record_table import table_of
from loganalyzer.readers.common.records import flat, has_curve, runs_of, runs_of_table
from loganalyzer.readers.deadline import within
from loganalyzer.readers.encoding import text_of
from loganalyzer.roles.assign import role_of, words_of

_NAME = re.compile(r"(?:.{0,100}[_.-])?(?:epoch|ep)[_.-]?(\d{1,6})\.json", re.IGNORECASE)
_KEY = re.compile(r"(?:([A-Za-z][A-Za-z_]{0,20}\d{0,3})[_. -])?(\d{1,6})")
_BY_EPOCH = re.compile(r'[{,]\s*"(?:([A-Za-z][A-Za-z_]{0,20}\d{0,3})[_. -])?\d{1,6}"\s*:\s*\{')
_HISTORY = re.compile(r"history|rounds?(?:[\W_]|$)|by_?epoch", re.IGNORECASE)
"""Names of files in which numbers are those of rounds or epochs, though nothing but scores is told."""
_OF_DATA_SET = re.compile(r'"([^"\n]{1,40})"\s{0,9}:\s{0,9}(?:-?\d|NaN)')
_STAGE = re.compile(r"stage\d{0,3}")
FEWEST = 2
FEWEST_NAMELESS = 3
"""So many epochs are told where nothing says what is measured."""
MOST_DIGITS = 9
CURVES = LOSSES | {Quantity.METRIC, Quantity.REWARD}
COUNTERS = (Quantity.EPOCH, Quantity.STEP)
ALLENNLP_COUNTERS = frozenset({"training_start_epoch", "training_epochs", "best_epoch"})


def detect(source: Source) -> Match:
    """The number of an epoch in the file's name, or keys that number objects; a loss or metric inside."""
    text = source.text_head
    if not text or not text.lstrip().startswith("{"):
        return Match.NO
    quantities = quantities_in(text)
    if not quantities & CURVES:
        return Match.MAYBE if _tells_data_sets_only(text) else Match.NO
    if _NAME.fullmatch(source.name):
        return Match.CERTAIN
    # what only numbers tell apart may be classes or samples: these have scores, but no loss
    named = quantities & LOSSES or _HISTORY.search(source.name)
    told = [word for word in _BY_EPOCH.findall(text) if _counts(word) and (word or named)]
    return Match.CERTAIN if len(told) >= FEWEST else Match.NO


def _tells_data_sets_only(text: str) -> bool:
    """Whether numbered objects hold a number for each data set and nothing else: {"1": {"train": 0.9, "val": 1.1}, ...}."""
    names = set(_OF_DATA_SET.findall(text))
    return len(_BY_EPOCH.findall(text)) >= FEWEST_NAMELESS and bool(names) and all(map(_is_data_set, names))


def _is_data_set(name: str) -> bool:
    """Whether a name is that of a data set and says no more."""
    return bool(data_set(name)) and len(words_of(name)) == 1


def _counts(word: str) -> bool:
    """Whether the number behind a word counts epochs: behind none, an epoch or step, a stage of Catalyst, a split."""
    return not word or _STAGE.fullmatch(word) is not None or role_of(word).quantity in COUNTERS or bool(_split(word))


def _split(word: str) -> str:
    return role_of(f"{word}/loss").split.value


def key(source: Source) -> str:
    """The folder of documents of one epoch each; any other file by itself."""
    return source.folder if _NAME.fullmatch(source.name) else source.path


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run of all documents by epoch; one for each other file."""
    numbered: list[Source] = []
    for source in sources:
        if _NAME.fullmatch(source.name) is not None:
            numbered.append(source)
            continue
        try:
            text, note = text_of(source.read())
            data, damage = parse_damaged(text)
            notes = tuple(n for n in (note, damage) if n)
            records, taken = _as_losses(_records(data))
            yield from runs_of(key, source.path, "epoch-documents", records, (*notes, *taken))
        except ReadError as error:
            yield Unread(source.path, Note(error.code, error.details))
    numbered.sort(key=_number)
    yield from _of_documents(key, numbered)


def _number(source: Source) -> int:
    """The epoch in the name of a document."""
    place = _NAME.fullmatch(source.name)
    return int(place[1]) if place is not None else 0


def _of_documents(key: str, numbered: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run of the documents in the order of their numbers; none of them is kept once its numbers are."""
    files: list[str] = []
    damaged: list[Unread] = []

    def records() -> Iterator[dict[str, float]]:
        for source in within(numbered, "record"):
            try:
                own = _numbers(source)
            except ReadError as error:
                damaged.append(Unread(source.path, Note(error.code, error.details)))
                continue
            files.append(source.path)
            yield {**own, "epoch": float(_number(source))}

    table = table_of(records())
    yield from damaged
    if files:
        files.sort()
        for run in runs_of_table(key, files[0], "epoch-documents", table):
            yield replace(run, files=tuple(files))


def _numbers(source: Source) -> dict[str, float]:
    """What a document says of its epoch. Raises ReadError where it is damaged, or no object."""
    data = parse(text_of(source.read())[0])
    if not isinstance(data, dict):
        raise ReadError("no-training-log")
    return {name: value for name, value in flat(data).items() if name not in ALLENNLP_COUNTERS}


def _records(data: Any) -> list[Mapping[str, Any]]:
    """The numbered objects of a document in their order; stages and splits that number on their own are put together.

    Raises ReadError where fewer than two hold a curve.
    """
    by_epoch: dict[tuple[str, int], dict[str, Any]] = {}
    for name, value in data.items() if isinstance(data, dict) else ():
        found = _KEY.fullmatch(name)
        word = (found[1] or "") if found is not None else ""
        if found is not None and isinstance(value, dict) and _counts(word):
            split = _split(word)
            place = ("" if split else word, int(found[2]))
            by_epoch.setdefault(place, {}).update({word: value} if split else value)
    records: list[Mapping[str, Any]] = []
    stage, start = "", 0
    for (word, number), own in by_epoch.items():
        if word != stage:  # the next stage of Catalyst counts its epochs from the start
            stage, start = word, len(records) - number if records else 0
        records.append({**own, "epoch": number + start})
    if len(records) >= FEWEST_NAMELESS and all(
        _is_data_set(name) or name == "epoch" for one in records for name in one
    ):
        return records
    if sum(map(has_curve, records)) < FEWEST:
        records = _by_section(data)
    if sum(map(has_curve, records)) < FEWEST:
        raise ReadError("no-training-log")
    return records


def _as_losses(records: list[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], tuple[Note, ...]]:
    """The records with the word "loss" where data sets alone name their numbers, which fall on training data; and a note.

    Raises ReadError where they do not fall.
    """
    names = {name for record in records for name in record} - {"epoch"}
    plain = all(isinstance(value, int | float | None) for record in records for value in record.values())
    if not names or not all(map(_is_data_set, names)) or not plain:
        return records, ()
    told = [v for record in records for n, v in record.items() if data_set(n) == "train"]
    values = np.array([np.nan if value is None else as_float(value) for value in told])
    if not len(values) or not falls(values):
        raise ReadError("no-training-log")
    named: list[Mapping[str, Any]] = [
        {n if n == "epoch" else f"{data_set(n)}/loss": v for n, v in record.items()} for record in records
    ]
    return named, (Note("taken-as-loss", {"name": ", ".join(sorted({n for one in named for n in one} - {"epoch"}))}),)


def _by_section(data: Any) -> list[Mapping[str, Any]]:
    """The numbered objects inside named ones ({"global": {"1": {"accuracy": 0.7}}}), those of a number put together."""
    by_number: dict[int, dict[str, Any]] = {}
    for section, numbered in data.items() if isinstance(data, dict) else ():
        for name, value in numbered.items() if isinstance(numbered, dict) else ():
            if name.isdecimal() and len(name) <= MOST_DIGITS and isinstance(value, dict):
                numbers = {key: number for key, number in value.items() if isinstance(number, int | float)}
                by_number.setdefault(int(name), {})[section] = numbers
    return [{**own, "epoch": number} for number, own in sorted(by_number.items())]


READER = Reader("epoch-documents", "JSON by epoch (AllenNLP, Catalyst)", detect, key, read)
