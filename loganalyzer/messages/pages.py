"""Text of a rule's page: split a docstring into paragraphs and fill in numbers from the code."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from loganalyzer.messages.formatting import fill
from loganalyzer.messages.languages import LANGUAGES, Lang, listed

PLACEHOLDER = re.compile(r"\{([A-Za-z]\w*(?:\.\w+)*)(?::(pct))?\}")
_NAMED = re.compile(r"^ +[A-Z][a-z-]{1,40}( [a-z-]{1,40})?( \([^)]{0,200}\))?: ")


def with_numbers(text: str, value_of: Callable[[str], Any], lang: Lang) -> str:
    """Fill ``{name}`` with the number of that name, ``{name:pct}`` with it as a percentage.

    ``value_of`` gives a number, a tuple of numbers, or None for a name it does not know: such braces stay as they are.
    """

    def replace(match: re.Match[str]) -> str:
        value = value_of(match[1])
        if value is None:
            return match[0]
        values = value if isinstance(value, tuple) else (value,)
        return listed([_percent(v, lang) if match[2] else _number(v, lang) for v in values], lang)

    return PLACEHOLDER.sub(replace, text)


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
