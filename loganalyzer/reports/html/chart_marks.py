"""Evidence on a panel: marks, and labels above them in rows without overlaps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.outcome import Evidence, Outcome, Status
from loganalyzer.model.record import Record
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Ints, Series
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports.html.chart_box import TOO_LARGE, Box
from loganalyzer.reports.html.chart_layout import WIDE
from loganalyzer.reports.html.pen import Pen

MOST_MARKS, MOST_RESTARTS, MOST_ROWS = 12, 6, 3
BEST = "best"
SPIKES, SCHEDULE = "loss-spikes", "learning-rate-schedule"
Lines = Sequence[tuple[Series, str]]


class Mark(Record):
    """Something at steps ``first`` to ``last``; ``chief`` marks belong to the finding that decided the verdict."""

    first: float
    last: float
    shape: str
    text: str
    chief: bool
    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def upright(self) -> bool:
        """True for marks drawn as a vertical line at one step."""
        return self.shape in ("line", "faint", BEST) or (self.shape == "point" and self.chief)


class Label(Record):
    """A text over a panel: where it begins (or ends, if ``side`` is "right"), in which row over the panel (0 lowest).

    ``wide`` is about how much of the figure's width it takes.
    """

    x: float
    side: str
    row: int
    text: str
    colour: str
    wide: float

    @property
    def span(self) -> tuple[float, float]:
        """Horizontal extent of the text (begin, end)."""
        return (self.x - self.wide, self.x) if self.side == "right" else (self.x, self.x + self.wide)


def marks(lines: Lines, diagnosis: Diagnosis, lang: Lang, *, main: bool) -> list[Mark]:
    """Return all marks on a panel with these lines, the most important first."""
    found = [_mark(o, e, lines, diagnosis, lang) for o, e in _evidence(lines, diagnosis, main=main)]
    known = {(m.first, m.shape) for m in found if m.chief}
    found = [m for m in found if m.chief or (m.first, m.shape) not in known]
    if not main:
        return found
    unit = diagnosis.run.step_unit
    best = diagnosis.best
    without_best = diagnosis.verdict is Verdict.PLATEAU or any(m.shape == "point" and m.chief for m in found)
    drawn = {s.name: s for s, _ in lines}
    if best and not without_best and best.series in drawn and best.step != int(drawn[best.series].steps[-1]):
        text = messages.ui("html", "chart.best", lang, value=best.value, at=messages.at_step(best.step, unit, lang))
        found.append(Mark(best.step, best.step, BEST, text, False, best.value))
    resumed = messages.label("logging-gaps", "resumed", lang)
    found += [Mark(s, s, "line", resumed, False) for s in diagnosis.run.restarts[:MOST_RESTARTS]]
    return found + list(_changes(diagnosis, lang))


def _evidence(lines: Lines, diagnosis: Diagnosis, *, main: bool) -> Iterator[tuple[Outcome, Evidence]]:
    """Yield the evidence on these series, that of the deciding finding first, then that of other warnings."""
    drawn = {series.name for series, _ in lines}
    found = [o for o in diagnosis.outcomes if o.status is Status.FOUND]
    found.sort(key=lambda o: (o.rule != diagnosis.deciding, -o.severity.rank))
    always_marked = (SPIKES,) if main else (SPIKES, SCHEDULE)
    count = 0
    for outcome in found:
        if outcome.rule != diagnosis.deciding and outcome.severity.rank == 0 and outcome.rule not in always_marked:
            continue
        for evidence in outcome.evidence:
            if main and outcome.rule != diagnosis.deciding and evidence.mark in ("span", "band"):
                continue  # an unshaded interval needs no label
            if evidence.series in drawn and count < MOST_MARKS:
                count += 1
                yield outcome, evidence


def _mark(outcome: Outcome, evidence: Evidence, lines: Lines, diagnosis: Diagnosis, lang: Lang) -> Mark:
    unit = diagnosis.run.step_unit
    if outcome.rule == SCHEDULE and evidence.label == "change":
        text = _change(outcome, lang)
    else:
        text = messages.label(outcome.rule, evidence.label, lang, outcome.numbers, unit)
    value = evidence.value if evidence.value is not None else _value_at(lines, evidence)
    chief = outcome.rule == diagnosis.deciding
    return Mark(evidence.first, evidence.last, evidence.mark, text, chief, value, evidence.low, evidence.high)


def _changes(diagnosis: Diagnosis, lang: Lang) -> Iterator[Mark]:
    """Mark drops and restarts of the learning rate, for the curves that may react to them."""
    for outcome in diagnosis.outcomes:
        if outcome.rule == SCHEDULE and outcome.status is Status.FOUND:
            for evidence in outcome.evidence:
                if evidence.label == "change":
                    yield Mark(evidence.first, evidence.last, "faint", _change(outcome, lang), False)


def _change(outcome: Outcome, lang: Lang) -> str:
    if outcome.variant.startswith("warm-restarts"):
        return messages.ui("html", "chart.restart", lang)
    return messages.ui("html", "chart.drop", lang, factor=f"{float(outcome.numbers.get('factor', 1.0)):.2g}")


def _value_at(lines: Lines, evidence: Evidence) -> float | None:
    for series, _ in lines:
        if series.name == evidence.series and len(series):
            place = int(np.searchsorted(series.steps, evidence.first))
            return float(series.values[min(place, len(series) - 1)])
    return None


def labels(
    found: Iterable[Mark], x: Any, left: float, right: float, taken: float, character: float = WIDE.character
) -> list[Label]:
    """Place the marks' texts: next to a vertical, centred over an interval, a row higher to avoid overlaps.

    ``x`` maps a step to the figure; ``taken`` is where the panel's own title ends in row 0; ``character`` is the width of
    one. Texts of marks that are not chief are left out beyond the last row, and duplicates are shown once.
    """
    rows: list[list[tuple[float, float]]] = [[(left, taken)]]
    placed: list[Label] = []
    seen: set[str] = set()
    for mark in sorted(found, key=lambda m: not m.chief):
        if not mark.text or mark.text in seen:
            continue
        begin, end = float(x(mark.first)), float(x(mark.last))
        wide = min(text_width(mark.text, character), right - left)
        if mark.shape in ("point", "line", "faint", BEST):
            wanted = [(begin + 0.006, "left"), (begin - 0.006 - wide, "right")]
        else:
            wanted = [(max(left, min((begin + end) / 2 - wide / 2, right - wide)), "left")]
        fitting = [(start, side) for start, side in wanted if start >= left and start + wide <= right] or [
            (left, "left")
        ]
        lowest = [next((r for r, spans in enumerate(rows) if _free(spans, s, wide)), len(rows)) for s, _ in fitting]
        row = min(lowest)
        start, side = fitting[lowest.index(row)]
        if row >= MOST_ROWS and not mark.chief:
            continue
        if row == len(rows):
            rows.append([])
        rows[row].append((start, start + wide))
        seen.add(mark.text)
        at = start + wide if side == "right" else start
        placed.append(Label(at, side, row, mark.text, "mark" if mark.chief else "muted", wide))
    return placed


def text_width(text: str, character: float = WIDE.character) -> float:
    """Estimate the width of a label, as a share of the figure's width; ``character`` is that of a Latin letter."""
    return character * sum(1.6 if ord(c) > 0x2E80 else 1.0 for c in text)


def _free(spans: Iterable[tuple[float, float]], start: float, wide: float) -> bool:
    return all(b + 0.012 <= start or start + wide + 0.012 <= a for a, b in spans)


def draw_behind(pen: Pen, box: Box, found: Iterable[Mark]) -> None:
    """Draw shaded intervals, and the band between the extremes of a swing; each interval is shaded once.

    Only what decided the verdict is shaded, and a warm-up on the strip of the learning rate.
    """
    shaded: list[tuple[float, float]] = []
    for mark in found:
        left, right = float(box.x(mark.first)), float(box.x(mark.last))
        if right - left < 1e-4 or any(a < right and left < b for a, b in shaded):
            continue
        if mark.shape == "band" and mark.low is not None and mark.high is not None and mark.chief:
            low, high = float(box.y(mark.low)), float(box.y(mark.high))
            pen.area(left, low, right - left, high - low, "c", 0.8)
        elif mark.shape == "span" and (mark.chief or box.small):
            pen.area(left, box.bottom, right - left, box.height, "v", 0.55)
        else:
            continue
        shaded.append((left, right))


def draw_over(
    pen: Pen, box: Box, lines: Lines, found: Iterable[Mark], placed: Sequence[Label], row: float, taken: float
) -> None:
    """Draw dotted verticals and circles at events, crosses at broken values, and the labels.

    ``row`` is the height of a row of labels as a share of the figure's; ``taken`` is where the title in row 0 ends.
    """
    top = box.bottom + box.height
    by_text = {label.text: label for label in placed}
    for mark in found:
        x, label = float(box.x(mark.first)), by_text.get(mark.text)
        if mark.upright and (label or mark.shape == "faint"):
            colour, width = ("mark", 1.1) if mark.chief else ("muted", 0.8)
            texts = [(box.left, taken, 0), *((*other.span, other.row) for other in placed)]
            for low, high in _pieces(x, label.row if label else -1, texts):
                pen.vertical(x, top + row * low if low else box.bottom, top + row * high, colour, width)
        value = mark.value
        if mark.shape in ("point", BEST) and value is not None and math.isfinite(value) and abs(value) < TOO_LARGE:
            pen.markers([x], [float(box.y(value))], "mark", "c", "o", 6.5 if mark.chief else 5.0)
    _mark_broken(pen, box, np.unique(np.concatenate([s.steps[~np.isfinite(s.values)] for s, _ in lines])))
    for label in by_text.values():
        y = top + row * (label.row + 0.2)
        pen.text(label.x, y, label.text, label.colour, part="v", ha=label.side, va="bottom")


def _pieces(x: float, highest: int, texts: Iterable[tuple[float, float, int]]) -> list[tuple[float, float]]:
    """An upright at ``x`` from the panel's foot (0) up through row ``highest``, in rows over the panel's top, without
    the rows in which it would cross a text; ``texts`` are (begin, end, row)."""
    crossed = {row for begin, end, row in texts if begin - 0.004 <= x <= end + 0.004}
    pieces = [(0.0, 0.0)]
    for row in range(highest + 1):
        if row == highest or row not in crossed:
            low, high = float(row), row + (0.9 if row == highest else 1.0)
            pieces = [*pieces[:-1], (pieces[-1][0], high)] if pieces[-1][1] == low else [*pieces, (low, high)]
    return pieces


def _mark_broken(pen: Pen, box: Box, steps: Ints) -> None:
    """Draw crosses at the bottom of the panel for NaN and infinite values, at most forty."""
    if len(steps):
        shown = steps[np.unique(np.linspace(0, len(steps) - 1, min(40, len(steps))).astype(int))]
        foot = np.full(len(shown), box.bottom + 0.03 * box.height)
        pen.markers(box.x(shown), foot, "mark", "v", "x", 5, 1.4)
