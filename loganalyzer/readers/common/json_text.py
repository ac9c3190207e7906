"""JSON as training programs write it, and as crashes leave it: NaN tokens, torn ends, bounded nesting."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from loganalyzer.model.errors import ReadError
from loganalyzer.model.late import late
from loganalyzer.model.run import Note

MOST_NESTING = 64
MOST_DIGITS = 300
_LOOKED_AT = 4_000_000
_TOKEN = late(lambda: re.compile(r'"(?:[^"\\]++|\\.)*+"?+|[\[\]{},]', re.DOTALL))
"""A string, which may be cut off by the end, or a sign."""
_BETWEEN = late(lambda: re.compile(r"[\s,\x00]*"))
_PYTHON = late(
    lambda: re.compile(
        r"'([^'\\\n]{0,400})'|np\.(?:float|int|uint)\d{1,3}\(([^()]{0,60})\)|\b(None|nan|inf|True|False)\b|([()])"
    )
)
_WORDS = {"None": "null", "nan": "NaN", "inf": "Infinity", "True": "true", "False": "false"}
_CLOSING = {"[": "]", "{": "}"}


def parse(text: str) -> Any:
    """JSON with NaN and Infinity tokens allowed. Raises ReadError "bad-json" or "nested-too-deep"."""
    _check_nesting(text)
    try:
        return json.loads(text, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise ReadError("bad-json", reason=str(error)[:80]) from error


def parse_damaged(text: str) -> tuple[Any, Note | None]:
    """The same; of a document that is torn or damaged, what stands before the damage, and a note of it.

    Raises ReadError where nothing stands before it.
    """
    _check_nesting(text)
    try:
        return json.loads(text, parse_int=_integer), None
    except json.JSONDecodeError as error:
        position, reason = error.pos, str(error)[:80]
    except (ValueError, RecursionError) as error:
        raise ReadError("bad-json", reason=str(error)[:80]) from error
    try:
        data = json.loads(_closed(text, position), parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise ReadError("bad-json", reason=reason) from error
    return data, Note("json-damaged", {"at": position, "size": len(text)}, harmful=True)


def printed(text: str) -> str:
    """The JSON of a Python dict as ``print`` or ``str`` writes it; any other text as it is.

    Quotes, tuples, None, nan and inf, and numpy's scalars are put as JSON has them; nothing is evaluated.
    """
    return _PYTHON.sub(_as_json, text) if text.lstrip().startswith("{'") else text


def printed_list(text: str) -> str:
    """The JSON of a Python list as ``print`` or ``str`` writes it, with nan, None and numpy's scalars; of JSON the same."""
    return _PYTHON.sub(_as_json, text) if any(word in text for word in ("nan", "inf", "None", "np.")) else text


def _as_json(match: re.Match[str]) -> str:
    name, scalar, word, bracket = match.groups()
    if name is not None:
        return json.dumps(name)
    if bracket is not None:
        return "[" if bracket == "(" else "]"
    return _WORDS.get(scalar or word, scalar or "null")


def _closed(text: str, position: int) -> str:
    """The text up to the last whole element before ``position``, its open brackets closed.

    An element is whole when a comma or a closing bracket follows: the last number of a torn file may be cut.
    """
    stack: list[str] = []
    cut, closers = 0, ""
    for match in _TOKEN.finditer(text, 0, position):
        token = match[0]
        if token in _CLOSING:
            stack.append(_CLOSING[token])
            cut = match.end()
        elif token in ("]", "}"):
            if not stack or stack.pop() != token:
                break
            cut = match.end()
        elif token == ",":
            cut = match.start()
        else:
            continue
        closers = "".join(reversed(stack))
    return text[:cut] + closers


def documents(text: str, most: int | None = None) -> tuple[list[Any], int]:
    """JSON values one after another, however they are broken into lines, up to ``most`` of them.

    Returns the values before the first damage, and where reading ended (``len(text)`` if nothing is damaged). What is
    nested too deeply is damage as well.
    """
    text = text[: _deepens(text)]
    decoder = json.JSONDecoder(parse_int=_integer)
    found: list[Any] = []
    position = 0
    while (match := _BETWEEN.match(text, position)) and match.end() < len(text):
        if most is not None and len(found) >= most:
            break
        try:
            value, position = decoder.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            return found, match.end()
        found.append(value)
    return found, len(text)


def _check_nesting(text: str) -> None:
    if text.count("[") + text.count("{") > MOST_NESTING:
        deepest = nesting(text[:_LOOKED_AT])
        if deepest > MOST_NESTING:
            raise ReadError("nested-too-deep", depth=deepest)


def _deepens(text: str) -> int:
    """Where brackets are nested too deeply, ``len(text)`` if they are nowhere."""
    if text.count("[") + text.count("{") > MOST_NESTING:
        return next((at for at, depth in _depths(text, _LOOKED_AT) if depth > MOST_NESTING), len(text))
    return len(text)


def nesting(text: str) -> int:
    """How deep brackets are nested, strings left out."""
    return max((depth for _, depth in _depths(text, len(text))), default=0)


def _depths(text: str, end: int) -> Iterator[tuple[int, int]]:
    """The place of each bracket that opens before ``end``, and how deep what it opens is nested; strings left out."""
    depth = 0
    for match in _TOKEN.finditer(text, 0, end):
        if match[0] in _CLOSING:
            depth += 1
            yield match.start(), depth
        elif match[0] in ("]", "}"):
            depth -= 1


def _integer(digits: str) -> float:
    return int(digits) if len(digits) < MOST_DIGITS else math.copysign(math.inf, -1 if digits[0] == "-" else 1)
