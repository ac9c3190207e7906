"""Lines of MLPerf's logging (":::MLL 1234.5 eval_accuracy: {"value": 0.75, "metadata": {"epoch_num": 3}}")."""

from __future__ import annotations

import json
import re

from loganalyzer.model.record import Record
from loganalyzer.readers.common.printed.tables import number

LONGEST_PAYLOAD = 4096
_MLPERF = re.compile(
    r":::(?:MLL|MLPv[\d.]{1,20})\s{1,20}(?:\S{1,200}\s{1,20})?(\d{1,20}\.\d{1,20})\s{1,20}(?:\([^)]{0,400}\)\s{1,20})?"
    r"(\w{1,200}+)(?::\s*+(.*))?$"
)


class Event(Record):
    """What a line logs: a name, its value and the epoch that it states, None where it states none."""

    name: str
    value: float | None
    epoch: float | None


def mlperf_event(line: str) -> Event | None:
    """The event in a line; None where it holds none (one that cannot be read has no value)."""
    found = _MLPERF.search(line)
    if found is None:
        return None
    payload = found[3]
    try:
        value = json.loads(payload) if payload and len(payload) < LONGEST_PAYLOAD else None
    except (ValueError, RecursionError):
        return Event("", None, None)
    outer = value if isinstance(value, dict) else {}
    about = outer.get("metadata") if isinstance(outer.get("metadata"), dict) else outer
    epoch = number((about or {}).get("epoch_num", (about or {}).get("epoch")))
    return Event(found[2], number(outer.get("value") if outer else value), epoch)
