"""Numbers that belong to the name of what they stand beside: those of classes, and of places of measurement."""

from __future__ import annotations

import re

from loganalyzer.readers.common.quantities import KNOWN
from loganalyzer.roles.assign import role_of

_PLACE = re.compile(r"^\W{0,20}(Region|Layer|Head|Scale) $")
_BEFORE = r"(?:^|[\s:,;|\]>)-])"
_CLASS = re.compile(
    rf"{_BEFORE}((?:(?:eval|val|valid|test|train)\w{{0,7}} )?(?:class|label|category)) #?$", re.IGNORECASE
)
_TAKES_PART = re.compile(
    rf"(?:{_BEFORE}|[_\[(])((?:client|participant|party|site|hospital))(?:[ _]?id)?[ _:#=]{{0,3}}$", re.IGNORECASE
)
"""Who trains on data of its own, in federated learning."""
_BEHIND_ONE = re.compile(r"[\]):,;|\- ]")
_NAME_BEHIND = re.compile(r" {1,2}[A-Za-z][\w \-]{1,40}[:=]")
_OF_CLASS = re.compile(rf"{_BEFORE}([A-Za-z][\w\-]{{0,30}}) (?:of|for|on) (class|label|category) #?$", re.IGNORECASE)
LONGEST_BEFORE = 60


def place_before(left: str, right: str, *, first: bool) -> tuple[str, str] | None:
    """The word ahead of the number between ``left`` and ``right`` that is part of a name ("class" of "class 1 accuracy: 0.9",
    "Region" of "Region 82 Avg IOU: 0.3"), and the quantity where it stands ahead of both ("Accuracy of class 1: 0.9"), else
    ""; None where the number is none of these. ``first``: it is the first of its line.
    """
    left = left[-LONGEST_BEFORE:]
    if first and (found := _PLACE.search(left)) is not None:
        return found[1], ""
    if (found := _CLASS.search(left)) is not None and _NAME_BEHIND.match(right):
        return found[1], ""
    if (found := _TAKES_PART.search(left)) is not None and _BEHIND_ONE.match(right) and "poch" not in right:
        return found[1].lower(), ""  # epochs of its own begin anew in each round
    found = _OF_CLASS.search(left)
    return (found[2], found[1]) if found is not None and role_of(found[1]).quantity in KNOWN else None
