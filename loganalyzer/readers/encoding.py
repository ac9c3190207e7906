"""Decode logs of unknown encoding: UTF-8, UTF-16 with or without a mark, UTF-32 with one, Shift-JIS, Latin-1."""

from __future__ import annotations

import codecs
import re

from loganalyzer.model.errors import ReadError
from loganalyzer.model.late import late
from loganalyzer.model.run import Note

_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
"""Characters that no text has; a bell ends the title of a window, which a recorded terminal sets again and again."""
_JAPANESE = late(lambda: re.compile("[\u3040-\u30ff\u4e00-\u9fff]"))
_ZEROS = late(lambda: re.compile(rb"\x00{8,}"))
"""Space that was set aside and never written (a crash leaves it behind); no text has as many, UTF-16 included."""
MOST_CONTROL_SHARE = 0.01
MOST_DAMAGED = 0.1
_CUT = "unexpected end of data"
"""What Python says of a letter whose last bytes are missing."""
_INVISIBLE = late(lambda: re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"))
"""Marks of direction, width and encoding inside of a text: it was copied from a page, or marked files were joined."""
_FIXED_BLANK = late(lambda: re.compile("(?<![0-9])\xa0|\xa0(?![0-9])"))
"""A blank that breaks no line, as pages have them; one between digits parts thousands."""
_COLOUR = late(lambda: re.compile(r"\x1b\[[0-9;:]{0,40}m"))
"""How a terminal is told to change its colours; it may stand around each cell of a table, or around a record."""


def decode_head(head: bytes) -> str | None:
    """Decode the head of a file, or return None if it is binary; a character cut at the end is left out."""
    head = _without_zeros(_in_one_encoding(head))[0]
    found = _encoding(head)
    return None if found is None else _visible(head.decode(found, "ignore"))


def decode(data: bytes) -> tuple[str, Note | None] | None:
    """Decode a whole file, with a note if bytes had to be replaced; None if it is binary."""
    data, zeros = _without_zeros(_in_one_encoding(data))
    found = _encoding(data[:65_536])
    if found is None:
        return None
    try:
        return _visible(data.decode(found)), zeros
    except UnicodeDecodeError as error:
        if found == "utf-8" and error.end == len(data) and error.reason == _CUT:
            return _visible(data[: error.start].decode(found)), zeros
        if found == "utf-8" and not _is_damaged_utf8(data[max(0, error.start - 65_536) : error.start + 65_536]):
            # the head is plain ASCII, the rest a legacy encoding
            found = _legacy(data[error.start : error.start + 65_536])
        text = _visible(data.decode(found, "replace"))
        return text, Note("bytes-replaced", {"encoding": found, "at": error.start}) if "\ufffd" in text else zeros


def _visible(text: str) -> str:
    """The text without colours and marks that nobody sees, and with blanks where it has fixed ones."""
    if "\x1b[" in text:
        text = _COLOUR.sub("", text)
    if text.isascii():
        return text
    text = _INVISIBLE.sub("", text)
    return _FIXED_BLANK.sub(" ", text) if "\xa0" in text else text


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 as they stand: text, without a mark, without colours and without zero bytes."""
    if b"\x00" in data or b"\x1b" in data or data.startswith(codecs.BOM_UTF8) or _encoding(data[:65_536]) != "utf-8":
        return False
    try:
        return data.isascii() or bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def text_of(data: bytes) -> tuple[str, Note | None]:
    """Decode a file that must be text. Raises ReadError ("binary-content") if it is binary."""
    decoded = decode(data)
    if decoded is None:
        raise ReadError("binary-content")
    return decoded


def _in_one_encoding(data: bytes) -> bytes:
    """The bytes with UTF-16 behind lines of another encoding as UTF-8: so ``>>`` of Windows PowerShell appends to a file."""
    first = data.find(b"\x00")
    begin = data.rfind(b"\n", 0, max(first, 0)) + 1
    if begin == 0 or first > begin + 1 or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data  # the first line has them already, or the line in which they begin has other letters before
    rest = data[begin:]
    found = _utf16(rest[:65_536])
    return data if found is None else data[:begin] + rest.decode(found, "ignore").encode("utf-8", "ignore")


def _without_zeros(data: bytes) -> tuple[bytes, Note | None]:
    """Remove long runs of zero bytes, and the line that such a run interrupts.

    An unfinished last line is kept: readers handle it.
    """
    if b"\x00" not in data or bytes(8) not in data:  # the search for one byte is ten times as fast
        return data, None
    kept: list[bytes] = []
    count = position = 0
    torn = False
    for run in _ZEROS.finditer(data):
        piece = data[position : run.start()]
        count += run.end() - run.start()
        position = run.end()
        if position < len(data):
            whole = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
            torn = torn or whole < len(piece)
            piece = piece[:whole]
        kept.append(piece)
    text = b"".join(kept) + data[position:]
    return text, Note("zero-bytes", {"count": count}, harmful=torn)


def _encoding(head: bytes) -> str | None:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the beginning of its own
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return name
    if head.count(0) > len(head) // 4:
        return _utf16(head)
    if len(_CONTROL.findall(head)) > MOST_CONTROL_SHARE * len(head):
        return None
    try:
        head.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        if error.start >= len(head) - 3 or _is_damaged_utf8(head):
            return "utf-8"
        return _legacy(head)


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether nearly all letters beyond ASCII are UTF-8: single bytes were lost, or a line was cut inside of a letter."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    return bad < MOST_DAMAGED * (sum(not letter.isascii() for letter in text) - bad)


def _utf16(head: bytes) -> str | None:
    """Detect the byte order without a mark, from the zero bytes of ASCII letters."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    text = head.decode(name, "ignore")
    printable = sum(c.isprintable() or c in "\r\n\t" for c in text)
    return name if text and max(even, odd) > len(head) // 4 and printable > 0.95 * len(text) else None


def _legacy(data: bytes) -> str:
    """Decode as Shift-JIS if that gives Japanese letters, else as Latin-1 (which accepts any byte)."""
    text = data.decode("cp932", "ignore")
    good = len(text.encode("cp932", "ignore")) >= len(data) - max(2, len(data) // 200)
    return "cp932" if good and any(map(_is_common, _JAPANESE.findall(text))) else "latin-1"


def _is_common(letter: str) -> bool:
    """Return True for kana and kanji of the first level of JIS X 0208, which misread Latin-1 letters never become."""
    return 0x82 <= letter.encode("cp932", "replace")[0] <= 0x97
