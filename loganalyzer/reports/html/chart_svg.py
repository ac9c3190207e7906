"""Reduce Matplotlib's SVG for use in a page: short geometry, theme colours, no metadata, parts as classes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from typing import Any

from loganalyzer.reports.html.pen import COLOURS

_NUMBER = re.compile(r"-?\d+\.\d+")
_GEOMETRY = re.compile(r'(?<= )(?:d|x|y|points|transform|viewBox)="[^"]*"')
_IDS = re.compile(r'(id="|url\(#|href="#)')
_DROPPED = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>", re.DOTALL)


def lean(svg: str, prefix: str, about: Mapping[str, Any], places: int) -> str:
    """Return the SVG element for the page.

    ``prefix`` keeps ids apart on a page of many charts; ``about`` has the positions and contents of the panels (read
    by the page's script); curves keep ``places`` decimals, all other geometry one.
    """
    text = _DROPPED.sub("", svg)
    text = re.sub(r"\n\s*", "\n", text).strip()
    text = _IDS.sub(lambda m: f"{m.group(1)}{prefix}-", text)
    part = rf'<g id="{prefix}-([cestvx]\d)(?:-([a-z-]+))?\.\d+">\n'
    text = re.sub(
        rf"{part}(<(?:path|text)[^>]*?(?:/>|>[^<]*</text>))\n</g>",
        lambda m: _classed(m.group(3), m.group(1), m.group(2)),
        text,
    )
    text = re.sub(part, r'<g class="\1">\n', text)
    text = _GEOMETRY.sub(lambda m: _NUMBER.sub(lambda n: _short(n.group(), 1), m.group()).replace("\n", ""), text)
    text = re.sub(
        r'(<path class="c\d [^"]*" )e="([^"]*)"', lambda m: f'{m.group(1)}d="{_curve(m.group(2), places)}"', text
    )
    text = re.sub(r' transform="rotate\(-?0 [^"]*"', "", text)
    text = re.sub(rf'<g id="{prefix}-(?:text|line2d|patch|figure)_\d+">\n', "<g>\n", text)
    for name, colour in COLOURS.items():
        text = text.replace(colour, f"var(--{name})")
    text = re.sub(r"font: ([\w ]*?)(\d[\d.]*)px [^;\"]*", _font, text)
    text = re.sub(r" ?font-family: [^;\"]*;?| ?stroke-dashoffset: 0;?", "", text)
    text = re.sub(r"; stroke-linecap: \w+|; stroke-linejoin: \w+", "", text)
    text = re.sub(r'(<path id="[^>]*?)style="stroke', r'\1style="fill: none; stroke', text)
    text = re.sub(r'(<use [^>]*?) style="[^"]*"', r"\1", text)
    text = re.sub(r"<g>\n(<(?:path|text|use)[^>]*?(?:/>|>[^<]*</text>))\n</g>", r"\1", text)
    text = text.replace(' style="fill: none; stroke: var(--grid); stroke-width: 0.8"', "")
    text = re.sub(r'style="([^"]*)"', lambda m: f'style="{m.group(1).replace(": ", ":").replace("; ", ";")}"', text)
    text = re.sub(r'(<svg[^>]*?) (?:width|height)="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) (?:width|height)="[^"]*"', r"\1", text, count=1)
    text = re.sub(r"<defs>\n</defs>\n", "", text)
    data = escape(json.dumps(about, ensure_ascii=True, separators=(",", ":")), quote=True)
    return text.replace("<svg ", f'<svg aria-hidden="true" focusable="false" class="chart" data-about="{data}" ', 1)


def _classed(element: str, part: str, kind: str | None) -> str:
    """The element with its part as class; the geometry of a curve is set aside as ``e``, to keep its decimals."""
    names = f"{part} {kind.replace('-', ' ')}" if kind else part
    tag, rest = element[1:].split(" ", 1)
    if kind:
        rest = rest.replace('d="', 'e="', 1)
    return f'<{tag} class="{names}" {rest}'


def _curve(geometry: str, places: int) -> str:
    flat = _NUMBER.sub(lambda n: _short(n.group(), places), geometry).replace("\n", "")
    return re.sub(r"\s*M\s*", "M", re.sub(r"\s+L\s+", " ", flat)).strip()


def _short(number: str, places: int) -> str:
    shown = f"{float(number):.{places}f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def _font(match: re.Match[str]) -> str:
    bold = "font-weight: 700; " if "700" in match.group(1) or "bold" in match.group(1) else ""
    return f"{bold}font-size: {match.group(2)}px"
