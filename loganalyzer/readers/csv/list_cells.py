"""Cells that hold a list ("[0.41, 0.52]"): one number for each row.

The numbers of a list are parts of one value (a loss for each fold, a Dice for each class, the losses of an epoch's batches): it
is their mean, as in printed text. Where each list is the one of the row before with more behind it, it is the history so
far: the last number is the row's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

LONGEST = 100_000
MOSTLY = 0.8
_NUMBER = r"[-+]?(?:\d{1,40}\.?\d{0,40}(?:[eE][-+]?\d{1,4})?|\.\d{1,40}(?:[eE][-+]?\d{1,4})?|nan|inf|None)"
_WRAPPED = re.compile(
    rf"(?:np\.|numpy\.|torch\.|tf\.)?(?:float\d\d|[tT]ensor|array)\(({_NUMBER})(?:, [^()]{{1,40}})?\)"
)
_LIST = re.compile(
    rf"(?:array|[tT]ensor)?\(?[\[(]\s{{0,8}}({_NUMBER}(?:[,;\s]\s{{0,8}}{_NUMBER})*+)?[,\s]{{0,8}}[\])](?:, [^()]{{1,40}})?\)?"
)
_UNQUOTED = re.compile(rf"\[\s{{0,8}}{_NUMBER}(?:[,;]?\s{{0,8}}{_NUMBER})*+\s{{0,8}}\]")
_BETWEEN = re.compile(r"[,;\s]+")
_BEGINS = ("[", "(", "array", "tensor", "Tensor")


def numbers_in_list(cell: str) -> list[float] | None:
    """The numbers of a cell that holds a list, a tuple or an array of one dimension; None for any other cell."""
    text = cell.strip("\x00'\" \t")
    if not text.startswith(_BEGINS) or len(text) > LONGEST:
        return None
    found = _LIST.fullmatch(_WRAPPED.sub(r"\1", text))
    if found is None or found[1] is None:
        return None
    return [float("nan") if number == "None" else float(number) for number in _BETWEEN.split(found[1])]


def without_separators(line: str, separator: str) -> str:
    """The line with blanks for the separators inside of lists that stand without quotes."""
    return _UNQUOTED.sub(lambda found: found[0].replace(separator, " "), line)


def values_of_lists(lists: Sequence[Sequence[float]]) -> list[float]:
    """One value for each of the lists of a column: the last of a history that grows, else the mean."""
    longer = [
        len(after) > len(before) and list(after[: len(before)]) == list(before) for before, after in pairwise(lists)
    ]
    grows = len(longer) > 1 and sum(longer) >= MOSTLY * len(longer)
    return [float(own[-1]) if grows else float(np.mean(own)) for own in lists]
