"""A file of ``analyze-logs --next``, applied by the training script: the loop from a log to the next log."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import train as script
from click.testing import CliRunner
from trainer import Config, next_run

from loganalyzer.cli.command import command


@pytest.mark.parametrize(
    ("wanted", "changed"),
    [
        ({"lr": 0.5, "batch_size": 128}, {"lr": 0.5, "batch_size": 128}),
        ({"lr": 1}, {"lr": 1.0}),
        ({"optimizer": "AdamW", "scheduler": "cosine"}, {"optimizer": "adamw", "schedule": "cosine"}),
        ({"hidden": "128-64"}, {"hidden": (128, 64)}),
        ({"hidden": 128}, {"hidden": (128,)}),
        ({"normalise": True, "shuffle": False}, {"normalise": True, "shuffle": False}),
    ],
)
def test_settings_are_those_of_a_log(wanted: dict[str, Any], changed: dict[str, Any]) -> None:
    assert next_run.apply({"set": wanted}, Config()) == replace(Config(), **changed)


def test_a_checkpoint_alone_ends_the_training_there_and_beside_settings_belongs_to_the_old_run() -> None:
    keep = {"series": "val_loss", "step": 7, "value": 0.5}
    assert next_run.apply({"set": {}, "keep": keep}, Config()) == replace(Config(), last_epoch=7)
    assert next_run.apply({"set": {"lr": 0.1}, "keep": keep}, Config()) == replace(Config(), lr=0.1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[set]\nlr = 0.1\nlearning_rat = 1\n"optimizer.lr" = 2\n',
            "unknown settings: learning_rat, optimizer.lr; known: data",
        ),
        ('[set]\noptimizer = "lion"\n', "optimizer cannot be 'lion'"),
        ("[set]\nlr = true\n", "lr cannot be True"),
        ('[set]\nepochs = "many"\n', "epochs cannot be 'many'"),
        ("[sets]\nlr = 0.1\n", "is no file of analyze-logs --next"),
        ("steps = 3\n[set]\nlr = 0.1\n", "unknown keys: steps"),
    ],
)
def test_what_it_does_not_know_is_named(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "next.toml").write_text(text)
    arguments = ["--scenario", "healthy", "--apply", str(tmp_path / "next.toml"), "--out", str(tmp_path / "runs")]
    assert script.main(arguments) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("scenario", "verdict", "suffix"),
    [
        ("diverging-blow-up", "diverging", "toml"),
        ("oscillating-large-rate", "oscillating", "yaml"),
        ("plateau-zero-init", "plateau", "json"),
    ],
)
def test_a_sick_run_is_cured_by_the_file_that_is_written_for_it(
    scenario: str, verdict: str, suffix: str, tmp_path: Path
) -> None:
    file = tmp_path / f"next.{suffix}"

    def trained(name: str, *more: str) -> Path:
        options = ("--name", name, "--out", str(tmp_path), "--format", "csv", "--device", "cpu")
        assert script.main(["--scenario", scenario, *options, *more]) == 0
        return tmp_path / name

    def judged(folder: Path) -> str:
        done = CliRunner().invoke(command, [str(folder), "--no-html", "--json", "-"], catch_exceptions=False)
        return str(json.loads(done.stdout)["runs"][0]["verdict"])

    sick = trained("sick")
    assert judged(sick) == verdict
    CliRunner().invoke(command, [str(sick), "--no-html", "-q", "--next", str(file)], catch_exceptions=False)
    assert judged(trained("next", "--apply", str(file))) == "converged"
