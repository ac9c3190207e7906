"""A run's objective as a small PNG for a mail: 600 px wide, opaque, few colours, at most 20 KB."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.outcome import Evidence
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Floats, Series
from loganalyzer.reports import fonts
from loganalyzer.reports.judged_curves import game_curves, judged_curves
from loganalyzer.reports.safe import term_safe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT, MAX_BYTES = 600, 240, 20_000
TITLE_LETTERS = (24, 18, 14, 10)
"""Letters of a name in the title, the first number with which it ends before the legend."""
LEGEND_FRAME = 8
MOST_MARKS, NAN_AT = 60, 0.03
"""Values that are marked as not finite, and how high above the lower edge, as a share of the chart."""
FLATTEST = 0.05
_PAPER, _INK, _GRID = "#fdfdfc", "#2b3138", "#dcdfe3"
_TRAIN, _VALIDATION, _MARK, _SPAN = "#1b4b82", "#b4510a", "#7a2e8c", "#f6e6d3"


def png(diagnosis: Diagnosis, lang: Lang, *, points: int = 600) -> bytes | None:
    """Draw the chart; None if there is nothing to draw (no curve kept, no finite value)."""
    lines = _lines(diagnosis)
    if not lines:
        return None
    for colours, kept in ((32, points), (12, points), (6, max(40, points // 5))):
        picture = _quantised(_draw(diagnosis, lines, lang, kept), colours)
        if len(picture) <= MAX_BYTES:
            return picture
    return None


def _lines(diagnosis: Diagnosis) -> list[tuple[Series, str]]:
    # no chart if the objective cannot be drawn: another series would be mistaken for it
    pairs = game_curves(diagnosis) or judged_curves(diagnosis)
    return [(s, kind) for s, kind in pairs if np.isfinite(s.values).sum() > 1]


def _draw(diagnosis: Diagnosis, lines: list[tuple[Series, str]], lang: Lang, points: int) -> bytes:
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # names are text, never formulas; the families cover all languages with an installed font
    families, language = fonts.letters(), fonts.drawable(lang)
    settings: Any = {
        "text.parse_math": False,
        "font.family": ["DejaVu Sans", *families],
        "font.size": 10,  # legible when a phone scales 600 px to its width
    }
    with rc_context(settings):
        figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor=_PAPER)
        axes = figure.add_axes((0.1, 0.115, 0.86, 0.78), facecolor=_PAPER)
        _draw_curves(axes, diagnosis, lines, language, points)
        _draw_evidence(axes, diagnosis, lines)
        _scale(axes, [s.values for s, _ in lines])
        _draw_title(axes, FigureCanvasAgg(figure), lambda letters: _title(diagnosis, lines, language, letters))
        stream = io.BytesIO()
        figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def _draw_curves(
    axes: Axes, diagnosis: Diagnosis, lines: list[tuple[Series, str]], language: Lang, points: int
) -> None:
    """Draw each series in the style of its split; a GAN's two have their own names."""
    game = diagnosis.roles.discriminator is not None
    for series, kind in lines:
        steps, values = _thinned(series, points)
        color, dashes = {"train": (_TRAIN, "-"), "validation": (_VALIDATION, (0, (4, 1.5)))}[kind]
        label = _drawable(series.name) if game else messages.ui("mail", kind, language)
        axes.plot(steps, values, color=color, linestyle=dashes, linewidth=1.7, label=label)


def _draw_evidence(axes: Axes, diagnosis: Diagnosis, lines: list[tuple[Series, str]]) -> None:
    """Mark the evidence of the deciding rule, and where values that cannot be drawn would be."""
    shown = {s.name for s, _ in lines}
    deciding = next((o for o in diagnosis.findings if o.rule == diagnosis.deciding), None)
    for evidence in deciding.evidence[:4] if deciding else ():
        if evidence.series in shown:
            _mark(axes, evidence)
    for series, _ in lines:
        at = _not_finite(series)
        axes.plot(at, [NAN_AT] * len(at), "x", color=_MARK, markersize=4.5, transform=axes.get_xaxis_transform())


def _scale(axes: Axes, curves: list[Floats]) -> None:
    """Set the scales, the ticks and the grid: logarithmic where the values explode."""
    from matplotlib.ticker import MaxNLocator

    if _explodes(curves):
        axes.set_yscale("log")
        # the formatter's own labels are formulas, which are switched off
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("e+", "e"))
    else:
        axes.set_ylim(*_limits(curves))
        axes.ticklabel_format(axis="y", useOffset=False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=9, integer=True))
    axes.ticklabel_format(axis="x", useOffset=False, style="plain")
    axes.grid(True, color=_GRID, linewidth=0.6)
    axes.tick_params(colors=_INK, length=2)
    for side in axes.spines.values():
        side.set_color(_GRID)


def _draw_title(axes: Axes, canvas: Any, title_of: Callable[[int], str]) -> None:
    """Draw the legend, and beside it the longest title that has room; no curve crosses either."""
    legend = axes.legend(
        frameon=False, ncols=2, handlelength=1.8, columnspacing=1.2, borderaxespad=0.1,
        loc="lower right", bbox_to_anchor=(1.03, 0.985),
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_color(_INK)
    room = legend.get_window_extent(canvas.get_renderer()).x0 + LEGEND_FRAME
    for letters in TITLE_LETTERS:
        title = axes.set_title(title_of(letters), loc="left", fontsize=10, color=_INK, pad=5)
        if title.get_window_extent(canvas.get_renderer()).x1 <= room:
            break


def _title(diagnosis: Diagnosis, lines: list[tuple[Series, str]], lang: Lang, letters: int) -> str:
    """Return the title, series and axis: "train/loss, val/loss by epoch"; the run's name is above the picture."""
    names = messages.listed([term_safe(s.name, letters) for s, _ in lines], lang)
    if diagnosis.roles.discriminator is not None:
        names = messages.ui("html", "chart.objective", lang)  # the legend has the names
    by = "by_epoch" if diagnosis.run.step_unit == "epoch" else "by_step"
    return _drawable(messages.ui("mail", by, lang, names=names))


def _not_finite(series: Series) -> Floats:
    """The steps of the values that are NaN or infinite, thinned to what can be told apart."""
    at = series.steps[~np.isfinite(series.values)].astype(float)
    return at if len(at) <= MOST_MARKS else at[np.linspace(0, len(at) - 1, MOST_MARKS).astype(int)]


def _explodes(curves: list[Floats]) -> bool:
    """Return True if only a logarithmic axis shows both ends: all values positive, and more than three decades apart."""
    values = np.concatenate([c[np.isfinite(c)] for c in curves])
    return bool(values.min() > 0 and values.max() > 1e3 * np.median(values))


def _drawable(name: str) -> str:
    """Replace characters without an installed font by "?" (matplotlib would warn and draw boxes)."""
    ranges = [(0, 0x24F), (ord("…"), ord("…")), *(span for spans in fonts.letters().values() for span in spans)]
    return "".join(c if any(low <= ord(c) <= high for low, high in ranges) else "?" for c in term_safe(name, 80))


def _mark(axes: Axes, evidence: Evidence) -> None:
    if evidence.mark == "point" and evidence.value is not None and np.isfinite(evidence.value):
        axes.plot([evidence.first], [evidence.value], "o", color=_MARK, markersize=5)
    elif evidence.mark in ("line", "point"):
        axes.axvline(evidence.first, color=_MARK, linewidth=1, linestyle=":")
    elif evidence.last > evidence.first:
        axes.axvspan(evidence.first, evidence.last, color=_SPAN, linewidth=0)


def _limits(curves: list[Floats]) -> tuple[float, float]:
    """Return axis limits that are robust to exploding values: from the lowest to a little above the 98th percentile.

    They span ``FLATTEST`` of the values at least: a line that is flat looks flat.
    """
    values = np.concatenate([c[np.isfinite(c)] for c in curves])
    values = np.clip(values, -1e300, 1e300)
    low, high = float(values.min()), float(np.percentile(values, 98))
    top = float(values.max())
    if top - low <= 3 * (high - low):
        high = top
    room = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    room = max(room, (FLATTEST * max(abs(low), abs(high)) - (high - low)) / 2)
    return low - room, high + room


def _thinned(series: Series, points: int) -> tuple[Floats, Floats]:
    """Reduce to about ``points`` points, keeping the lowest and highest of each interval."""
    steps, values = series.steps.astype(float), np.clip(series.values, -1e300, 1e300)
    values = np.where(np.isfinite(series.values), values, np.nan)
    if len(values) <= points:
        return steps, values
    keep = {0, len(values) - 1}
    edges = np.linspace(0, len(values), points // 2 + 1).astype(int)
    for first, last in pairwise(edges):
        part = values[first:last]
        if np.isfinite(part).any():
            keep |= {first + int(np.nanargmin(part)), first + int(np.nanargmax(part))}
    chosen = sorted(keep)
    return steps[chosen], values[chosen]


def _quantised(picture: bytes, colours: int) -> bytes:
    from PIL import Image

    image = (
        Image.open(io.BytesIO(picture))
        .convert("RGB")
        .quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    )
    stream = io.BytesIO()
    image.save(stream, format="PNG", optimize=True)
    return stream.getvalue()
