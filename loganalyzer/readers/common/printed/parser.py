"""Lines of a text log to points: what each shape of line means is worked out once, then its lines are read in columns."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from loganalyzer.model.record import replace
from loganalyzer.model.run import Detail
from loganalyzer.readers.common.line_names import splits_in
from loganalyzer.readers.common.printed.axis import Stretch
from loganalyzer.readers.common.printed.grammars import plan_of
from loganalyzer.readers.common.printed.heads import Heads
from loganalyzer.readers.common.printed.lines import line_states, message_in, plain_text, without_ctime, without_logger
from loganalyzer.readers.common.printed.lists import Lists
from loganalyzer.readers.common.printed.mlperf import Event, mlperf_event
from loganalyzer.readers.common.printed.numbers import MOST_NUMBERS, NUMBER
from loganalyzer.readers.common.printed.passes import Passes
from loganalyzer.readers.common.printed.plan import Plan, Value
from loganalyzer.readers.common.printed.points import REDRAWN, Lines, Place, Points
from loganalyzer.readers.common.printed.repeats import Columns, Repeats, usable_lines
from loganalyzer.readers.common.printed.results import STOPPED_EARLY, is_attack
from loganalyzer.readers.common.printed.sections import (
    Section,
    begins_training,
    counted_heading_of,
    heading_of,
    says_mode,
)
from loganalyzer.readers.common.printed.settings import settings_in_passing, settings_of_block, starts_block
from loganalyzer.readers.common.printed.statements import Statements
from loganalyzer.readers.common.printed.stopped import Stops
from loganalyzer.readers.common.printed.tables import Row, Tables
from loganalyzer.readers.common.printed.tools import is_of_a_tool
from loganalyzer.readers.common.printed.torn import cut_number, further, is_open
from loganalyzer.readers.common.printed.vocabulary import speaks_of_training
from loganalyzer.readers.common.quantities import OBJECTIVES, with_split
from loganalyzer.readers.deadline import time_is_up
from loganalyzer.roles.assign import role_of
from loganalyzer.roles.secrets import hidden

MOST_SHAPES = 20_000
LONGEST_SHAPE = 8_000
_THOUSANDS = re.compile(r"[ =]\d{1,3}(?:,\d{3}){1,4}(?=[ /:)\]]|,\s|$)")
_PRINTED_BY_R = re.compile(r'\[\d{1,9}\] "([^"]*)"\s*$')


_PASS_BEGINS = re.compile(r"\s{0,8}Eval begin\b")
_PASS_ENDS = re.compile(
    r"\s{0,8}(?:Eval samples\b|Epoch\b)|.{0,80}\b(?:[Ee]poch \d{1,9} (?:completed|finished|done|ended)"
    r"|(?:[Ff]inished|[Cc]ompleted|[Ee]nd of) [Ee]poch)\b"
)
_ANNOUNCES_EVALUATION = re.compile(
    r"[\s*=#\-]{0,40}(?:Evaluating|Evaluation|Validating|(?:Running|Begin|Start) (?:evaluation|validation))\b",
    re.IGNORECASE,
)
_AS_BEFORE = Lines()
"""One line without a counter of its own."""


class Parser:
    """Reads lines into ``points``; into ``uncounted`` those before any counter. ``skipped`` lines were too long."""

    def __init__(self, unfinished: bool = False) -> None:
        """Start before the first line; ``unfinished`` bars of an epoch say something only where no bar was ever full."""
        self._unfinished = unfinished
        self.points = Points()
        self.place = Place()
        self.plans: dict[str, Plan | None] = {}
        self.lists = Lists()
        self.settings: list[dict[str, Detail]] = [{}]
        self.tables = Tables()
        self.heading = ""
        self.section = Section()
        self.passes = Passes()
        self.uncounted = Points()
        self.skipped = 0
        self._lines = 0
        self._before: Plan | None = None
        self.statements = Statements()
        self._numbers_of: dict[str, int] = {}
        self._stops = 0
        self.begun: list[int] = []
        self.heads = Heads()
        self.begun_uncounted: list[int] = []
        self.stops = Stops()
        self._rewritten = False
        self._in_lines = False
        self._repeats: Repeats | None = None

    def feed(self, text: str) -> None:
        """Read all lines."""
        text = plain_text(text)
        start, size = 0, len(text)
        while start < size:
            if self._repeats is not None:
                start = self._same_again(self._repeats, text, start)
                if start >= size or time_is_up(self._lines, "line"):
                    return
            end = text.find("\n", start)
            stop = end if end >= 0 else size
            self._repeats = None
            self._lines += 1
            for state in line_states(text[start:stop], ended=end >= 0):
                if time_is_up(self._lines - 1, "line"):
                    return
                if state.text is None:
                    self.skipped += 1
                elif state.text:
                    self._rewritten = state.rewritten
                    self._line(state.text, state.ended)
            start = stop + 1

    @property
    def speaks_of_epochs(self) -> bool:
        """Whether a line with numbers names an epoch, be it the best one, or a new best value; what only measures does not.

        Nor does what says of several trainings when they were stopped: it prints their results.
        """
        return self._stops < 2 and any("epoch" in low or "new best" in low for low in map(str.lower, self.plans))

    def settings_for(self, stretch: Stretch) -> dict[str, Detail]:
        """The settings printed before and inside a stretch, the later ones winning."""
        return self.settings_up_to(stretch.blocks[1])

    def settings_up_to(self, block: int) -> dict[str, Detail]:
        """The settings printed up to a block of them."""
        merged: dict[str, Detail] = {}
        for settings in self.settings[: block + 1]:
            merged.update(settings)
        return merged

    def _line(self, line: str, ended: bool) -> None:
        """What a line is, the rarest kinds first: MLPerf, settings, header or box, list, row of a table, named numbers."""
        if ":::ML" in line and (event := mlperf_event(line)) is not None:
            self._mlperf(event)
            return
        if is_of_a_tool(line) or (not ended and is_open(line)):
            return
        if self.stops.take(line, len(self.points)):
            return
        if line.startswith("[") and (shown := _PRINTED_BY_R.match(line)) is not None:
            line = shown[1]
        if line.startswith('{"'):
            line = message_in(line)
        if self._settings(line):
            return
        if begins_training(line):
            self.begun.append(len(self.points))
            self.begun_uncounted.append(len(self.uncounted))
        if "," in line:
            line = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), line)
        line = without_logger(without_ctime(line))
        heading, self.heading = self.heading, self.heading if line.isspace() else ""
        if self.section.held_out and _PASS_ENDS.match(line):
            self.section.split = ""
        parts = NUMBER.split(line)
        if self.lists.open and self.lists.goes_on(parts):
            return
        if len(parts) < 3:
            self._without_numbers(line)
        elif parts[0].endswith("[") and not _counts_in_lists(parts) and self.lists.add(parts):
            return
        elif len(parts) > 2 * MOST_NUMBERS or len(line) > LONGEST_SHAPE:
            self.lists.add(parts)
        elif not ((line.startswith("|") and self.tables.boxed(line)) or self._row(self.tables.row(line, ended))):
            self._named_numbers(line, parts, ended, heading)

    def _without_numbers(self, line: str) -> None:
        """A rule under a box, a line of one, the header of a table, or the heading of what follows ("Validation:")."""
        if self.tables.box and line.startswith(("---", "+--", "+━━")):
            self._row(self.tables.close(drawn=line.startswith("+")))
        elif not (line.startswith("|") and self.tables.boxed(line)):
            self.tables.header(line)
            self.heads.line(line, len(self.points))
        if _PASS_BEGINS.match(line):
            self.section.begin("val", closed=True)
        elif (split := heading_of(line)) is not None:
            self.section.begin(split, closed=says_mode(line))
        if len(line) < 60 and line.rstrip().endswith(":"):
            self.heading = (splits_in(line) or ("",))[-1]
        self.lists.begin(line)

    def _named_numbers(self, line: str, parts: list[str], ended: bool, heading: str) -> None:
        plan = self._plan(line, parts)
        if plan is None:
            self.heads.line(line, len(self.points))
            self._stops += "top" in line and STOPPED_EARLY.search(line) is not None
            return
        if plan.heading is not None:
            self.section.begin(plan.heading)
            return
        numbers = parts[1::2]
        columns = {index: [float(numbers[index])] for index in plan.indices}
        full = plan.steps >= 0 and columns[plan.step] >= columns[plan.steps]
        if (plan.bar and not (full or self._unfinished)) or not usable_lines(plan, columns, 1):
            return
        cut = -1 if ended else cut_number(plan, parts, self.plans)
        if cut in plan.counters:
            return
        points = self._apply(plan, columns, 1, heading, full)
        if not plan.values and _ANNOUNCES_EVALUATION.match(line):
            self.heading = "val"  # "***** Evaluating perplexity, Epoch 3/16 *****": the next line says it
        elif not plan.values and (split := counted_heading_of(line)) is not None:
            self.section.begin(split)
        if points is not None and cut >= 0:
            points.drop_last({v.name for v in plan.values if cut in (v.index, v.over)})
        plan.last = further(plan.last, parts[-2])
        if ended and plan is self._before and not (self.tables.columns or self.tables.box):
            self._repeats = plan.repeated(line, parts)
        self._before = plan

    def _plan(self, line: str, parts: list[str]) -> Plan | None:
        """What lines of this shape mean; None where they say nothing about curves."""
        shape = "\0".join(parts[::2])
        if shape not in self.plans:
            if len(self.plans) >= MOST_SHAPES:
                self.plans.clear()
            plan = plan_of([hidden(text) for text in parts[::2]]) if speaks_of_training(shape) else None
            if plan is not None and is_attack(shape, self.plans):
                plan = None
            if (plan is None or not plan.absent) and (known := self.statements.with_words(shape)) is not None:
                plan = known
            elif plan is not None:
                self.statements.remember(shape, plan)
            if (plan is None or not plan.indices) and (heading := heading_of(line)) is not None:
                plan = Plan(heading=heading)
            if plan is not None:
                plan.statement = "".join(shape.split())
                plan.number = self._numbers_of.setdefault(plan.statement, len(self._numbers_of) + 1)
            self.plans[shape] = plan
        return self.plans[shape]

    def _same_again(self, repeats: Repeats, text: str, start: int) -> int:
        """Read the lines from ``start`` on that repeat the shape of the line before; where they end."""
        self._rewritten = False
        points = self.points if self.place.known else self.uncounted
        if not len(points) or points.block[-1] != self.place.block:
            return start  # the first line of a stretch may still state settings
        if points is self.uncounted and not all(role_of(v.name).quantity in OBJECTIVES for v in repeats.plan.values):
            return start  # so may a learning rate before any counter
        if self.section.split and repeats.plan.epoch >= 0:
            return start  # so may an epoch end the part of the log
        most = 16
        while True:
            columns, ends = repeats.read(text, start, most)
            if ends:
                self._apply(repeats.plan, columns, len(ends))
                start = ends[-1]
                self._lines += len(ends)
            if len(ends) < most or time_is_up(self._lines, "line"):
                return start
            most = min(2 * most, 16_384)

    def _apply(self, plan: Plan, columns: Columns, count: int, heading: str = "", full: bool = False) -> Points | None:
        """Take ``count`` lines of one shape by the columns of their numbers; where they went, None where they say nothing."""
        if plan.tqdm and self._in_lines and plan.epoch < 0 and not (plan.values or plan.absent):
            return None  # the bar of an evaluation: the training is where its own line said it was
        running = self._rewritten or plan.bar or plan.tqdm
        self._in_lines |= not running and plan.epoch >= 0 and plan.step >= 0 and len(plan.values) > 0
        counts = plan.epoch >= 0 or plan.step >= 0
        self.section.line(
            plan.statement, counts, running, plan.epoch >= 0 and columns[plan.epoch][0] != self.place.epoch
        )
        heading = heading or self.section.split
        held_out = self.section.held_out
        if self.passes.is_evaluation(plan, columns):
            heading = heading or "test"
        redrawn = running or (counts and held_out)
        lines = _lines_of(plan, columns, count, REDRAWN if redrawn else plan.number)
        if held_out:  # a pass with steps of its own; what it says last is its result
            lines = replace(lines, steps=None, per_step=False)
        inner = self.place.go(lines)
        if not (plan.values or plan.absent) or self.passes.is_other(plan, columns):
            return None
        points = self.points if self.place.known else self.uncounted
        if (
            lines.steps is not None
            and not lines.per_step
            and not (points is self.points and math.isnan(self.place.epoch))
        ):
            lines = replace(lines, steps=None)  # they count the batches of an evaluation
        self.place.open(points, lines, inner)
        if plan.notice and not redrawn:
            points.notices.add(lines.shape)
            points.better |= {lines.shape} if plan.better else set()
        if lines.per_step:
            points.in_epoch |= plan.in_epoch
            if plan.batches:
                points.batches.add(lines.shape)
            if plan.steps >= 0 and (total := columns[plan.steps][0]) < 1e15:
                points.steps_in_epoch = max(points.steps_in_epoch, total)
            if plan.alsos >= 0 and (total := columns[plan.alsos][0]) < 1e15:
                points.steps_in_also = max(points.steps_in_also, total)
        for value in plan.values:
            if plan.tqdm and not full and not math.isnan(self.place.epoch) and value.held_out:
                continue
            own = heading or ("val" if self.passes.is_said_again(plan, value.name) else "")
            name = with_split(value.name, own) if own else value.name
            if value.place >= 0:  # a line alone, see ``Plan.repeated``
                name = name.replace("\0", f"{columns[value.place][0]:g}")
            points.add(name, _numbers(value, columns))
        for name in plan.absent:
            points.add_absent(name if not heading else with_split(name, heading), count)
        return points

    def _values(self, values: dict[str, float], lines: Lines = _AS_BEFORE, absent: Sequence[str] = ()) -> None:
        if not (values or absent):
            return
        inner = self.place.go(lines)
        points = self.points if self.place.known else self.uncounted
        self.place.open(points, lines, inner)
        for name, value in values.items():
            points.add(name, [value])
        for name in absent:
            points.add_absent(name, 1)

    def _row(self, row: Row | None) -> bool:
        if row is None:
            return False
        if row.epoch is not None:
            self.place.at_epoch(row.epoch, self.place.epochs)
        if row.step is not None:
            self.place.at_step(row.step)
        both = row.epoch is not None and row.step is not None
        values = row.values
        if self.section.held_out and row.epoch is None and row.step is None:
            values = {with_split(name, self.section.split): value for name, value in values.items()}
        lines = Lines(steps=[self.place.step], per_step=True) if both else _AS_BEFORE
        self._values(values, replace(lines, shape=REDRAWN) if self._rewritten else lines, row.absent)
        return True

    def _mlperf(self, event: Event) -> None:
        name, number, epoch = event.name, event.value, event.epoch
        if name in {"train_epoch", "epoch_start"} and number is not None:
            self.place.at_epoch(number, self.place.epochs)
        elif epoch is not None and number is not None and role_of(name).quantity in OBJECTIVES:
            if not (1 in self.points.per_step and abs(self.place.epoch - epoch) <= 1):
                # beside batches that count epochs themselves (from 0, not 1), theirs holds
                self.place.at_epoch(epoch, self.place.epochs)
            self._values({name: number})
        elif number is not None and not len(self.points) and name not in {"eval_target", "train_samples"}:
            self.settings[0][name] = number

    def _settings(self, line: str) -> bool:
        """Take the settings that a line states; True for the first line of a block, which holds nothing else."""
        if starts_block(line):
            if len(self.points):
                self.begun.append(len(self.points))
                self.settings.append({})
                self.place.block = len(self.settings) - 1
            self.settings[-1].update(settings_of_block(line))
            return True
        blocks = self.points.block
        if not blocks or blocks[-1] < self.place.block:
            self.settings[-1].update(settings_in_passing(line))
        return False


def _counts_in_lists(parts: list[str]) -> bool:
    """Whether a line holds lists of one number each, with the epoch's among them: "{'Epoch': [3], 'Loss': [0.41], ...}"."""
    return "poch" in parts[0] and all(text.startswith("]") for text in parts[2::2])


def _lines_of(plan: Plan, columns: Columns, count: int, shape: int) -> Lines:
    """What lines of one shape count."""
    steps = columns[plan.step] if plan.step >= 0 and not plan.bar else None
    epochs = columns[plan.epoch] if plan.epoch >= 0 else None
    return Lines(
        count,
        steps,
        steps is not None and not plan.held_out,
        epochs,
        columns[plan.epochs] if plan.epochs >= 0 and epochs else None,
        columns[plan.also] if plan.also >= 0 else None,
        shape,
    )


def _numbers(value: Value, columns: Columns) -> list[float]:
    """The value of each line."""
    if value.count > 1:
        rows = zip(*(columns[value.index + i] for i in range(value.count)), strict=True)
        made_of = np.sum if value.summed else np.mean
        return [float(made_of(row)) * value.scale for row in rows]
    numbers = columns[value.index]
    if value.over >= 0:
        return [_share(a, b) for a, b in zip(numbers, columns[value.over], strict=True)]
    return numbers if value.scale == 1 else [n * value.scale for n in numbers]


def _share(number: float, over: float) -> float:
    """The share that ``number`` is of a count; of what is no whole number it is none, but a value beside another."""
    if not over.is_integer():
        return math.nan if math.isnan(over) else number
    return number / over if over else math.nan
