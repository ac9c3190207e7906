"""Command lines that people keep beside a log: every usual way to write an option, and texts that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loganalyzer import load
from loganalyzer.discovery.command_line import options


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("python train.py --lr 0.1 --epochs 20", {"lr": 0.1, "epochs": 20}),
        ("python train.py -learning_rate 1.0 -optim adam", {"learning_rate": 1.0, "optim": "adam"}),
        ("--lr=1e-4 --optimizer=adamw", {"lr": 1e-4, "optimizer": "adamw"}),
        ("torchrun train.py --lr 3e-4 \\\n  --batch-size 64 \\\n  --amp", {"lr": 3e-4, "batch-size": 64, "amp": True}),
        ("python main.py --amp --lr 0.1", {"amp": True, "lr": 0.1}),
        ("python main.py --shuffle false --resume True", {"shuffle": False, "resume": True}),
        ("python main.py --momentum -0.5 --gpu -1", {"momentum": -0.5, "gpu": -1}),
        ('python main.py --name "my run" --lr 0.1', {"name": "my run", "lr": 0.1}),
        ("python -m tool train config.cfg --paths.train ./a.json", {"m": "tool", "paths.train": "./a.json"}),
        ("--steps 10 --epochs 50 csv (one class)", {"steps": 10, "epochs": 50}),
        ("python train.py --lr 0.1 # the first try --lr 9", {"lr": 0.1}),
        ("python train.py --name 'not closed", {}),
        ("nothing to see", {}),
        ("", {}),
    ],
)
def test_options(text: str, read: dict[str, Any]) -> None:
    assert dict(options(text)) == read


@pytest.mark.parametrize("name", ["args.txt", "cmd.txt", "command.txt", "cmdline.txt"])
@pytest.mark.parametrize(
    ("text", "lr"),
    [("python train.py --lr 0.1\n", 0.1), ("lr: 0.2\nepochs: 3\n", 0.2), ('{"lr": 0.3}', 0.3), ("--'", None)],
)
def test_a_file_of_that_name_holds_the_settings_of_the_run_beside_it(
    tmp_path: Path, name: str, text: str, lr: float | None
) -> None:
    (tmp_path / "log.csv").write_text("epoch,loss\n" + "".join(f"{i},{1 / (i + 1)}\n" for i in range(8)))
    (tmp_path / name).write_text(text)
    (run,) = load(tmp_path)
    assert run.hyperparameters.get("lr") == lr


@pytest.mark.parametrize(
    "line",
    [
        "ok: !!bool perhaps", "at: !!timestamp noon", "n: !!int ''", "x: !!float ''", "raw: !!binary '%'",
        "o: !!python/name:os.x", "a: [", "d: 2024-13-45", "!!set [a]: 1", "? {a: 1}\n: 2", "s: &a [*a]", "- 1",
        "\x00", "seed: " + "9" * 5000,
    ],
)  # fmt: skip
def test_settings_that_are_none_cost_no_run(tmp_path: Path, line: str) -> None:
    (tmp_path / "log.csv").write_text("epoch,loss\n" + "".join(f"{i},{1 / (i + 1)}\n" for i in range(8)))
    (tmp_path / "config.yaml").write_text(f"lr: 0.1\n{line}\n")
    (run,) = load(tmp_path)
    assert len(run.series["loss"]) == 8
