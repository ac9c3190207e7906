"""Text of a log to clean lines: escape codes gone, bars that redraw themselves cut into their states."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

from loganalyzer.model.late import late

LONGEST_LINE = 1_000_000

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_BAR_END = re.compile(r"((?:it/s|s/it|B/s|batch/s|s/batch|ba/s|\?it)[^\]\n]{0,300}\])(?=[^\s,])")
_BAR_BEHIND_RECORD = re.compile(r"(?<=\}) {0,4}(?=\d{1,3}%\|)")
_INFINITY = {ord("∞"): "inf"}
"""As .NET prints it."""
_WIDE = {
    ord(a): b for a, b in zip("０１２３４５６７８９：＝％（），．－＋［］｜", "0123456789:=%(),.-+[]|", strict=True)
} | {0x3000: " ", ord("²"): "2", ord("٫"): "."}
_WIDE |= {zero + digit: str(digit) for zero in map(ord, "٠۰") for digit in range(10)}  # of Arabic and Persian
_OF_A_PROCESS = late(
    lambda: re.compile(r"^(?:\[\d{1,4},(\d{1,6})\]<std(?:out|err)>: ?|[Rr]ank ?(\d{1,6}): ?(?=[A-Za-z]))", re.MULTILINE)
)
"""What mpirun and programs put ahead of the lines of each process."""
_BOXES = (
    dict.fromkeys(map(ord, "│┃║"), "|")
    | dict.fromkeys(map(ord, "─═┄┈"), "-")
    | dict.fromkeys(map(ord, "┌┐└┘├┤┬┴┼╒╕╘╛╞╡╤╧╪╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋┡┩┠┨╇╈╭╮╯╰"), "+")
)
"""Lines that tables are drawn with, and their corners; the heavy one, of which bars are made as well, stays."""
_DRAWN = re.compile(r"[│┃║]")
_STRAIGHT = dict.fromkeys(map(ord, "‘’‚‛′"), "'") | dict.fromkeys(map(ord, "“”„‟″"), '"')
"""Quotation marks that forums and word processors make of those that programs print."""
_WINDOWS_NUMBER = re.compile(r"(?<![\w.])([+-]?)1\.#(INF|IND|QNAN|SNAN)0{0,20}(?![A-Za-z])")
_SPREADSHEET_NAN = re.compile(r"#(?:NUM|DIV/0|VALUE)!")
_IN_SOURCE = re.compile(
    r"""(?<![\w.])(?:(?:np|numpy|math|torch|jnp)\.(nan|inf)\b|float\(['"]([+-]?(?:nan|inf))(?:inity)?['"]\))"""
    r"|(?<=[:=])( ?)overflow(?=[,;|]| ?$)",
    re.IGNORECASE | re.MULTILINE,
)
"""NaN and infinity as a program's source or a handler of errors writes them."""
_CTIME = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2} "
    r"\d\d:\d\d:\d\d (?:[A-Z]{2,5} )?(?:19|20)\d\d\b"
)
"""A date as C prints it; its day is no value of the words before it ("Training Loss (Sat Apr  7 10:00:00 2018)")."""
_MESSAGES = ("message", "msg", "log", "event", "text", "textPayload", "@message")
"""Where logging to JSON, Docker and clouds put what the program printed."""
_OF_LOGGING = frozenset("level levelname severity stream logger asctime time ts timestamp @timestamp".split())
"""What stands beside a message: a text of a data set has none of it."""
_MESSAGE = re.compile(rf'"(?:{"|".join(_MESSAGES)})"\s?:\s?"[^"]')
_ENDS_OF_ROWS = frozenset("|+")
_BEFORE_A_TABLE = re.compile(
    r"(?:[(\[]?\d{4}[-/]\d\d[-/]\d\d[ T_]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?|[^|+]{0,60}?\b(?:INFO|DEBUG)\b(?::root)?)"
    r"[\s:\-\])]{0,12}(?=\|[^|\n]{1,200}\||\+[-=+]{3})"
)
_PLAIN = _WIDE | _STRAIGHT | _INFINITY
_FIRST_RECORD = re.compile(
    r"(\[|[Ee]poch:?\s?\[?|[Ss]tep:?\s?\[?|[Ii]ter(?:ation)?:?\s?\[?)\d{1,9}"
    r"((?:\s?/\s?\d{1,9})?[^\d\n]{3,60}?(?:[:=]\s?|[Ll]oss )(?=[-+.\dnN]))"
)
"""How a record begins: a counter, and all that stands up to its first value."""
_BEGINS = frozenset("[EeSsIi")
_BETWEEN_DICTS = re.compile(r"(?<=\}),? {0,2}(?=\{['\"])")
_COUNTER_OF_DICT = re.compile(
    r"""['"]((?:global_)?step|epoch|iter(?:ation)?|round|episode)['"]: {0,2}(\d{1,12}(?:\.\d{1,20})?)""", re.IGNORECASE
)
_KEYS = re.compile(r"""['"]([^'"{}]{1,80})['"]:""")
SHORTEST_RECORD = 30
SHORTEST_STATE = 3
"""What was rewritten and had fewer characters held no name beside a number: a count, a turning stroke."""
_EPOCH_BEHIND = re.compile(r" {2}(?=Epoch \d{1,9}/\d{1,9}(?: |$))")
_BAR_BEHIND = re.compile(r"(Epoch \d{1,9}/\d{1,9}) {2}")


def plain_text(text: str) -> str:
    """The text with one kind of line end, narrow digits and signs, straight quotes, nan and inf for all spellings, and without NUL.

    NUL stands for a number in shapes.
    """
    if "\0" in text:
        text = text.replace("\0", "")
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    if "\n" not in text:
        text = text.replace("\r", "\n")  # the line ends of old
    if "]<std" in text or "ank " in text:
        text = _OF_A_PROCESS.sub(lambda found: f"[rank{found[1] or found[2]}] ", text)
    if "#" in text:
        text = _SPREADSHEET_NAN.sub("nan", _WINDOWS_NUMBER.sub(_in_plain_words, text))
    if "overflow" in text or ".nan" in text or ".inf" in text or "float(" in text:
        text = _IN_SOURCE.sub(lambda found: found[1] or found[2] or f"{found[3]}inf", text)
    if text.isascii():
        return text
    return text.translate(_PLAIN | _BOXES if _DRAWN.search(text) else _PLAIN)


def _in_plain_words(number: re.Match[str]) -> str:
    """What old C libraries of Windows print for infinity and NaN."""
    return f"{number[1]}inf" if number[2] == "INF" else "nan"


def without_ctime(line: str) -> str:
    """The line without a date as C prints it, whose day would be a value of the words before it."""
    return _CTIME.sub("", line) if " 20" in line or " 19" in line else line


def message_in(line: str) -> str:
    """The message in a record of structured logging ({"level": "INFO", "message": "epoch 3 loss 0.5"}); any other line as it is."""
    if not _MESSAGE.search(line):
        return line
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return line
    logged = isinstance(record, dict) and not _OF_LOGGING.isdisjoint(record)
    texts = [record[key] for key in _MESSAGES if isinstance(record.get(key), str)] if logged else []
    return texts[0].strip() if texts and "\n" not in texts[0].strip() else line


def without_logger(line: str) -> str:
    """The line of a drawn table without what logging puts in front of it ("INFO:root:| 3 | 0.5 |"); any other as it is."""
    if line[-1:] not in _ENDS_OF_ROWS or line[:1] in _ENDS_OF_ROWS:
        return line
    found = _BEFORE_A_TABLE.match(line)
    return line if found is None else line[found.end() :]


def _dicts(raw: str) -> list[str]:
    """The dicts of a line in which several were printed without an end of line: neighbours state one counter, or all begin alike.

    Dicts of one place and the same names are values of several data sets, which belong together.
    """
    if len(raw) > LONGEST_LINE:
        return [raw]
    parts = _BETWEEN_DICTS.split(raw)
    names = [_KEYS.findall(part) for part in parts]
    counters = [dict(_COUNTER_OF_DICT.findall(part)) for part in parts]
    for (own, one), (following, other) in pairwise(zip(names, counters, strict=True)):
        if one.keys() & other.keys() and (one != other or own != following):
            return parts
    begins_alike = "}{" in raw and raw[0] == "{" and len({tuple(own[:1]) for own in names}) < len(parts)
    return parts if begins_alike and not any(counters) else [raw]


def _records(raw: str) -> list[str]:
    """The records of a line in which several were printed without an end of line between them: they begin alike."""
    if "}{" in raw or (raw[0] == "{" and ("} {" in raw or "}, {" in raw or "},{" in raw)):
        return _dicts(raw)
    if raw[0] not in _BEGINS or raw.find(raw[: 1 if raw[0] == "[" else 4], SHORTEST_RECORD) < 0:
        return [raw]  # most lines, told before any expression
    head = _FIRST_RECORD.match(raw) if len(raw) <= LONGEST_LINE and "%|" not in raw else None  # bars have their own
    if head is None:
        return [raw]
    first, name = head[1], head[2]
    cuts, at = [0], raw.find(name, head.end())
    while at >= 0:
        start = at
        while raw[start - 1].isdigit():
            start -= 1
        if start < at and raw.endswith(first, cuts[-1], start):
            cuts.append(start - len(first))
        at = raw.find(name, at + len(name))
    if len(cuts) == 1:
        return [raw]
    return [raw[a:b].rstrip() for a, b in zip(cuts, [*cuts[1:], len(raw)], strict=True)]


class State(NamedTuple):
    """What a line showed: None for a ``text`` over ``LONGEST_LINE``; ``ended`` is False without a line end behind it,
    ``rewritten`` True where the same line showed something else afterwards."""

    text: str | None
    ended: bool
    rewritten: bool = False


def line_states(raw: str, ended: bool) -> Iterator[State]:
    """What one line of ``plain_text`` showed one after the other; ``ended`` is False without a line end behind it.

    A carriage return or a run of backspaces starts a new line (a progress bar rewriting itself); what is shown again at
    once is the same state. tqdm bars that follow one another without any line end are cut after their closing bracket.
    """
    if len(raw) > 64 * LONGEST_LINE:
        yield State(None, ended)
        return
    if "\x1b" in raw:
        raw = _ESCAPES.sub("", raw)
    if "\x08" in raw:
        raw = re.sub("\x08+", "\r", raw)
    if len(raw) > 200 and "]" in raw and ("/s" in raw or "s/it" in raw):
        raw = _BAR_BEHIND_RECORD.sub("\r", _BAR_END.sub("\\1\r", raw))
    if "Epoch " in raw and "[=" in raw:
        raw = _BAR_BEHIND.sub("\\1\r", _EPOCH_BEHIND.sub("\r", raw))  # Keras bars whose line ends were lost
    if "\r" not in raw:
        records = _records(raw) if len(raw) > 2 * SHORTEST_RECORD else [raw]
        for record in records[:-1]:
            yield State(record, ended=True)
        raw = records[-1]
        yield State(raw if len(raw) <= LONGEST_LINE else None, ended)
        return
    states = [state for state, _ in groupby(filter(None, raw.split("\r")))]
    for index, state in enumerate(states):
        last = index == len(states) - 1
        if not last and len(state) < SHORTEST_STATE:
            continue
        yield State(state if len(state) <= LONGEST_LINE else None, ended or not last, not last)
