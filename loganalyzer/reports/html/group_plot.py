"""The score of a sweep's runs against one varied setting: a hand-written SVG with names, ticks and a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.record import Record
from loganalyzer.model.report import Group, Member
from loganalyzer.model.run import Detail
from loganalyzer.reports.html.anchors import anchor
from loganalyzer.reports.html.chart_box import even_ticks, tick_texts
from loganalyzer.reports.safe import term_safe

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 440, 216, 58, 18, 30, 44
MOST_CATEGORIES, MOST_TICKS, MOST_DESCRIBED, LOG_X, LOG_Y = 8, 6, 12, 20.0, 50.0
_Place = Callable[[float], float]


class _Axis(Record):
    """Positions of a setting's values, 0..1, and ticks."""

    places: dict[Detail, float]
    ticks: tuple[tuple[float, str], ...]
    low: float = 0.0
    high: float = 0.0
    log: bool = False


def plot(group: Group, name: str, lang: Lang) -> str:
    """Plot the score against the setting ``name`` ("" with fewer than two values or two scores).

    Failed runs are crosses at the upper edge; the best run is ringed; a suggested range is shaded.
    """
    points = [(m.settings[name], m) for m in group.table if m.settings.get(name, "") != ""]
    good = [(v, m, m.score) for v, m in points if m.score is not None and not m.failed and math.isfinite(m.score)]
    axis = _axis([v for v, _ in points])
    if axis is None or len(good) < 2:
        return ""
    scores = [s for _, _, s in good]
    log_y = min(scores) > 0 and max(scores) / min(scores) > LOG_Y
    low, high = min(scores), max(scores)
    across, up = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM - 16

    def x(share: float) -> float:
        return LEFT + 12 + share * (across - 24)

    def y(score: float) -> float:
        return HEIGHT - BOTTOM - 6 - _share(score, low, high, log_y) * up

    best = (min if group.direction == "min" else max)(scores)
    parts = [_suggested(group, name, axis, x)]
    parts.append(f'<path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}"/>')
    parts += _ticks(axis, [low, high] if log_y else even_ticks(low, high, 4) or [low, high], x, y)
    for value, member, score in good:
        at = f'cx="{x(axis.places[value]):.1f}" cy="{y(score):.1f}"'
        ring = f'<circle {at} r="7" class="best"/>' if score == best else ""
        tip = _tooltip(member, value, messages.number(score))
        parts.append(f'{ring}<circle {at} r="3.5" class="good" data-run="{anchor(member.run)}">{tip}</circle>')
    failed = [(v, m) for v, m in points if m.failed or m.score is None]
    for value, member in failed:
        parts.append(
            f'<path d="M{x(axis.places[value]) - 3:.1f} {TOP}l6 6m0 -6l-6 6" class="bad" data-run="{anchor(member.run)}">'
            f"{_tooltip(member, value, messages.verdict(member.verdict, lang))}</path>"
        )
    shown, series = term_safe(name, 40), term_safe(group.series, 40)
    scale = messages.ui("html", "chart.log", lang) if log_y else ""
    parts.append(f'<text x="{LEFT}" y="14">{escape(series + scale)}</text>')
    unit = shown + (messages.ui("html", "chart.log", lang) if axis.log else "")
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(unit)}</text>'
    )
    sentence = _sentence(series, shown, good, len(failed), lang)
    return (
        f'<svg class="sweep" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(sentence)}">{"".join(parts)}</svg>'
    )


def _axis(values: Sequence[Detail]) -> _Axis | None:
    """Place numbers on a (logarithmic) scale, words at equal distances; None for fewer than two, or too many words."""
    distinct = sorted(set(values), key=lambda v: (isinstance(v, str), v))
    if len(distinct) < 2:
        return None
    numbers = [float(v) for v in distinct if not isinstance(v, str | bool) and math.isfinite(float(v))]
    if len(numbers) == len(distinct):
        low, high = numbers[0], numbers[-1]
        log = low > 0 and high / low > LOG_X
        places = {v: _share(float(v), low, high, log) for v in distinct}
        every = max(1, -(-len(distinct) // MOST_TICKS))
        ticks = tuple((places[v], messages.typed(v)) for v in distinct[::every])
        spaced = [t for i, t in enumerate(ticks) if not i or t[0] - ticks[i - 1][0] > 0.11]
        return _Axis(places, tuple(spaced), low, high, log)
    if len(distinct) > MOST_CATEGORIES:
        return None
    places = {v: (i + 0.5) / len(distinct) for i, v in enumerate(distinct)}
    return _Axis(places, tuple((p, term_safe(str(v), 12)) for v, p in places.items()))


def _ticks(axis: _Axis, scores: Sequence[float], x: _Place, y: _Place) -> list[str]:
    shown = [
        f'<text x="{x(at):.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{escape(text)}</text>'
        for at, text in axis.ticks
    ]
    for score, text in zip(scores, tick_texts(scores), strict=True):
        shown.append(f'<path class="rule" d="M{LEFT} {y(score):.1f}H{WIDTH - RIGHT}"/>')
        shown.append(f'<text x="{LEFT - 6}" y="{y(score) + 4:.1f}" text-anchor="end">{escape(text)}</text>')
    return shown


def _suggested(group: Group, name: str, axis: _Axis, x: _Place) -> str:
    advice = group.suggested.get(name)
    if not advice or axis.high <= axis.low:
        return ""
    ends = (min(max(advice[k], axis.low), axis.high) for k in ("low", "high"))
    left, right = (x(_share(v, axis.low, axis.high, axis.log)) for v in ends)
    return (
        f'<rect class="advice" x="{left:.1f}" y="{TOP}" width="{right - left:.1f}" height="{HEIGHT - BOTTOM - TOP}"/>'
    )


def _tooltip(member: Member, value: Detail, outcome: str) -> str:
    shown = messages.typed(value)
    return f"<title>{escape(term_safe(f'{member.run}: {shown} → {outcome}', 200))}</title>"


def _sentence(series: str, name: str, good: Sequence[tuple[Detail, Member, float]], failed: int, lang: Lang) -> str:
    """Describe the plot as alternative text: each value and its score, the best first."""
    shown = [f"{messages.typed(v)} → {messages.number(s)}" for v, _, s in good[:MOST_DESCRIBED]]
    text = messages.ui("html", "groups.described", lang, series=series, name=name, points=messages.listed(shown, lang))
    if failed:
        text = messages.sentences([text, messages.ui("html", "groups.failed", lang, count=failed)], lang)
    return term_safe(text)


def _share(value: float, low: float, high: float, log: bool) -> float:
    if high <= low:
        return 0.5
    if log:
        return (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
    return (value - low) / (high - low)
