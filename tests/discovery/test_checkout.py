"""The commit of a folder, from its .git folder and the variables of CI jobs, without git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from loganalyzer.discovery.checkout import Checkout, checkout

A, B = "a" * 40, "b" * 40
LONG = "c" * 64


def laid_out(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / ".git" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / ".git" / name).write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"HEAD": f"{A}\n"}, Checkout(A)),
        ({"HEAD": f"{LONG}\n"}, Checkout(LONG)),
        ({"HEAD": "ref: refs/heads/main\n", "refs/heads/main": f"{A}\n"}, Checkout(A, "main")),
        ({"HEAD": "ref: refs/heads/fix/lr-0.1", "refs/heads/fix/lr-0.1": A}, Checkout(A, "fix/lr-0.1")),
        ({"HEAD": "ref: refs/heads/main", "packed-refs": f"# pack-refs\n{B} refs/heads/other\n{A} refs/heads/main\n"},
         Checkout(A, "main")),
        ({"HEAD": "ref: refs/heads/main", "refs/heads/main": B, "packed-refs": f"{A} refs/heads/main\n"},
         Checkout(B, "main")),
        ({"HEAD": "ref: refs/heads/new"}, Checkout()),
        ({"HEAD": "ref: refs/heads/../../../secret", "config": A}, Checkout()),
        ({"HEAD": "ref: /etc/hostname"}, Checkout()),
        ({"HEAD": "ref: refs/heads/main", "refs/heads/main": "<script>"}, Checkout()),
        ({"HEAD": ""}, Checkout()),
        ({"HEAD": "\x00\xff" * 99}, Checkout()),
        ({"config": ""}, Checkout()),
    ],
)  # fmt: skip
def test_layouts_of_a_repository(tmp_path: Path, files: dict[str, str], expected: Checkout) -> None:
    below = laid_out(tmp_path, files) / "runs" / "night-1"
    below.mkdir(parents=True)
    assert checkout(tmp_path, {}) == checkout(below, {}) == expected


def test_a_git_file_that_names_a_folder_is_not_followed(tmp_path: Path) -> None:
    laid_out(tmp_path / "there", {"HEAD": A})
    here = tmp_path / "here"
    here.mkdir()
    (here / ".git").write_text(f"gitdir: {tmp_path}/there/.git\n")
    assert checkout(here, {}) == Checkout()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"GITHUB_SHA": A, "GITHUB_REF_NAME": "main"}, Checkout(A, "main")),
        ({"CI_COMMIT_SHA": B, "CI_COMMIT_REF_NAME": "dev"}, Checkout(B, "dev")),
        ({"GITHUB_SHA": "not a commit"}, Checkout()),
        ({}, Checkout()),
    ],
)
def test_a_ci_job_says_it(tmp_path: Path, environment: dict[str, str], expected: Checkout) -> None:
    assert checkout(tmp_path, environment) == expected


def test_the_folder_wins_over_the_job(tmp_path: Path) -> None:
    assert checkout(laid_out(tmp_path, {"HEAD": A}), {"GITHUB_SHA": B}) == Checkout(A)


def test_git_agrees(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        who = ["-c", "user.name=n", "-c", "user.email=e@x"]
        done = subprocess.run(["git", *who, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "-q", "-b", "trunk")
    git("commit", "-q", "--allow-empty", "-m", "one")
    assert checkout(tmp_path, {}) == Checkout(git("rev-parse", "HEAD"), "trunk")
    git("pack-refs", "--all")
    assert checkout(tmp_path, {}) == Checkout(git("rev-parse", "HEAD"), "trunk")
    git("checkout", "-q", "--detach")
    assert checkout(tmp_path, {}) == Checkout(git("rev-parse", "HEAD"))
