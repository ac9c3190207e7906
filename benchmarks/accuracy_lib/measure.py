"""Everything that is measured, as one document of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.accuracy_lib import baselines, corpora, generated, misses, peers, scores, speed, trainings
from benchmarks.accuracy_lib.invariances import CHANGES
from benchmarks.accuracy_lib.judged import Judged, judge
from benchmarks.synthetic import FAMILIES, FRESH, HELD_OUT, TUNED
from benchmarks.synthetic.family import Example
from loganalyzer.diagnosis.diagnose import diagnose


@dataclass(frozen=True)
class Effort:
    """How many runs: per family, per cell of the clean grid (and of its long runs), seeds of trainings, changes."""

    per_family: int
    per_cell: int
    per_long_cell: int
    seeds: int
    training_seconds: float
    changed_per_family: int
    speed_repeats: int

    def of(self, per_family: int) -> Effort:
        """The same effort with another number of runs per family, and as much more or less of the rest."""
        times = per_family / self.per_family
        cell, long_cell, changed = (
            max(1, round(n * times)) for n in (self.per_cell, self.per_long_cell, self.changed_per_family)
        )
        return replace(self, per_family=per_family, per_cell=cell, per_long_cell=long_cell, changed_per_family=changed)


UNSEEN = 20
"""First of the seeds of trainings that nobody looked at when a rule was written; those from 0 on were looked at."""
FULL = Effort(30, 100, 25, 4, 240.0, 4, 20)
QUICK = Effort(4, 10, 2, 3, 0.0, 1, 3)


def corpus(folder: Path | None) -> dict[str, Any]:
    """The labelled corpora below ``folder``; a note where there are none."""
    found: dict[str, Any] = {}
    for name in corpora.ORIGINS:
        if folder is None or not (folder / name / "labels.tsv").exists():
            found[name] = None
            continue
        answers, rows, unread = corpora.judged(folder / name)
        found[name] = corpora.summary(answers, unread)
        if name == "deepobs":
            found["advice"] = corpora.advice(rows)
    return found


def calibration(runs: Sequence[Judged]) -> dict[str, Any]:
    """The reliability of the stated confidence."""
    error, rows = scores.calibration([j.confidence for j in runs], [j.right for j in runs])
    return {"ece": error, "rows": rows, "runs": len(runs)}


def trained(effort: Effort) -> tuple[dict[str, Any], list[Judged], list[Example]]:
    """The real trainings over unseen seeds: all scenarios, the seeded faults alone, and beside them the seen seeds."""
    numbers, answers, made = _trained(range(UNSEEN, UNSEEN + effort.seeds), effort.training_seconds)
    seen, _, _ = _trained(range(effort.seeds), effort.training_seconds)
    return {**numbers, "seen": seen}, answers, made


def _trained(seeds: range, seconds: float) -> tuple[dict[str, Any], list[Judged], list[Example]]:
    made, missing = trainings.examples(seeds, seconds)
    answers = [judge(e) for e in made]
    if not answers:
        return {"runs": 0, "missing": len(missing)}, [], []
    faults = [j for j in answers if j.family.startswith("fault-")]
    wrong = [f"{j.family} seed {j.seed}: {j.verdict} {j.kind}".strip() for j in answers if not j.right]
    sick = [j for j in answers if j.truth.accepted[0] not in {"converged", "inconclusive"}]
    return (
        {
            "runs": len(answers),
            "seeds": [seeds.start, seeds.stop - 1],
            "scenarios": len({j.family for j in answers}),
            "missing": len(missing),
            "accepted": scores.accepted(scores.pairs_of(answers)),
            "accepted_interval": scores.interval(answers, scores.accepted),
            "faults": len(faults),
            "faults_accepted": scores.accepted(scores.pairs_of(faults)),
            "sick": len(sick),
            "sick_accepted": scores.accepted(scores.pairs_of(sick)),
            "sick_interval": scores.interval(sick, scores.accepted) if sick else (0.0, 0.0),
            "macro_f1": scores.macro_f1(scores.pairs_of(answers)),
            "wrong": wrong,
        },
        answers,
        made,
    )


def invariance(effort: Effort, made: Sequence[Example]) -> dict[str, Any]:
    """How often each change of the log flipped the verdict, over generated runs and one seed of the trainings."""
    examples = [f.make(2000 + s) for f in FAMILIES for s in range(effort.changed_per_family)]
    examples += [e for e in made if e.seed == UNSEEN]
    tried, flipped = Counter[str](), Counter[str]()
    flips = []
    for example in examples:
        before = diagnose(example.run).verdict
        for name, change in CHANGES.items():
            changed = change(example.run)
            if changed is None:
                continue
            tried[name] += 1
            after = diagnose(changed).verdict
            if after is not before:
                flipped[name] += 1
                flips.append(f"{name}: {example.family} seed {example.seed}: {before} -> {after}")
    return {
        "tried": dict(tried),
        "flipped": {k: flipped[k] for k in CHANGES},
        "share": sum(flipped.values()) / max(1, sum(tried.values())),
        "flips": flips,
    }


def compared(effort: Effort, made: Sequence[Example], python: str | None) -> dict[str, Any]:
    """The published rules and, where asked, the peers on the generated runs and on the trainings."""
    seeds = range(1000, 1000 + max(2, effort.per_family // 4))
    sets = {
        "tuned families": [f.make(s) for f in TUNED for s in seeds],
        "held-out families": [f.make(s) for f in HELD_OUT for s in seeds],
        "trainings": list(made),
    }
    table: dict[str, Any] = {}
    for name, examples in sets.items():
        if not examples:
            continue
        wanted = [e.truth.accepted for e in examples]
        said = {"this package": [judge(e).verdict for e in examples]}
        said |= {k: [baselines.answer(rule, e.run) for e in examples] for k, rule in baselines.BASELINES.items()}
        if python:
            said |= peers.ask(python, [e.run for e in examples], 1200.0)
        table[name] = {
            "runs": len(examples),
            "scores": {k: _compare(wanted, verdicts) for k, verdicts in said.items()},
        }
    return table


def _compare(wanted: Sequence[tuple[str, ...]], said: Sequence[str]) -> dict[str, float]:
    pairs = list(zip(wanted, said, strict=True))
    healthy = [v for a, v in pairs if a == ("converged",)]
    sick = [p for p in pairs if p[0][0] not in {"converged", "inconclusive"}]
    return {
        "macro_f1": scores.macro_f1(pairs),
        "accepted": scores.accepted(pairs),
        "false_alarms": sum(v not in {"converged", "inconclusive"} for v in healthy) / max(1, len(healthy)),
        "sick_right": scores.accepted(sick),
        "failed": said.count("failed") / len(said),
    }


def everything(
    effort: Effort, folder: Path | None, python: str | None
) -> tuple[dict[str, Any], list[tuple[Example, Judged]]]:
    """All measurements, and the wrong runs to draw."""
    training_summary, trained_answers, made = trained(effort)
    tuned, held_out = generated.sets(effort.per_family)
    numbers = {
        "corpora": corpus(folder),
        "tuned": generated.summary(tuned),
        "held_out": generated.summary(held_out),
        "fresh": generated.summary([j for j in held_out if j.family in {f.name for f in FRESH}]),
        "clean": generated.clean(effort.per_cell, effort.per_long_cell),
        "calibration": {
            "tuned families": calibration(tuned),
            "held-out families": calibration(held_out),
            "trainings": calibration(trained_answers),
            "held-out families and trainings": calibration([*held_out, *trained_answers]),
        },
        "trainings": training_summary,
        "invariance": invariance(effort, made),
        "compared": compared(effort, made, python),
        "speed": {
            "ms_100x6": speed.milliseconds(100, 5 * effort.speed_repeats),
            "ms_100000": speed.milliseconds(100_000, max(3, effort.speed_repeats // 4)),
        },
    }
    by_name = {f.name: f for f in FAMILIES}
    real = {(e.family, e.seed): e for e in made}
    wrong = misses.chosen([*trained_answers, *held_out, *tuned])
    return numbers, [(real.get((j.family, j.seed)) or by_name[j.family].make(j.seed), j) for j in wrong]
