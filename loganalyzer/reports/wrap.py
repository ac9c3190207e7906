"""Wrap lines to a width: Latin text at spaces, wide characters count double and may end a line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from loganalyzer.model.late import late

WIDTH = 78
# neither stops and closing brackets nor small kana, which belong to the sound before them
_NOT_FIRST = "、。，．）」』：；？！ー々ゝゞヽヾ・ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
# a wide character may end a line anywhere, a Latin or katakana word only at its end; brackets and stops stay with what
# they close
# a condition and a spread stay together: lr = 1, 0.168 ± 0.003
_JOINED = late(lambda: re.compile(r"(?<=[\w）)]) (?=[=≤≥<>±] \S)|(?<= [=≤≥<>±]) (?=[\w.-])"))
_JOINT = "\ue000"
_WIDE = r"\u3000-\u9fff\uff00-\uffef"
_KATAKANA = "ァ-ヺー"
_PIECES = late(lambda: re.compile(rf"[（「『]*(?:[^\s{_WIDE}]+|[{_KATAKANA}]+|[{_WIDE}])[{_NOT_FIRST}]*\s*|\s+"))


def wrap(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> list[str]:
    """Wrap ``text`` to ``width`` columns; the first line is prefixed with ``first``, the others with ``rest``."""
    lines, line = [], first
    text = _JOINED.sub(_JOINT, text)
    for piece in _pieces(text, width - max(columns(first), columns(rest))):
        full = columns(line) + columns(piece.rstrip()) > width
        if full and line.strip() and piece[0] not in _NOT_FIRST:
            lines.append(line.rstrip())
            line = rest
        elif full and line.strip():
            # a comma or full stop must not begin a line: move the character before it, too
            lines.append(line[:-1].rstrip())
            line = rest + line[-1]
        line += piece
    lines.append(line.rstrip())
    return [line.replace(_JOINT, " ") for line in lines]


def columns(text: str) -> int:
    """Return the width of ``text`` in columns of a fixed-width font."""
    if text.isascii():
        return len(text)
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
