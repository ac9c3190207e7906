"""The next run as a file: what is set, under which names, in which format, and of which run."""

from __future__ import annotations

import argparse
import json
import shlex
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result

from loganalyzer.cli.command import command
from loganalyzer.model.errors import UsageError
from loganalyzer.model.prescription import Keep
from loganalyzer.pipeline.analyze import analyze
from loganalyzer.reports.next_run.formats import RENDERERS, render
from loganalyzer.reports.next_run.plan import NextRun, NextSetting, next_run
from tests.sweep_logs import write

EPOCHS = np.arange(60)
SWINGS = 0.5 + 2 * np.exp(-EPOCHS / 5) + 0.3 * np.sin(2 * np.pi * EPOCHS * 9 / 60)
FELL = 0.1 + 2 * np.exp(-EPOCHS / 5) + 0.003 * np.cos(EPOCHS * 37.0)
TURNED = FELL + 0.3 + 1e-4 * np.clip(EPOCHS - 15, 0, None) ** 2.2
BLOWN = np.where(EPOCHS < 20, 2 - 0.05 * EPOCHS, 1.0 + (EPOCHS - 19.0))


def log(folder: Path, train: Any, validation: Any, settings: Any = None) -> Path:
    folder.mkdir(parents=True)
    rows = "".join(f"{e + 1},{a:.6f},{b:.6f}\n" for e, a, b in zip(EPOCHS, train, validation, strict=True))
    (folder / "metrics.csv").write_text("epoch,train_loss,val_loss\n" + rows)
    if settings is not None:
        (folder / "hparams.yaml").write_text(yaml.safe_dump(settings))
    return folder


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [*map(str, arguments), "--no-html"], catch_exceptions=False)


def written(*arguments: str | Path) -> dict[str, Any]:
    return tomllib.loads(call(*arguments, "--next", "-").stdout)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"lr": 0.3}, {"lr": 0.15}),
        ({"base_lr": 0.3, "seed": 4}, {"base_lr": 0.15}),
        ({"optimizer": {"name": "lion", "lr": 0.3}}, {"optimizer": {"lr": 0.15}}),
        ({"optimizer": {"name": "sgd", "lr": 0.3}}, {"optimizer": {"lr": 0.03}}),  # far above what is usual for it
        ({"train": {"optim": {"learning_rate": 0.3}}}, {"train": {"optim": {"learning_rate": 0.15}}}),
        ({"optimizer/lr": 0.3}, {"optimizer": {"lr": 0.15}}),
        ({"lr": 0.3, "shuffle": False}, {"shuffle": True}),
    ],
)
def test_settings_have_the_names_and_the_nesting_of_the_run(settings: Any, expected: Any, tmp_path: Path) -> None:
    assert written(log(tmp_path / "a", SWINGS, SWINGS + 0.1, settings))["set"] == expected


def test_the_checkpoint_is_the_one_of_the_log(tmp_path: Path) -> None:
    document = written(log(tmp_path / "a", FELL, TURNED, {"lr": 0.01, "early_stopping_patience": 0}))
    best = int(np.argmin(np.round(TURNED, 6)))
    assert document["keep"]["step"] == best + 1
    assert document["keep"]["value"] == pytest.approx(TURNED[best], abs=1e-6)
    assert document["set"]["early_stopping_patience"] > 0


def test_actions_are_chosen_by_number(tmp_path: Path) -> None:
    run = log(tmp_path / "a", BLOWN, BLOWN + 0.1, {"lr": 0.3, "clip_norm": 0.0, "warmup_epochs": 0})
    each = [written(run, "--next-action", number) for number in "123"]
    together = written(run, "--next-action", "all")
    assert [d["actions"] for d in each] == [[fix] for fix in together["actions"]]
    assert together["set"] == {name: value for d in each for name, value in d["set"].items()}
    assert each[0]["set"] != each[1]["set"]


def test_without_settings_names_are_the_usual_ones(tmp_path: Path) -> None:
    run = log(tmp_path / "a", FELL, TURNED)
    text = call(run, "--next", "-").stdout
    assert "early_stopping_patience" in tomllib.loads(text)["set"]
    assert "The log holds no settings: the names below are the usual ones." in text
    named = call(log(tmp_path / "b", FELL, TURNED, {"lr": 0.01}), "--next", "-").stdout
    assert "# 1: usual name: the log does not say what this setting is called" in named


@pytest.mark.parametrize(("lang", "said"), [("en", "Nothing to change"), ("ja", "変更するものはありません")])
def test_nothing_to_change_is_said_and_is_no_failure(lang: str, said: str, tmp_path: Path) -> None:
    done = call(log(tmp_path / "a", FELL, FELL + 0.05, {"lr": 0.01}), "--next", "-", "--lang", lang)
    assert done.exit_code == 0
    assert said in done.stdout and said in done.stderr
    assert tomllib.loads(done.stdout)["set"] == {}


def test_an_action_that_there_is_not_is_said(tmp_path: Path) -> None:
    report = analyze(log(tmp_path / "a", SWINGS, SWINGS + 0.1, {"lr": 0.3}))
    one = replace(report, runs=(replace(report.runs[0], actions=report.runs[0].actions[:1]),))
    assert next_run(one, "", "1", "en").settings == (NextSetting("lr", 0.15, "1: was 0.3"),)
    beyond = next_run(one, "", "3", "en")
    assert beyond.changes_nothing and beyond.comments[-1] == "There is no action 3: the run has 1."


def test_of_several_runs_one_is_named(tmp_path: Path) -> None:
    log(tmp_path / "runs" / "first", SWINGS, SWINGS + 0.1, {"lr": 0.3, "dataset": "a"})
    log(tmp_path / "runs" / "second", BLOWN, BLOWN + 0.1, {"lr": 0.2, "dataset": "b"})
    runs = tmp_path / "runs"
    assert written(runs, "--next-run", "first")["set"] == {"lr": 0.15}
    assert written(runs, "--next-run", "sec*")["run"] == "second"
    with pytest.raises(UsageError, match="name one with --next-run \\(first, second\\)"):
        call(runs, "--next", "-")
    with pytest.raises(UsageError, match="no run is called third \\(there are: first, second\\)"):
        call(runs, "--next", "-", "--next-run", "third")


def test_of_a_sweep_the_best_settings_are_written(tmp_path: Path) -> None:
    for rate, level in ((0.001, 0.9), (0.01, 0.2), (0.1, 0.4)):
        log(tmp_path / "sweep" / f"lr_{rate}", FELL + level, FELL + level + 0.05, {"lr": rate, "seed": 1})
    text = call(tmp_path / "sweep", "--next", "-").stdout
    assert tomllib.loads(text)["set"] == {"lr": 0.01}
    assert "The best settings of 3 runs compared: those of lr_0.01" in text


def test_the_best_settings_of_a_large_sweep_are_said_to_be_a_repetition(tmp_path: Path) -> None:
    write(tmp_path / "sweep", seeds=2, rates=(0.01, 0.1, 1.0), batches=(64, 256))
    assert "They repeat the best of what was tried." in call(tmp_path / "sweep", "--next", "-").stdout


SAMPLE = NextRun(
    "a 'b' \"c\"\n\x7f",
    "diverging",
    ("lr-down-10x", "clip-gradients"),
    (
        NextSetting("lr", 1e-5, "1: was 0.1"),
        NextSetting("opt.weight decay", 5e-4),
        NextSetting("opt.name", "AdamW"),
        NextSetting("lr.final", 0.5),
        NextSetting("no", "true"),
        NextSetting("off", "false"),
        NextSetting("batch_size", 64),
        NextSetting("shift", -1.5),
        NextSetting("/odd", "a # b"),
    ),
    Keep("val/loss", 12, 0.25),
    ("one", "two\nthree"),
)
VALUES = {
    "lr": 1e-5, "opt": {"weight decay": 5e-4, "name": "AdamW"}, "lr.final": 0.5, "no": True, "off": False,
    "batch_size": 64, "shift": -1.5, "/odd": "a # b",
}  # fmt: skip


@pytest.mark.parametrize(("name", "load"), [("toml", tomllib.loads), ("yaml", yaml.safe_load), ("json", json.loads)])
def test_every_format_is_read_back_as_the_same_values(name: str, load: Any) -> None:
    document = load(render(SAMPLE, name))
    assert document["set"] == VALUES
    assert document["keep"] == {"series": "val/loss", "step": 12, "value": 0.25}
    assert document["actions"] == ["lr-down-10x", "clip-gradients"]
    assert document["run"].startswith("a 'b' \"c\"")


def test_arguments_are_those_that_argparse_reads() -> None:
    assert set(RENDERERS) == {"toml", "yaml", "json", "args"}
    parser = argparse.ArgumentParser()
    for option in ("--lr", "--batch-size", "--shift"):
        parser.add_argument(option, type=float)
    parser.add_argument("--no", action=argparse.BooleanOptionalAction)
    parser.add_argument("--off", action=argparse.BooleanOptionalAction, default=True)
    given, _ = parser.parse_known_args(shlex.split(render(SAMPLE, "args")))
    assert vars(given) == {"lr": 1e-5, "batch_size": 64.0, "shift": -1.5, "no": True, "off": False}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--next", "next.txt"), "--next takes a file that ends in .toml"),
        (("--format", "args"), "--format goes with --next FILE"),
        (("--next-action", "2"), "--next-action goes with --next FILE"),
        (("--next", "-", "--json", "-"), "only one output can go to standard output"),
    ],
)
def test_wrong_use_is_told_before_the_work(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said):
        call(tmp_path, *arguments)
