"""Runs of one sweep side by side: which settings differ, which run won, what that says about the settings.

Pure: diagnoses in, groups out. A single run, and runs that have nothing in common, give no group.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath

from loganalyzer.diagnosis.sweep_answer import answer
from loganalyzer.diagnosis.sweep_findings import Table, batches, edges, seeds, settings_apart, signed, suggestion
from loganalyzer.diagnosis.sweep_unhealthy import UNRECOMMENDED, none_healthy
from loganalyzer.model.outcome import Verdict
from loganalyzer.model.record import replace
from loganalyzer.model.report import Diagnosis, Group, Member, SweepFinding
from loganalyzer.model.run import Detail
from loganalyzer.model.sweep import Answer
from loganalyzer.roles.hyperparameters import (
    find,
    is_bookkeeping,
    is_number,
    is_seed,
    names_of_meanings,
    number,
    says_what_is_learned,
)
from loganalyzer.rules.base import Abstention
from loganalyzer.rules.registry import load_rules

VALUE_IN_NAME = re.compile(r"(?<![0-9.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
MOST_VARIED = 8
"""Runs that differ in more settings than this are different trainings rather than a sweep."""
MOST_VARIED_UNNAMED = 3
"""The same for runs whose names do not say that they belong together; there must be three of them."""


def compare(diagnoses: Sequence[Diagnosis]) -> tuple[Group, ...]:
    """The groups among ``diagnoses``, in the order of their ids."""
    other_tasks = {rule.id for rule in load_rules() if rule.abstains is Abstention.OTHER_TASK}
    judged = [d for d in diagnoses if d.deciding not in other_tasks and (d.objective.train or d.objective.validation)]
    known = _with_common_names(judged)
    taken: set[str] = set()
    groups: list[Group] = []
    templates = _templates(known)
    by_name = partial(_by_name, templates)
    for key_of, fewest, most in ((by_name, 2, MOST_VARIED), (_by_settings, 3, MOST_VARIED_UNNAMED)):
        bins: dict[tuple[str, ...], list[Diagnosis]] = defaultdict(list)
        for d in known:
            key = key_of(d)
            if d.id not in taken and key is not None:
                bins[key].append(d)
        for key in sorted(bins):
            group = _group(bins[key], fewest, most)
            if group is not None:
                groups.append(group)
                taken.update(group.runs)
    return tuple(sorted(_distinct(groups), key=lambda g: g.id))


def _with_common_names(runs: Sequence[Diagnosis]) -> list[Diagnosis]:
    """The runs with one name for each meaning, the commonest (``lr`` for ``learning_rate``); a run with two names keeps both."""
    common = {meaning: names[0] for meaning, names in names_of_meanings(d.hyperparameters for d in runs).items()}
    return [_renamed(d, common) for d in runs]


def _renamed(d: Diagnosis, common: Mapping[str, str]) -> Diagnosis:
    own = names_of_meanings([d.hyperparameters])
    new = {names[0]: common[m] for m, names in own.items() if len(names) == 1 and names[0] != common[m]}
    if not new:
        return d
    settings = {new.get(name, name): value for name, value in d.hyperparameters.items()}
    return replace(d, run=replace(d.run, hyperparameters=settings))


def _signature(d: Diagnosis) -> tuple[str, ...]:
    """What the compared runs must have in common beside their settings."""
    problem = sorted((n, str(v)) for n, v in d.hyperparameters.items() if says_what_is_learned(n))
    return d.objective.train or "", d.objective.validation or "", d.objective.direction, str(problem)


def _by_name(templates: Mapping[str, str], d: Diagnosis) -> tuple[str, ...] | None:
    """Runs whose ids are the same but for the values of their settings: ``lr0.1_seed1`` and ``lr0.01_seed2``."""
    path = PurePosixPath(d.id)
    template = templates[d.id]
    return (str(path.parent), template, *_signature(d)) if template != path.name else None


def _templates(diagnoses: Iterable[Diagnosis]) -> dict[str, str]:
    """The names of the runs by id, without the numbers that are values of settings.

    A number is one where it is so in most of the names of this shape in the folder: that run ``s3`` has seed 3 says nothing
    where ``s240`` has no setting of 240.
    """
    shapes: dict[tuple[str, str], list[Diagnosis]] = defaultdict(list)
    for d in diagnoses:
        path = PurePosixPath(d.id)
        shapes[str(path.parent), VALUE_IN_NAME.sub("#", path.name)].append(d)
    found: dict[str, str] = {}
    for members in shapes.values():
        columns = zip(*(_said(d) for d in members if d.hyperparameters), strict=True)
        hidden = [2 * sum(column) > len(column) for column in columns]
        found |= {d.id: _template(d, hidden) for d in members}
    return found


def _said(d: Diagnosis) -> list[bool]:
    """For each number in a run's name, whether it is the value of one of its settings."""
    values = {float(v) for v in d.hyperparameters.values() if is_number(v) and math.isfinite(v)}
    return [float(number) in values for number in VALUE_IN_NAME.findall(PurePosixPath(d.id).name)]


def _template(d: Diagnosis, hidden: Sequence[bool]) -> str:
    """The name without the numbers that are ``hidden`` and this run's own."""
    own = iter([value and hide for value, hide in zip(_said(d), hidden, strict=False)])
    return VALUE_IN_NAME.sub(lambda match: "#" if next(own, False) else match.group(), PurePosixPath(d.id).name)


def _by_settings(d: Diagnosis) -> tuple[str, ...] | None:
    """Runs of one folder whose settings have the same names."""
    if len(d.hyperparameters) < 2:
        return None
    return (str(PurePosixPath(d.id).parent), *_signature(d), *sorted(d.hyperparameters))


def _group(members: Sequence[Diagnosis], fewest: int, most: int) -> Group | None:
    if len(members) < fewest:
        return None
    names = sorted({n for d in members for n in d.hyperparameters if not is_bookkeeping(n)})
    seed_names = [n for n in names if is_seed(n)]
    varies = _varied(members, [n for n in names if n not in seed_names])
    seeded = len({_seed(d, seed_names) for d in members}) > 1
    if not (varies or seeded) or len(varies) > most:
        return None
    series, direction = _scored(members)
    rows = [_member(d, varies, seed_names, series, direction) for d in members]
    rows.sort(key=lambda m: (m.failed, math.inf if m.score is None else signed(m.score, direction), m.run))
    table = Table(tuple(rows), direction)
    suggested, findings = _findings(varies, table, members)
    return Group(
        id=_id(members),
        runs=tuple(sorted(d.id for d in members)),
        varies=varies,
        suggested=suggested,
        findings=tuple(findings),
        series=series,
        direction=direction,
        table=table.members,
        answer=_answer(table, varies, findings),
    )


def _answer(table: Table, varies: Mapping[str, tuple[Detail, ...]], findings: Sequence[SweepFinding]) -> Answer | None:
    """The answer; values beside the best are no advice where no run is healthy."""
    found = answer(table, tuple(varies))
    silent = {finding.numbers["name"] for finding in findings if finding.id in UNRECOMMENDED}
    if found is None or not silent:
        return found
    return replace(found, further=tuple(each for each in found.further if each.name not in silent))


def _varied(members: Sequence[Diagnosis], names: Sequence[str]) -> dict[str, tuple[Detail, ...]]:
    """Those of ``names`` whose values differ, with their values in order."""
    varies: dict[str, tuple[Detail, ...]] = {}
    for name in names:
        values = {d.hyperparameters[name] for d in members if name in d.hyperparameters}
        if len(values) > 1:
            varies[name] = tuple(sorted(values, key=_order))
    return _without_shadows(varies, members)


def _findings(
    varies: Mapping[str, tuple[Detail, ...]], table: Table, members: Sequence[Diagnosis]
) -> tuple[dict[str, Mapping[str, float]], list[SweepFinding]]:
    """What to take of which setting, and what the table says of the settings that vary."""
    suggested: dict[str, Mapping[str, float]] = {}
    findings: list[SweepFinding] = []
    numeric = {name: values[0] for name, values in varies.items() if all(map(is_number, values))}
    rate = next((name for name, _ in find(numeric, "learning_rate")), "")
    unhealthy = none_healthy(members, rate, table.direction)
    if unhealthy is not None:
        findings.append(unhealthy)
    for name in numeric:
        if unhealthy is not None and name == rate:
            continue
        if name == rate:
            advice, told = suggestion(name, table)
            findings.extend(told)
            if advice:
                suggested[name] = advice
        if len(varies[name]) >= 3:
            findings.extend(edges(name, table, rate=name == rate))
    batch = next((name for name, _ in find(numeric, "batch_size")), "")
    if batch:
        findings.extend(batches(batch, rate, _common_rate(members), table))
    findings.extend(seeds(table))
    findings.extend(settings_apart(table))
    return suggested, findings


def _common_rate(members: Sequence[Diagnosis]) -> float | None:
    """The learning rate that all runs were given; None where they differ or none is logged."""
    rates = {r.value for d in members if (r := number(d.hyperparameters, "learning_rate")) is not None}
    return rates.pop() if len(rates) == 1 else None


def _without_shadows(
    varies: Mapping[str, tuple[Detail, ...]], members: Sequence[Diagnosis]
) -> dict[str, tuple[Detail, ...]]:
    """Without settings that say the same as another one (``lr`` from the name beside ``optimizer.lr`` from a file)."""
    kept: dict[str, tuple[Detail, ...]] = {}
    seen: set[tuple[object, ...]] = set()
    for name in sorted(varies, key=lambda n: (len(n), n)):
        column = tuple(d.hyperparameters.get(name) for d in members)
        if column not in seen:
            seen.add(column)
            kept[name] = varies[name]
    return dict(sorted(kept.items()))


def _seed(d: Diagnosis, seed_names: Sequence[str]) -> Detail:
    for name in seed_names:
        if name in d.hyperparameters:
            return d.hyperparameters[name]
    return ""


def _scored(members: Sequence[Diagnosis]) -> tuple[str, str]:
    """The series by which most members can be compared, and which way is better."""
    counts: dict[str, int] = defaultdict(int)
    for d in members:
        if d.best is not None:
            counts[d.best.series] += 1
    series = max(sorted(counts), key=lambda s: counts[s], default="")
    direction = next((d.objective.direction for d in members if d.best is not None and d.best.series == series), "min")
    return series, direction


def _member(
    d: Diagnosis, varies: Mapping[str, object], seed_names: Sequence[str], series: str, direction: str
) -> Member:
    own = d.best is not None and d.best.series == series and math.isfinite(d.best.value)
    failed = not own or (d.verdict is Verdict.DIVERGING) or (d.verdict is Verdict.PLATEAU and d.kind != "stalled")
    settings = {n: d.hyperparameters[n] for n in varies if n in d.hyperparameters}
    score = d.best.value if own and d.best is not None else None
    loss = math.inf if failed or score is None else signed(score, direction)
    return Member(d.id, settings, _seed(d, seed_names), d.verdict, score, failed, loss, d.needs_attention)


def _order(value: Detail) -> tuple[int, float, str]:
    return (0, float(value), "") if is_number(value) else (1, 0.0, str(value))


def _id(members: Sequence[Diagnosis]) -> str:
    """The folder of the runs, with what their names have in common where the folder has other runs too."""
    parents = {str(PurePosixPath(d.id).parent) for d in members}
    parent = sorted(parents)[0]
    keys = {n.lower() for d in members for n in d.hyperparameters}
    pieces = [re.split(r"([_\-= ]+)", PurePosixPath(d.id).name) for d in members]
    common: list[str] = []
    for same in zip(*pieces, strict=False):
        if len(set(same)) > 1:
            break
        common.append(same[0])
    while common and (common[-1].strip("_-= ") == "" or common[-1].lower() in keys):
        common.pop()
    own = "".join(common)
    return (f"{parent}/{own}" if parent != "." and own else own or parent).strip("/")


def _distinct(groups: Sequence[Group]) -> list[Group]:
    """Groups with ids that are theirs alone."""
    seen: dict[str, int] = defaultdict(int)
    out = []
    for group in groups:
        seen[group.id] += 1
        if seen[group.id] > 1:
            group = replace(group, id=f"{group.id} ({seen[group.id]})")
        out.append(group)
    return out
