"""Text of a log to clean lines: escape codes gone, bars that redraw themselves cut into their states."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST_LINE = 1_000_000

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_BAR_END = re.compile(r"((?:it/s|s/it|B/s|batch/s|s/batch|ba/s|\?it)[^\]\n]{0,300}\])(?=[^\s,])")
_WIDE = {
    ord(a): b for a, b in zip("０１２３４５６７８９：＝％（），．－＋［］｜", "0123456789:=%(),.-+[]|", strict=True)
} | {0x3000: " "}


def plain_text(text: str) -> str:
    """The text with one kind of line end, narrow digits and signs, and without NUL (it stands for a number in shapes)."""
    if "\0" in text:
        text = text.replace("\0", "")
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    return text if text.isascii() else text.translate(_WIDE)


def line_states(raw: str, ended: bool) -> Iterator[tuple[str | None, bool]]:
    """Yield (line, ended) for what one line of ``plain_text`` showed; ``ended`` is False without a line end behind it.

    A carriage return or a run of backspaces starts a new line (a progress bar rewriting itself); tqdm bars that follow
    one another without any line end are cut after their closing bracket. Lines over ``LONGEST_LINE`` come as None.
    """
    if len(raw) > 64 * LONGEST_LINE:
        yield None, ended
        return
    if "\x1b" in raw:
        raw = _ESCAPES.sub("", raw)
    if "\x08" in raw:
        raw = re.sub("\x08+", "\r", raw)
    if len(raw) > 200 and "]" in raw and ("/s" in raw or "s/it" in raw):
        raw = _BAR_END.sub("\\1\r", raw)
    if "\r" not in raw:
        yield (raw if len(raw) <= LONGEST_LINE else None), ended
        return
    states = [s for s in raw.split("\r") if s]
    for index, state in enumerate(states):
        yield (state if len(state) <= LONGEST_LINE else None), ended or index < len(states) - 1
