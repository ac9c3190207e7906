"""Tables with a column for each value of one hyper-parameter ("learning_rate_0.01,learning_rate_0.1"): one run a column.

What the columns hold is what the file is called after ("learning_rate_error.csv"). A file that is called after rewards, of
which each column but the counter is called after something else, has one for each agent ("Episode,DQN,DDQN").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from loganalyzer.model.record import replace
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Ints, Note, Run
from loganalyzer.readers.common.file_names import stem_of
from loganalyzer.readers.common.quantities import COUNTERS, OBJECTIVES, curve_name
from loganalyzer.readers.common.sessions import Column, runs_in
from loganalyzer.roles.assign import role_of, words_of
from loganalyzer.roles.hyperparameters import meaning_of, plain

if TYPE_CHECKING:
    from loganalyzer.readers.csv.table import Table

FEWEST = 2
_OF_ONE_RUN = frozenset(
    "mean avg average std stddev se sem var variance min max median sum total raw smooth smoothed moving rolling ema lower upper"
    " low high ci q1 q3 baseline threshold target best seed env id count n length len steps time loss error".split()
)
"""Words in the names of columns that tell more of one training, or nothing of any."""
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


def _agents_in(names: Sequence[str], path: str) -> tuple[str, ...]:
    """The columns of a table of rewards that are called after an agent; () unless all are that do not count."""
    columns = tuple(name for name in names if name and role_of(name).quantity not in COUNTERS)
    if len(columns) == len(names) or len(columns) < FEWEST or role_of(curve_name(path)).quantity is not Quantity.REWARD:
        return ()
    words = {name: [word.rstrip("0123456789") for word in words_of(name)] for name in columns}
    told = [name for name in columns if role_of(name).quantity is Quantity.OTHER]
    kinds = {own[-1] for name in told if (own := words[name])}
    alike = all(name in told or kinds.intersection(words[name][-1:]) for name in columns)  # "PER-DDQN" and "MS-DDQN"
    named = all(name[:1].isalpha() and _OF_ONE_RUN.isdisjoint(words[name]) for name in columns)
    return columns if told and alike and named else ()


def curve_by_setting(names: Sequence[str], path: str) -> str:
    """What the columns of such a table hold, "" for other tables, and where the file's name does not say it."""
    settings = settings_in(names)
    if not settings:
        return curve_name(path) if _agents_in(names, path) else ""
    setting = next(iter(settings.values()))[0]
    own = "_".join(word for word in words_of(stem_of(path)) if word not in words_of(setting))
    return own if role_of(own).quantity in OBJECTIVES else curve_name(path)


def runs_by_setting(key: str, path: str, table: Table, steps: Ints, unit: str, notes: Sequence[Note]) -> Iterator[Run]:
    """One run for each column."""
    curve = curve_by_setting(table.columns, path)
    settings = settings_in(table.columns)
    names = [*settings] or _agents_in(table.columns, path)
    rows = np.arange(len(steps))
    for number, name in enumerate(names, 1):
        values = table.values[:, table.columns.index(name)]
        there = ~np.isnan(values) | table.explicit_nan[:, table.columns.index(name)]
        if not there.any():
            continue
        own = (*notes, Note("one-of-several", {"number": number, "count": len(names)}))
        column = Column(rows[there], steps[there], values[there])
        for run in runs_in({curve: column}, f"{key}/{name}", (path,), "csv", unit, own):
            yield replace(run, hyperparameters=dict([settings[name]])) if settings else run
