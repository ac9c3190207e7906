"""What a table of runs says about its settings: the suggested rate, edges of the search, seeds, who is better."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from loganalyzer.features import arrays
from loganalyzer.model.outcome import Number, Severity
from loganalyzer.model.record import Record
from loganalyzer.model.report import Member, SweepFinding
from loganalyzer.model.run import Detail
from loganalyzer.roles.hyperparameters import is_number

NEAR = 0.1
"""Values whose score lies within this share of the way from the best to the median are as good as the best."""
MOST_TOLD = 3
"""Settings with seeds that have sentences of their own."""
FINEST_POWER = 0.3
"""A best rate is known to half a step of its grid. Where that is a larger power of the batches' ratio, powers of 0, 0.5 and 1
cannot be told apart."""
OUTLIER = 5.0
"""A seed farther than this many robust standard deviations from the median stands apart."""


Settings = tuple[tuple[str, Detail], ...]


def signed(value: float, direction: str) -> float:
    """A score as a loss (lower is better), or such a loss as the score; ``direction`` is that of the score."""
    return -value if direction == "max" else value


def _median(scores: Iterable[float]) -> float:
    return arrays.median(np.array([*scores]))


class Value(Record):
    """One value of a setting: the best loss that it allows (infinite where all failed), the share of runs that failed."""

    value: float
    loss: float
    failed: float


class Table(Record):
    """The runs of a sweep; ``direction`` ("min" or "max") says which way their scores are better."""

    members: tuple[Member, ...]
    direction: str

    def score(self, loss: float) -> float:
        """A loss (see ``Member.loss``) as it would have been logged."""
        return signed(loss, self.direction)

    def by_value(self, name: str) -> list[Value]:
        """The values of a setting in order. A loss is the best over the other settings of the median over seeds."""
        cells: dict[float, dict[Settings, list[Member]]] = defaultdict(lambda: defaultdict(list))
        for m in self.members:
            value = m.settings.get(name)
            if is_number(value):
                rest = tuple((k, v) for k, v in sorted(m.settings.items()) if k != name)
                cells[float(value)][rest].append(m)
        return [_value(value, list(cells[value].values())) for value in sorted(cells)]

    def cells(self) -> dict[Settings, list[Member]]:
        """The members with equal settings, whatever their seed."""
        found: dict[Settings, list[Member]] = defaultdict(list)
        for m in self.members:
            found[tuple(sorted(m.settings.items()))].append(m)
        return found


def _value(value: float, cells: Sequence[Sequence[Member]]) -> Value:
    everyone = [m for members in cells for m in members]
    best = min(_median(m.loss for m in members) for members in cells)
    return Value(value, best, sum(m.failed for m in everyone) / len(everyone))


def suggestion(name: str, table: Table) -> tuple[dict[str, float], list[SweepFinding]]:
    """The learning rate to take, with the range that is about as good; and the finding that says so."""
    rows = [r for r in table.by_value(name) if r.value > 0]
    good = [r for r in rows if math.isfinite(r.loss)]
    if len(rows) < 2 or not good:
        return {}, []
    best = min(r.loss for r in good)
    limit = best + NEAR * (_median(r.loss for r in good) - best)
    at = next(i for i, r in enumerate(rows) if r.loss == best)
    low = high = at
    while low > 0 and rows[low - 1].loss <= limit:
        low -= 1
    while high < len(rows) - 1 and rows[high + 1].loss <= limit:
        high += 1
    # a lone value is known as well as its neighbours are far
    own = rows[at].value
    least = own if at == 0 else math.sqrt(own * rows[at - 1].value)
    most = own if at == len(rows) - 1 else math.sqrt(own * rows[at + 1].value)
    advice = {"value": own, "low": min(rows[low].value, least), "high": max(rows[high].value, most)}
    numbers: dict[str, Number] = {"name": name, **advice, "tried": len(rows), "score": table.score(best)}
    return advice, [SweepFinding("sweep-suggested-rate", Severity.INFO, numbers)]


def edges(name: str, table: Table, *, rate: bool) -> list[SweepFinding]:
    """Whether the best lies at the edge of what was tried, which region fails, and whether failing limits the best."""
    rows = table.by_value(name)
    good = [r for r in rows if math.isfinite(r.loss)]
    if len(rows) < 3 or not good:
        return []
    best = min(range(len(rows)), key=lambda i: rows[i].loss)
    found = []
    broken = [i for i, r in enumerate(rows) if r.failed >= 0.5]
    base: dict[str, Number] = {"name": name, "best": rows[best].value, "least": rows[0].value, "most": rows[-1].value}
    if best in (0, len(rows) - 1) and len(good) >= 3:
        edge = "sweep-best-at-low-edge" if best == 0 else "sweep-best-at-high-edge"
        found.append(SweepFinding(edge, Severity.WARNING, base, ("lr-search",) if rate else ()))
    above = [i for i in broken if i > best]
    if above and above == list(range(above[0], len(rows))):
        numbers = {**base, "from": rows[above[0]].value, "count": len(above)}
        found.append(SweepFinding("sweep-infeasible-above", Severity.INFO, numbers))
        if rate and above[0] == best + 1:
            fixes = ("warm-up", "clip-gradients")
            found.append(SweepFinding("sweep-stability-limited", Severity.INFO, numbers, fixes))
    below = [i for i in broken if i < best]
    if below and below == list(range(below[-1] + 1)):
        numbers = {**base, "to": rows[below[-1]].value, "count": len(below)}
        found.append(SweepFinding("sweep-infeasible-below", Severity.INFO, numbers))
    return found


def batches(batch: str, rate: str, fixed_rate: float | None, table: Table) -> list[SweepFinding]:
    """Whether the learning rate followed the batch size: with the batch for SGD, with its root for Adam.

    ``rate`` is the name of the varied learning rate ("" where it was ``fixed_rate`` in all runs, None if unknown). The
    linear rule: Goyal et al., Accurate, large minibatch SGD, 2017; the square root: Malladi et al., On the SDEs and
    scaling rules for adaptive gradient algorithms, 2022.
    """
    if rate:
        return _rate_by_batch(batch, rate, table)
    rows = [r for r in table.by_value(batch) if r.value > 0]
    if len(rows) < 2 or fixed_rate is None or not math.isfinite(rows[0].loss):
        return []
    # a larger batch does worse at the same rate: the comparison is of rates as much as of batches
    if not (rows[-1].loss > rows[0].loss and min(r.loss for r in rows[1:]) > rows[0].loss):
        return []
    times = rows[-1].value / rows[0].value
    numbers: dict[str, Number] = {
        "least": rows[0].value, "most": rows[-1].value, "rate": fixed_rate, "linear": fixed_rate * times,
        "root": fixed_rate * math.sqrt(times),
    }  # fmt: skip
    return [SweepFinding("sweep-batch-same-rate", Severity.INFO, numbers, ("larger-batch-lr",))]


def _rate_by_batch(batch: str, rate: str, table: Table) -> list[SweepFinding]:
    best: list[tuple[float, float]] = []
    steps: list[float] = []  # from the best rates to their neighbours, as the logarithm of their ratio
    sizes: dict[float, list[Member]] = defaultdict(list)  # once through the table: a random search has many sizes
    for m in table.members:
        if is_number(size := m.settings.get(batch)) and size > 0:
            sizes[size].append(m)
    for size, own in sorted(sizes.items()):
        values = Table(tuple(own), table.direction).by_value(rate)
        rows = [r for r in values if r.value > 0 and math.isfinite(r.loss)]
        if len(rows) >= 3:
            at = min(range(len(rows)), key=lambda i: rows[i].loss)
            best.append((float(size), rows[at].value))
            beside = [rows[i].value for i in (at - 1, at + 1) if 0 <= i < len(rows)]
            steps.append(sum(abs(math.log(value / rows[at].value)) for value in beside) / len(beside))
    if len(best) < 2:
        return []
    (small, low), (large, high) = best[0], best[-1]
    power = math.log(high / low) / math.log(large / small)
    pairs = ", ".join(f"{size:g} → {value:g}" for size, value in best)
    numbers: dict[str, Number] = {"name": batch, "pairs": pairs, "power": power, "rate": low}
    coarse = max(steps) / 2 / math.log(large / small) > FINEST_POWER
    kind = "sweep-rate-by-batch" if not coarse else "sweep-rate-by-batch-coarse"
    same = coarse and all(rate == low for _, rate in best)
    return [SweepFinding("sweep-same-rate-by-batch" if same else kind, Severity.INFO, numbers)]


def named(settings: Settings) -> str:
    """Settings as a short text: ``lr=0.01 dropout=0.1``."""
    return " ".join(f"{k}={v:g}" if isinstance(v, float) else f"{k}={v}" for k, v in settings)


def seeds(table: Table) -> list[SweepFinding]:
    """For each setting that was run with three seeds or more: how far they lie apart, who stands out, how many fail.

    With many settings only what stands out: how far seeds lie apart is in the answer's cells, where all fail in its corners.
    """
    found = _by_setting(table)
    if sum(f.id in ("seeds-spread", "seeds-all-fail") for f in found) <= MOST_TOLD:
        return found
    found = [f for f in found if f.id not in ("seeds-spread", "seeds-all-fail")]
    return sorted(found, key=_how_far, reverse=True)[:MOST_TOLD]


def _how_far(finding: SweepFinding) -> float:
    """The share of seeds that fail, 0 for an outlier."""
    return float(finding.numbers["failed"]) / float(finding.numbers["n"])


def _by_setting(table: Table) -> list[SweepFinding]:
    found = []
    for settings, members in sorted(table.cells().items(), key=str):
        if len(members) < 3 or len({str(m.seed) for m in members}) < 2:
            continue
        scored = [(m.run, m.score) for m in members if not m.failed and m.score is not None]
        failed = len(members) - len(scored)
        base: dict[str, Number] = {"settings": named(settings), "n": len(members), "failed": failed}
        if failed and scored:
            found.append(SweepFinding("seeds-some-fail", Severity.WARNING, base, ("lr-half", "warm-up")))
        elif failed:
            found.append(SweepFinding("seeds-all-fail", Severity.ERROR, base))
        if len(scored) >= 3:
            found.extend(_spread(scored, base))
    return found


def _spread(scored: Sequence[tuple[str, float]], base: Mapping[str, Number]) -> list[SweepFinding]:
    """How far the scores of three seeds or more, as (run, score), lie apart, and the runs that stand out."""
    scores = [score for _, score in scored]
    middle = _median(scores)
    spread = 1.4826 * _median(abs(s - middle) for s in scores)
    numbers = {**base, "middle": middle, "spread": spread, "least": min(scores), "most": max(scores)}
    found = [SweepFinding("seeds-spread", Severity.INFO, numbers)]
    apart = [(run, s) for run, s in scored if spread > 0 and abs(s - middle) > OUTLIER * spread]
    # where many stand apart, the seeds settle in groups: the spread says so already
    for run, score in apart if len(scores) >= 5 and len(apart) <= 0.2 * len(scores) else []:
        numbers = {**base, "run": run, "value": score, "middle": middle}
        found.append(SweepFinding("seeds-outlier", Severity.WARNING, numbers))
    return found


def settings_apart(table: Table) -> list[SweepFinding]:
    """Whether the best setting beats the second beyond what seeds do (Welch's t on three seeds or more of each)."""
    rows = []
    for settings, members in table.cells().items():
        losses = [m.loss for m in members if not m.failed]
        if len(losses) >= 3 and len({str(m.seed) for m in members}) >= 2:
            rows.append((sum(losses) / len(losses), settings, losses))
    if len(rows) < 2:
        return []
    rows.sort(key=lambda r: (r[0], str(r[1])))
    (first, a, x), (second, b, y) = rows[0], rows[1]
    error = math.sqrt(_variance(x) / len(x) + _variance(y) / len(y))
    t = (second - first) / error if error > 0 else math.inf
    numbers: dict[str, Number] = {
        "a": named(a), "b": named(b), "mean_a": table.score(first), "mean_b": table.score(second), "t": min(t, 1e6),
    }  # fmt: skip
    return [SweepFinding("settings-apart" if t > _critical(x, y) else "settings-level", Severity.INFO, numbers)]


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((v - mean) ** 2 for v in values) / (len(values) - 1)


def _critical(x: Sequence[float], y: Sequence[float]) -> float:
    """The two-sided 5 % point of Student's t with Welch's degrees of freedom (Welch, 1947)."""
    from scipy.special import stdtrit

    a, b = _variance(x) / len(x), _variance(y) / len(y)
    under = a * a / (len(x) - 1) + b * b / (len(y) - 1)
    return float(stdtrit((a + b) ** 2 / under if under > 0 else 2.0, 0.975))
