"""Tables in printed logs: columns under a header line (fastai, skorch, Ultralytics), boxes of name and value (SB3)."""

from __future__ import annotations

import re

from msgspec import Struct

from loganalyzer.model.record import Record, field, replace
from loganalyzer.model.role import Quantity
from loganalyzer.readers.common.last_number import COMPARED, is_whole
from loganalyzer.readers.common.printed.absent import WORDS
from loganalyzer.readers.common.printed.split_tables import data_sets_of, values_of
from loganalyzer.readers.common.quantities import KNOWN, OBJECTIVES
from loganalyzer.roles.assign import role_of

_EPOCH_COLUMNS = frozenset({"epoch", "epochs", "ep", "e"})
_STEP_COLUMNS = frozenset({"step", "steps", "iter", "iters", "iteration", "it", "itn", "round", "batch", "update", "#"})
_COUNTING_COLUMN = re.compile(r"^\s*(?:epoch|step|iter|iteration)\b", re.IGNORECASE)
_COUNT = re.compile(r"(\d{1,15})(?:/\d{1,15})?")
_RULE = re.compile(r"^[ \t]*(?:-{1,200}(?: {1,40}-{1,200}){1,60}|_{1,200}(?: {1,40}_{1,200}){1,60})[ \t]*$")
_BAR_RULE = "|:+-= \t"
_LOSS_PARTS = frozenset({"box", "obj", "cls", "dfl", "seg", "pose", "kobj", "total"})
"""Columns of losses that leave out the word (YOLOv5 and YOLOv7), where one for boxes and one for classes are among them."""
_INDEXED = re.compile(r"[,;\t] ?[A-Za-z]| {2,40}[A-Za-z]")
"""The header of a pandas frame: nothing stands above its index."""
_WORD = re.compile(r"\S+")
_WIDE_GAP = re.compile(r" {2,40}")
_DASH = " - "
"""Stands between names ("Epoch - Loss - Accuracy") and cells ("3 - 0.5 - 0.8"); a dash alone is no cell."""
_FRAME = " \t*#=-_'\"|"
_BOX_ROW = re.compile(r"^\|\s++([^|\s](?:[^|]{0,58}[^|\s])?|)\s*+\|\s*+([^|\s]{0,30}+)\s*+\|\s*+$")
_CLASS_ROW = re.compile(r"^\s+all\s+\d+\s+\d+((?:\s+[\d.]+|\s+nan){4}|(?:\s+[\d.]+|\s+nan){8})\s*$")
_CLASS_NAMES = tuple(
    f"metrics/{name}({part})" for part in "BM" for name in ("precision", "recall", "mAP50", "mAP50-95")
)
_BOX_COUNTERS = (
    *("total_timesteps", "timestepssofar", "timesteps_so_far", "totalenvinteracts", "iterations", "timesteps", "steps"),
    *("nupdates", "iteration", "episodessofar", "episodes", "epoch", "step"),
)


class Row(Record):
    """A row read: its counters (NaN-free, None to stay where the log is), the values by name, and the names of the columns
    in which a word stands in place of a value."""

    values: dict[str, float]
    epoch: float | None = None
    step: float | None = None
    absent: tuple[str, ...] = ()


class Tables(Struct):
    """What is known of the tables so far: the columns of the last header, the box being filled.

    ``loose`` columns have no counter among them; they end with the first line that is no row. Of ``ruled`` columns, which
    stand over a rule of dashes at ``spans``, all are values; above the first cell of ``indexed`` rows stands nothing (pandas).
    ``before`` is the line before, where it held no numbers; ``heading`` are its cells, where it is drawn with bars: the next
    line may go on with the names. ``data_sets`` are those after which the columns of a table are called (see
    ``split_tables``); ``ends`` are the last cells of the last rows, ``width`` is how many the last one had.
    """

    columns: list[str] = field(default_factory=list)
    loose: bool = False
    ruled: bool = False
    indexed: bool = False
    before: str = ""
    heading: list[str] = field(default_factory=list)
    data_sets: tuple[str, ...] = ()
    section: str = ""
    box: dict[str, float] = field(default_factory=dict)
    spans: list[tuple[int, int]] = field(default_factory=list)
    ends: tuple[str, ...] = ()
    width: int = 0

    def header(self, line: str) -> None:
        """Remember a line without numbers that names columns; a rule of dashes says where those of the line before stand."""
        before, self.before = self.before, line
        if data_sets := data_sets_of(line):
            self.columns, self.loose, self.data_sets = [], False, data_sets
            return
        if self.columns and line.startswith("|") and "-" in line and not line.strip(_BAR_RULE):
            return
        if self.loose:
            self.columns, self.loose = [], False
        if ("--" in line or "__" in line) and _RULE.match(line):
            self._ruled(before, line)
            return
        names = self._barred(line) if line.startswith("|") else _names(line)
        if not 2 <= len(names) <= 60:
            return
        indexed = _INDEXED.match(line) is not None
        if _COUNTING_COLUMN.match(names[0]):
            if any(role_of(n).quantity in OBJECTIVES for n in names[1:]):
                self.columns, self.ruled, self.indexed = names, False, indexed
        elif (indexed or any(c in line for c in "\t,;|")) and all(role_of(n).quantity in KNOWN for n in names):
            self.columns, self.loose, self.ruled, self.indexed = names, True, False, indexed

    def _barred(self, line: str) -> list[str]:
        """The names in "|  Epoch  |  Mini-batch  |", with those of the line before in front ("Mini-batch" over "Loss")."""
        cells = [cell.strip(_FRAME) for cell in line.strip().strip("|").split("|")]
        if not any(cells):
            return []  # a rule
        if len(self.heading) == len(cells):
            cells = [f"{above} {cell}".strip() for above, cell in zip(self.heading, cells, strict=True)]
        self.heading = cells
        return cells if all(cells) else []

    def _ruled(self, header: str, rule: str) -> None:
        """Columns under a rule ("---  ------"), whose names may hold blanks."""
        groups = [(found.start(), found.end()) for found in re.finditer("[-_]+", rule)]
        starts = [0, *(start for start, _ in groups[1:])]
        names = [header[a:b].strip() for a, b in zip(starts, [*starts[1:], len(header)], strict=True)]
        counts = any(n.lower() in _EPOCH_COLUMNS | _STEP_COLUMNS for n in names)
        if counts and all(names) and any(role_of(n).quantity in OBJECTIVES for n in names):
            self.columns, self.loose, self.ruled, self.indexed = names, False, True, False
            self.spans = groups

    def row(self, line: str, ended: bool = True) -> Row | None:
        """The values of a line under the header, or of Ultralytics' line for all classes; one that did not end may be cut."""
        self.before, self.heading = "", []
        if not self.ruled:
            self.spans = []
        if self.data_sets:
            values = values_of(line, self.data_sets)
            self.data_sets = self.data_sets if values else ()
            if values:
                return Row(values)
        if line.startswith(" ") and line.lstrip().startswith("all ") and (found := _CLASS_ROW.match(line)):
            named = zip(_CLASS_NAMES, found[1].split(), strict=False)
            return Row({n: v for n, c in named if (v := number(c)) is not None})
        if not self.columns:
            return None
        cells = self._cells(line)
        if not ended and (
            len(cells) < self.width or (cells and line[-1] not in " |" and not is_whole(cells[-1], self.ends))
        ):
            return None
        self.width = len(cells)
        self.ends = (*self.ends[1 - COMPARED :], *cells[-1:])
        row = self._row(cells)
        if row is None and self.loose:
            self.columns, self.loose = [], False
        return row

    def _cells(self, line: str) -> list[str]:
        """The cells of a row: between bars, or under the rule where some are empty; else the numbers and words that it holds."""
        if line.startswith("|") and line.count("|") == len(self.columns) + 1:
            return [cell.strip() for cell in line.strip().strip("|").split("|")]
        cells = _cells(line)
        if not self.spans or len(cells) >= len(self.columns):
            return cells
        placed = [""] * len(self.columns)
        for word in _WORD.finditer(line):
            under = [
                place for place, (start, stop) in enumerate(self.spans) if word.start() < stop and word.end() > start
            ]
            if len(under) != 1 or placed[under[0]]:
                return cells
            placed[under[0]] = word[0]
        return placed

    def _row(self, cells: list[str]) -> Row | None:
        if self.indexed and len(cells) == len(self.columns) + 1 and (index := _COUNT.fullmatch(cells[0])) is not None:
            row = self._values(cells[1:])
            if row is not None:
                counted = row.step is not None or row.epoch is not None
                return row if counted else replace(row, step=float(index[1]))
        return self._values(cells)

    def _values(self, cells: list[str]) -> Row | None:
        if len(cells) < len(self.columns) or (self.loose and len(cells) > len(self.columns)):
            return None
        epoch = step = None
        values: dict[str, float] = {}
        absent: list[str] = []
        for place, (name, cell) in enumerate(zip(self.columns, cells, strict=False)):
            counts = name.lower()
            if not self.loose and (place == 0 or counts in _EPOCH_COLUMNS | _STEP_COLUMNS):
                count = _COUNT.fullmatch(cell)
                if count is None:
                    return None
                if counts in _EPOCH_COLUMNS:
                    epoch = float(count[1])
                else:
                    step = float(count[1])
            elif (value := _value(cell)) is not None:
                quantity = role_of(name).quantity
                if quantity in KNOWN or (self.ruled and quantity is not Quantity.TIME):
                    values[name] = value
            elif cell in WORDS and not self.loose:
                absent.append(name)
            elif self.loose:
                return None
        counted = epoch is not None or step is not None
        return Row(values, epoch, step, tuple(absent)) if values or (absent and counted) else None

    def boxed(self, line: str) -> bool:
        """Take a line "| name | value |" of a box; True if it was one."""
        found = _BOX_ROW.match(line)
        if found is None:
            return False
        name, value = found[1], number(found[2])
        if (self.columns and number(name) is not None) or (found[2] and value is None and not self.box):
            return False  # a row, or the names, of a table of two columns
        if not found[2]:
            self.section = name if name.endswith("/") else ""
        elif value is not None and len(self.box) < 200:
            self.box[self.section + name] = value
        return True

    def close(self, *, drawn: bool = False) -> Row | None:
        """The box that a line of dashes ends: its own counter stands among its values; a ``drawn`` one may be without."""
        box, self.box, self.section = self.box, {}, ""
        for counter in _BOX_COUNTERS:
            for name, value in box.items():
                if name.rpartition("/")[2].lower() == counter and value >= 0:
                    kept = {
                        n: v
                        for n, v in box.items()
                        if role_of(n).quantity not in (Quantity.TIME, Quantity.STEP) and n != name
                    }
                    return Row(kept, step=value) if kept else None
        kept = {n: v for n, v in box.items() if role_of(n).quantity in KNOWN} if drawn else {}
        return Row(kept) if kept else None


def _names(line: str) -> list[str]:
    """The names in a header: parted by commas, tabs or bars, else by wide gaps, else by blanks."""
    text = line.strip(_FRAME)
    for separator in ("\t", ",", ";", "|", _DASH):
        if separator in text:
            return [name for part in text.split(separator) if (name := part.strip(_FRAME))]
    wide = _WIDE_GAP.split(text)
    names = wide if len(wide) > 1 and " " not in wide[0] else text.split()
    if {"box", "cls"}.issubset(names):
        return [f"{name}_loss" if name in _LOSS_PARTS else name for name in names]
    return names


def _cells(line: str) -> list[str]:
    """The numbers and words of a row."""
    return [cell for cell in re.sub(r"[,;|]", " ", line).split() if cell != "-"]


def _value(cell: str) -> float | None:
    value = number(cell.removesuffix("%"))
    return value * 0.01 if value is not None and cell.endswith("%") else value


def number(text: object) -> float | None:
    """A finite or non-finite number from a cell or a JSON value; None for anything else."""
    if isinstance(text, bool) or not isinstance(text, (int, float, str)):
        return None
    try:
        return float(text)
    except (ValueError, OverflowError):
        return None
