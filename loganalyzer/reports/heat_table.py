"""The table of a sweep's two settings with its colours in the cells: for mails and notebooks, which have no style sheet."""

from __future__ import annotations

from html import escape
from typing import Any

from loganalyzer.messages import Lang
from loganalyzer.model.report import Group
from loganalyzer.reports.html.sweep import grid

MOST_COLUMNS = 6
"""More settings across do not fit a mail."""
_BEST, _WORST, _FAILED, _PAPER = (0x1B, 0x77, 0xC5), (0xC8, 0x5A, 0x08), (0xE3, 0xE7, 0xEB), (0xFF, 0xFF, 0xFF)
_TINT, _STRONGEST = 0.22, 0.36
_CELL = "padding:4px 5px;text-align:center;font-size:13px;line-height:1.4;color:#1e2933 !important;border:2px solid"
_LABEL = '<th style="text-align:left;font-size:13px;white-space:nowrap;padding:4px 5px">'


def heat_table(group: Group, lang: Lang) -> str:
    """Return the table as HTML with its styles in place, names escaped; "" where the sweep has none or it is too wide."""
    shown = grid(group, lang)
    if shown is None or len(shown["columns"]) > MOST_COLUMNS:
        return ""
    across = ""
    if shown["across"]:
        across = f'<tr><td></td><th colspan="{len(shown["columns"])}">{escape(shown["across"])}</th></tr>'
    columns = "".join(f"<th>{escape(text)}</th>" for text in shown["columns"])
    rows = "".join(
        f"<tr>{_LABEL}{escape(row['label'])}</th>{''.join(map(_cell, row['cells']))}</tr>" for row in shown["rows"]
    )
    return (
        '<table style="border-collapse:separate;border-spacing:2px;font-size:13px">'
        '<caption style="text-align:left;font-size:13px">'
        f"{escape(shown['caption'])}</caption>"
        f"{across}<tr>{_LABEL}{escape(shown['down'])}</th>{columns}</tr>{rows}</table>"
    )


def _cell(cell: dict[str, Any] | None) -> str:
    if cell is None:
        return "<td>–</td>"
    tint = _mixed(_PAPER, _BEST, _TINT)
    colour = _FAILED if cell["all_failed"] else _mixed(tint, _WORST, _STRONGEST * cell["share"] / 100)
    border = "#1b77c5" if cell["best"] else _hex(colour)
    small = '<br><span style="font-size:11px;white-space:nowrap">'
    spread = f"{small}±&nbsp;{escape(cell['sd'])}</span>" if cell["sd"] else ""
    return (
        f'<td style="background:{_hex(colour)};{_CELL} {border}"><b>{escape(cell["mean"])}</b>{spread}'
        f'<br><span style="font-size:11px">{escape(cell["note"])}</span></td>'
    )


def _mixed(one: tuple[int, ...], other: tuple[int, ...], share: float) -> tuple[int, ...]:
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def _hex(colour: tuple[int, ...]) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)
