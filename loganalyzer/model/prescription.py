"""What to do next about a run: a fix of the catalogue with the run's own numbers in it."""

from __future__ import annotations

from collections.abc import Mapping

from loganalyzer.model.outcome import Number
from loganalyzer.model.record import Record, field
from loganalyzer.model.run import Detail


class Change(Record):
    """A setting to change.

    ``meaning`` is a key of ``roles.hyperparameters.TABLE``; ``name`` is spelled as in the run's settings, else as it is
    usual. ``old`` is None where the run does not say what it was.
    """

    meaning: str
    name: str
    old: Detail | None
    new: Detail

    @property
    def listed(self) -> str:
        """As a list has it: "dropout 0.8 → 0.2"; of a setting that was not set, or is empty, "hidden = 64"."""
        was = "" if self.old is None else str(self.old).strip()
        return f"{self.name} {was} → {self.new}" if was else f"{self.name} = {self.new}"


class Keep(Record):
    """The checkpoint to use: that of ``step``, where ``series`` had its best value as logged."""

    series: str
    step: int
    value: float


class Expected(Record):
    """What following the prescription is expected to bring, measured on the series ``on`` of this run.

    ``what`` is "saved" (share 0..1 of the run), "recovered" (units of the series between its best value and its end) or
    "reached" (the level of the series; ``low`` to ``high`` is its range).
    """

    what: str
    amount: float
    on: str
    low: float | None = None
    high: float | None = None


class Prescription(Record):
    """A fix as this run needs it.

    ``fix`` is an id of the catalogue, ``because`` the id of the rule whose finding asks for it. ``variant`` picks the
    sentence in the fix's entry ("" is its general text, where nothing could be computed). ``numbers`` fill what ``changes``
    and ``keep`` do not.
    """

    fix: str
    because: str = ""
    variant: str = ""
    changes: tuple[Change, ...] = ()
    keep: Keep | None = None
    expected: tuple[Expected, ...] = ()
    numbers: Mapping[str, Number] = field(default_factory=dict)

    @property
    def placeholders(self) -> Mapping[str, Number]:
        """The values for sentence and code.

        Of each change its new value under its meaning, the old one under ``<meaning>_old``; of the first one ``name``,
        ``old`` and ``new``, too; of ``keep`` ``series``, ``keep_step`` and ``keep_value``; then ``numbers``.
        """
        values: dict[str, Number] = {}
        for change in self.changes:
            values |= _of_change(change, change.meaning, f"{change.meaning}_old")
        if self.changes:
            values |= {"name": self.changes[0].name, **_of_change(self.changes[0], "new", "old")}
        if self.keep is not None:
            values |= {"series": self.keep.series, "keep_step": self.keep.step, "keep_value": self.keep.value}
        return values | dict(self.numbers)


def _of_change(change: Change, new: str, old: str) -> dict[str, Number]:
    known: dict[str, Number] = {new: change.new}
    return known if change.old is None else known | {old: change.old}
