"""Why a text gave no curve: the first line that speaks of a loss or a metric and what it lacks, or the error it ends in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Note
from loganalyzer.readers.common.line_names import counter_before, name_before
from loganalyzer.readers.common.printed.lines import line_states, plain_text
from loganalyzer.readers.common.printed.numbers import NUMBER
from loganalyzer.roles.assign import role_of, words_of
from loganalyzer.roles.metric_names import LOSS_LIKE_METRICS

FEWEST_LINES = 4
FEWEST_OF_FEW = 2
"""So many lines are enough where they are most of the file."""
MOST_TEXT = 4 * 2**20
MOST_TAIL = 2**16
"""So much of the end is searched for the error in which a training ended."""
MOST_LINE = 2_000
MOST_NUMBERS = 40
LONGEST_QUOTE = 100
_CURVES = frozenset(
    {Quantity.LOSS, Quantity.LOSS_PART, Quantity.GENERATOR_LOSS, Quantity.DISCRIMINATOR_LOSS, Quantity.REWARD}
)
_SCORES = frozenset({"acc", "accuracy", "auc", "auroc", "bleu", "wer", "cer", "miou", "map"}) | LOSS_LIKE_METRICS
_SPEAKS = re.compile(
    r"(?i:loss|cost|nll|acc|auc|auroc|ppl|perplexity|bleu|wer|cer|rmse|mse|mae|map|iou|reward|損失|精度|誤差)"
)

_COUNTS = re.compile(r"(?i:epoch|step|iter|エポック|ステップ)")
_TRACEBACK = "Traceback (most recent call last)"
_ERROR = re.compile(
    r"^[^\S\n]{0,40}((?:[A-Za-z_]\w{0,60}\.){0,6}[A-Z]\w{0,60}(?:Error|Exception|Interrupt|Exit)\b[^\n]{0,300})", re.M
)
_LETTER = re.compile(r"[^\W\d_]")
_UNIT = re.compile(r"\s?[A-Za-z%]")


def refusal(text: str) -> Note | None:
    """What to say of a text without a curve in which a number stands beside a loss in many lines, or that ends in an error;
    None for other texts.

    Lines that say the same again (source code, settings) count once.
    """
    found: dict[str, bool] = {}
    unnamed: set[str] = set()
    first, first_unnamed, filled = "", "", 0
    for line in _lines(plain_text(text[:MOST_TEXT])):
        filled += not line.isspace()
        if _SPEAKS.search(line) and (value := _curve_value(line)) is not None:
            named, counted = value
            first = first or line
            found[named] = found.get(named, False) or counted
        elif _COUNTS.search(line) and (number := _unnamed_value(line)) is not None:
            first_unnamed = first_unnamed or line
            unnamed.add(number)
    if len(found) >= FEWEST_LINES or (len(found) >= FEWEST_OF_FEW and 2 * len(found) > filled):
        code = "curve-comes-once" if any(found.values()) else "curve-without-counter"
        return Note(code, {"count": len(found), "line": _quoted(first)})
    if len(unnamed) >= FEWEST_LINES:
        return Note("curve-without-name", {"count": len(unnamed), "line": _quoted(first_unnamed)})
    return ended_in_error(text)


def ended_in_error(text: str) -> Note | None:
    """What to say of a text with a traceback: its last line, "RuntimeError: CUDA out of memory"; None for other texts."""
    _, found, after = text[-MOST_TAIL:].rpartition(_TRACEBACK)
    errors = _ERROR.findall(after) if found else []
    return Note("error-instead-of-curve", {"error": _quoted(errors[-1])}) if errors else None


def _lines(text: str) -> Iterator[str]:
    for raw in text.split("\n"):
        for state in line_states(raw, ended=True):
            if state.text:
                yield state.text[:MOST_LINE]


def _curve_value(line: str) -> tuple[str, bool] | None:
    """The first loss or score in a line with its number ("loss 0.93"), and whether something before it counts."""
    parts = NUMBER.split(line)
    counted = False
    for index in range(1, min(len(parts) - 1, 2 * MOST_NUMBERS), 2):
        left = parts[index - 1]
        if counter_before(left) is not None:
            counted = True
            continue
        named = name_before(left)
        if named is None or not named.name or not left.rstrip(" \t\"'([").endswith((":", "=", named.name[-1])):
            continue
        role = role_of(named.name)
        if role.quantity in _CURVES or (
            role.quantity is Quantity.METRIC and not _SCORES.isdisjoint(words_of(named.name))
        ):
            return f"{named.name} {parts[index]}", counted
    return None


def _unnamed_value(line: str) -> str | None:
    """The decimal number that follows a counter with no word between them ("Epoch 5: 0.69"), as it is written."""
    parts = NUMBER.split(line)
    counted = False
    for index in range(1, min(len(parts) - 1, 2 * MOST_NUMBERS), 2):
        if counter_before(parts[index - 1]) is not None:
            counted = True
        elif counted and _LETTER.search(parts[index - 1]):
            return None
        elif counted and "." in parts[index] and not _UNIT.match(parts[index + 1]):
            return parts[index]
    return None


def _quoted(line: str) -> str:
    """A line as it can be shown: printable, not longer than a line of a terminal."""
    text = " ".join("".join(c if c.isprintable() else " " for c in line).split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
