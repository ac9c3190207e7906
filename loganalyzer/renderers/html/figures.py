"""The chart of one run: the objective with its evidence, and under it narrow strips for what else was logged.

Matplotlib's object API only. Colours are stand-ins that become CSS variables, so that one figure serves the light and
the dark page and print.
"""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from loganalyzer import words
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Floats, Run, Series
from loganalyzer.renderers.decimate import decimate
from loganalyzer.renderers.html import chart_box, chart_marks
from loganalyzer.renderers.html.chart_box import Box
from loganalyzer.renderers.safe import term_safe
from loganalyzer.words import Lang

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_INCHES, OBJECTIVE_INCHES, STRIP_INCHES, GAP_INCHES, TOP_INCHES, BOTTOM_INCHES = 9.6, 3.1, 0.62, 0.3, 0.25, 0.42
LEFT, RIGHT = 0.075, 0.845
SMOOTH_ABOVE = 60
# stand-in -> CSS variable; the values are the light theme's own colours
COLOURS = {
    "ink": "#26323d", "muted": "#5d6b78", "grid": "#e3e7eb", "train": "#1b4b82", "validation": "#b4510a",
    "mark": "#7a2e8c", "span": "#f3dfc9", "paper": "#fefefe",
}  # fmt: skip
DASHES: dict[str, Any] = {"train": "-", "validation": (0, (5, 2))}


class Detail(Enum):
    """How much is drawn: everything, or (in reports of hundreds of runs) the objective alone with fewer points."""

    FULL = 400
    SMALL = 110


@dataclass(frozen=True)
class Panel:
    """One set of axes: its title and the series in it with their kind ("train", "validation")."""

    title: str
    lines: tuple[tuple[Series, str], ...]
    inches: float = STRIP_INCHES

    def values(self) -> Floats:
        """All values that can be drawn."""
        return chart_box.drawable(np.concatenate([s.values for s, _ in self.lines]))


def panels(diagnosis: Diagnosis, lang: Lang) -> list[Panel]:
    """What is drawn, top to bottom: objective, metric, learning rate, gradient norm; some raw series where all fail."""
    roles = diagnosis.roles
    pairs = [(roles.train, "train"), (roles.validation, "validation")]
    if roles.generator is not None and roles.discriminator is not None:
        pairs = [(roles.generator, "train"), (roles.discriminator, "validation")]
    main = _kept(pairs)
    if not main:
        longest = sorted(diagnosis.run.series.values(), key=lambda s: (-len(s), s.name))[:1]
        main = _kept([(roles.reward, "train")]) or _kept([(s, "train") for s in longest])
    title = words.ui("html", "chart.objective", lang) if len(main) > 1 else main[0][0].name if main else ""
    found = [Panel(title, main, OBJECTIVE_INCHES)] if main else []
    if roles.metrics and not roles.objective_is_metric:
        lines = _kept([(roles.metrics[0].train, "train"), (roles.metrics[0].validation, "validation")], least=2)
        if lines:
            found.append(Panel(roles.metrics[0].name, lines))
    for series, key in ((roles.learning_rate, "chart.learning_rate"), (roles.gradient_norm, "chart.gradient_norm")):
        lines = _kept([(series, "train")], least=2)
        if lines:
            found.append(Panel(words.ui("html", key, lang), lines))
    return [p for i, p in enumerate(found) if len(p.values()) or (i == 0 and main)]


def _kept(pairs: list[tuple[Series | None, str]], least: int = 1) -> tuple[tuple[Series, str], ...]:
    return tuple((s, kind) for s, kind in pairs if s is not None and len(s) >= least)


def draw(diagnosis: Diagnosis, lang: Lang, prefix: str, detail: Detail = Detail.FULL) -> str:
    """The run's chart as an SVG element, ids prefixed by ``prefix``; "" when there is nothing to draw."""
    figure = build(diagnosis, lang, detail=detail)
    if figure is None:
        return ""
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "loganalyzer"}), warnings.catch_warnings():
        # text stays text: that matplotlib's own font lacks a glyph does not matter, the page's fonts serve
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return lean(buffer.getvalue(), prefix)


def build(diagnosis: Diagnosis, lang: Lang, font: str | None = None, detail: Detail = Detail.FULL) -> Figure | None:
    """The run's chart as a matplotlib figure, or None when nothing can be drawn.

    ``font`` is the family for text that must be in the file (PNG); in SVG the page's fonts serve.
    """
    from matplotlib.figure import Figure

    rows = panels(diagnosis, lang)[: 1 if detail is Detail.SMALL else None]
    if not rows:
        return None
    inches = TOP_INCHES + BOTTOM_INCHES + sum(p.inches for p in rows) + GAP_INCHES * (len(rows) - 1)
    figure = Figure(figsize=(WIDTH_INCHES, inches))
    figure.patch.set_visible(False)
    pen = Pen(figure, font)
    first = float(min(s.steps[0] for p in rows for s, _ in p.lines))
    last = float(max(s.steps[-1] for p in rows for s, _ in p.lines))
    top = inches - TOP_INCHES
    for i, panel in enumerate(rows):
        values = panel.values()
        log = chart_box.wants_log(values)
        low, high = chart_box.limits(values, log)
        box = Box(LEFT, (top - panel.inches) / inches, RIGHT - LEFT, panel.inches / inches, first, last, low, high, log)
        if i == 0:
            chart_marks.draw_behind(pen, box, panel, diagnosis)
        _panel(pen, box, panel, lang, detail, main=i == 0)
        if i == 0:
            chart_marks.draw_over(pen, box, panel, diagnosis, lang)
        top -= panel.inches + GAP_INCHES
    _x_axis(pen, box, diagnosis.run, lang, inches)
    return figure


class Pen:
    """Puts lines and texts on a figure, in figure coordinates."""

    def __init__(self, figure: Figure, font: str | None) -> None:
        self._figure, self._font = figure, font

    def line(self, x: Any, y: Any, colour: str, **style: Any) -> None:
        """A polyline."""
        from matplotlib.lines import Line2D

        self._figure.add_artist(Line2D(x, y, color=COLOURS[colour], transform=self._figure.transFigure, **style))

    def area(self, left: float, bottom: float, width: float, height: float, colour: str, alpha: float) -> None:
        """A filled rectangle."""
        from matplotlib.patches import Rectangle

        self._figure.add_artist(
            Rectangle(
                (left, bottom),
                width,
                height,
                facecolor=COLOURS[colour],
                alpha=alpha,
                linewidth=0,
                transform=self._figure.transFigure,
            )
        )

    def text(self, x: float, y: float, text: str, colour: str = "muted", size: float = 9.0, **style: Any) -> None:
        """A text; names from logs are made safe and never taken for formulas."""
        shown = self._figure.text(
            x, y, term_safe(text, 80), color=COLOURS[colour], fontsize=size, parse_math=False, **style
        )
        if self._font:
            shown.set_fontfamily(self._font)


def _panel(pen: Pen, box: Box, panel: Panel, lang: Lang, detail: Detail, *, main: bool) -> None:
    right = box.left + box.width
    ticks = box.value_ticks(5 if main else 2) if len(panel.values()) else []
    for tick, shown in zip(ticks, chart_box.tick_texts(ticks), strict=True):
        y = float(box.y(tick))
        pen.line([box.left, right], [y, y], "grid", linewidth=0.8)
        pen.text(box.left - 0.008, y, shown, ha="right", va="center")
    if not ticks:
        pen.line([box.left, right], [box.bottom, box.bottom], "grid", linewidth=0.8)
    title = panel.title + (words.ui("html", "chart.log", lang) if box.log else "")
    pen.text(box.left, box.bottom + box.height + 0.006, title, va="bottom", ha="left")
    for series, kind in panel.lines:
        _curve(pen, box, series, kind, detail)
    _end_labels(pen, box, panel, lang, main)


def _curve(pen: Pen, box: Box, series: Series, kind: str, detail: Detail) -> None:
    steps, values = decimate(series.steps, series.values, detail.value)
    shown = np.where(np.isfinite(values) & (np.abs(values) < chart_box.TOO_LARGE), values, np.nan)
    finite = np.isfinite(shown)
    smooth = smoothed(shown[finite]) if finite.sum() > SMOOTH_ABOVE else None
    if finite.sum() == 1:
        pen.line(box.x(steps[finite]), box.y(shown[finite]), kind, marker="o", markersize=4)
    elif smooth is None:
        pen.line(box.x(steps), box.y(shown), kind, linestyle=DASHES[kind], linewidth=1.8)
    else:
        pen.line(box.x(steps), box.y(shown), kind, linewidth=0.8, alpha=0.34)
        pen.line(box.x(steps[finite]), box.y(smooth), kind, linestyle=DASHES[kind], linewidth=1.9)


def smoothed(values: Floats) -> Floats:
    """A running median, then a running mean, for the eye only; a constant stays constant. float64[n] in and out."""
    from loganalyzer.features.arrays import running_median

    width = max(3, len(values) // 30) | 1
    half = width // 2
    level = running_median(values, width)
    padded = np.concatenate([np.full(half, level[0]), level, np.full(half, level[-1])])
    return np.convolve(padded, np.ones(width) / width, mode="valid")


@dataclass
class _End:
    """A name at a line's end; ``y`` is moved when two would overlap."""

    y: float
    name: str
    kind: str


def _end_labels(pen: Pen, box: Box, panel: Panel, lang: Lang, main: bool) -> None:
    """Names at the line ends instead of a legend, moved apart where they would overlap."""
    ends: list[_End] = []
    for series, kind in panel.lines:
        values = chart_box.drawable(series.values)
        if len(values):
            name = words.ui("html", f"chart.{kind}", lang) if len(panel.lines) > 1 else ""
            last = float(values[-1])
            ends.append(_End(float(box.y(last)), f"{name} {words.number(last)}".strip(), kind))
    ends.sort(key=lambda end: end.y)
    gap = 0.075 * box.height if main else 0.34 * box.height
    if len(ends) == 2 and ends[1].y - ends[0].y < gap:
        middle = (ends[0].y + ends[1].y) / 2
        ends[0].y, ends[1].y = middle - gap / 2, middle + gap / 2
    weight, size = ("bold", 9.5) if main else ("normal", 9.0)
    for end in ends:
        pen.text(box.left + box.width + 0.01, end.y, end.name, end.kind, size, va="center", fontweight=weight)


def _x_axis(pen: Pen, box: Box, run: Run, lang: Lang, inches: float) -> None:
    y = box.bottom - 0.06 / inches
    for tick in box.step_ticks(8):
        shown = f"{tick / 1000:g}k" if abs(tick) >= 10_000 else f"{tick:g}"
        pen.text(float(box.x(tick)), y, shown, ha="center", va="top")
    unit = "chart.epochs" if run.step_unit == "epoch" else "chart.steps"
    pen.text(box.left + box.width + 0.024, y, words.ui("html", unit, lang), ha="left", va="top")


_LONG_NUMBER = re.compile(r"(-?\d+\.\d)\d+")
_GEOMETRY = re.compile(r'(?<= )(?:d|x|y|points|transform|viewBox)="[^"]*"')
_IDS = re.compile(r'(id="|url\(#|href="#)')
_DROPPED = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>", re.DOTALL)


def lean(svg: str, prefix: str) -> str:
    """Matplotlib's SVG made small and fit for a page: short geometry, theme colours, no metadata, no font names."""
    text = _DROPPED.sub("", svg)
    text = _GEOMETRY.sub(lambda m: _LONG_NUMBER.sub(r"\1", m.group()).replace("\n", ""), text)
    text = _IDS.sub(lambda m: f"{m.group(1)}{prefix}-", text)
    text = re.sub(r' transform="rotate\(-?0 [^"]*"', "", text)
    text = re.sub(rf'<g id="{prefix}-(?:text|line2d|patch|figure)_\d+">\n', "<g>\n", text)
    for name, colour in COLOURS.items():
        text = text.replace(colour, f"var(--{name})")
    text = re.sub(r"font: ([\w ]*?)(\d[\d.]*)px [^;\"]*", r"font-size: \2px", text)
    text = re.sub(r" ?font-family: [^;\"]*;?", "", text)
    text = re.sub(r" ?stroke-dashoffset: 0;?", "", text)
    text = re.sub(r"<g>\n(<(?:path|text|use)[^>]*?(?:/>|>[^<]*</text>))\n</g>", r"\1", text)
    text = re.sub(r"; stroke-linecap: \w+|; stroke-linejoin: \w+", "", text)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = re.sub(r"\n\s*", "\n", text).strip()
    return text.replace("<svg ", '<svg aria-hidden="true" focusable="false" class="chart" ', 1)
