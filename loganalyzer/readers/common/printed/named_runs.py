"""Logs into which several trainings write at once, each line with the name of its own ("Run: a_fold_1 | Epoch: 3 | ...").

In reinforcement learning, one agent, environment or stock after the other has its turn ("[AAPL] Episode 3 | Reward: 4.5").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from loganalyzer.model.record import Record
from loganalyzer.model.role import Quantity, Split
from loganalyzer.roles.assign import role_of

MOST_AHEAD = 120
"""The name stands near the start of the line, behind what logging puts there."""
LOOKED_AT = 2**16
"""Characters at the start of a text that must show lines of two names."""
MOST_ANEW = 0.2
MOST_NAMES = 2_000
SHARED = 0.5
"""Names that no word announces are those of trainings where so large a share of the counts comes under several of them."""
_WORDS = ("run", "experiment", "exp", "trial", "model", "job", "fold", "seed", "config")
_PARTS = ("agent", "stock", "ticker", "symbol", "asset", "coin", "player", "env", "environment", "game")
_RETURNS = ("reward", "return", "score")
_COUNTED = r"epoch|step|iter(?:ation)?|round|episode"
_ENDS = rf"\s?(?:[|,;:\]\t)]| - | {{2}}|\s(?=(?:{_COUNTED}|ep|{'|'.join(_RETURNS)}|total|mean|avg)\b))"
_NAMED = re.compile(
    rf"(?:^|[\s\[(|])(?P<key>(?:{'|'.join(_WORDS)})(?:[ _](?:name|id|no))?)"
    r"(?:\s?[:=]\s?|\s(?=\d))(?P<name>[\w(][^|,;\]\t\n=]{0,80}?)\s?(?:[|,;\]\t]| - | {2}|\s(?=(?:epoch|step|iter|round)))",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"(?:^|[\s\[(|,])(?P<key>(?:{'|'.join(_PARTS)})(?:[ _](?:name|id|no))?)"
    rf"(?:\s?[:=#]\s?|\s(?=(?-i:[A-Z\d])))(?P<name>\w[\w.\-/]{{0,60}}){_ENDS}",
    re.IGNORECASE,
)
_OF_MANY = re.compile(r"env|game", re.IGNORECASE)
"""Those of one agent are numbered; what has a name is a task of its own."""
_LONE = re.compile(
    rf"(?:^|[\s\[(|,:])(?P<name>[A-Za-z][\w.\-]{{1,40}})(?:{_ENDS}|[\])]?\s{{1,3}}(?=(?i:{_COUNTED}|ep)\b))",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"(?=.{0,40}(?:\d|[A-Z].{0,40}[A-Z]))[A-Za-z][\w.\-]{1,40}")
_OF_A_MACHINE = re.compile(
    r"(?:gpu|cuda|rank|local_rank|worker|proc\w{0,6}|thread|node|device|env|pid|actor|learner|info|debug|warning|error)[_\-]?\d{0,6}",
    re.IGNORECASE,
)
_COUNT = re.compile(rf"(?:{_COUNTED}|\bep)s?[\s:=#\[(]{{0,6}}(\d{{1,12}})", re.IGNORECASE)


class _Line(Record):
    """The name of the training that a line is of, and what it counts; ``lone`` where no word announces the name."""

    name: str
    count: int
    lone: bool = False


def texts_by_run(text: str) -> Mapping[str, str]:
    """The lines of each training by its name, where the lines of several take turns; {} for any other text.

    They do where most that come back go on from their own last count. Lines without a name (a heading, a warning) belong to
    none of them.
    """
    head = text[:LOOKED_AT]
    low = head.lower()
    if not any(word in low for word in (*_WORDS, *_PARTS, *_RETURNS)):
        return {}
    if len({found.name for line in head.split("\n") if (found := _line(line))}) < 2:
        return {}
    lines: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    names_at: dict[int, set[str]] = defaultdict(set)
    before = ""
    goes_on = anew = 0
    lone = False
    for line in text.split("\n"):
        if (found := _line(line)) is None or (found.name not in lines and len(lines) >= MOST_NAMES):
            continue
        name, count = found.name, found.count
        if name != before and name in counts:
            goes_on += count >= counts[name]
            anew += count < counts[name]
        lines.setdefault(name, []).append(line)
        counts[name], before = count, name
        names_at[count].add(name)
        lone |= found.lone
    if goes_on < 2 * len(lines) or anew > MOST_ANEW * goes_on:
        return {}
    if lone and sum(len(names) > 1 for names in names_at.values()) < SHARED * len(names_at):
        return {}
    return {name: "\n".join([*own, ""]) for name, own in lines.items()}


def _line(line: str) -> _Line | None:
    """Whose a line is, and what it counts; None for a line that does not say both."""
    if (found := _NAMED.search(line, 0, MOST_AHEAD)) is not None and (count := _COUNT.search(line, found.end("key"))):
        name = found["name"].strip()
        return _Line(name if "(" in name else name.rstrip(")"), int(count[1]))
    counted = _COUNT.search(line, 0, MOST_AHEAD)
    if counted is None:
        return None
    if (found := _PART.search(line, 0, MOST_AHEAD)) is not None:
        name = found["name"]
        return None if name.isdecimal() and _OF_MANY.match(found["key"]) else _Line(name, int(counted[1]))
    if not any(word in line.lower() for word in _RETURNS):
        return None
    for found in _LONE.finditer(line, 0, MOST_AHEAD):
        if _may_be_a_name(found["name"]):
            return _Line(found["name"], int(counted[1]), lone=True)
    return None


def _may_be_a_name(word: str) -> bool:
    """Whether a word is an identifier ("AAPL", "agent_0", "CartPole-v1") and nothing that logs say of themselves."""
    if not _IDENTIFIER.fullmatch(word) or _OF_A_MACHINE.fullmatch(word) or _COUNT.match(word):
        return False
    role = role_of(word)
    return role.quantity is Quantity.OTHER and role.split is Split.NONE
