"""Which commit a folder is checked out at, read from its ``.git`` folder; git itself is not run.

A ``.git`` file (of a worktree or a submodule) names a folder elsewhere. Nothing found in a file is opened as a path, so
of those nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from loganalyzer.model.record import Record

_REF = re.compile(r"ref: (refs/heads/(?!.*\.\.)[\w./#@+-]{1,200})")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOST_BYTES = 1 << 20
CI = (("GITHUB_SHA", "GITHUB_REF_NAME"), ("CI_COMMIT_SHA", "CI_COMMIT_REF_NAME"))
"""Variables with commit and branch: of GitHub Actions, of GitLab CI."""


class Checkout(Record):
    """A commit (40 or 64 hexadecimal digits) and the branch it is checked out as; "" where unknown."""

    commit: str = ""
    branch: str = ""


def checkout(folder: Path, environment: Mapping[str, str]) -> Checkout:
    """Return what the repository around ``folder`` is checked out at, or what the CI job says; empty if neither is known.

    Never raises: a repository that cannot be read is none.
    """
    try:
        repository = next((p / ".git" for p in (folder, *folder.parents) if (p / ".git").is_dir()), None)
        found = _read(repository) if repository else Checkout()
    except (OSError, ValueError):
        found = Checkout()
    return found if found.commit else _of_job(environment)


def _read(repository: Path) -> Checkout:
    head = _text(repository / "HEAD").strip()
    if _COMMIT.fullmatch(head):
        return Checkout(head)
    named = _REF.fullmatch(head)
    if named is None:
        return Checkout()
    commit = next((text for text in _commits(repository, named[1]) if _COMMIT.fullmatch(text)), "")
    return Checkout(commit, named[1].removeprefix("refs/heads/") if commit else "")


def _commits(repository: Path, ref: str) -> Iterator[str]:
    """Yield what the branch's own file says, then what the list of packed branches says."""
    if (repository / ref).is_file():
        yield _text(repository / ref).strip()
    if (repository / "packed-refs").is_file():
        lines = (line.split(" ") for line in _text(repository / "packed-refs").splitlines())
        yield next((line[0] for line in lines if line[1:] == [ref]), "")


def _of_job(environment: Mapping[str, str]) -> Checkout:
    for commit, branch in CI:
        if _COMMIT.fullmatch(environment.get(commit, "")):
            return Checkout(environment[commit], environment.get(branch, "")[:200])
    return Checkout()


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES).decode("utf-8", "replace")
