"""Curves that are printed whole, one list a line ("train_loss: [0.9, 0.7, ...]")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from loganalyzer.model.run import Detail, Floats, Note, Run, Series
from loganalyzer.readers.common.quantities import KNOWN, OBJECTIVES, curve_name
from loganalyzer.roles.assign import role_of

FEWEST = 5
"""A list of so many numbers is a curve, not the parts of one value; behind it, a shorter one of its name is one, too."""
_LIST = re.compile(r"^\s*['\"]?([A-Za-z_][\w /.\-]{1,40}?)['\"]?\s*[:=]\s*(?:\w+\()?\[\s*$")


class Lists:
    """The lists of a text, by what stands before them."""

    def __init__(self) -> None:
        """No list yet."""
        self.found: dict[str, list[Floats]] = {}

    def add(self, parts: Sequence[str]) -> bool:
        """Take the list of a line that was cut at its numbers; False where it has none."""
        head = _LIST.match(parts[0])
        if head is None or (len(parts) <= 2 * FEWEST and head[1].strip() not in self.found):
            return False
        if not {t.strip() for t in parts[2:-1:2]} <= {",", ""}:
            return False
        self.found.setdefault(head[1].strip(), []).append(np.array([float(n) for n in parts[1::2]]))
        return True

    def run(self, key: str, path: str, settings: Mapping[str, Detail]) -> Run | None:
        """The run that they make where each is a curve of its own name."""
        series = {}
        for name, lists in self.found.items():
            if len(lists) == 1 and role_of(name).quantity in KNOWN:
                series[name] = Series(name, np.arange(1, len(lists[0]) + 1), lists[0])
        if not any(role_of(n).quantity in OBJECTIVES for n in series):
            return None
        return Run(key, (path,), "text-log", series, settings)

    def runs_by_name(self, key: str, path: str) -> list[Run]:
        """Runs from lists that are called after models ("LSTM: [0.9, 0.7, ...]") in a file called after a loss or metric."""
        curve = curve_name(path)
        listed = [(label, values) for label, lists in self.found.items() for values in lists] if curve else []
        told = len(self.found) == len(listed)
        runs = []
        for number, (label, values) in enumerate(listed, 1):
            name = key if len(listed) == 1 else f"{key}/{label}" if told else f"{key}#{number}"
            series = {curve: Series(curve, np.arange(1, len(values) + 1), values)}
            several = (Note("one-of-several", {"number": number, "count": len(listed)}),) if len(listed) > 1 else ()
            runs.append(Run(name, (path,), "text-log", series, {}, several))
        return runs
