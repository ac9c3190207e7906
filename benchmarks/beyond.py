"""Schedules, suggested rates, replays and gain ranges measured: writes ``benchmarks/beyond.md``.

``--corpus DIR`` names a folder with the labelled corpora ``deepobs`` and ``algoperf``; what needs them is left out
without it.
"""

from __future__ import annotations

import argparse
import math
import warnings
from collections import defaultdict
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from benchmarks import replays, schedule_families
from benchmarks.gain_range import forecasts
from loganalyzer import analyze
from loganalyzer.features.learning_curve import STATED
from loganalyzer.features.schedule import recognise
from loganalyzer.model.report import Group

HERE = Path(__file__).resolve().parent
NOISE, DIGITS, POINTS, DRAWS = (0.0, 0.003, 0.01), (4, 6), (60, 200, 1000), 5
CURVES = 1000


def schedules() -> list[str]:
    """Recognised schedules by family."""
    lines = ["## Schedules recognised", "", "| family | " + " | ".join(f"noise {n:g}" for n in NOISE) + " |"]
    lines.append("|---" * (len(NOISE) + 1) + "|")
    total: list[bool] = []
    for name in schedule_families.families():
        cells = []
        for noise in NOISE:
            hits = []
            for digits in DIGITS:
                for points in POINTS:
                    for seed in range(DRAWS):
                        random = np.random.default_rng([seed, points, digits, int(noise * 1000)])
                        logged = schedule_families.draw(name, random, noise, digits, points)
                        found = recognise(logged.steps, logged.values, logged.monitored)
                        hits.append(found is not None and found.family.value == logged.family)
            total += hits
            cells.append(f"{sum(hits)}/{len(hits)}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    share = sum(total) / len(total)
    say = (
        f"Over all: {sum(total)} of {len(total)} ({share:.3f}). Relative noise, {' or '.join(map(str, DIGITS))} digits "
        f"printed, thinned to {', '.join(map(str, POINTS))} points."
    )
    return [*lines, "", say, ""]


def callbacks() -> list[str]:
    """Replays equal to the real callbacks."""
    lines = ["## Early stopping and reduce-on-plateau replayed", "", "| callback | equal |", "|---|---|"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, (package, _) in replays.CALLBACKS.items():
            equal = f"{replays.equal(name, CURVES)}/{CURVES}" if find_spec(package) else f"{package} is not installed"
            lines.append(f"| {name} | {equal} |")
    return [*lines, "", "Stopping point (and best epoch, and every learning rate) on random curves and settings.", ""]


def tuned(group: Group) -> float | None:
    """The rate that the benchmark's authors ran with most seeds: the one they had tuned."""
    seeds: dict[float, int] = defaultdict(int)
    for member in group.table:
        rate = member.settings.get("lr")
        if isinstance(rate, int | float):
            seeds[float(rate)] += 1
    most = max(seeds.values(), default=0)
    return max(seeds, key=lambda r: seeds[r]) if most > 1 else None


def rates(groups: Sequence[Group]) -> list[str]:
    """Suggested rates against the tuned ones."""
    lines = [
        "## Suggested learning rate from a sweep (deepobs)",
        "",
        "| sweep | runs | tuned | suggested | range | within 3x |",
    ]
    lines.append("|---|---|---|---|---|---|")
    hits = []
    for group in groups:
        true, advice = tuned(group), group.suggested.get("lr")
        if true is None:
            continue
        ok = advice is not None and abs(math.log(advice["value"] / true)) <= math.log(3) + 1e-9
        hits.append(ok)
        value = f"{advice['value']:.3g}" if advice else "none"
        span = f"{advice['low']:.2g} to {advice['high']:.2g}" if advice else ""
        lines.append(f"| {group.id} | {len(group.runs)} | {true:.3g} | {value} | {span} | {'yes' if ok else 'no'} |")
    note = (
        "The tuned rate's ten seeds are in the sweep, the neighbours of a grid that the corpus leaves out are not: "
        "an easier task than a full grid."
    )
    return [*lines, "", f"{sum(hits)} of {len(hits)}. {note}", ""]


def gains(corpus: Path) -> list[str]:
    """Whether the ranges for more training hold what happened."""
    lines = [
        f"## Gain of more training, logs cut at 60 % (stated {STATED:g})",
        "",
        "| corpus | more | logs | range given | held | median width |",
        "|---|---|---|---|---|---|",
    ]
    for name in ("deepobs", "algoperf"):
        found = forecasts(analyze(corpus / name).runs)
        for more in (0.25, 0.5):
            own = [f for f in found if f.more == more]
            given = [f for f in own if f.given]
            held = sum(f.held for f in given) / max(1, len(given))
            width = float(np.median([f.width for f in given])) if given else math.nan
            lines.append(f"| {name} | +{more:.0%} | {len(own)} | {len(given)} | {held:.2f} | {width:.3f} |")
    note = (
        "Width as a share of the cut curve's range; the one factor that widens the ranges was chosen on these corpora. "
        "Logs with NaN or infinity are left out."
    )
    return [*lines, "", note, ""]


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    lines = ["# Beyond one verdict", "", "`python -m benchmarks.beyond [--corpus DIR]` writes this page.", ""]
    lines += schedules() + callbacks()
    if options.corpus:
        lines += rates(analyze(options.corpus / "deepobs").groups) + gains(options.corpus)
    (HERE / "beyond.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
