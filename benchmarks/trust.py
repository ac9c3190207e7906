"""Are the numbers that are shown numbers of the log? ``python -m benchmarks.trust [FOLDER ...]`` writes trust.md.

Counted over ``sample_runs`` and the folders given: the best value of each run, every number that a finding quotes, every
mark of the chart with a value. A number is the log's own if the series holds it, to the last digit, at the step it is shown
at; the best one also has to be the lowest (or highest) of its series, at the first step where it stands.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loganalyzer import analyze
from loganalyzer.gate.baseline import of_runs
from loganalyzer.model.outcome import Outcome
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.role import Roles
from loganalyzer.model.run import Run, Series
from loganalyzer.reports.html.chart_marks import marks
from loganalyzer.reports.html.curves import end_value
from loganalyzer.reports.json import run_dict
from loganalyzer.rules.base import ANY, FIRST, LAST, Quote
from loganalyzer.rules.registry import load_rules

QUOTES: Mapping[str, tuple[Quote, ...]] = {rule.id: rule.quotes for rule in load_rules()}
BEST, END, QUOTED, MARKED, AGREES = "best", "end", "quoted", "marked", "best of the baseline"


@dataclass(frozen=True)
class Shown:
    """One number that is shown: what it is, and whether it is the log's own."""

    what: str
    where: str
    own: bool


def shown(diagnosis: Diagnosis) -> Iterator[Shown]:
    """All numbers of ``diagnosis`` that claim to be values of the log."""
    logged = logged_series(diagnosis.run, diagnosis.roles)
    yield from _best(diagnosis, logged)
    for outcome in diagnosis.findings:
        yield from quoted(outcome, logged)
    for mark in _marks(diagnosis):
        value, step = mark
        own = any(at(s, step) == value for s in logged.values())
        yield Shown(MARKED, f"{diagnosis.id}: {value} at {step}", own)


def logged_series(run: Run, roles: Roles) -> dict[str, Series]:
    """Every series of the log by name, and those that the tool made of them (the sum of the parts of a loss)."""
    made = [roles.train, roles.validation, roles.reward, roles.learning_rate]
    made += [series for metric in roles.metrics for series in (metric.train, metric.validation)]
    return {s.name: s for s in made if s is not None} | dict(run.series)


def quoted(outcome: Outcome, logged: Mapping[str, Series]) -> Iterator[Shown]:
    """The numbers that ``outcome`` quotes of the log."""
    for quote in QUOTES.get(outcome.rule, ()):
        value, name = outcome.numbers.get(quote.value), outcome.numbers.get(quote.series)
        places = (ANY, FIRST, LAST)
        if not isinstance(value, float) or (quote.at not in places and quote.at not in outcome.numbers):
            continue
        series = logged[str(name)]
        where = f"{outcome.rule} {quote.value}: {value} of {name}"
        yield Shown(QUOTED, where, _stands(value, quote.at, series, outcome))


def at(series: Series, step: float) -> float:
    """The value that stands at ``step``: the last one logged up to it, the first one if there is none."""
    place = max(0, int(np.searchsorted(series.steps, step, side="right")) - 1)
    return float(series.values[place]) if len(series) else math.nan


def _stands(value: float, place: str, series: Series, outcome: Outcome) -> bool:
    finite = series.values[np.isfinite(series.values)]
    if not len(finite):
        return math.isnan(value)
    if place == ANY:
        return bool((finite == value).any())
    if place in (FIRST, LAST):
        return bool(finite[0 if place == FIRST else -1] == value)
    stands = at(Series(series.name, series.steps[np.isfinite(series.values)], finite), float(outcome.numbers[place]))
    return math.isnan(value) or stands == value


def _best(diagnosis: Diagnosis, logged: Mapping[str, Series]) -> Iterator[Shown]:
    best = diagnosis.best
    if best is None:
        return
    series = logged[best.series]
    extreme = np.nanmax if diagnosis.objective.direction == "max" else np.nanmin
    lowest = float(extreme(np.where(np.isfinite(series.values), series.values, np.nan)))
    first = int(series.steps[int(np.argmax(series.values == lowest))])
    yield Shown(BEST, f"{diagnosis.id}: {best}", (best.step, best.value) == (first, lowest))
    end = end_value(diagnosis)
    if end is not None and math.isfinite(end):
        yield Shown(END, f"{diagnosis.id}: {end}", end == float(series.values[-1]))
    in_baseline = of_runs([diagnosis]).runs[0].metrics.get(best.series)
    if in_baseline is not None:
        in_json = run_dict(diagnosis, "en")["best"]
        same = in_baseline.value == best.value == in_json["value"] and in_json["step"] == best.step
        yield Shown(AGREES, f"{diagnosis.id}: {in_baseline}", same)


def _marks(diagnosis: Diagnosis) -> list[tuple[float, float]]:
    roles = diagnosis.roles
    lines = [(s, kind) for s, kind in ((roles.train, "train"), (roles.validation, "validation")) if s is not None]
    drawn = marks(lines, diagnosis, "en", main=True) if lines else []
    return [(m.value, m.first) for m in drawn if m.shape in ("point", "best") and m.value and math.isfinite(m.value)]


def report(folders: list[Path]) -> str:
    """The page: one row for each folder."""
    kinds = (BEST, END, AGREES, QUOTED, MARKED)
    rows = [
        "# Are the numbers those of the log?\n",
        "`python -m benchmarks.trust [FOLDER ...]` writes this page: of all numbers that are shown, how many are values of"
        " the log, to the last digit, at the step that they are shown at.\n",
        f"| runs of | runs | {' | '.join(kinds)} |",
        "|---|---|" + "---|" * len(kinds),
    ]
    for folder in folders:
        runs = analyze(folder).runs
        all_of, own = Counter[str](), Counter[str]()
        for diagnosis in runs:
            for one in shown(diagnosis):
                all_of[one.what] += 1
                own[one.what] += one.own
                if not one.own:
                    print(f"{folder.name}/{diagnosis.id}: {one.what} {one.where}", file=sys.stderr)
        rows.append(f"| {folder.name} | {len(runs)} | {' | '.join(f'{own[k]} / {all_of[k]}' for k in kinds)} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    root = Path(__file__).parents[1]
    page = report([root / "sample_runs", *map(Path, sys.argv[1:])])
    (Path(__file__).parent / "trust.md").write_text(page, encoding="utf-8")
    print(page)
