"""Write a chart as the SVG of the page: theme colours, the page's fonts, the parts as classes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from loganalyzer.reports.html.pen import SOLID, Dash, Marker, Pen, Places
from loganalyzer.reports.safe import term_safe

COLOUR, SIZE = "muted", 9.0
"""Of a text, unless something else is said; the page's style knows them."""
_ANCHORS = {"left": "", "center": "text-anchor:middle", "right": "text-anchor:end"}
_BASELINES = {"baseline": 0.0, "bottom": -0.24, "center": 0.34, "top": 0.95}
"""How far below its place a text's baseline lies, in font sizes."""


class SvgPen(Pen):
    """Writes SVG, ``width`` by ``height`` points. Ids begin with ``prefix``; curves keep ``places`` decimals, all else one."""

    def __init__(self, width: float, height: float, prefix: str, places: int) -> None:
        self._width, self._height, self._prefix, self._places = width, height, prefix, places
        self._parts: list[str] = []
        self._shapes: dict[str, str] = {}

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
        """Draw a polyline."""
        places = self._places if kind else 1
        shown = self._polyline(x, y, places) if kind else self._segment(x, y)
        dashes = f";stroke-dasharray:{' '.join(_short(width * d, 2) for d in dash)}" if dash else ""
        faint = f";opacity:{alpha:g}" if alpha < 1 else ""
        grid = colour == "grid" and not dash
        style = "" if grid else f' style="stroke:var(--{colour});stroke-width:{width:g}{dashes}{faint}"'
        self._parts.append(f'<path class="{self._class(part, kind)}" d="{shown}"{style}/>')

    def markers(
        self, x: Places, y: Places, colour: str, part: str, marker: Marker, size: float, width: float = 1.5
    ) -> None:
        """Draw hollow, unconnected markers."""
        shape = f"{self._prefix}-{marker}{size:g}".replace(".", "_")
        half = _short(size / 2, 2)
        self._shapes[shape] = (
            f'<circle id="{shape}" r="{half}"/>' if marker == "o" else f'<path id="{shape}" d="M-{half} -{half}L{half} '
            f'{half}M-{half} {half}L{half} -{half}" style="stroke:inherit;stroke-width:inherit"/>'
        )  # fmt: skip
        uses = "".join(
            f'<use href="#{shape}" x="{_short(a, 2)}" y="{_short(b, 2)}"/>' for a, b in self._placed(x, y) if b == b
        )
        style = f"fill:none;stroke:var(--{colour});stroke-width:{width:g}"
        self._parts.append(f'<g class="{self._class(part)}" style="{style}">{uses}</g>')

    def area(self, left: float, bottom: float, width: float, height: float, part: str, alpha: float) -> None:
        """Draw a filled rectangle."""
        across, up = (left, left + width, left + width, left), (bottom, bottom, bottom + height, bottom + height)
        shown = f"M {' L '.join(f'{_short(a)} {_short(b)}' for a, b in self._placed(across, up))} z"
        style = f"fill:var(--span);stroke:none;opacity:{alpha:g}"
        self._parts.append(f'<path class="{self._class(part)}" d="{shown}" style="{style}"/>')

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
        """Draw a text."""
        [(a, b)] = self._placed([x], [y])
        styles = [f"fill:var(--{colour})" if colour != COLOUR else "", f"font-size:{size:g}px" if size != SIZE else "",
                  "font-weight:700" if bold else "", _ANCHORS[ha]]  # fmt: skip
        style = ";".join(filter(None, styles))
        attributes = [f'class="{self._class(part)}"' if part else "", f'style="{style}"' if style else ""]
        named = "".join(f" {each}" for each in attributes if each)
        place = f'x="{_short(a)}" y="{_short(b + _BASELINES[va] * size)}"'
        self._parts.append(f"<text{named} {place}>{escape(term_safe(text, 80))}</text>")

    def svg(self, about: Mapping[str, Any]) -> str:
        """Return the element; ``about`` has the positions and contents of the panels, for the page's script."""
        data = escape(json.dumps(about, ensure_ascii=True, separators=(",", ":")), quote=False).replace("'", "&#x27;")
        shapes = f"<defs>{''.join(self._shapes.values())}</defs>" if self._shapes else ""
        return (
            f"<svg aria-hidden='true' focusable='false' class='chart' data-about='{data}' "
            f'viewBox="0 0 {_short(self._width)} {_short(self._height)}">{shapes}{"".join(self._parts)}</svg>'
        )

    def _class(self, part: str, kind: str = "") -> str:
        return f"{part}{self.panel} {kind}" if kind else f"{part}{self.panel}"

    def _placed(self, x: Places, y: Places) -> Iterator[tuple[float, float]]:
        return ((float(a) * self._width, (1 - float(b)) * self._height) for a, b in zip(x, y, strict=True))

    def _segment(self, x: Places, y: Places) -> str:
        return f"M {' L '.join(f'{_short(a)} {_short(b)}' for a, b in self._placed(x, y))} "

    def _polyline(self, x: Places, y: Places, places: int) -> str:
        """Geometry of a curve: "M" begins a piece, numbers alone go on with it."""
        return "".join(_pieces(self._placed(x, y), places)).strip()


def _pieces(points: Iterable[tuple[float, float]], places: int) -> Iterator[str]:
    begun = False
    for x, y in points:
        if math.isnan(y):
            begun = False
            continue
        yield f"{' ' if begun else 'M'}{_short(x, places)} {_short(y, places)}"
        begun = True


def _short(number: float, places: int = 1) -> str:
    shown = f"{number:.{places}f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown
