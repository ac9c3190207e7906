"""The filter language: ``lr>0.01 verdict:diverging loss<0.4 name~res tag``; ``where.js`` is the same for the page.

``tests/where_cases.json`` has the cases that both must agree on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from loganalyzer.model.record import Record

Field = float | tuple[str, ...]
"""A number, or words any of which may match: a verdict has its id and its name in the language of the report."""
_OPERATORS = ("<=", ">=", "!=", "<", ">", "=", ":", "~")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?%?")


class Term(Record):
    """One condition: ``key operator value``; a bare word (no key, no operator) is looked for in the text of the run."""

    negated: bool
    key: str
    operator: str
    value: str

    @property
    def complete(self) -> bool:
        """False while the value is still missing; such a term matches every run."""
        return bool(self.value)


def parse(query: str) -> tuple[Term, ...]:
    """The terms of a query; all of them must match. Never raises."""
    return tuple(_term(piece) for piece in _pieces(query))


def matches(fields: Mapping[str, Field], text: str, terms: Sequence[Term]) -> bool:
    """True if a run with these ``fields`` (names in lower case) and this ``text`` matches all ``terms``."""
    return all(not t.complete or _matches(fields, text, t) is not t.negated for t in terms)


def found(fields: Mapping[str, Field], key: str) -> str:
    """The name of the field that ``key`` means: itself, or the only or first one whose last part it is; "" for none."""
    wanted = key.lower()
    if wanted in fields:
        return wanted
    return next((name for name in fields if re.split(r"[/.]", name)[-1] == wanted), "")


def number(text: str) -> float | None:
    """A number as it is typed, 12% as 0.12; None for other text."""
    if not _NUMBER.fullmatch(text):
        return None
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def quoted(text: str) -> str:
    """``text`` as a key or value of a query, in quotation marks where it needs them."""
    plain = text.replace('"', "")
    special = not plain or plain.startswith("-") or any(c.isspace() or c in "<>=!:~," for c in plain)
    return f'"{plain}"' if special else plain


def _pieces(query: str) -> list[str]:
    """The query split at spaces outside of quotation marks."""
    pieces, inside = [""], False
    for c in query:
        inside ^= c == '"'
        if c.isspace() and not inside:
            pieces.append("")
        else:
            pieces[-1] += c
    return [piece for piece in pieces if piece.strip('"-')]


def _term(piece: str) -> Term:
    negated = piece.startswith("-")
    body, inside = piece[negated:], False
    for i, c in enumerate(body):
        inside ^= c == '"'
        operator = "" if inside or not i else next((o for o in _OPERATORS if body.startswith(o, i)), "")
        if operator:
            return Term(negated, body[:i].replace('"', ""), operator, body[i + len(operator) :].replace('"', ""))
    return Term(negated, "", "", body.replace('"', ""))


def _matches(fields: Mapping[str, Field], text: str, term: Term) -> bool:
    if not term.operator:
        return term.value.lower() in text.lower()
    own = fields.get(found(fields, term.key))
    if term.operator == "!=":
        return own is None or not _equal(own, term.value)
    if own is None:
        return False
    if term.operator in (":", "="):
        return _equal(own, term.value)
    if term.operator == "~":
        return not isinstance(own, float) and any(term.value.lower() in word.lower() for word in own)
    wanted = number(term.value)
    return wanted is not None and isinstance(own, float) and _compared(own, term.operator, wanted)


def _compared(own: float, operator: str, wanted: float) -> bool:
    if operator in ("<=", ">=") and _close(own, wanted):
        return True
    return own < wanted if operator[0] == "<" else own > wanted


def _equal(own: Field, value: str) -> bool:
    """Equal to one of the values between commas."""
    if isinstance(own, float):
        return any((wanted := number(v)) is not None and _close(own, wanted) for v in value.split(","))
    wanted_words = [v.lower() for v in value.split(",")]
    return any(word.lower() in wanted_words for word in own)


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-6)
