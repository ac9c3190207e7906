"""Annotations and the job summary under GitHub Actions; nothing elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from loganalyzer.cli.errors import complain
from loganalyzer.model.errors import Message

if TYPE_CHECKING:
    from loganalyzer.messages import Lang
    from loganalyzer.model.gate_result import GateResult
    from loganalyzer.model.report import Analysis


def annotate(analysis: Analysis, result: GateResult, lang: Lang, stream: IO[str]) -> None:
    """Print the annotations as workflow commands."""
    if not _in_github():
        return
    from loganalyzer.reports import github

    print(github.render(analysis, result, lang=lang), end="", file=stream, flush=True)


def write_summary(analysis: Analysis, result: GateResult, lang: Lang) -> None:
    """Append to the job's summary; a failure is reported on standard error."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path or not _in_github():
        return
    from loganalyzer.reports import github

    try:
        with Path(path).open("ab") as file:
            # the step has one file: its size so far counts towards GitHub's limit
            text = github.summary(analysis, result, lang=lang, written=file.tell())
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        complain(Message("the job summary could not be written: {reason}", {"reason": error.strerror}), lang)


@contextmanager
def no_commands(stream: IO[str]) -> Iterator[None]:
    """Context in which GitHub interprets no printed line as a command, so that names from logs cannot inject one."""
    if not _in_github():
        yield
        return
    import secrets

    token = secrets.token_hex(16)  # not guessable by the author of a log
    print(f"::stop-commands::{token}", file=stream, flush=True)
    try:
        yield
    finally:
        print(f"::{token}::", file=stream, flush=True)


def _in_github() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"
