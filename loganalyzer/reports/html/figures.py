"""The chart of one run: the objective with its evidence, and below it narrow strips for other quantities.

Matplotlib's object API only. Colours are stand-ins that become CSS variables, so that one figure serves the light and
the dark page and print.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Floats, Run, Series
from loganalyzer.reports.decimate import decimate
from loganalyzer.reports.html import chart_box, chart_marks, chart_svg
from loganalyzer.reports.html.chart_box import Box
from loganalyzer.reports.html.panel import OBJECTIVE_INCHES, Panel
from loganalyzer.reports.html.panels import panels
from loganalyzer.reports.html.pen import Pen
from loganalyzer.reports.safe import term_safe

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_INCHES = 9.6
ROW_INCHES, AIR_INCHES, BOTTOM_INCHES = 0.22, 0.06, 0.42
LEFT, RIGHT, LABELS_END = 0.075, 0.835, 0.95
SMOOTH_ABOVE = 150
DASHES: dict[str, Any] = {"train": "-", "validation": (0, (5, 2))}


class Detail(Enum):
    """Level of detail: everything, or (in reports of hundreds of runs) the objective alone with fewer points."""

    FULL = 400
    SMALL = 110


def draw(diagnosis: Diagnosis, lang: Lang, prefix: str, detail: Detail = Detail.FULL) -> str:
    """Draw the run's chart as an SVG element, ids prefixed by ``prefix``; "" when there is nothing to draw."""
    drawing = _build(diagnosis, lang, None, detail)
    if drawing is None:
        return ""
    import matplotlib as mpl

    buffer = io.StringIO()
    # keep every point if there is room: the page's script reads and zooms the drawn curve
    style: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": "loganalyzer",
        "path.simplify": detail is Detail.SMALL,
    }
    with mpl.rc_context(style), warnings.catch_warnings():
        # text stays text: missing glyphs of matplotlib's font do not matter, the page's fonts are used
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        about = {"Date": None, "Creator": None, "Format": None, "Type": None}
        drawing.figure.savefig(buffer, format="svg", metadata=about)
    return chart_svg.lean(buffer.getvalue(), prefix, {"id": prefix, **drawing.about}, 2 if detail is Detail.FULL else 1)


def build(diagnosis: Diagnosis, lang: Lang, font: str | None = None) -> Figure | None:
    """Draw the run's chart as a matplotlib figure, or None when nothing can be drawn.

    ``font`` is the family for text that must be in the file (PNG); SVG uses the page's fonts.
    """
    drawing = _build(diagnosis, lang, font, Detail.FULL)
    return drawing.figure if drawing else None


@dataclass(frozen=True)
class _Drawing:
    """A figure, and the positions of its panels (see ``_about``)."""

    figure: Figure
    about: dict[str, Any]


def _build(diagnosis: Diagnosis, lang: Lang, font: str | None, detail: Detail) -> _Drawing | None:
    from matplotlib.figure import Figure

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # missing bold fonts are no problem
    rows = panels(diagnosis, lang)[: 1 if detail is Detail.SMALL else None]
    if not rows:
        return None
    log_x = rows[0].log_x
    first = float(min(s.steps[0] for p in rows for s, _ in p.lines))
    last = float(max(s.steps[-1] for p in rows for s, _ in p.lines))
    across = Box(LEFT, 0, RIGHT - LEFT, 1, first, last, 0, 1, False, log_x)
    found = [p.marks if log_x else chart_marks.marks(p.lines, diagnosis, lang, main=i == 0) for i, p in enumerate(rows)]
    titles = [LEFT + (chart_marks.text_width(p.heading(lang)) if i else p.taken(lang)) for i, p in enumerate(rows)]
    placed = [chart_marks.labels(m, across.x, LEFT, LABELS_END, end) for m, end in zip(found, titles, strict=True)]
    heads = [ROW_INCHES * (1 + max((label.row for label in labels), default=0)) for labels in placed]
    inches = AIR_INCHES + BOTTOM_INCHES + sum(p.inches for p in rows) + sum(heads)
    figure = Figure(figsize=(WIDTH_INCHES, inches))
    figure.patch.set_visible(False)
    pen = Pen(figure, font)
    top, boxes = inches - AIR_INCHES, []
    for i, panel in enumerate(rows):
        top -= heads[i] + panel.inches
        box = replace(across, bottom=top / inches, height=panel.inches / inches, small=i > 0, **panel.scale())
        pen.panel = i
        chart_marks.draw_behind(pen, box, found[i])
        _panel(pen, box, panel, lang, detail)
        chart_marks.draw_over(pen, box, panel.lines, found[i], placed[i], ROW_INCHES / inches, titles[i])
        boxes.append(box)
    _x_axis(pen, boxes[-1], _x_title(rows[0], diagnosis.run, lang), inches)
    return _Drawing(figure, _about(boxes, rows, diagnosis.run, lang, inches))


def _about(boxes: Sequence[Box], rows: Sequence[Panel], run: Run, lang: Lang, inches: float) -> dict[str, Any]:
    """Return data for the page's script: the x scale, and each panel's frame in the SVG's units, its y scale and its names.

    Where the objective can be shown on the other scale too, its limits there follow those of the scale that is drawn.
    """
    wide, high = 72 * WIDTH_INCHES, 72 * inches
    return {
        "x": [boxes[0].first, boxes[0].last, int(boxes[0].log_x)],
        "unit": _x_title(rows[0], run, lang),
        "panels": [
            {
                "frame": [
                    round(v, 2)
                    for v in (wide * b.left, high * (1 - b.bottom - b.height), wide * b.width, high * b.height)
                ],
                "y": [*_short(b.low, b.high), int(b.log), *_short(*((not i and p.other_limits()) or ()))],
                "names": {
                    kind: term_safe(f"{p.title if i else ''} {p.name(series, kind, lang)}".strip() or p.title, 40)
                    for series, kind in p.lines
                },
            }
            for i, (b, p) in enumerate(zip(boxes, rows, strict=True))
        ],
    }


def _short(*values: float) -> list[float]:
    return [float(f"{v:.8g}") for v in values]


def _panel(pen: Pen, box: Box, panel: Panel, lang: Lang, detail: Detail) -> None:
    right, values = box.left + box.width, panel.values()
    flat = len(values) > 0 and float(np.ptp(values)) == 0.0
    ticks = [float(values[0])] if flat else box.value_ticks(2 if box.small else 5) if len(values) else []
    for tick, shown in zip(ticks, chart_box.tick_texts(ticks), strict=True):
        y = float(box.y(tick))
        pen.line([box.left, right], [y, y], "grid", "s", linewidth=0.8)
        pen.text(box.left - 0.008, y, shown, part="s", ha="right", va="center")
    if not ticks:
        pen.line([box.left, right], [box.bottom, box.bottom], "grid", "s", linewidth=0.8)
    pen.text(box.left, box.bottom + box.height + 0.006, panel.heading(lang), part="t", va="bottom", ha="left")
    for series, kind in panel.lines:
        _curve(pen, box, panel, series, kind, detail)
    _end_labels(pen, box, panel, lang, detail)


def _curve(pen: Pen, box: Box, panel: Panel, series: Series, kind: str, detail: Detail) -> None:
    steps, values = decimate(series.steps, series.values, detail.value)
    most = min(chart_box.TOO_LARGE, panel.most or chart_box.TOO_LARGE)
    shown = np.where(np.isfinite(values) & (np.abs(values) < most), values, np.nan)
    if panel.most is not None:  # the line leaves through the top
        leaves = np.flatnonzero(np.isfinite(shown[:-1]) & (values[1:] >= most)) + 1
        shown[leaves] = panel.most
    finite = np.isfinite(shown)
    smooth = level(series, most, detail)
    read = f"{kind} hv"
    if finite.sum() == 1:
        pen.markers(box.x(steps[finite]), box.y(shown[finite]), kind, "c", "o", 5)
    elif smooth is None:
        pen.line(box.x(steps), box.y(shown), kind, "c", read, linestyle=DASHES[kind], linewidth=1.8)
    else:
        pen.line(box.x(steps), box.y(shown), kind, "c", read, linewidth=0.8, alpha=0.4)
        pen.line(box.x(smooth[0]), box.y(smooth[1]), kind, "c", kind, linestyle=DASHES[kind], linewidth=1.9)


def level(series: Series, most: float, detail: Detail) -> tuple[Floats, Floats] | None:
    """Compute the smooth line: float64 steps and values, from all finite values below ``most``; None if the raw line
    needs none.

    A long series is first reduced to medians of equally many points. The extremes kept by ``decimate`` are unsuitable:
    without the values in between, their running median jumps from one to the other.
    """
    kept = np.isfinite(series.values) & (np.abs(series.values) < most)
    steps, values = series.steps[kept].astype(np.float64), series.values[kept]
    if min(len(values), detail.value) <= SMOOTH_ABOVE:
        return None
    width = -(-len(values) // detail.value)
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


@dataclass
class _End:
    """A name at a line's end (``x``, ``y``); ``y`` is moved when two would overlap."""

    x: float
    y: float
    name: str
    kind: str


def _end_labels(pen: Pen, box: Box, panel: Panel, lang: Lang, detail: Detail) -> None:
    """Draw names and last values at the line ends instead of a legend, moved apart to avoid overlaps.

    For a noisy curve the value is that of the smooth line, marked "≈": its last raw value is arbitrary.
    """
    ends: list[_End] = []
    for series, kind in panel.lines:
        where = np.flatnonzero(np.isfinite(series.values) & (np.abs(series.values) < chart_box.TOO_LARGE))
        if len(where):
            last = float(series.values[where[-1]])
            smooth = level(series, chart_box.TOO_LARGE, detail) if panel.most is None else None
            last = float(smooth[1][-1]) if smooth else last
            shown = ("≈ " if smooth else "") + messages.number(last)
            text = f"{panel.name(series, kind, lang)} {shown}".strip()
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
    weight, size = ("normal", 9.0) if box.small else ("bold", 9.5)
    for end in ends:
        pen.text(names_at + 0.012, end.y, end.name, end.kind, size, "e", va="center", fontweight=weight)


def _x_axis(pen: Pen, box: Box, title: str, inches: float) -> None:
    y = box.bottom - 0.06 / inches
    ticks = box.step_ticks(8)
    shown = chart_box.tick_texts(ticks) if box.log_x else [
        f"{t / 1000:g}k" if abs(t) >= 10_000 else f"{t:g}" for t in ticks
    ]  # fmt: skip
    for tick, text in zip(ticks, shown, strict=True):
        pen.text(float(box.x(tick)), y, text, part="x", ha="center", va="top")
    pen.text(box.left + box.width + 0.024, y, title, ha="left", va="top")


def _x_title(panel: Panel, run: Run, lang: Lang) -> str:
    key = "learning_rate" if panel.log_x else "epochs" if run.step_unit == "epoch" else "steps"
    return messages.ui("html", f"chart.{key}", lang)
