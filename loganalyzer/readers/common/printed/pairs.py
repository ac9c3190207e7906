"""Values that one name announces: "Accuracy (Loss): 0.5 (1.37)", "Loss (train/val): 0.41/0.47", "MSE: train: 0.4, val: 0.5",
"accuracy/loss: 0.91/0.34"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from loganalyzer.model.record import Record
from loganalyzer.model.role import Quantity, Split
from loganalyzer.readers.common.line_names import name_before, splits_in
from loganalyzer.readers.common.printed.plan import Plan, Value, scale_of
from loganalyzer.readers.common.quantities import KNOWN, LOSSES, with_split
from loganalyzer.roles.assign import role_of

_NAMES = re.compile(
    r"(?:\b((?:[Tt]rain|[Vv]al|[Vv]alid|[Tt]est|[Dd]iscriminator|[Gg]enerator|[Dd]ev)\w{0,10} ))?[A-Za-z]{2,20}\s?"
    r"\(([A-Za-z]{2,20}(?:[@_]\w{1,9})?)\)\s?[:=]\s{0,4}$"
)
_DATA_SETS = re.compile(
    r"\(?\b(?:train(?:ing)?|trn?)\s?[/|]\s?(?P<held>val|valid|validation|dev|eval|test|te)\b\)?\s?",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:^|(?<=[\s|,;>(\[\]{)'\"]))(?P<set>train(?:ing)?|trn?|val|valid|validation|va|dev|eval|test|te)\s{0,2}"
    r"(?P<sign>[:=]?)[\s'\"]{0,12}$",
    re.IGNORECASE,
)
_BAR = re.compile(r"\s?%\s?[|(]")
_BESIDE = re.compile(r"\s{0,6}[|,;]\s{0,6}(?P<name>[A-Za-z]\w{0,20})")
_NEXT = re.compile(r"\s{1,12}(?P<word>[A-Za-z]\w{0,20})")
_UNITS = frozenset("s sec min h hour ms it k m mb gb of out image sample batch".split())
"""Behind a number: it is no quantity of the data set. So is no word in the plural ("train 50000 samples")."""
_PARTED = re.compile(r"%?\s{0,3}[/|]\s{0,3}")
_ROW = re.compile(r"(?P<names>[A-Za-z][\w@]{0,20}(?:\s?/\s?[A-Za-z][\w@]{0,20}){1,4})(?:\s?[:=]|\s(?:is|are))?\s{0,4}$")
_MEASURED = frozenset({Quantity.LOSS, Quantity.LOSS_PART, Quantity.METRIC})
MOST_CONTEXT = 80


class OfTwo(Record):
    """A quantity of training data and of held-out data: its name, and the split ("val", "test") of the latter."""

    name: str
    held_out: str


def measures(name: str) -> bool:
    """Whether a name is that of a loss or metric, and says nothing of the data that it is measured on."""
    role = role_of(name)
    return role.quantity in _MEASURED and role.split is Split.NONE


def bare_data_set(left: str, right: str) -> re.Match[str] | None:
    """The data set that alone names a number ("train 0.41  val 0.47"), None where a word behind it says what is counted."""
    found = _BARE.search(left[-MOST_CONTEXT:])
    if found is None or _BAR.match(right):
        return None
    if found["sign"]:
        return found
    behind = _NEXT.match(right)
    word = behind["word"] if behind else ""
    if right[:1] in {"/", "%", "_"} or right[:1].isalpha():
        return None
    counts = word.lower() in _UNITS or (word.endswith("s") and role_of(word).quantity not in KNOWN)
    return None if counts and not splits_in(word) else found


def names_in_row(left: str, behind: Sequence[str]) -> tuple[str, ...]:
    """The names of the numbers of "accuracy/loss: 0.91/0.34", of which ``behind`` are the texts behind each; () for others."""
    found = _ROW.search(left[-MOST_CONTEXT:])
    names = re.split(r"\s?/\s?", found["names"]) if found else []
    told = found is not None and all(map(measures, names))
    if not told or len(behind) < len(names) or not all(_PARTED.fullmatch(text) for text in behind[: len(names) - 1]):
        return ()
    splits = splits_in(left[-MOST_CONTEXT:][: found.start()]) if found else ()
    return tuple(with_split(name, splits[-1]) if splits else name for name in names)


def is_beside_another(right: str) -> bool:
    """Whether a known quantity follows a number of a line that does not count ("train   2.5280 | acc 0.3161")."""
    behind = _BESIDE.match(right)
    return behind is not None and role_of(behind["name"]).quantity in KNOWN


def quantity_ahead(before: str) -> str:
    """The quantity that is named ahead of several data sets: "MSE: " before "train: 0.4, val: 0.5"; "" for none."""
    named = name_before(before) if before.rstrip().endswith((":", "-", "=", "(", ">", "|")) else None
    return named.name if named is not None and measures(named.name) else ""


def name_in_brackets(left: str) -> str:
    """The name of the value in brackets behind that which ``left`` names ("Test Accuracy (Loss): "), "" for none."""
    found = _NAMES.search(left)
    name = f"{found[1] or ''}{found[2]}" if found else ""
    return name if found and role_of(name).quantity in KNOWN else ""


def of_two_data_sets(left: str, between: str) -> OfTwo | None:
    """What two numbers are that ``left`` calls "train/val loss" and ``between`` parts by a slash; None for others."""
    if not _PARTED.fullmatch(between) or (both := _DATA_SETS.search(left[-MOST_CONTEXT:])) is None:
        return None
    text = left[-MOST_CONTEXT:]
    named = name_before(text[: both.start()] + text[both.end() :])
    if named is None or not named.name:
        return None
    if not measures(named.name):
        return None
    return OfTwo(named.name, "test" if both["held"].lower().startswith("te") else "val")


def of_training_and_held_out(pairs: Mapping[int, str], plan: Plan, texts: Sequence[str]) -> list[tuple[Value, str]]:
    """The values, each with its data set, of numbers with another one behind a slash ("Loss: 0.72/0.42 | Accuracy: 0.77/0.84").

    ``pairs`` are their names by their places in a line of ``texts``. A loss is no share of anything: where it and another
    quantity stand so in a line of a whole epoch, the numbers are those of training and of held-out data. [] for other lines.
    """
    told = any(role_of(name).quantity in LOSSES for name in pairs.values())
    if not told or len(pairs) < 2 or plan.epoch < 0 or plan.step >= 0:
        return []
    return [
        (Value(f"{split}/{name}", place, -1, scale_of(texts[place + 1])), split)
        for index, name in pairs.items()
        for place, split in ((index, "train"), (index + 1, "val"))
    ]
