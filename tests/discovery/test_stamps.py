"""A look at the folders: every file that may be a log, none of what is not searched, and what changed since."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from loganalyzer.discovery.stamps import changed, stamps


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("runs/a/log.csv", "runs/b/log.csv", "runs/b/hparams.yaml", "runs/.git/x.csv", "reports/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1\n")
        os.utime(tmp_path / name, (1e9, 1e9))
    return tmp_path


def seen(root: Path, *paths: str, without: tuple[str, ...] = ()) -> set[str]:
    own = [str(root / path) for path in without]
    found = stamps([str(root / path) for path in paths], without=own)
    return {Path(path).relative_to(root).as_posix() for path in found}


def test_which_files_are_looked_at(root: Path) -> None:
    assert seen(root, "runs") == {"runs/a/log.csv", "runs/b/log.csv", "runs/b/hparams.yaml"}
    assert seen(root, "runs/b/log.csv") == {"runs/b/log.csv", "runs/b/hparams.yaml"}
    assert seen(root, "runs/a", "runs/a/log.csv") == {"runs/a/log.csv"}
    assert seen(root, ".", without=("reports", "runs/b")) == {"runs/a/log.csv"}
    assert seen(root, ".", without=("reports/index.html", "run")) >= {"runs/a/log.csv"}
    assert seen(root, "nowhere") == set()


def append(root: Path) -> None:
    with (root / "runs/a/log.csv").open("a") as file:
        file.write("2\n")


def replaced(root: Path) -> None:
    """The same size, the same time, another file."""
    new = root / "new"
    new.write_text("9\n")
    os.utime(new, (1e9, 1e9))
    new.replace(root / "runs/a/log.csv")


@pytest.mark.parametrize(
    ("change", "files"),
    [
        (lambda root: None, set()),
        (append, {"runs/a/log.csv"}),
        (replaced, {"runs/a/log.csv"}),
        (lambda root: (root / "runs/a/log.csv").unlink(), {"runs/a/log.csv"}),
        (lambda root: (root / "runs/c.csv").write_text(""), {"runs/c.csv"}),
        (lambda root: (root / "runs/.git/y").write_text(""), set()),
        (lambda root: (root / "runs/a/log.csv").read_text(), set()),
        (lambda root: os.utime(root / "runs/b/hparams.yaml"), {"runs/b/hparams.yaml"}),
        (
            lambda root: (root / "runs").rename(root / "moved"),
            {"runs/a/log.csv", "runs/b/log.csv", "runs/b/hparams.yaml"},
        ),
    ],
)
def test_what_counts_as_a_change(root: Path, change: Callable[[Path], object], files: set[str]) -> None:
    before = stamps([str(root / "runs")])
    change(root)
    found = changed(before, stamps([str(root / "runs")]))
    assert {Path(path).relative_to(root).as_posix() for path in found} == files
