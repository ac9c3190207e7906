"""Other linters of training logs on the same runs, in an environment of their own (``--peers PYTHON``).

python -m venv peers && peers/bin/pip install trainproof==0.22.0 runmedic==0.1.1 losslint==0.4.1 trainspotter==0.2.6
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from loganalyzer.model.run import Run
from loganalyzer.roles.assign import roles

WORKER = Path(__file__).with_name("peers_worker.py")
LONGEST = 1000
"""Some peers need seconds for 10,000 points: longer series are thinned to this many for them."""


def ask(python: str, runs: Sequence[Run], seconds: float = 600.0) -> dict[str, list[str]]:
    """Each peer's verdict for each run. Raises OSError and subprocess errors if the environment does not work."""
    lines = "\n".join(json.dumps({"id": i, "series": _series(run)}) for i, run in enumerate(runs))
    done = subprocess.run(
        [python, str(WORKER)], input=lines, capture_output=True, text=True, timeout=seconds, check=True
    )
    verdicts: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        for name, answer in json.loads(line).items():
            if name != "id":
                verdicts.setdefault(name, []).append(answer["verdict"])
    return verdicts


def _series(run: Run) -> dict[str, tuple[list[int], list[float]]]:
    who = roles(run)
    parts = {"train": who.train, "val": who.validation, "lr": who.learning_rate, "norm": who.gradient_norm}
    shown = {}
    for role, series in parts.items():
        if series is not None:
            every = -(-len(series) // LONGEST)
            shown[role] = (series.steps[::every].tolist(), series.values[::every].tolist())
    return shown
