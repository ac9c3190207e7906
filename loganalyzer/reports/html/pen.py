"""What a chart is drawn with: lines, areas and texts in figure coordinates (0..1), each with the part that it plays.

``SvgPen`` writes the SVG of the page, where the part is a class; that is all that zooming and the other scale need:
"c" moves in both directions, "v" along the steps only, "s" (grid and ticks of values) is replaced while zoomed or
rescaled, "x" (ticks of steps) and "e" (names of line ends, which move when rescaled) only while zoomed, "t" is a
panel's title. A number says which panel, and "hv" marks the curve whose points are read under the pointer.
``FigurePen`` draws on a matplotlib figure, for files.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from loganalyzer.model.run import Floats
from loganalyzer.reports.safe import term_safe

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# stand-in -> CSS variable; the values are the light theme's own colours
COLOURS = {
    "ink": "#26323d", "muted": "#5d6b78", "grid": "#e3e7eb", "train": "#1b4b82", "validation": "#b4510a",
    "mark": "#7a2e8c", "span": "#f3dfc9", "paper": "#fefefe",
}  # fmt: skip
Places = Sequence[float] | Floats
Dash = tuple[float, ...]
Marker = Literal["o", "x"]
SOLID: Dash = ()
DOTTED: Dash = (1.5, 2.5)


class Pen(ABC):
    """Puts lines and texts on a chart. ``panel`` is the one that is being drawn; widths and sizes are in points."""

    panel: int = 0

    @abstractmethod
    def line(
        self,
        x: Places,
        y: Places,
        colour: str,
        part: str,
        kind: str = "",
        *,
        width: float,
        dash: Dash = SOLID,
        alpha: float = 1.0,
    ) -> None:
        """Draw a polyline; NaN interrupts it. ``dash`` is in multiples of its width."""

    @abstractmethod
    def markers(
        self, x: Places, y: Places, colour: str, part: str, marker: Marker, size: float, width: float = 1.5
    ) -> None:
        """Draw hollow, unconnected markers."""

    @abstractmethod
    def area(self, left: float, bottom: float, width: float, height: float, part: str, alpha: float) -> None:
        """Draw a filled rectangle."""

    @abstractmethod
    def text(
        self,
        x: float,
        y: float,
        text: str,
        colour: str = "muted",
        size: float = 9.0,
        part: str = "",
        *,
        ha: str = "left",
        va: str = "baseline",
        bold: bool = False,
    ) -> None:
        """Draw a text; names from logs are escaped and never interpreted as formulas."""

    def vertical(self, x: float, bottom: float, top: float, colour: str = "mark", width: float = 1.1) -> None:
        """Draw a dotted line across a panel, for an event at this step."""
        self.line([x, x], [bottom, top], colour, "v", width=width, dash=DOTTED)


class FigurePen(Pen):
    """Draws on a matplotlib figure. ``font`` is the family of its texts, None for the default."""

    def __init__(self, figure: Figure, font: str | None) -> None:
        self._figure, self._font = figure, font

    def line(
        self,
        x: Places,
        y: Places,
        colour: str,
        part: str,  # noqa: ARG002 -- a file has no parts
        kind: str = "",  # noqa: ARG002
        *,
        width: float,
        dash: Dash = SOLID,
        alpha: float = 1.0,
    ) -> None:
        """Draw a polyline."""
        from matplotlib.lines import Line2D

        style: Any = (0, dash) if dash else "-"
        place = self._figure.transFigure
        self._figure.add_artist(
            Line2D(x, y, color=COLOURS[colour], linewidth=width, linestyle=style, alpha=alpha, transform=place)
        )

    def markers(
        self,
        x: Places,
        y: Places,
        colour: str,
        part: str,  # noqa: ARG002
        marker: Marker,
        size: float,
        width: float = 1.5,
    ) -> None:
        """Draw hollow, unconnected markers."""
        from matplotlib.lines import Line2D

        artist = Line2D(x, y, color=COLOURS[colour], marker=marker, markersize=size, markerfacecolor="none",
                        markeredgewidth=width, linestyle="none", transform=self._figure.transFigure)  # fmt: skip
        self._figure.add_artist(artist)

    def area(self, left: float, bottom: float, width: float, height: float, part: str, alpha: float) -> None:  # noqa: ARG002
        """Draw a filled rectangle."""
        from matplotlib.patches import Rectangle

        place = self._figure.transFigure
        artist = Rectangle(
            (left, bottom), width, height, facecolor=COLOURS["span"], alpha=alpha, linewidth=0, transform=place
        )
        self._figure.add_artist(artist)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        colour: str = "muted",
        size: float = 9.0,
        part: str = "",  # noqa: ARG002
        *,
        ha: str = "left",
        va: str = "baseline",
        bold: bool = False,
    ) -> None:
        """Draw a text."""
        style: dict[str, Any] = {"ha": ha, "va": va, "fontweight": "bold" if bold else "normal"}
        shown = self._figure.text(
            x, y, term_safe(text, 80), color=COLOURS[colour], fontsize=size, parse_math=False, **style
        )
        if self._font:
            shown.set_fontfamily(self._font)
