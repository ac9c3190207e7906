"""A sick training treated by files alone: its log is analysed, ``--next`` written, the training run as that says, judged again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fault_kinds import Sick
from benchmarks.trials import Config, classified, make, next_run, one_thread, quality, train
from loganalyzer.cli.command import command
from loganalyzer.model.report import Diagnosis
from loganalyzer.pipeline.analyze import analyze

ACTIONS = ("1", "2", "3")
BY_HAND = "by hand"
"""What comes of an action that no setting expresses: a file cannot apply it."""
REFUSED = "refused"
"""What comes of a setting that the trainer does not have."""


@dataclass(frozen=True)
class Trial:
    """What one action did to a sick run; ``outcome`` is cured, better, no change, worse, by hand or refused."""

    fix: str
    settings: str
    outcome: str
    after: str


@dataclass(frozen=True)
class Treated:
    """A sick run as it was judged, and its actions, the first one first, each tried alone."""

    sick: Sick
    verdict: str
    kind: str
    trials: tuple[Trial, ...]


def treat(sick: Sick) -> Treated | None:
    """Close the loop for a run; None where it is not judged sick."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        before, reached = _trained(sick.config, sick.names, place / "sick")
        if before.verdict.info.healthy or not before.verdict.info.judged:
            return None
        trials = tuple(_tried(sick, place, number, reached) for number in ACTIONS[: len(before.actions)])
        return Treated(sick, before.verdict.value, before.kind, trials)


@dataclass(frozen=True)
class Renaming:
    """A log that calls settings otherwise than the trainer does: ``names`` by the trainer's."""

    log: Any
    names: Mapping[str, str]

    def start(self, hyper_parameters: Mapping[str, Any]) -> None:
        """Open the log."""
        self.log.start({self.names.get(name, name): value for name, value in hyper_parameters.items()})

    def __getattr__(self, name: str) -> Any:
        """Everything else is the log's own."""
        return getattr(self.log, name)


def _trained(config: Config, names: Mapping[str, str], folder: Path) -> tuple[Diagnosis, float]:
    """Train with a log in ``folder``, and judge that log; with the best validation value, lower is better."""
    result = train(config, [Renaming(log, names) for log in make(("csv",), folder)])
    return analyze(folder).runs[0], quality(result)


def _tried(sick: Sick, place: Path, number: str, reached: float) -> Trial:
    """Write the file of an action of the sick run, train as it says, and judge the log of that."""
    file = place / f"next{number}.toml"
    arguments = [str(place / "sick"), "--no-html", "-q", "--next", str(file), "--next-action", number]
    command.main(arguments, standalone_mode=False)
    document = next_run.load(file)
    fix = document["actions"][0]
    asked = dict(_flat(document["set"]))
    settings = ", ".join(f"{name} = {value}" for name, value in asked.items())
    own = {log: name for name, log in sick.names.items()}
    wanted = {**document, "set": {own.get(name, name): value for name, value in asked.items()}}
    try:
        treated = next_run.apply(wanted, sick.config)
    except ValueError as error:
        return Trial(fix, settings, REFUSED, str(error))
    if treated == sick.config:
        return Trial(fix, settings, BY_HAND, "")
    after, value = _trained(treated, sick.names, place / f"after{number}")
    if treated.last_epoch:
        settings = f"the checkpoint of epoch {treated.last_epoch}"
    return Trial(fix, settings, classified(after, value, reached), after.verdict.value)


def _flat(settings: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Nested settings as the log names them: "optimizer.lr" for the lr within optimizer."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def treat_all(runs: Sequence[Sick], workers: int) -> Iterator[Treated]:
    """Those of ``runs`` that are judged sick, treated, in order."""
    with ProcessPoolExecutor(workers, initializer=one_thread) as pool:
        yield from (done for done in pool.map(treat, runs, chunksize=1) if done is not None)
