"""Logs that end by saying that the loss is no number ("Loss is nan, stopping training"), and not with a number that shows it.

Training loops test the loss before they log it: the last value printed is then a finite one, and a training that broke
would pass for one that ended well. Behind its last value such a training gets NaN.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import Struct

from loganalyzer.model.late import late
from loganalyzer.model.record import field
from loganalyzer.model.role import Split
from loganalyzer.model.run import Floats, Series
from loganalyzer.readers.common.quantities import LOSSES
from loganalyzer.roles.assign import role_of

_NO_NUMBER = r"(?:nan|inf|infinite|infinity|non-?finite|not finite|not a number)"
_OF_A_MODEL = (
    r"(?:loss(?:es)?|cost|gradients?|grads?|grad[ _]norm|weights|parameters|logits|activations|backward\w{0,9}"
    r"|training_step)"
)
_ENDS = r"(?:stop|abort|terminat|exit|halt|quit|break)\w{0,5}"
_SAYS = late(
    lambda: re.compile(
        rf"\b(?:{_OF_A_MODEL}\b.{{0,40}}\b(?:is|are|was|became|becomes|turned|went|contains?|become)\b.{{0,20}}\b{_NO_NUMBER}\b"
        rf"|{_NO_NUMBER} {_OF_A_MODEL}\b.{{0,40}}\b(?:{_ENDS}\b|during training)"
        rf"|{_ENDS}\b.{{0,60}}\b{_OF_A_MODEL}\b.{{0,20}}\b{_NO_NUMBER}\b|{_ENDS}\b.{{0,60}}\b{_NO_NUMBER} {_OF_A_MODEL}\b"
        r"|(?:loss|training|model) (?:has |is )?(?:diverged|diverging|exploded)\b)",
        re.IGNORECASE,
    )
)
_RAISES = late(
    lambda: re.compile(
        rf"Error\b.{{0,80}}\b(?:{_OF_A_MODEL}\b.{{0,40}}\b{_NO_NUMBER}\b|returned {_NO_NUMBER} values)"
        r"|invalid loss, terminating training|minimum loss scale reached|loss scale already at minimum"
        r"|invalid value \(nan\) encountered|nan in summary histogram",
        re.IGNORECASE,
    )
)
_SAYS_SKIPPED = late(
    lambda: re.compile(
        rf"\b(?:{_OF_A_MODEL}\b.{{0,40}}\b(?:is|are|was|became|contains?)\b.{{0,20}}\b{_NO_NUMBER}\b"
        rf"|{_NO_NUMBER} {_OF_A_MODEL}\b)",
        re.IGNORECASE,
    )
)
_HINT = re.compile(
    "[nN]an|NaN|NAN|inite|inf[ ,]|not a number|nvalid loss|scale reached|at minimum|diverg|explod",
)
"""What every such line holds, in the letters in which it is printed: most lines are passed over by it."""
_GOES_ON = re.compile(
    r"\b(?:skip|ignor|replac|retr[iy]|resum|restor|roll|continu|drop|remov|clip|check|detect|warn(?! *:)|will)\w{0,7}\b"
    r"|\b(?:no|not(?! finite\b)(?! a number)|never|without|if|unless|when|would|may|might|could)\b",
    re.IGNORECASE,
)
"""What such a line says where training goes on, or where nothing happened."""
_SKIPS = re.compile(r"\b(?:skip|ignor|drop|discard)\w{0,5}\b", re.IGNORECASE)
LONGEST = 400
MOST_SKIPPED = 5
"""Steps that are left out one after another because their loss is no number, and none behind them: nothing is learned any more."""


class Stops(Struct):
    """The numbers of records ``at`` which a log says that training ended because its loss is no number.

    ``skipped`` counts the lines behind the last record that say that a step was left out for it.
    """

    at: list[int] = field(default_factory=list)
    skipped: int = 0
    last: int = -1

    def take(self, line: str, records: int) -> bool:
        """Take a line, before which there were so many records; False for one that says nothing of the kind."""
        if not _may_say(line):
            return False
        if says_no_number(line):
            self.at.append(records)
            return True
        if _SKIPS.search(line) is None or _SAYS_SKIPPED.search(line) is None:
            return False
        self.skipped = self.skipped + 1 if records == self.last else 1
        self.last = records
        if self.skipped == MOST_SKIPPED:
            self.at.append(records)
        return True


def _may_say(line: str) -> bool:
    return _HINT.search(line) is not None and len(line) <= LONGEST


def says_no_number(line: str) -> bool:
    """Whether a line says that training ended because its loss, or what it is made of, is no number."""
    if not _may_say(line):
        return False
    if _RAISES.search(line) is not None:
        return True
    return _SAYS.search(line) is not None and _GOES_ON.search(line) is None


def ends_there(stopped: Sequence[int], x: Floats, start: int, stop: int, returns: Sequence[int]) -> bool:
    """Whether a training (records from ``start`` up to ``stop``, at places ``x``) got no further than a record ``stopped``.

    What stands behind it may be a result, but no later step, and no session that begins at one of the rows ``returns``.
    """
    for at in stopped:
        if start < at <= stop and not any(row >= at for row in returns):
            behind, before = x[at:stop], x[start:at]
            if not len(behind) or np.nanmax(behind, initial=-np.inf) <= np.nanmax(before, initial=-np.inf):
                return True
    return False


def with_nan_at_end(series: Mapping[str, Series]) -> dict[str, Series]:
    """The series with NaN behind the last value of each training loss that ends in a number, at the next step."""
    return {name: _ended(one) if _is_of_training(one) else one for name, one in series.items()}


def _is_of_training(series: Series) -> bool:
    role = role_of(series.name)
    ends_in_number = bool(np.isfinite(series.values[-1:]).any())
    return ends_in_number and role.quantity in LOSSES and role.split not in (Split.VALIDATION, Split.TEST)


def _ended(one: Series) -> Series:
    gap = int(np.median(np.diff(one.steps))) if len(one) > 1 else 1
    times = one.wall_times
    return Series(
        one.name,
        np.append(one.steps, one.steps[-1] + max(1, gap)),
        np.append(one.values, np.nan),
        None if times is None else np.append(times, times[-1]),
    )
