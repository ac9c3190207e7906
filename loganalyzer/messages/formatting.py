"""Format numbers in sentences: three significant digits, percents, steps in the run's own unit, durations."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from loganalyzer.messages.languages import LANGUAGES, SOURCE, Lang, aside, listed
from loganalyzer.model.own_files import own_text

DIGITS, MOST_DIGITS = 3, 6
SETTING_DIGITS = 4
"""Digits of a setting in a sentence: enough to recognise 0.9954."""
MOST_PARTS = 2
"""Parts of a sum that a sentence names."""
RATIOS = frozenset({"factor", "times", "z", "power"})
"""Placeholders that hold a multiple of something: such a number and a loss are no pair, however alike they look."""
_PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")
_IN_CODE = re.compile(r"\{(\w+)\|([^{}|]*)\}")


def fill(text: str, values: Mapping[str, Any], unit: str, lang: Lang) -> str:
    """Fill the placeholders of ``text``.

    Forms: none = number with three significant digits (text stays as it is), ``int`` = thousands separated, ``values``
    = "1 value" or "12 values" (so all that units.toml counts), ``pct`` = share 0..1 as percent, ``step`` = "epoch 12",
    ``steps`` = "38 epochs", ``dated`` = as ``step``, with the epoch ``<name>_epoch`` where that is known, ``time`` =
    seconds as a duration, ``limit`` = a chosen number without trailing zeros (0.001, 1e-5), ``level`` = as without a
    form, for a number that the text describes as close to another one, ``setting`` = as it is typed into a script (see
    ``typed``), ``list`` = names that a rule or a reader joined with commas ("a, b" / "a、b").
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
        if form == "dated":
            return dated(int(values[name]), values.get(f"{name}_epoch"), unit, lang)
        return _shown(values[name], form, unit, lang)

    return _PLACEHOLDER.sub(replace, text)


def _digits(values: Mapping[str, Any]) -> dict[str, int]:
    """Return, by name, the digits that different numbers need which look alike at three digits."""
    alike: dict[str, dict[str, float]] = {}
    for name, value in values.items():
        if isinstance(value, float) and math.isfinite(value) and name not in RATIOS:
            alike.setdefault(number(value), {})[name] = value
    needed: dict[str, int] = {}
    for group in alike.values():
        distinct = {d: len({number(v, d) for v in group.values()}) for d in range(DIGITS, MOST_DIGITS + 1)}
        most = min(distinct, key=lambda d: (-distinct[d], d))
        if most > DIGITS:
            needed.update(dict.fromkeys(group, most))
    return needed


def _briefly(name: str) -> str:
    """Shorten the name of a sum of many parts to the first two: "box_loss + cls_loss + …"."""
    parts = name.split(" + ")
    if len(parts) <= MOST_PARTS:
        return name
    _, closing, divided = parts[-1].partition(") / ")
    return " + ".join([*parts[:MOST_PARTS], "…"]) + closing + divided


def _shown(value: Any, form: str, unit: str, lang: Lang) -> str:
    if isinstance(value, str):
        return listed(value.split(", "), lang) if form == "list" else _briefly(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if form == "setting":
        return typed(value, SETTING_DIGITS)
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
    if form.endswith("s") and form[:-1] in _units()["many"]:
        return count_steps(round(value), form[:-1], lang)
    if form == "limit" and "e" not in f"{value:.3g}":
        return f"{value:.3g}"
    return number(value)


def fill_code(code: str, values: Mapping[str, Any]) -> str:
    """Fill the placeholders of a piece of code, ``{learning_rate|1e-3}``: the value after the bar stands where none is known."""
    return _IN_CODE.sub(lambda m: typed(values[m[1]]) if m[1] in values else m[2], code)


def typed(value: float | str, digits: int = MOST_DIGITS) -> str:
    """Format a setting as it is typed into a script: 0.001, 1e-5, 64; ASCII, no trailing zeros, text as it is."""
    if isinstance(value, str | int):
        return str(value)
    mantissa, e, exponent = f"{value:.{digits}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa


@lru_cache(maxsize=4096, typed=True)
def number(value: float, digits: int = DIGITS) -> str:
    """Format with three significant ``digits``: 0.412, 12.5, 1,230, 3.2e-5; non-finite as NaN / ∞.

    The minus is ASCII, so that numbers can be pasted.
    """
    if isinstance(value, int):
        return f"{value:,}"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e6 or size < 1e-3:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}e{int(exponent)}"
    decimals = digits - 1 - int(f"{size:.{digits - 1}e}".split("e")[1])  # of the rounded number: 99.96 is 100
    return f"{round(value, decimals):,.{max(0, decimals)}f}"


def signed(difference: float) -> str:
    """Format a difference with its sign: +0.012, -0.3, 0."""
    return f"{'+' if difference > 0 else ''}{number(difference)}"


def percent(share: float, lang: Lang = SOURCE) -> str:
    """Format a share 0..1 as "34%"; one decimal below 10 %."""
    if not math.isfinite(share):
        return number(share)
    shown = share * 100
    sign = LANGUAGES[lang].percent
    return f"{shown:.0f}{sign}" if abs(shown) >= 10 or shown == 0 else f"{shown:.1f}{sign}"


def at_step(step: int, unit: str, lang: Lang) -> str:
    """Format a step of the run: "epoch 12", "step 12,000" / "エポック12"."""
    return f"{_counted('one', unit, lang)}{LANGUAGES[lang].space}{step:,}"


def dated(step: int, epoch: float | None, unit: str, lang: Lang) -> str:
    """Format a step with the epoch that the log names beside it: "step 1,600 (epoch 4)"; without it where there is none."""
    shown = at_step(step, unit, lang)
    if epoch is None:
        return shown
    named = f"{_counted('one', 'epoch', lang)}{LANGUAGES[lang].space}{number(epoch if epoch % 1 else int(epoch))}"
    return aside(shown, lang, named)


def count_steps(count: int, unit: str, lang: Lang) -> str:
    """Format a number of steps: "38 epochs" / "38エポック"."""
    return f"{count:,}{LANGUAGES[lang].space}{_counted('one' if count == 1 else 'many', unit, lang)}"


def duration(seconds: float, lang: Lang) -> str:
    """Format seconds: "45 s", "12 min", "2 h 5 min", "3 d 4 h" / "2時間5分"."""
    if not math.isfinite(seconds) or seconds < 0:
        return "–"
    if seconds < 60:
        return _of_time((f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}", "second"), lang=lang)
    minutes = round(seconds / 60)
    if minutes < 60:
        return _of_time((minutes, "minute"), lang=lang)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return _of_time((hours, "hour"), (minutes, "minute"), lang=lang)
    days, hours = divmod(hours, 24)
    return _of_time((days, "day"), (hours, "hour"), lang=lang)


def _counted(number_of: str, unit: str, lang: Lang) -> str:
    """Choose the word for a unit of the run: singular ``one`` or plural ``many``."""
    words = _units()[number_of]
    return words.get(unit, words["step"])[lang]


def _of_time(first: tuple[int | str, str], second: tuple[int, str] | None = None, *, lang: Lang) -> str:
    """Format a duration in two units; omit the smaller one if it is zero."""
    space, words = LANGUAGES[lang].space, _units()["time"]
    return space.join(f"{n}{space}{words[unit][lang]}" for n, unit in (first, second or (0, "")) if n)


@lru_cache(maxsize=1)
def _units() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(own_text("loganalyzer.messages", "units.toml"))
