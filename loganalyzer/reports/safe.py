"""Escape untrusted names from log files for terminals."""

from __future__ import annotations

import re

from loganalyzer.model.late import late

# C0 and C1 controls, DEL, zero-width and bidirectional marks, line and paragraph separators, lone surrogates
_UNSAFE = late(lambda: re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"))


def term_safe(text: str, limit: int = 0) -> str:
    """Escape every control, bidirectional or surrogate character in ``text``, and shorten it in the middle.

    ``limit`` > 0 caps the length in characters. The function is idempotent.
    """
    shown = _UNSAFE.sub(_escape, text)
    if limit and len(shown) > limit:
        half = (limit - 1) // 2
        shown = f"{shown[: limit - 1 - half]}…{shown[-half:] if half else ''}"
    return shown


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
