"""Do the prescriptions cure? Sick trainings are treated as the tool ranks its fixes, trained again and judged again.

``--learn`` tries every fix that could help on the runs of seed 1 and writes the counts from which fixes are ranked,
``loganalyzer/rules/fixes/trials.json``. Without it, the first three fixes as ranked are tried on other seeds: once as the
tool ranks them, and once as it would rank them had it never seen a trial of the same scenario.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from benchmarks import trials as t
from loganalyzer.rules.fixes import ranking as prescribe

HERE = Path(__file__).resolve().parent
COUNTS = HERE.parent / "loganalyzer" / "rules" / "fixes" / "trials.json"
LEARNED_ON = 1
TESTED_ON = (2, 3, 4)
CANDIDATES = {
    "diverging": "lr-down-10x clip-gradients warm-up normalise-inputs use-adam fix-loss cosine-schedule",
    "overfitting": "early-stopping weight-decay label-smoothing more-data add-dropout smaller-model "
    "reduce-on-plateau augment fix-labels",
    "oscillating": "reduce-on-plateau cosine-schedule lr-half lr-down-10x momentum-0.9 use-adam larger-batch shuffle",
    "plateau": "he-init batch-norm fix-loss use-adam lr-up-10x lr-down-10x relu-activation normalise-inputs "
    "check-labels-inputs",
    "underfitting": "longer-training lr-up-3x lr-up-10x use-adam less-dropout less-weight-decay wider-model "
    "normalise-inputs fix-loss",
}
OUTCOMES = ("cured", "better", "no change", "worse")
Counts = dict[str, dict[str, dict[str, int]]]


def sick() -> Iterator[t.Scenario]:
    """The scenarios that are meant to go wrong and run in seconds."""
    for scenario in t.scenarios():
        if scenario.expected[0] not in ("converged", "inconclusive") and scenario.config.framework == "torch":
            yield scenario


@dataclass(frozen=True)
class Job:
    """One sick training: which fixes are tried on it (None: those of the tool), ranked by which counts (None: its)."""

    name: str
    seed: int
    candidates: Mapping[str, str] | None = None
    counts: Counts | None = None


def _one(job: Job) -> list[t.Trial]:
    config = t.config_of(job.name)
    if job.counts is None:
        return t.trials(job.name, config, job.seed, job.candidates)
    with patch.object(prescribe, "_table", lambda: job.counts):
        return t.trials(job.name, config, job.seed)


def measure(jobs: Sequence[Job], workers: int) -> list[t.Trial]:
    """All trials of all jobs, in order."""
    if workers == 1:
        return [trial for job in jobs for trial in _one(job)]
    with ProcessPoolExecutor(workers, initializer=t.one_thread) as pool:
        return [trial for done in pool.map(_one, jobs) for trial in done]


def counted(done: Sequence[t.Trial]) -> Counts:
    """``{"rule/kind": {fix: {"runs", "cured", "better"}}}``, sorted."""
    table: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for trial in done:
        row = table[f"{trial.verdict}/{trial.kind}"][trial.fix]
        row["runs"] += 1
        row[trial.outcome] += 1
    return {
        key: {
            fix: {"runs": row["runs"], "cured": row["cured"], "better": row["better"]}
            for fix, row in sorted(rows.items())
        }
        for key, rows in sorted(table.items())
    }


def left_out(learned: Sequence[t.Trial], seeds: Sequence[int]) -> list[Job]:
    """The jobs of all sick scenarios, each ranked by the trials of the other scenarios alone."""
    return [
        Job(s.name, seed, counts=counted([trial for trial in learned if trial.scenario != s.name]))
        for s in sick()
        for seed in seeds
    ]


def by_run(done: Sequence[t.Trial]) -> dict[tuple[str, int], list[t.Trial]]:
    """The trials of each sick run, in the order of their ranks."""
    runs: dict[tuple[str, int], list[t.Trial]] = defaultdict(list)
    for trial in done:
        runs[trial.scenario, trial.seed].append(trial)
    return runs


def rates(done: Sequence[t.Trial]) -> str:
    """How many sick runs were cured, in one line."""
    runs = by_run(done)
    first = sum(r[0].outcome == "cured" for r in runs.values())
    any_of = sum(any(x.outcome == "cured" for x in r) for r in runs.values())
    helped = sum(any(x.outcome in ("cured", "better") for x in r) for r in runs.values())
    n = max(1, len(runs))
    return (
        f"cured by the first fix: {first} ({first / n:.2f}); by one of the first three: {any_of} ({any_of / n:.2f});"
        f" cured or better: {helped} ({helped / n:.2f})"
    )


def report(done: Sequence[t.Trial], strangers: Sequence[t.Trial]) -> str:
    """The page ``benchmarks/prescriptions.md``; ``strangers`` were ranked without trials of their own scenario."""
    runs = by_run(done)
    seeds = ", ".join(str(s) for s in sorted({seed for _, seed in runs}))
    lines = [
        "# Do the prescriptions cure?",
        "",
        "Each sick training is judged from its log, the first three fixes that the tool ranks are applied one at a time,",
        "the training is run again and judged again. *cured*: converged, and the best validation score is not worse",
        "than the sick run's best. Fixes are ranked by published practice, and by trials on seed 1 where there are ten of",
        "a fix; this page is about other seeds, not about other kinds of fault. Fixes that the trainer cannot do (more data",
        "to label, another architecture) are passed over, and",
        "those that the run's settings say it does already; wrong labels and a wrong loss stand in no setting, so there",
        "advice that finds nothing counts as no change. `make prescriptions`.",
        "",
        f"- sick runs: {len(runs)} of {len({k[0] for k in runs})} scenarios (seeds {seeds})",
        f"- {rates(done)}",
        f"- the same, each scenario ranked without any trial of its own ({len(by_run(strangers))} runs): {rates(strangers)}",
        "",
        "| scenario | diagnosed | first | second | third |",
        "|---|---|---|---|---|",
    ]
    for (scenario, _), tried in sorted(runs.items(), key=lambda kv: kv[0]):
        cells = [f"{x.fix}: {x.outcome}" for x in tried] + [""] * (t.TRIED - len(tried))
        lines.append(f"| {scenario} | {tried[0].verdict} {tried[0].kind} | " + " | ".join(cells) + " |")
    lines += ["", "## By fix", "", "| fix | tried | " + " | ".join(OUTCOMES) + " |", "|---|---|---|---|---|---|"]
    fixes: dict[str, Counter[str]] = defaultdict(Counter)
    for trial in done:
        fixes[trial.fix][trial.outcome] += 1
    for fix, row in sorted(fixes.items()):
        lines.append(f"| {fix} | {sum(row.values())} | " + " | ".join(str(row[o]) for o in OUTCOMES) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and write the page or the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learn", action="store_true", help="try every candidate on seed 1 and write the counts")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seeds", type=int, nargs="*", default=TESTED_ON)
    options = parser.parse_args()
    learned = measure([Job(s.name, LEARNED_ON, CANDIDATES) for s in sick()], options.workers)
    if options.learn:
        COUNTS.write_text(json.dumps(counted(learned), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    else:
        done = measure([Job(s.name, seed) for s in sick() for seed in options.seeds], options.workers)
        page = report(done, measure(left_out(learned, options.seeds), options.workers))
        (HERE / "prescriptions.md").write_text(page, encoding="utf-8")
        print("\n".join(line for line in page.splitlines() if line.startswith("- ")))


if __name__ == "__main__":
    main()
