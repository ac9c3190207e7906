"""How numbers look inside a sentence: three significant digits, percents, steps in the run's own unit, durations."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

_HOLE = re.compile(r"\{(\w+)(?::(\w+))?\}")
_UNITS = {
    "epoch": {"en": ("epoch", "epochs"), "ja": ("エポック", "エポック")},
    "step": {"en": ("step", "steps"), "ja": ("ステップ", "ステップ")},
}


def fill(text: str, values: Mapping[str, Any], unit: str, lang: str) -> str:
    """Fill the holes of ``text``.

    Forms: none = number with three significant digits (text stays as it is), ``int`` = thousands separated, ``pct`` =
    share 0..1 as percent, ``step`` = "epoch 12", ``steps`` = "38 epochs", ``time`` = seconds as a duration.
    A hole without a value stays visible as an en dash, it never raises.
    """

    def replace(match: re.Match[str]) -> str:
        name, form = match.group(1), match.group(2) or ""
        if name not in values:
            return "–"
        return _shown(values[name], form, unit, lang)

    return _HOLE.sub(replace, text)


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
    return number(value)


def number(value: float) -> str:
    """Three significant digits, no trailing noise: 0.412, 12.5, 1,230, 3.2e-05; non-finite as NaN / ∞."""
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
        mantissa, exponent = f"{value:.2e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    if size >= 1000:
        return f"{round(value, 2 - math.floor(math.log10(size))):,.0f}".replace("-", "−")
    decimals = max(0, 2 - math.floor(math.log10(size)))
    return f"{value:.{decimals}f}".replace("-", "−")


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
