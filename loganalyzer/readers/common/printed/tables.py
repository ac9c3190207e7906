"""Tables in printed logs: columns under a header line (fastai, skorch, Ultralytics), boxes of name and value (SB3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from loganalyzer.model.role import Quantity
from loganalyzer.readers.common.line_names import KNOWN, OBJECTIVES
from loganalyzer.roles.assign import role_of

_COUNTING_COLUMN = re.compile(r"^\s*(?:epoch|step|iter|iteration)\b", re.IGNORECASE)
_BOX_ROW = re.compile(r"^\|\s+([^|]{1,60}?)\s*\|\s*([^|\s]{0,30})\s*\|\s*$")
_CLASS_ROW = re.compile(r"^\s+all\s+\d+\s+\d+((?:\s+[\d.]+|\s+nan){4}|(?:\s+[\d.]+|\s+nan){8})\s*$")
_CLASS_NAMES = tuple(
    f"metrics/{name}({part})" for part in "BM" for name in ("precision", "recall", "mAP50", "mAP50-95")
)
_BOX_COUNTERS = ("total_timesteps", "iterations", "timesteps")


@dataclass(frozen=True)
class Row:
    """A row read: its counter (NaN-free, None to stay where the log is) and the values by name."""

    unit: str
    count: float | None
    values: dict[str, float]


@dataclass
class Tables:
    """What is known of the tables so far: the columns of the last header, the box being filled."""

    columns: list[str] = field(default_factory=list)
    section: str = ""
    box: dict[str, float] = field(default_factory=dict)

    def header(self, line: str) -> None:
        """Remember a line without numbers that names a counter and a quantity as columns."""
        if _COUNTING_COLUMN.match(line):
            names = line.replace("|", " ").split()
            if 2 <= len(names) <= 60 and any(role_of(n).quantity in OBJECTIVES for n in names[1:]):
                self.columns = names

    def row(self, line: str) -> Row | None:
        """The values of a line under the header, or of Ultralytics' line for all classes."""
        if line.startswith(" ") and line.lstrip().startswith("all ") and (found := _CLASS_ROW.match(line)):
            named = zip(_CLASS_NAMES, found[1].split(), strict=False)
            return Row("", None, {n: v for n, c in named if (v := number(c)) is not None})
        if not self.columns:
            return None
        cells = line.replace("|", " ").split()
        if len(cells) < len(self.columns):
            return None
        count, slash, total = cells[0].partition("/")
        if not count.isdecimal() or len(count) > 15 or (slash and not total.isdecimal()):
            return None
        values = {
            n: v
            for n, c in zip(self.columns[1:], cells[1:], strict=False)
            if (v := number(c)) is not None and role_of(n).quantity in KNOWN
        }
        unit = "epoch" if self.columns[0].lower() == "epoch" else "step"
        return Row(unit, float(count), values) if values else None

    def boxed(self, line: str) -> bool:
        """Take a line "| name | value |" of a box; True if it was one."""
        found = _BOX_ROW.match(line)
        if found is None:
            return False
        name, value = found[1], number(found[2])
        if not found[2]:
            self.section = name if name.endswith("/") else ""
        elif value is not None and len(self.box) < 200:
            self.box[self.section + name] = value
        return True

    def close(self) -> Row | None:
        """The box that a line of dashes ends: its own counter stands among its values."""
        box, self.box, self.section = self.box, {}, ""
        for counter in _BOX_COUNTERS:
            for name, value in box.items():
                if name.rpartition("/")[2] == counter and value >= 0:
                    kept = {
                        n: v
                        for n, v in box.items()
                        if role_of(n).quantity not in (Quantity.TIME, Quantity.STEP) and n != name
                    }
                    return Row("step", value, kept) if kept else None
        return None


def number(text: object) -> float | None:
    """A finite or non-finite number from a cell or a JSON value; None for anything else."""
    if isinstance(text, bool) or not isinstance(text, (int, float, str)):
        return None
    try:
        return float(text)
    except (ValueError, OverflowError):
        return None
