"""The chart of one run: the objective with its evidence, and below it narrow strips for other quantities.

The same plan is drawn as SVG for the page, in the page's colours and fonts, and as a matplotlib figure for files.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.record import Record, replace
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Floats, Run, Series
from loganalyzer.reports.decimate import decimate
from loganalyzer.reports.html import chart_box, chart_marks
from loganalyzer.reports.html.chart_box import Box
from loganalyzer.reports.html.chart_layout import POINTS_PER_INCH, WIDE, Layout
from loganalyzer.reports.html.chart_marks import Label, Mark
from loganalyzer.reports.html.panel import OBJECTIVE_INCHES, Panel
from loganalyzer.reports.html.panels import panels
from loganalyzer.reports.html.pen import SOLID, Dash, FigurePen, Pen
from loganalyzer.reports.html.svg_pen import SvgPen
from loganalyzer.reports.safe import term_safe

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW_INCHES, AIR_INCHES, BOTTOM_INCHES, TITLE_INCHES = 0.22, 0.06, 0.42, 0.15
SMOOTH_ABOVE = 150
CROSSES = 0.055
"""Height of the crosses at the foot of a panel, as a share of it."""
DASHES: dict[str, Dash] = {"train": SOLID, "validation": (5, 2)}


class _Row(Record):
    """A panel with its place, the marks on it, and where their labels stand; its title ends at ``taken``."""

    panel: Panel
    box: Box
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    taken: float


class _Plan(Record):
    """Everything about a chart before it is drawn; ``inches`` is its height."""

    rows: tuple[_Row, ...]
    layout: Layout
    inches: float


def draw(diagnosis: Diagnosis, lang: Lang, prefix: str, layout: Layout = WIDE) -> str:
    """Draw the run's chart as an SVG element, ids prefixed by ``prefix``; "" when there is nothing to draw."""
    plan = _plan(diagnosis, lang, layout)
    if plan is None:
        return ""
    # two decimals of a point: the page's script reads and zooms the drawn curve
    size = POINTS_PER_INCH * layout.inches, POINTS_PER_INCH * plan.inches
    pen = SvgPen(*size, prefix, 2 if layout is WIDE else 1)
    _paint(pen, plan, diagnosis.run, lang)
    return pen.svg({"id": prefix, **_about(plan, diagnosis.run, lang)})


def build(diagnosis: Diagnosis, lang: Lang, font: str | None = None) -> Figure | None:
    """Draw the run's chart as a matplotlib figure, or None when nothing can be drawn.

    ``font`` is the family for text that must be in the file (PNG); SVG uses the page's fonts.
    """
    plan = _plan(diagnosis, lang, WIDE)
    if plan is None:
        return None
    from matplotlib.figure import Figure

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # missing bold fonts are no problem
    figure = Figure(figsize=(WIDE.inches, plan.inches))
    figure.patch.set_visible(False)
    _paint(FigurePen(figure, font), plan, diagnosis.run, lang)
    return figure


def _plan(diagnosis: Diagnosis, lang: Lang, layout: Layout) -> _Plan | None:
    shown = panels(diagnosis, lang)
    if not shown:
        return None
    log_x = shown[0].log_x
    first = float(min(s.steps[0] for p in shown for s, _ in p.lines))
    last = float(max(s.steps[-1] for p in shown for s, _ in p.lines))
    across = Box(layout.left, 0, layout.right - layout.left, 1, first, last, 0, 1, False, log_x)
    placed = []
    for i, panel in enumerate(shown):
        found = panel.marks if log_x else chart_marks.marks(panel.lines, diagnosis, lang, main=i == 0)
        taken = layout.left + chart_marks.text_width(_whole_title(panel, i, layout, lang), layout.character)
        texts = chart_marks.labels(found, across.x, layout.left, layout.labels_end, taken, layout.character)
        placed.append((panel, tuple(found), tuple(texts), taken))
    heads = [ROW_INCHES * (1 + max((label.row for label in labels), default=0)) for _, _, labels, _ in placed]
    foot = BOTTOM_INCHES + (0 if layout.names_at_ends else TITLE_INCHES)
    inches = AIR_INCHES + foot + sum(p.inches for p in shown) + sum(heads)
    top, rows = inches - AIR_INCHES, []
    for i, (panel, found, labels, taken) in enumerate(placed):
        top -= heads[i] + panel.inches
        place = {"bottom": top / inches, "height": panel.inches / inches, "small": i > 0}
        rows.append(_Row(panel, replace(across, **place, **panel.scale()), found, labels, taken))  # type: ignore[arg-type]
    return _Plan(tuple(rows), layout, inches)


def _whole_title(panel: Panel, index: int, layout: Layout, lang: Lang) -> str:
    """Everything that stands in the title's row of a panel, for its width."""
    heading = panel.heading(lang) if index else panel.longest_heading(lang)
    return "  ".join([heading, *(name for name, _ in _names_in_title(panel, layout, lang))])


def _names_in_title(panel: Panel, layout: Layout, lang: Lang) -> list[tuple[str, str]]:
    """The names of a panel's lines and their kinds, where they are not at the lines' ends."""
    if layout.names_at_ends:
        return []
    named = [(panel.name(series, kind, lang), kind) for series, kind in panel.lines]
    return [(f"{'╌' if kind == 'validation' else '―'} {name}", kind) for name, kind in named if name]


def _paint(pen: Pen, plan: _Plan, run: Run, lang: Lang) -> None:
    for i, row in enumerate(plan.rows):
        pen.panel = i
        chart_marks.draw_behind(pen, row.box, row.marks)
        _panel(pen, row, plan.layout, lang)
        chart_marks.draw_over(pen, row.box, row.panel.lines, row.marks, row.labels, ROW_INCHES / plan.inches, row.taken)
    _x_axis(pen, plan, _x_title(plan.rows[0].panel, run, lang))


def _about(plan: _Plan, run: Run, lang: Lang) -> dict[str, Any]:
    """Return data for the page's script: the x scale, and each panel's frame in the SVG's units, its y scale and its names.

    Where the objective can be shown on the other scale too, its limits there follow those of the scale that is drawn.
    """
    first = plan.rows[0]
    return {
        "x": [first.box.first, first.box.last, int(first.box.log_x)],
        "unit": _x_title(first.panel, run, lang),
        "panels": [_about_panel(row, i, plan, lang) for i, row in enumerate(plan.rows)],
    }


def _about_panel(row: _Row, index: int, plan: _Plan, lang: Lang) -> dict[str, Any]:
    box, panel = row.box, row.panel
    wide, high = POINTS_PER_INCH * plan.layout.inches, POINTS_PER_INCH * plan.inches
    frame = (wide * box.left, high * (1 - box.bottom - box.height), wide * box.width, high * box.height)
    names = {kind: f"{panel.title if index else ''} {panel.name(s, kind, lang)}".strip() for s, kind in panel.lines}
    return {
        "frame": [round(v, 2) for v in frame],
        "y": [*_short(box.low, box.high), int(box.log), *_short(*((not index and panel.other_limits()) or ()))],
        "digits": chart_box.digits(panel.values()),
        "names": {kind: term_safe(name or panel.title, 40) for kind, name in names.items()},
    }


def _short(*values: float) -> list[float]:
    return [float(f"{v:.8g}") for v in values]


def _panel(pen: Pen, row: _Row, layout: Layout, lang: Lang) -> None:
    box, panel = row.box, row.panel
    right, values = box.left + box.width, panel.values()
    flat = len(values) > 0 and float(np.ptp(values)) == 0.0
    ticks = [float(values[0])] if flat else box.value_ticks(2 if box.small else 5) if len(values) else []
    for tick, shown in zip(ticks, chart_box.tick_texts(ticks), strict=True):
        y = float(box.y(tick))
        pen.line([box.left, right], [y, y], "grid", "s", width=0.8)
        pen.text(box.left - 0.008, y, shown, part="s", ha="right", va="center")
    if not ticks:
        pen.line([box.left, right], [box.bottom, box.bottom], "grid", "s", width=0.8)
    over = box.bottom + box.height + 0.006
    pen.text(box.left, over, panel.heading(lang), part="t", va="bottom")
    names = _names_in_title(panel, layout, lang)
    at = row.taken - sum(chart_marks.text_width(f"  {name}", layout.character) for name, _ in names)
    for name, kind in names:
        pen.text(at + 2 * layout.character, over, name, kind, va="bottom", bold=True)
        at += chart_marks.text_width(f"  {name}", layout.character)
    for series, kind in panel.lines:
        _curve(pen, box, panel, series, kind, layout.points)
    _end_labels(pen, box, panel, layout, lang)


def _curve(pen: Pen, box: Box, panel: Panel, series: Series, kind: str, points: int) -> None:
    steps, values = decimate(series.steps, series.values, points)
    most = min(chart_box.TOO_LARGE, panel.most or chart_box.TOO_LARGE)
    shown = np.where(np.isfinite(values) & (np.abs(values) < most), values, np.nan)
    if panel.most is not None:  # the line leaves through the top
        leaves = np.flatnonzero(np.isfinite(shown[:-1]) & (values[1:] >= most)) + 1
        shown[leaves] = panel.most
    finite = np.isfinite(shown)
    smooth = level(series, most, points)
    read = f"{kind} hv"
    if finite.sum() == 1:
        pen.markers(box.x(steps[finite]), box.y(shown[finite]), kind, "c", "o", 5)
    elif smooth is None:
        pen.line(box.x(steps), box.y(shown), kind, "c", read, dash=DASHES[kind], width=1.8)
    else:
        pen.line(box.x(steps), box.y(shown), kind, "c", read, width=0.8, alpha=0.4)
        pen.line(box.x(smooth[0]), box.y(smooth[1]), kind, "c", kind, dash=DASHES[kind], width=1.9)


def level(series: Series, most: float, points: int) -> tuple[Floats, Floats] | None:
    """Compute the smooth line: float64 steps and values, from all finite values below ``most``; None if the raw line
    needs none.

    A long series is first reduced to medians of equally many points. The extremes kept by ``decimate`` are unsuitable:
    without the values in between, their running median jumps from one to the other.
    """
    kept = np.isfinite(series.values) & (np.abs(series.values) < most)
    steps, values = series.steps[kept].astype(np.float64), series.values[kept]
    if min(len(values), points) <= SMOOTH_ABOVE:
        return None
    width = -(-len(values) // points)
    whole = len(values) - len(values) % width
    medians = np.median(values[:whole].reshape(-1, width), axis=1)
    places = steps[:whole].reshape(-1, width).mean(axis=1)
    if whole < len(values):
        medians, places = np.append(medians, np.median(values[whole:])), np.append(places, steps[whole:].mean())
    places[0], places[-1] = steps[0], steps[-1]
    return places, smoothed(medians)


def smoothed(values: Floats) -> Floats:
    """Apply a running median, then a running mean, for display only; a constant stays constant. float64[n] in and out."""
    from loganalyzer.features.arrays import running_median

    width = max(3, len(values) // 30) | 1
    half = width // 2
    level = running_median(values, width)
    padded = np.concatenate([np.full(half, level[0]), level, np.full(half, level[-1])])
    return np.convolve(padded, np.ones(width) / width, mode="valid")


class _End(Struct):
    """A name at a line's end (``x``, ``y``); ``y`` is moved when two would overlap."""

    x: float
    y: float
    name: str
    kind: str


def _end_labels(pen: Pen, box: Box, panel: Panel, layout: Layout, lang: Lang) -> None:
    """Draw names (where the layout has them there) and last values at the line ends, moved apart to avoid overlaps.

    For a noisy curve the value is that of the smooth line, marked "≈": its last raw value is arbitrary.
    """
    ends: list[_End] = []
    for series, kind in panel.lines:
        where = np.flatnonzero(np.isfinite(series.values) & (np.abs(series.values) < chart_box.TOO_LARGE))
        if len(where):
            last = float(series.values[where[-1]])
            smooth = level(series, chart_box.TOO_LARGE, layout.points) if panel.most is None else None
            last = float(smooth[1][-1]) if smooth else last
            shown = ("≈ " if smooth else "") + (messages.typed(last, 3) if panel.rate else messages.number(last))
            text = f"{panel.name(series, kind, lang)} {shown}".strip() if layout.names_at_ends else shown
            ends.append(_End(float(box.x(series.steps[where[-1]])), float(box.y(last)), text, kind))
    right = box.left + box.width
    early = ends and all(end.x < right - 0.16 for end in ends)
    names_at = max((end.x for end in ends), default=right) if early else right
    broken = np.concatenate([s.steps[~np.isfinite(s.values)] for s, _ in panel.lines])
    if early:  # an interrupted curve: keep its name away from the mark at the first non-finite value
        next_mark = min((x for x in box.x(broken).tolist() if x > names_at), default=names_at)
        names_at = next_mark if next_mark < names_at + 0.05 else names_at
    ends.sort(key=lambda end: end.y)
    gap = (0.34 if box.small else 0.075 * OBJECTIVE_INCHES / panel.inches) * box.height
    if early or not box.small:  # inside the panel, away from the labels above it
        floor, roof = box.bottom + gap, box.bottom + box.height - gap
        for end in ends:
            end.y = min(max(end.y, floor), roof)
    if len(ends) == 2 and ends[1].y - ends[0].y < gap:
        middle = (ends[0].y + ends[1].y) / 2
        ends[0].y, ends[1].y = middle - gap / 2, middle + gap / 2
    # off the row of the axis below the panel; beside an interruption off the crosses at its foot, too
    lowest = box.bottom + (gap / 2 + CROSSES * box.height if early and len(broken) else gap / 3)
    lift = max(0.0, lowest - ends[0].y) if ends else 0.0
    for end in ends:
        end.y += lift
    for end in ends:
        size = 9.0 if box.small else 9.5
        pen.text(names_at + 0.012, end.y, end.name, end.kind, size, "e", va="center", bold=not box.small)


def _x_axis(pen: Pen, plan: _Plan, title: str) -> None:
    box, layout = plan.rows[-1].box, plan.layout
    y = box.bottom - 0.06 / plan.inches
    ticks = box.step_ticks(layout.ticks)
    shown = chart_box.tick_texts(ticks) if box.log_x else [
        f"{t / 1000:g}k" if abs(t) >= 10_000 else f"{t:g}" for t in ticks
    ]  # fmt: skip
    for tick, text in zip(ticks, shown, strict=True):
        pen.text(float(box.x(tick)), y, text, part="x", ha="center", va="top")
    if layout.names_at_ends:
        pen.text(box.left + box.width + 0.024, y, title, va="top")
    else:
        pen.text(box.left + box.width / 2, y - TITLE_INCHES / plan.inches, title, ha="center", va="top")


def _x_title(panel: Panel, run: Run, lang: Lang) -> str:
    key = "learning_rate" if panel.log_x else "epochs" if run.step_unit == "epoch" else "steps"
    return messages.ui("html", f"chart.{key}", lang)
