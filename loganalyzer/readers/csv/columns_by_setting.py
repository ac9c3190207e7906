"""Tables with a column for each value of one hyper-parameter ("learning_rate_0.01,learning_rate_0.1"): one run a column.

What the columns hold is what the file is called after ("learning_rate_error.csv").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from loganalyzer.model.record import replace
from loganalyzer.model.run import Ints, Note, Run
from loganalyzer.readers.common.file_names import stem_of
from loganalyzer.readers.common.quantities import COUNTERS, OBJECTIVES, curve_name
from loganalyzer.readers.common.sessions import Column, runs_in
from loganalyzer.roles.assign import role_of, words_of
from loganalyzer.roles.hyperparameters import meaning_of, plain

if TYPE_CHECKING:
    from loganalyzer.readers.csv.table import Table

FEWEST = 2
_SETTING = re.compile(r"(?P<name>\D{1,60}?)[ _=:\-]{0,3}(?P<value>\d{1,9}(?:\.\d{1,12})?(?:[eE]-?\d{1,3})?)")


def settings_in(names: Sequence[str]) -> Mapping[str, tuple[str, float]]:
    """The hyper-parameter and its value for each column; {} unless all that do not count are values of one."""
    if sum(name.strip()[-1:].isdigit() for name in names) < FEWEST:
        return {}
    columns = [name for name in names if name and role_of(name).quantity not in COUNTERS]
    found = {name: setting for name in columns if (setting := _SETTING.fullmatch(name.strip()))}
    told = {name: (setting["name"].strip(" _=:-"), float(setting["value"])) for name, setting in found.items()}
    one = len({plain(name) for name, _ in told.values()}) == 1 and len({*told.values()}) == len(columns) >= FEWEST
    return told if one and all(meaning_of(name) for name, _ in told.values()) else {}


def curve_by_setting(names: Sequence[str], path: str) -> str:
    """What the columns of such a table hold, "" for other tables, and where the file's name does not say it."""
    settings = settings_in(names)
    if not settings:
        return ""
    setting = next(iter(settings.values()))[0]
    own = "_".join(word for word in words_of(stem_of(path)) if word not in words_of(setting))
    return own if role_of(own).quantity in OBJECTIVES else curve_name(path)


def runs_by_setting(key: str, path: str, table: Table, steps: Ints, unit: str, notes: Sequence[Note]) -> Iterator[Run]:
    """One run for each column."""
    curve = curve_by_setting(table.columns, path)
    settings = settings_in(table.columns)
    rows = np.arange(len(steps))
    for number, (name, (setting, value)) in enumerate(settings.items(), 1):
        values = table.values[:, table.columns.index(name)]
        there = ~np.isnan(values) | table.explicit_nan[:, table.columns.index(name)]
        if not there.any():
            continue
        own = (*notes, Note("one-of-several", {"number": number, "count": len(settings)}))
        column = Column(rows[there], steps[there], values[there])
        for run in runs_in({curve: column}, f"{key}/{name}", (path,), "csv", unit, own):
            yield replace(run, hyperparameters={setting: value})
