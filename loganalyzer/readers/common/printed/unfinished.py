"""Texts that end within the first epoch: the running means of its bar are all that there is.

A bar's numbers are means over the batches so far, so that a full one replaces all before it; here none was ever full.
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from loganalyzer.model.run import Note, Run, Series
from loganalyzer.readers.common.printed.parser import Parser
from loganalyzer.readers.common.quantities import KNOWN
from loganalyzer.roles.assign import role_of

FEWEST = 3
"""So many states of a bar are a curve."""
_STATE = re.compile(r"[ \t]{0,9}(\d{1,9})/(\d{1,9})[ \t]{1,4}[\[━╸]")


def unfinished_epoch(text: str, parser: Parser, key: str, path: str) -> Run | None:
    """The running means of the only bar of a text, by its batches; None where a bar was full or began anew.

    ``parser`` has read the text, for its settings.
    """
    states = [
        (found, state) for line in text.splitlines() for state in line.split("\r") if (found := _STATE.match(state))
    ]
    batches = [int(found[1]) for found, _ in states]
    if (
        len(states) < FEWEST
        or any(later <= before for before, later in pairwise(batches))
        or batches[-1] >= int(states[-1][0][2])
    ):
        return None
    own = Parser(unfinished=True)
    own.feed("\n".join(state for _, state in states) + "\n")
    series = {}
    for (name, _), (records, values) in own.uncounted.values.items():
        if len(own.uncounted) == len(states) and len(values) >= FEWEST and role_of(name).quantity in KNOWN:
            series[name] = Series(name, np.array(batches)[np.array(records)], np.array(values))
    if not series:
        return None
    note = Note("unfinished-epoch", {"at": batches[-1], "of": int(states[-1][0][2])})
    settings = parser.settings_up_to(len(parser.settings))
    return Run(key, (path,), "text-log", series, settings, (note,), step_unit="step")
