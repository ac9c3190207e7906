"""The text part of a mail: all that the HTML part says, at most 78 columns wide, Japanese counted double."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from loganalyzer import words
from loganalyzer.renderers.mail.content import Content
from loganalyzer.words import Lang

WIDTH = 78
# a wide character may end a line anywhere, a Latin word only at a space
_PIECES = re.compile(r"[^\s\u3000-\u9fff\uff00-\uffef]+\s*|[\u3000-\u9fff\uff00-\uffef]\s*|\s+")
_NOT_FIRST = "、。，．）」』：；？！ー"


def render(content: Content, closing: list[str], *, lang: Lang) -> str:
    """The whole text part; ``closing`` are the sentences about the full report."""
    lines: list[str] = []
    for paragraph in (content.outcome, content.gate):
        lines += [*wrap(paragraph), ""] if paragraph else []
    for failure in content.failures:
        lines += wrap(failure, first="* ", rest="  ")
    if content.more_failures:
        lines += wrap(words.ui("mail", "more", lang, count=content.more_failures), first="* ", rest="  ")
    if content.failures:
        lines.append("")
    if content.rows:
        lines += [words.ui("mail", "runs", lang), "-" * WIDTH]
    for row in content.rows:
        lines += wrap(row.id)
        lines += wrap(f"{row.word}: {row.why}", first="    ", rest="    ")
        if row.fix:
            lines += wrap(f"{words.ui('mail', 'first', lang)}: {row.fix}", first="    > ", rest="      ")
        lines.append("")
    if content.more_runs:
        lines += [*wrap(words.ui("mail", "more", lang, count=content.more_runs)), ""]
    if content.unread:
        lines += [words.ui("mail", "unread", lang), "-" * WIDTH]
        for file, reason in content.unread:
            lines += wrap(f"{file}: {reason}", first="* ", rest="  ")
        if content.more_unread:
            lines += wrap(words.ui("mail", "more", lang, count=content.more_unread), first="* ", rest="  ")
        lines.append("")
    for sentence in closing:
        lines += wrap(sentence)
    lines += ["", "-- ", words.ui("mail", "footer", lang)]
    return "\n".join(lines) + "\n"


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
