"""Lines of a given width: a Latin word breaks at a space, a wide character counts double and may end a line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

WIDTH = 78
_NOT_FIRST = "、。，．）」』：；？！ー"
# a wide character may end a line anywhere, a Latin word only at a space; brackets and stops stay with what they close
_WIDE = r"\u3000-\u9fff\uff00-\uffef"
_PIECES = re.compile(rf"[（「『]*(?:[^\s{_WIDE}]+|[{_WIDE}])[{_NOT_FIRST}]*\s*|\s+")


def wrap(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> list[str]:
    """``text`` in lines of at most ``width`` columns, the first one after ``first``, the others after ``rest``."""
    lines, line = [], first
    for piece in _pieces(text, width - max(columns(first), columns(rest))):
        full = columns(line) + columns(piece.rstrip()) > width
        if full and line.strip() and piece[0] not in _NOT_FIRST:
            lines.append(line.rstrip())
            line = rest
        elif full and line.strip():
            # a comma or full stop does not begin a line: the character before it comes along
            lines.append(line[:-1].rstrip())
            line = rest + line[-1]
        line += piece
    lines.append(line.rstrip())
    return lines


def columns(text: str) -> int:
    """How many columns ``text`` takes in a fixed-width font."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def _pieces(text: str, width: int) -> Iterator[str]:
    for piece in _PIECES.findall(text):
        while columns(piece.rstrip()) > width:
            cut = len(piece)
            while columns(piece[:cut]) > width:
                cut -= 1
            yield piece[:cut]
            piece = piece[cut:]
        if piece:
            yield piece
