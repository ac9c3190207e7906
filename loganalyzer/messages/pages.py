"""Text of a rule's page: split a docstring into paragraphs and fill in numbers from the code."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from loganalyzer.messages.formatting import fill
from loganalyzer.messages.languages import LANGUAGES, Lang, listed

PLACEHOLDER = re.compile(r"\{([A-Za-z]\w*(?:\.\w+)*)(?::(pct|g))?\}")
_NAMED = re.compile(r"^ +[A-Z][a-z-]{1,40}( [a-z-]{1,40})?( \([^)]{0,200}\))?: ")

_LITERAL = re.compile("``([^`]+)``")
_BETWEEN = re.compile(r"(?<=[a-z0-9)'%]\.)(?= [A-Z])|(?<=。)(?=.)")
"""Between two sentences: behind a full stop, before a capital, or behind a Japanese one."""


def with_numbers(text: str, value_of: Callable[[str], Any], lang: Lang) -> str:
    """Fill ``{name}`` and ``{name:g}`` with the number of that name, ``{name:pct}`` with it as a percentage.

    ``value_of`` gives a number, a tuple of numbers, or None for a name it does not know: such braces stay as they are.
    """

    def replace(match: re.Match[str]) -> str:
        value = value_of(match[1])
        if value is None:
            return match[0]
        values = value if isinstance(value, tuple) else (value,)
        return listed([_percent(v, lang) if match[2] == "pct" else _number(v, lang) for v in values], lang)

    return PLACEHOLDER.sub(replace, text)


def short(paragraph: str, most: int = 320) -> list[str]:
    """Split a paragraph of plain text between sentences, into pieces of about ``most`` characters: quicker to find one's way in."""
    pieces = [""]
    for sentence in _BETWEEN.split(paragraph):
        if pieces[-1] and len(pieces[-1]) + len(sentence) > most:
            pieces.append(sentence)
        else:
            pieces[-1] += sentence
    return [piece.strip() for piece in pieces]


def plain(text: str) -> str:
    """The text without the marks of markup: names of limits stand in quotes."""
    return _LITERAL.sub(r"'\1'", text)


def _number(value: float, lang: Lang) -> str:
    """Format a chosen number without trailing zeros: 0.1, 1e30."""
    return fill("{value:limit}", {"value": value}, "", lang)


def _percent(share: float, lang: Lang) -> str:
    """Format a share 0..1 without trailing zeros: "5 %" / "5%"."""
    return _number(round(100 * share, 9), lang) + LANGUAGES[lang].percent


def paragraphs(docstring: str) -> list[str]:
    """Split a docstring into paragraphs, each on one line with its indent; "Name: ..." after a full stop begins one."""
    found: list[str] = []
    before = ""
    for line in docstring.splitlines():
        indent = len(line) - len(line.lstrip())
        goes_on = bool(line.strip() and before.strip()) and indent == len(before) - len(before.lstrip())
        if goes_on and not (before.endswith(".") and _NAMED.match(line)):
            found[-1] += " " + line.strip()
        else:
            found.append(line)
        before = line
    return found
