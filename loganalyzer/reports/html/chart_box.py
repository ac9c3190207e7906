"""A panel of a chart: map steps and values to the figure, choose ticks.

Matplotlib's own axes cost 30 ms each for their tick machinery; a page of 200 charts has no time for that.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from loganalyzer import messages
from loganalyzer.model.record import Record
from loganalyzer.model.run import Floats, Ints

DECADES_FOR_LOG = 2.0
TOO_LARGE = 1e300
LEAST_SPAN = 0.05
"""Of a value: less is not drawn over the whole height of a panel."""


class Box(Record):
    """A rectangle of the figure (all 0..1) with a scale for steps and one for values, linear or logarithmic.

    With ``log_x`` the x axis shows a positive quantity (a learning rate); ``small`` panels are strips under the chart.
    """

    left: float
    bottom: float
    width: float
    height: float
    first: float
    last: float
    low: float
    high: float
    log: bool
    log_x: bool = False
    small: bool = False

    def x(self, steps: Floats | Ints | float) -> Floats:
        """Map steps to figure coordinates; float64 of the same shape."""
        raw = np.asarray(steps, dtype=np.float64)
        if self.log_x:
            share = np.log(raw / self.first) / math.log(self.last / self.first)
        else:
            share = (raw - self.first) / ((self.last - self.first) or 1.0)
        return np.asarray(self.left + self.width * np.clip(share, 0.0, 1.0))

    def y(self, values: Floats | float) -> Floats:
        """Map values to figure coordinates, clipped to the panel; NaN stays NaN."""
        raw = np.asarray(values, dtype=np.float64)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            if self.log:
                share = (np.log(raw) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
            else:
                share = (raw - self.low) / (self.high - self.low)
        return np.asarray(self.bottom + self.height * np.clip(share, 0.0, 1.0))

    def value_ticks(self, most: int) -> list[float]:
        """Round values inside the panel: powers of ten (or 1-2-5) on a log scale, even steps on a linear one."""
        if not self.log:
            return even_ticks(self.low, self.high, most)
        return _decades(self.low, self.high, most)

    def step_ticks(self, most: int) -> list[float]:
        """Whole steps; powers of ten where the axis is logarithmic."""
        if self.log_x:
            return _decades(self.first, self.last, most)
        ticks = [t for t in even_ticks(self.first, self.last, most) if float(t).is_integer()]
        return ticks or [self.first]


def wants_log(values: Floats) -> bool:
    """Return True if all values are positive and span more than two decades."""
    return (
        bool(len(values))
        and float(values.min()) > 0
        and float(values.max()) / float(values.min()) > 10**DECADES_FOR_LOG
    )


def wants_log_rate(values: Floats) -> bool:
    """True for a learning rate over two decades that spends more than a third of its points below a tenth of its peak.

    A cosine that only touches zero at its end is drawn as the cosine that it is.
    """
    return wants_log(values) and float(np.mean(values < 0.1 * values.max())) > 1 / 3


def limits(values: Floats, log: bool) -> tuple[float, float]:
    """Lowest and highest value shown, with some air; ``values`` finite, (0, 1) where there are none.

    A level curve is drawn level: what is shown is at least 5 % of the value high, however small its own ups and downs.
    """
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if log:
        air = max((high / low) ** 0.07, 1.001)
        air = max(min(1.25, air), math.sqrt((1 + LEAST_SPAN) * low / high))
        return low / air, high * air
    air = max(0.07 * (high - low), (least_span(low, high) - (high - low)) / 2) or 1.0
    return low - air, high + air


def least_span(low: float, high: float) -> float:
    """Return the smallest distance between the ends of an axis that shows values from ``low`` to ``high``."""
    return LEAST_SPAN * max(abs(low), abs(high))


def drawable(values: Floats) -> Floats:
    """The values that can be drawn at all: finite and below 1e300."""
    return values[np.isfinite(values) & (np.abs(values) < TOO_LARGE)]


def digits(values: Floats) -> int:
    """Return how many significant digits tell drawable ``values`` apart, from 3 to 6: of level ones more are needed."""
    reach = float(np.ptp(values)) if len(values) else 0.0
    if reach <= 0:
        return 3
    return max(3, min(6, 2 + math.ceil(math.log10(float(np.abs(values).max()) / reach))))


def tick_texts(ticks: Sequence[float]) -> list[str]:
    """Each tick with just enough digits to differ from its neighbours: 2.306, 2.308; 0, 0.5, 1."""
    gaps = [b - a for a, b in itertools.pairwise(ticks) if b > a]
    largest = max((abs(t) for t in ticks), default=0.0)
    if not gaps or not 1e-4 <= largest < 1e5 or largest / min(gaps) > 1e5:
        return [plain(messages.number(float(f"{t:.6g}"))) for t in ticks]
    places = max(0, min(9, 2 - math.floor(math.log10(min(gaps)))))
    return [plain(f"{t + 0.0:,.{places}f}") for t in ticks]


def plain(text: str) -> str:
    """Remove trailing zeros after the point; "-0" becomes 0."""
    head, exponent, tail = text.partition("e")
    if "." in head:
        head = head.rstrip("0").rstrip(".")
    return "0" if head == "-0" else head + exponent + tail


def _decades(low: float, high: float, most: int) -> list[float]:
    whole = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    decades = [10.0**e for e in whole if low <= 10.0**e <= high]
    return decades[:: max(1, -(-len(decades) // most))]


def even_ticks(low: float, high: float, most: int) -> list[float]:
    """Round values from ``low`` to ``high``, about ``most`` of them."""
    raw = (high - low) / max(most, 1)
    if not raw > 0 or not math.isfinite(raw):
        return [low]
    power = 10.0 ** math.floor(math.log10(raw))
    step = next((m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999), 10 * power)
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, first + most + 2) if k * step <= high + 1e-9 * step]
