"""Training logs as printed text: one reader for all tools, its knowledge in the line grammars."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

import numpy as np

from loganalyzer.model.run import Detail, Note, Run, Series, Unread
from loganalyzer.readers.base import Match, Reader, Source
from loganalyzer.readers.common.line_names import KNOWN, OBJECTIVES, splits_in, with_split
from loganalyzer.readers.encoding import text_of
from loganalyzer.readers.text.axis import Stretch, stretches
from loganalyzer.readers.text.grammars import MOST_NUMBERS, NUMBER, Plan, Value, plan_of
from loganalyzer.readers.text.lines import LONGEST_LINE, clean_lines
from loganalyzer.readers.text.points import Place, Points
from loganalyzer.readers.text.settings import settings_of, starts_block
from loganalyzer.readers.text.tables import Row, Tables
from loganalyzer.readers.text.tables import number as number_of
from loganalyzer.roles.assign import role_of
from loganalyzer.roles.vocabulary import (
    EPOCH_NAMES,
    GRADIENT_NORM_NAMES,
    LEARNING_RATE_NAMES,
    LOSS_WORDS,
    METRICS,
    REWARD_NAMES,
    STEP_NAMES,
)

MOST_BYTES = 256 * 2**20
MOST_SHAPES = 20_000
LONGEST_SHAPE = 8_000
MOST_UNCOUNTED = 20
"""From so many lines with a loss but without any counter on, a text is a log that could not be read."""
OTHER_FORMATS = frozenset(
    [
        ".json",
        ".jsonl",
        ".csv",
        ".tsv",
        ".yaml",
        ".yml",
        ".toml",
        ".ini",
        ".cfg",
        ".py",
        ".md",
        ".rst",
        ".sh",
        ".ipynb",
        ".xml",
        ".html",
        ".svg",
        ".diff",
        ".patch",
    ]
)
WORDS = (
    "loss",
    "epoch",
    "iter",
    "step",
    "acc",
    ":::ml",
    "損失",
    "精度",
    "エポック",
    "learn",
    "error",
    "metric",
    "round",
    "train",
    "val",
    "rmse",
    "mae",
    "auc",
    "正解率",
    "検証",
)

VOCABULARY = frozenset(
    word
    for names in (
        METRICS,
        LOSS_WORDS,
        LEARNING_RATE_NAMES,
        GRADIENT_NORM_NAMES,
        REWARD_NAMES,
        EPOCH_NAMES,
        STEP_NAMES,
        ("learn", "round"),
    )
    for name in names
    for word in re.findall("[a-z]+", name)
    if len(word) > 1
)
_TOKEN = re.compile("[a-z]+")
_MLPERF = re.compile(r":::(?:MLL|MLPv[\d.]+)\s+(?:\S+\s+)?(\d+\.\d+)\s+(?:\([^)]*\)\s+)?(\w+)(?::\s*(.*))?$")
_THOUSANDS = re.compile(r"(?<= )\d{1,3}(?:,\d{3}){1,4}(?=[ /:]|$)")
_LIST = re.compile(r"^\s*['\"]?([A-Za-z_][\w /.\-]{1,40}?)['\"]?\s*[:=]\s*(?:\w+\()?\[\s*$")


def detect(source: Source) -> Match:
    """Text that speaks of training, or a log by its name; never sure, so that every other reader goes first."""
    suffix = PurePosixPath(source.name).suffix.lower()
    if suffix in OTHER_FORMATS:
        return Match.NO
    text = source.text_head
    if not text:
        return Match.NO
    low = text.lower()
    logs = suffix in {".log", ".txt", ".out", ".err", ".stdout", ".stderr"} or "log" in source.name.lower()
    return Match.MAYBE if logs or sum(w in low for w in WORDS) >= 2 else Match.NO


def read(key: str, sources: Sequence[Source]) -> Iterator[Run | Unread]:
    """One run per training that the file tells of, or why there is none."""
    for source in sources:
        data = source.read()
        text, note = text_of(data[:MOST_BYTES])
        parser = Parser()
        parser.feed(text)
        notes = [] if note is None else [note]
        if len(data) > MOST_BYTES:
            notes.append(Note("text-cut", {"read": MOST_BYTES, "size": len(data)}, harmful=True))
        yield from runs_of(parser, key, source.path, tuple(notes))


def runs_of(parser: Parser, key: str, path: str, notes: tuple[Note, ...]) -> Iterator[Run | Unread]:
    """The runs in what ``parser`` has read; an expected Unread where the text is no training log."""
    found = stretches(parser.points)
    if not found:
        listed = parser.listed_run(key, path)
        if listed is not None:
            yield listed.with_notes(*notes)
            return
        yield Unread(path, Note("no-training-log"), expected=parser.uncounted < MOST_UNCOUNTED)
        return
    if parser.skipped:
        notes = (*notes, Note("line-too-long", {"limit": LONGEST_LINE}))
    for number, stretch in enumerate(found, 1):
        own = notes
        if stretch.restarts:
            own = (*own, Note("restarted", {"count": len(stretch.restarts), "superseded": stretch.superseded}))
        if len(found) > 1:
            own = (*own, Note("one-of-several", {"number": number, "count": len(found)}))
        yield Run(
            f"{key}#{number}" if len(found) > 1 else key,
            (path,),
            "text-log",
            stretch.series,
            parser.settings_for(stretch),
            own,
            stretch.unit,
            stretch.restarts,
        )


class Parser:
    """Reads lines into points; the meaning of a line's shape is worked out once (see ``line_grammars``)."""

    def __init__(self) -> None:
        """Start before the first line."""
        self.points = Points()
        self.place = Place()
        self.plans: dict[str, Plan | None] = {}
        self.lists: dict[str, list[np.ndarray]] = {}
        self.settings: list[dict[str, Detail]] = [{}]
        self.tables = Tables()
        self.heading = ""
        self.batches = math.nan
        self.uncounted = 0
        self.skipped = 0

    def feed(self, text: str) -> None:
        """Read all lines."""
        for line, ended in clean_lines(text):
            if line is None:
                self.skipped += 1
            elif line:
                self._line(line, ended)

    def settings_for(self, stretch: Stretch) -> dict[str, Detail]:
        """The settings printed before and inside a stretch, the later ones winning."""
        merged: dict[str, Detail] = {}
        for block in self.settings[: stretch.blocks[1] + 1]:
            merged.update(block)
        return merged

    def listed_run(self, key: str, path: str) -> Run | None:
        """A run from curves printed whole, one list a line; each name once."""
        series = {}
        for name, lists in self.lists.items():
            if len(lists) == 1 and role_of(name).quantity in KNOWN:
                series[name] = Series(name, np.arange(1, len(lists[0]) + 1), lists[0])
        if not any(role_of(n).quantity in OBJECTIVES for n in series):
            return None
        return Run(
            key, (path,), "text-log", series, self.settings_for(Stretch({}, "", (), 0, (0, len(self.settings)))), (), ""
        )

    def _line(self, line: str, ended: bool) -> None:
        if ":::ML" in line and (found := _MLPERF.search(line)) is not None:
            self._mlperf(found[2], found[3])
            return
        if not len(self.points) or self.place.block or starts_block(line):
            self._settings(line)
            if starts_block(line):
                return
        if "," in line:
            line = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), line)
        heading, self.heading = self.heading, self.heading if line.isspace() else ""
        parts = NUMBER.split(line)
        if len(parts) < 3:
            if self.tables.box and line.startswith("---"):
                self._row(self.tables.close())
            elif line.startswith("|"):
                self.tables.boxed(line)
            else:
                self.tables.header(line)
            if len(line) < 60 and line.rstrip().endswith(":"):
                self.heading = (splits_in(line) or ("",))[-1]
            return
        if parts[0].endswith("[") and len(parts) > 10 and self._list(parts):
            return
        if len(parts) > 2 * MOST_NUMBERS or len(line) > LONGEST_SHAPE:
            self._list(parts)
            return
        if (line.startswith("|") and self.tables.boxed(line)) or self._row(self.tables.row(line)):
            return
        shape = "\0".join(parts[::2])
        plan = self.plans.get(shape)
        if plan is None:
            if shape in self.plans:
                return
            plan = self._new_plan(shape, parts)
            if plan is None:
                return
        self._apply(plan, parts, ended, heading)

    def _new_plan(self, shape: str, parts: list[str]) -> Plan | None:
        if len(self.plans) >= MOST_SHAPES:
            self.plans.clear()
        plan = plan_of(parts[::2]) if _speaks_of_training(shape) else None
        self.plans[shape] = plan
        return plan

    def _apply(self, plan: Plan, parts: list[str], ended: bool, heading: str) -> None:
        numbers = parts[1::2]
        place = self.place
        full = plan.steps >= 0 and float(numbers[plan.step]) >= float(numbers[plan.steps])
        if plan.bar and not full:
            return
        step = math.nan
        if plan.epoch >= 0:
            epoch = float(numbers[plan.epoch])
            if not 0 <= epoch < 1e9:
                return
            place.epoch = epoch
            place.epochs = float(numbers[plan.epochs]) if plan.epochs >= 0 else math.nan
        if plan.step >= 0 and not plan.bar:
            step = float(numbers[plan.step])
            if not 0 <= step < 1e15 or step != int(step):
                return
            if not plan.held_out:
                place.step = step
        if not plan.values or self._other_pass(plan, numbers):
            return
        if not place.known:
            self.uncounted += any(role_of(v.name).quantity in OBJECTIVES for v in plan.values)
            return
        per_step = plan.step >= 0 and not plan.bar and not plan.held_out
        place.open(self.points, step if per_step or math.isnan(place.epoch) else math.nan, per_step)
        if per_step:
            self.points.in_epoch |= plan.in_epoch
            if plan.steps >= 0 and (total := float(numbers[plan.steps])) < 1e15:
                self.points.steps_in_epoch = max(self.points.steps_in_epoch, total)
        for value in plan.values:
            if plan.tqdm and not full and not math.isnan(place.epoch) and value.held_out:
                continue
            name = value.name if not heading else with_split(value.name, heading)
            self.points.add(name, _number(value, numbers))
        if not ended and not parts[-1]:
            self._torn_end(plan, numbers)
        plan.last = numbers

    def _other_pass(self, plan: Plan, numbers: list[str]) -> bool:
        """Batches without an epoch, of another number than the epoch has: a pass over other data, not the training."""
        if plan.steps < 0 or plan.step < 0 or not plan.in_epoch or plan.held_out:
            return False
        total = float(numbers[plan.steps])
        if plan.epoch >= 0:
            self.batches = total
        return plan.epoch < 0 and not math.isnan(self.batches) and total != self.batches

    def _torn_end(self, plan: Plan, numbers: list[str]) -> None:
        """The file ends right after a number: keep it only if it is as long as its predecessor."""
        index = len(numbers) - 1
        before = plan.last[index] if index < len(plan.last) else ""
        if before and len(numbers[index].partition(".")[2]) < len(before.partition(".")[2]):
            self.points.drop_last({v.name for v in plan.values if index in (v.index, v.over)})

    def _values(self, values: list[tuple[str, float]]) -> None:
        if self.place.known and values:
            self.place.open(self.points, math.nan, False)
            for name, value in values:
                self.points.add(name, value)

    def _row(self, row: Row | None) -> bool:
        if row is None:
            return False
        if row.unit == "epoch" and row.count is not None:
            self.place.epoch = row.count
        elif row.count is not None:
            self.place.step = row.count
        self._values(list(row.values.items()))
        return True

    def _mlperf(self, name: str, payload: str | None) -> None:
        try:
            value = json.loads(payload) if payload and len(payload) < 4096 else None
        except (ValueError, RecursionError):
            return
        outer = value if isinstance(value, dict) else {}
        about = outer.get("metadata") if isinstance(outer.get("metadata"), dict) else outer
        epoch = number_of((about or {}).get("epoch_num", (about or {}).get("epoch")))
        number = number_of(outer.get("value") if outer else value)
        if name in {"train_epoch", "epoch_start"} and number is not None:
            self.place.epoch = number
        elif epoch is not None and number is not None and role_of(name).quantity in OBJECTIVES:
            if not (1 in self.points.per_step and abs(self.place.epoch - epoch) <= 1):
                self.place.epoch = epoch  # beside batches that count epochs themselves (from 0, not 1), theirs holds
            self._values([(name, number)])
        elif number is not None and not len(self.points) and name not in {"eval_target", "train_samples"}:
            self.settings[0][name] = number

    def _settings(self, line: str) -> None:
        if starts_block(line):
            if len(self.points):
                self.settings.append({})
                self.place.block = len(self.settings) - 1
            self.settings[-1].update(settings_of(line))
        elif not len(self.points) or self.points.block[-1] < self.place.block:
            self.settings[-1].update(settings_of(line))

    def _list(self, parts: list[str]) -> bool:
        head = _LIST.match(parts[0])
        if head is not None and len(parts) > 10 and {t.strip() for t in parts[2:-1:2]} <= {",", ""}:
            numbers = np.array([float(n) for n in parts[1::2]])
            self.lists.setdefault(head[1].strip(), []).append(numbers)
            return True
        return False


def _speaks_of_training(shape: str) -> bool:
    """A cheap look before a shape is worked out: most lines of most logs say nothing about curves."""
    if not shape.isascii():
        return True
    low = shape.lower()
    return "loss" in low or "acc" in low or not VOCABULARY.isdisjoint(_TOKEN.findall(low))


def _number(value: Value, numbers: list[str]) -> float:
    if value.count > 1:
        return float(np.mean([float(n) for n in numbers[value.index : value.index + value.count]])) * value.scale
    number = float(numbers[value.index])
    if value.over >= 0:
        over = float(numbers[value.over])
        return number / over if over else math.nan
    return number * value.scale


READER = Reader("text-log", "Printed text", detect, lambda source: source.path, read)
