"""A pen for matplotlib figures: lines, areas and texts in figure coordinates, each with the part that it plays.

The part travels as the artist's id and becomes a class of the page's SVG, which is all that zooming and the other scale
need: "c" moves in both directions, "v" along the steps only, "s" (grid and ticks of values) is replaced while zoomed or
rescaled, "x" (ticks of steps) and "e" (names of line ends, which move when rescaled) only while zoomed, "t" is a
panel's title. A number says which panel, and "hv" marks the curve whose points are read under the pointer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loganalyzer.reports.safe import term_safe

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

# stand-in -> CSS variable; the values are the light theme's own colours
COLOURS = {
    "ink": "#26323d", "muted": "#5d6b78", "grid": "#e3e7eb", "train": "#1b4b82", "validation": "#b4510a",
    "mark": "#7a2e8c", "span": "#f3dfc9", "paper": "#fefefe",
}  # fmt: skip
DOTTED = (0, (1.5, 2.5))


class Pen:
    """Puts lines and texts on a figure, in figure coordinates (0..1)."""

    def __init__(self, figure: Figure, font: str | None) -> None:
        self._figure, self._font, self._count = figure, font, 0
        self.panel = 0

    def line(self, x: Any, y: Any, colour: str, part: str, kind: str = "", **style: Any) -> None:
        """Draw a polyline; NaN interrupts it."""
        from matplotlib.lines import Line2D

        artist = Line2D(x, y, color=COLOURS[colour], transform=self._figure.transFigure, **style)
        self._figure.add_artist(self._named(artist, part, kind))

    def markers(self, x: Any, y: Any, colour: str, part: str, marker: str, size: float, width: float = 1.5) -> None:
        """Draw hollow, unconnected markers."""
        self.line(x, y, colour, part, marker=marker, markersize=size, markerfacecolor="none", markeredgewidth=width,
                  linestyle="none")  # fmt: skip

    def vertical(self, x: float, bottom: float, top: float, colour: str = "mark", width: float = 1.1) -> None:
        """Draw a dotted line across a panel, for an event at this step."""
        self.line([x, x], [bottom, top], colour, "v", linewidth=width, linestyle=DOTTED)

    def area(self, left: float, bottom: float, width: float, height: float, part: str, alpha: float) -> None:
        """Draw a filled rectangle."""
        from matplotlib.patches import Rectangle

        artist = Rectangle((left, bottom), width, height, facecolor=COLOURS["span"], alpha=alpha, linewidth=0,
                           transform=self._figure.transFigure)  # fmt: skip
        self._figure.add_artist(self._named(artist, part, ""))

    def text(
        self, x: float, y: float, text: str, colour: str = "muted", size: float = 9.0, part: str = "", **style: Any
    ) -> None:
        """Draw a text; names from logs are escaped and never interpreted as formulas."""
        shown = self._figure.text(
            x, y, term_safe(text, 80), color=COLOURS[colour], fontsize=size, parse_math=False, **style
        )
        if part:
            self._named(shown, part, "")
        if self._font:
            shown.set_fontfamily(self._font)

    def _named(self, artist: Artist, part: str, kind: str) -> Artist:
        self._count += 1
        artist.set_gid(f"{part}{self.panel}{'-' + kind.replace(' ', '-') if kind else ''}.{self._count}")
        return artist
