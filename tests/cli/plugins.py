"""Outputs of another package, as its entry points offer them: good ones, and every way to be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loganalyzer.reports.registry import Format, RenderRequest


def verdicts(request: RenderRequest) -> str:
    return "".join(f"{d.id}: {d.verdict.value}\n" for d in request.analysis.runs)


def fails(request: RenderRequest) -> str:
    raise ZeroDivisionError("no luck")


def id_of(run: Mapping[str, Any]) -> str:
    return str(run["id"])


class Names:
    def __init__(self) -> None:
        self.names: list[str] = []

    def add(self, part: str) -> None:
        self.names.append(part)

    def finish(self, groups: Sequence[Any]) -> None:
        self.names.append(f"{len(groups)} groups")


@contextmanager
def names(target: str, lang: str) -> Iterator[Names]:
    writer = Names()
    yield writer
    Path(target).write_text("\n".join(writer.names))


GOOD = Format("verdicts", "Liste der Urteile.", render=verdicts)
STREAM = Format("names", "Names, one by one.", "FILE", part=id_of, open="tests.cli.plugins:names")
FAILS = Format("luckless", "Fails.", render=fails)
TAKEN = Format("json", "Another JSON.", render=verdicts)
OPTION_TAKEN = Format("email", "Its parameter is that of --email-to.", render=verdicts)
NO_FORMAT = "a string"
NO_PATH = Format("pathless", "Where is it?", render="tests.cli.plugins.verdicts")
NO_HELP = Format("silent", "", render=verdicts)
POINTS = ("GOOD", "STREAM", "FAILS", "TAKEN", "OPTION_TAKEN", "NO_FORMAT", "NO_PATH", "NO_HELP", "MISSING")
