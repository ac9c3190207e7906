"""Bytes of a text log to clean lines: escape codes gone, bars that redraw themselves cut into their states."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_LINE = 1_000_000

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_BAR_END = re.compile(r"((?:it/s|s/it|B/s|batch/s|s/batch|ba/s|\?it)[^\]\n]{0,300}\])(?=[^\s,])")
_WIDE = {
    ord(a): b for a, b in zip("０１２３４５６７８９：＝％（），．－＋［］｜", "0123456789:=%(),.-+[]|", strict=True)
} | {0x3000: " "}


def clean_lines(text: str) -> Iterator[tuple[str | None, bool]]:
    """Yield (line, ended): ``ended`` is False for a last line without a line end.

    A carriage return or a run of backspaces starts a new line (a progress bar rewriting itself); tqdm bars that follow
    one another without any line end are cut after their closing bracket. Lines over ``LONGEST_LINE`` come as None.
    """
    start, size = 0, len(text)
    while start < size:
        end = text.find("\n", start)
        ended = end >= 0
        stop = end if ended else size
        if stop - start > 64 * LONGEST_LINE:
            yield None, ended
        else:
            yield from _states(text[start:stop], ended)
        start = stop + 1


def _states(raw: str, ended: bool) -> Iterator[tuple[str | None, bool]]:
    if "\0" in raw:
        raw = raw.replace("\0", "")  # stands for a number in the shape of a line
    if "\x1b" in raw:
        raw = _ESCAPES.sub("", raw)
    if "\x08" in raw:
        raw = re.sub("\x08+", "\r", raw)
    if not raw.isascii():
        raw = raw.translate(_WIDE)
    if len(raw) > 200 and "]" in raw and ("/s" in raw or "s/it" in raw):
        raw = _BAR_END.sub("\\1\r", raw)
    if "\r" not in raw:
        yield (raw if len(raw) <= LONGEST_LINE else None), ended
        return
    states = [s for s in raw.split("\r") if s]
    for index, state in enumerate(states):
        yield (state if len(state) <= LONGEST_LINE else None), ended or index < len(states) - 1
