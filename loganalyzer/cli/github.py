"""What GitHub Actions shows of an analysis: annotations, and the job's summary; nothing elsewhere."""

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
    """Print the workflow commands that GitHub shows as annotations."""
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
            # one file for the whole step: what others wrote before counts towards GitHub's limit
            text = github.summary(analysis, result, lang=lang, written=file.tell())
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        complain(Message("the job summary could not be written: {reason}", {"reason": error.strerror}), lang)


@contextmanager
def no_commands(stream: IO[str]) -> Iterator[None]:
    """While it is open, GitHub takes no printed line for a command: names from logs must not become one."""
    if not _in_github():
        yield
        return
    import secrets

    token = secrets.token_hex(16)  # unguessable for whoever wrote the logs
    print(f"::stop-commands::{token}", file=stream, flush=True)
    try:
        yield
    finally:
        print(f"::{token}::", file=stream, flush=True)


def _in_github() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"
