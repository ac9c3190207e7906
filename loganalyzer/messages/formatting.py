"""How numbers look inside a sentence: three significant digits, percents, steps in the run's own unit, durations."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

DIGITS, MOST_DIGITS = 3, 6
RATIOS = frozenset({"factor", "times", "z", "power"})
"""Placeholders that hold a multiple of something: such a number and a loss are no pair, however alike they look."""
_PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")
_UNITS = {
    "epoch": {"en": ("epoch", "epochs"), "ja": ("エポック", "エポック")},
    "step": {"en": ("step", "steps"), "ja": ("ステップ", "ステップ")},
}


def fill(text: str, values: Mapping[str, Any], unit: str, lang: str) -> str:
    """Fill the placeholders of ``text``.

    Forms: none = number with three significant digits (text stays as it is), ``int`` = thousands separated, ``pct`` =
    share 0..1 as percent, ``step`` = "epoch 12", ``steps`` = "38 epochs", ``time`` = seconds as a duration, ``limit`` =
    a number that somebody chose, without zeros that say nothing (0.001, 1e−5), ``level`` = a number as without a form,
    of which the text itself says that it is near another one.
    A placeholder without a value stays visible as an en dash, it never raises. Numbers of one text that differ but would look
    alike ("between 2.32 and 2.32") get the digits that tell them apart, at most six.
    """
    digits = _digits({m[1]: values[m[1]] for m in _PLACEHOLDER.finditer(text) if not m[2] and m[1] in values})

    def replace(match: re.Match[str]) -> str:
        name, form = match.group(1), match.group(2) or ""
        if name not in values:
            return "–"
        if not form and name in digits:
            return number(values[name], digits[name])
        return _shown(values[name], form, unit, lang)

    return _PLACEHOLDER.sub(replace, text)


def _digits(values: Mapping[str, Any]) -> dict[str, int]:
    """How many digits the numbers need that look alike at three and are not: by name, only where it is more."""
    alike: dict[str, dict[str, float]] = {}
    for name, value in values.items():
        if isinstance(value, float) and math.isfinite(value) and name not in RATIOS:
            alike.setdefault(number(value), {})[name] = value
    needed: dict[str, int] = {}
    for group in alike.values():
        told = {d: len({number(v, d) for v in group.values()}) for d in range(DIGITS, MOST_DIGITS + 1)}
        most = min(told, key=lambda d: (-told[d], d))
        if most > DIGITS:
            needed.update(dict.fromkeys(group, most))
    return needed


def _shown(value: Any, form: str, unit: str, lang: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if form == "pct":
        return percent(float(value), lang)
    if form == "int":
        return f"{round(value):,}" if math.isfinite(value) else number(value)
    if form == "step":
        return at_step(int(value), unit, lang)
    if form == "steps":
        return count_steps(int(value), unit, lang)
    if form == "time":
        return duration(float(value), lang)
    if form == "limit" and "e" not in f"{value:g}":
        return f"{value:g}".replace("-", "−")
    return number(value)


def number(value: float, digits: int = DIGITS) -> str:
    """Three significant ``digits``, no trailing noise: 0.412, 12.5, 1,230, 3.2e-05; non-finite as NaN / ∞."""
    if isinstance(value, int):
        return f"{value:,}"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e6 or size < 1e-3:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    decimals = digits - 1 - int(f"{size:.{digits - 1}e}".split("e")[1])  # of what is left after rounding: 99.96 is 100
    return f"{round(value, decimals):,.{max(0, decimals)}f}".replace("-", "−")


def percent(share: float, lang: str = "en") -> str:
    """A share 0..1 as "34 %" / "34%"; one decimal below 10 %."""
    if not math.isfinite(share):
        return number(share)
    shown = share * 100
    sign = "%" if lang == "ja" else " %"
    return f"{shown:.0f}{sign}" if abs(shown) >= 10 or shown == 0 else f"{shown:.1f}{sign}"


def at_step(step: int, unit: str, lang: str) -> str:
    """A place in the run: "epoch 12", "step 12,000" / "エポック12"."""
    one, _ = _UNITS.get(unit, _UNITS["step"])[lang]
    return f"{one}{step:,}" if lang == "ja" else f"{one} {step:,}"


def count_steps(count: int, unit: str, lang: str) -> str:
    """A stretch of the run: "38 epochs" / "38エポック"."""
    one, many = _UNITS.get(unit, _UNITS["step"])[lang]
    if lang == "ja":
        return f"{count:,}{one}"
    return f"{count:,} {one if count == 1 else many}"


def duration(seconds: float, lang: str) -> str:
    """Seconds for a person: "45 s", "12 min", "2 h 5 min", "3 d 4 h" / "2時間5分"."""
    if not math.isfinite(seconds) or seconds < 0:
        return "–"
    units = {"en": (" d", " h", " min", " s", " "), "ja": ("日", "時間", "分", "秒", "")}[lang]
    if seconds < 60:
        return f"{seconds:.0f}{units[3]}" if seconds >= 10 else f"{seconds:.1f}{units[3]}"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes}{units[2]}"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours}{units[1]}" + (f"{units[4]}{minutes}{units[2]}" if minutes else "")
    days, hours = divmod(hours, 24)
    return f"{days}{units[0]}" + (f"{units[4]}{hours}{units[1]}" if hours else "")
