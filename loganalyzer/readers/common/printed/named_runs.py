"""Logs into which several trainings write at once, each line with the name of its own ("Run: a_fold_1 | Epoch: 3 | ...")."""

from __future__ import annotations

import re
from collections.abc import Mapping

MOST_AHEAD = 120
"""The name stands near the start of the line, behind what logging puts there."""
LOOKED_AT = 2**16
"""Characters at the start of a text that must show lines of two names."""
MOST_ANEW = 0.2
MOST_NAMES = 2_000
_WORDS = ("run", "experiment", "exp", "trial", "model", "job", "fold", "seed", "config")
_NAMED = re.compile(
    rf"(?:^|[\s\[(|])(?P<key>(?:{'|'.join(_WORDS)})(?:[ _](?:name|id|no))?)"
    r"(?:\s?[:=]\s?|\s(?=\d))(?P<name>[\w(][^|,;\]\t\n=]{0,80}?)\s?(?:[|,;\]\t]| - | {2}|\s(?=(?:epoch|step|iter|round)))",
    re.IGNORECASE,
)
_COUNT = re.compile(r"(?:epoch|step|iter(?:ation)?|round)s?[\s:=#\[(]{0,6}(\d{1,12})", re.IGNORECASE)


def texts_by_run(text: str) -> Mapping[str, str]:
    """The lines of each training by its name, where the lines of several take turns; {} for any other text.

    They do where most that come back go on from their own last count. Lines without a name (a heading, a warning) belong to
    none of them.
    """
    head = text[:LOOKED_AT]
    low = head.lower()
    if not any(word in low for word in _WORDS):
        return {}
    if len({found[0] for line in head.split("\n") if (found := _name_and_count(line))}) < 2:
        return {}
    lines: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    before = ""
    goes_on = anew = 0
    for line in text.split("\n"):
        if (found := _name_and_count(line)) is None or (found[0] not in lines and len(lines) >= MOST_NAMES):
            continue
        name, count = found
        if name != before and name in counts:
            goes_on += count >= counts[name]
            anew += count < counts[name]
        lines.setdefault(name, []).append(line)
        counts[name], before = count, name
    if goes_on < 2 * len(lines) or anew > MOST_ANEW * goes_on:
        return {}
    return {name: "\n".join([*own, ""]) for name, own in lines.items()}


def _name_and_count(line: str) -> tuple[str, int] | None:
    """The training that a line is of, and what it counts; None for a line that does not say both."""
    found = _NAMED.search(line, 0, MOST_AHEAD)
    count = _COUNT.search(line, found.end("key")) if found is not None else None
    if found is None or count is None:
        return None
    name = found["name"].strip()
    return name if "(" in name else name.rstrip(")"), int(count[1])
