"""What a table of runs says about its settings: the suggested rate, edges of the search, seeds, who is better."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from loganalyzer.model.outcome import Number, Outcome, Severity, Status
from loganalyzer.model.report import Member

NEAR = 0.1
"""Values whose score lies within this share of the way from the best to the median are as good as the best."""
OUTLIER = 5.0
"""A seed farther than this many robust standard deviations from the median stands apart."""


def by_value(name: str, table: Sequence[Member], sign: float) -> list[tuple[float, float, float]]:
    """(value, score, share failed) for each value of a setting, in order.

    The score is the best over the other settings of the median over seeds; lower is better, infinite where all failed.
    """
    cells: dict[float, dict[tuple[object, ...], list[Member]]] = defaultdict(lambda: defaultdict(list))
    for m in table:
        value = m.settings.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            rest = tuple((k, v) for k, v in sorted(m.settings.items()) if k != name)
            cells[float(value)][rest].append(m)
    rows = []
    for value in sorted(cells):
        scores = [_typical(members, sign) for members in cells[value].values()]
        everyone = [m for members in cells[value].values() for m in members]
        rows.append((value, min(scores), sum(m.failed for m in everyone) / len(everyone)))
    return rows


def _typical(members: Sequence[Member], sign: float) -> float:
    return median([math.inf if m.failed or m.score is None else sign * m.score for m in members])


def suggestion(name: str, table: Sequence[Member], sign: float) -> tuple[dict[str, float], list[Outcome]]:
    """The learning rate to take, with the range that is about as good; and the finding that says so."""
    rows = [r for r in by_value(name, table, sign) if r[0] > 0]
    good = [r for r in rows if math.isfinite(r[1])]
    if len(rows) < 2 or not good:
        return {}, []
    best = min(r[1] for r in good)
    scale = median([r[1] for r in good]) - best
    limit = best + NEAR * scale
    at = next(i for i, r in enumerate(rows) if r[1] == best)
    low = high = at
    while low > 0 and rows[low - 1][1] <= limit:
        low -= 1
    while high < len(rows) - 1 and rows[high + 1][1] <= limit:
        high += 1
    # a lone value is known as well as its neighbours are far
    least = rows[at][0] if at == 0 else math.sqrt(rows[at][0] * rows[at - 1][0])
    most = rows[at][0] if at == len(rows) - 1 else math.sqrt(rows[at][0] * rows[at + 1][0])
    advice = {"value": rows[at][0], "low": min(rows[low][0], least), "high": max(rows[high][0], most)}
    numbers: dict[str, Number] = {"name": name, **advice, "tried": len(rows), "score": sign * best}
    return advice, [Outcome("sweep-suggested-rate", Status.FOUND, Severity.INFO, 0.8, numbers=numbers)]


def edges(name: str, table: Sequence[Member], sign: float, *, rate: bool) -> list[Outcome]:
    """Whether the best lies at the edge of what was tried, which region fails, and whether failing limits the best."""
    rows = by_value(name, table, sign)
    good = [r for r in rows if math.isfinite(r[1])]
    if len(rows) < 3 or not good:
        return []
    best = min(range(len(rows)), key=lambda i: rows[i][1])
    found = []
    broken = [i for i, r in enumerate(rows) if r[2] >= 0.5]
    base: dict[str, Number] = {"name": name, "best": rows[best][0], "least": rows[0][0], "most": rows[-1][0]}
    if best in (0, len(rows) - 1) and len(good) >= 3:
        variant = "sweep-best-at-low-edge" if best == 0 else "sweep-best-at-high-edge"
        fixes = ("lr-search",) if rate else ()
        found.append(Outcome(variant, Status.FOUND, Severity.WARNING, 0.8, numbers=base, fixes=fixes))
    above = [i for i in broken if i > best]
    if above and above == list(range(above[0], len(rows))):
        numbers = {**base, "from": rows[above[0]][0], "count": len(above)}
        found.append(Outcome("sweep-infeasible-above", Status.FOUND, Severity.INFO, 0.9, numbers=numbers))
        if rate and above[0] == best + 1:
            found.append(
                Outcome(
                    "sweep-stability-limited",
                    Status.FOUND,
                    Severity.INFO,
                    0.7,
                    numbers=numbers,
                    fixes=("warm-up", "clip-gradients"),
                )
            )
    below = [i for i in broken if i < best]
    if below and below == list(range(below[-1] + 1)):
        numbers = {**base, "to": rows[below[-1]][0], "count": len(below)}
        found.append(Outcome("sweep-infeasible-below", Status.FOUND, Severity.INFO, 0.9, numbers=numbers))
    return found


def batches(batch: str, rate: str, fixed_rate: float | None, table: Sequence[Member], sign: float) -> list[Outcome]:
    """Whether the learning rate followed the batch size: with the batch for SGD, with its root for Adam.

    ``rate`` is the name of the varied learning rate ("" where it was ``fixed_rate`` in all runs, None if unknown). The
    linear rule: Goyal et al., Accurate, large minibatch SGD, 2017; the square root: Malladi et al., On the SDEs and
    scaling rules for adaptive gradient algorithms, 2022.
    """
    if rate:
        return _rate_by_batch(batch, rate, table, sign)
    rows = [r for r in by_value(batch, table, sign) if r[0] > 0]
    if len(rows) < 2 or fixed_rate is None or not math.isfinite(rows[0][1]):
        return []
    # a larger batch does worse at the same rate: the comparison is of rates as much as of batches
    if not (rows[-1][1] > rows[0][1] and min(r[1] for r in rows[1:]) > rows[0][1]):
        return []
    times = rows[-1][0] / rows[0][0]
    numbers: dict[str, Number] = {
        "least": rows[0][0], "most": rows[-1][0], "rate": fixed_rate, "linear": fixed_rate * times,
        "root": fixed_rate * math.sqrt(times),
    }  # fmt: skip
    return [
        Outcome("sweep-batch-same-rate", Status.FOUND, Severity.INFO, 0.6, numbers=numbers, fixes=("larger-batch-lr",))
    ]


def _rate_by_batch(batch: str, rate: str, table: Sequence[Member], sign: float) -> list[Outcome]:
    best: list[tuple[float, float]] = []
    sizes: dict[float, list[Member]] = defaultdict(list)  # once through the table: a random search has many sizes
    for m in table:
        if isinstance(size := m.settings.get(batch), int | float) and size > 0:
            sizes[size].append(m)
    for size, own in sorted(sizes.items()):
        rows = [r for r in by_value(rate, own, sign) if r[0] > 0 and math.isfinite(r[1])]
        if len(rows) >= 3:
            best.append((float(size), min(rows, key=lambda r: r[1])[0]))
    if len(best) < 2:
        return []
    (small, low), (large, high) = best[0], best[-1]
    power = math.log(high / low) / math.log(large / small)
    pairs = ", ".join(f"{size:g} → {value:g}" for size, value in best)
    numbers: dict[str, Number] = {"name": batch, "pairs": pairs, "power": power}
    return [Outcome("sweep-rate-by-batch", Status.FOUND, Severity.INFO, 0.6, numbers=numbers)]


def _settings(m: Member) -> tuple[tuple[str, object], ...]:
    return tuple(sorted(m.settings.items()))


def cells(table: Sequence[Member]) -> dict[tuple[tuple[str, object], ...], list[Member]]:
    """The members with equal settings, whatever their seed."""
    found: dict[tuple[tuple[str, object], ...], list[Member]] = defaultdict(list)
    for m in table:
        found[_settings(m)].append(m)
    return found


def named(settings: Sequence[tuple[str, object]]) -> str:
    """Settings as a short text: ``lr=0.01 dropout=0.1``."""
    return " ".join(f"{k}={v:g}" if isinstance(v, float) else f"{k}={v}" for k, v in settings)


def seeds(table: Sequence[Member], sign: float) -> list[Outcome]:
    """For each setting that was run with three seeds or more: how far they lie apart, who stands out, how many fail."""
    found = []
    for settings, members in sorted(cells(table).items(), key=str):
        if len(members) < 3 or len({str(m.seed) for m in members}) < 2:
            continue
        scores = [m.score for m in members if not m.failed and m.score is not None]
        failed = len(members) - len(scores)
        base: dict[str, Number] = {"settings": named(settings), "n": len(members), "failed": failed}
        if failed:
            severity = Severity.WARNING if scores else Severity.ERROR
            kind = "seeds-some-fail" if scores else "seeds-all-fail"
            found.append(
                Outcome(kind, Status.FOUND, severity, 0.9, numbers=base, fixes=("lr-half", "warm-up") if scores else ())
            )
        if len(scores) >= 3:
            middle = median(scores)
            spread = 1.4826 * median([abs(s - middle) for s in scores])
            found.append(Outcome("seeds-spread", Status.FOUND, Severity.INFO, 0.9,
                                 numbers={**base, "middle": middle, "spread": spread,
                                          "least": min(scores), "most": max(scores)}))  # fmt: skip
            good = [m for m in members if not m.failed and m.score is not None]
            apart = [m for m in good if spread > 0 and abs((m.score or 0.0) - middle) > OUTLIER * spread]
            # where many stand apart, the seeds settle in groups: the spread says so already
            for m in apart if len(scores) >= 5 and len(apart) <= 0.2 * len(scores) else []:
                numbers = {**base, "run": m.run, "value": m.score or 0.0, "middle": middle}
                found.append(Outcome("seeds-outlier", Status.FOUND, Severity.WARNING, 0.8, numbers=numbers))
    return found


def settings_apart(table: Sequence[Member], sign: float) -> list[Outcome]:
    """Whether the best setting beats the second beyond what seeds do (Welch's t on three seeds or more of each)."""
    rows = []
    for settings, members in cells(table).items():
        scores = [sign * m.score for m in members if not m.failed and m.score is not None]
        if len(scores) >= 3 and len({str(m.seed) for m in members}) >= 2:
            rows.append((sum(scores) / len(scores), settings, scores))
    if len(rows) < 2:
        return []
    rows.sort(key=lambda r: (r[0], str(r[1])))
    (first, a, x), (second, b, y) = rows[0], rows[1]
    error = math.sqrt(_variance(x) / len(x) + _variance(y) / len(y))
    t = (second - first) / error if error > 0 else math.inf
    numbers: dict[str, Number] = {
        "a": named(a),
        "b": named(b),
        "mean_a": sign * first,
        "mean_b": sign * second,
        "t": min(t, 1e6),
    }
    kind = "settings-apart" if t > _critical(x, y) else "settings-level"
    return [Outcome(kind, Status.FOUND, Severity.INFO, 0.9 if kind == "settings-apart" else 0.6, numbers=numbers)]


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((v - mean) ** 2 for v in values) / (len(values) - 1)


def _critical(x: Sequence[float], y: Sequence[float]) -> float:
    """The two-sided 5 % point of Student's t with Welch's degrees of freedom (Welch, 1947)."""
    from scipy.special import stdtrit

    a, b = _variance(x) / len(x), _variance(y) / len(y)
    under = a * a / (len(x) - 1) + b * b / (len(y) - 1)
    return float(stdtrit((a + b) ** 2 / under if under > 0 else 2.0, 0.975))
