"""Settings in the names of folders: of the run's own, and of the one that is given; a settings file wins; -v says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from loganalyzer import analyze
from loganalyzer.cli.command import command

ROWS = "epoch,train_loss,val_loss\n" + "".join(f"{i},{2 * 0.9**i + 0.1},{2 * 0.9**i + 0.15}\n" for i in range(40))


def run(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "metrics.csv").write_text(ROWS)
    return folder


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lr1", {"lr": 1}),
        ("lr_0.1", {"lr": 0.1}),
        ("lr=1e-3", {"lr": 1e-3}),
        ("bs32", {"batch_size": 32}),
        ("seed42", {"seed": 42}),
        ("wd0.01-lr0.5", {"weight_decay": 0.01, "lr": 0.5}),
        ("dropout0.5", {"dropout": 0.5}),
        ("baseline", {}),
        ("run7", {}),
    ],
)
@pytest.mark.parametrize("given", ["parent", "folder", "file"])
def test_the_name_of_the_folder_counts_from_wherever_it_is_given(
    tmp_path: Path, name: str, expected: dict[str, float], given: str
) -> None:
    folder = run(tmp_path / "logs" / name)
    paths = {"parent": folder.parent, "folder": folder, "file": folder / "metrics.csv"}
    (only,) = analyze(paths[given]).runs
    assert dict(only.hyperparameters) == expected


@pytest.mark.parametrize("given", ["parent", "folder"])
def test_a_settings_file_wins(tmp_path: Path, given: str) -> None:
    folder = run(tmp_path / "logs" / "lr1_bs32")
    (folder / "config.json").write_text(json.dumps({"lr": 0.5}))
    (only,) = analyze(folder.parent if given == "parent" else folder).runs
    assert dict(only.hyperparameters) == {"lr": 0.5, "batch_size": 32}


def test_the_same_run_under_another_name_is_read_with_the_settings_of_that_name(tmp_path: Path) -> None:
    folder = run(tmp_path / "lr1")
    assert analyze(folder).runs[0].hyperparameters["lr"] == 1
    moved = folder.rename(tmp_path / "lr2")
    assert analyze(moved).runs[0].hyperparameters["lr"] == 2


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "lr = 1 (as in the run's name)"), ("ja", "lr = 1（実行名と同じ値）")]
)
def test_the_list_of_settings_says_which_are_from_the_name(tmp_path: Path, lang: str, said: str) -> None:
    folder = run(tmp_path / "lr1_bs32")
    (folder / "config.json").write_text(json.dumps({"momentum": 0.9, "batch_size": 64}))
    shown = CliRunner().invoke(command, [str(folder), "-v", "--no-html", "--lang", lang]).output
    assert said in shown and "batch_size = 64 (" not in shown and "momentum = 0.9 (" not in shown
