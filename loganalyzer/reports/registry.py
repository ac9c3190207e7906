"""The registry of outputs: built-in ones, a line each, then those of plugins.

The command line's options, their help, what may go to standard output, what needs every run while runs stream by, and
the writing itself all follow from the records here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from loganalyzer.model.errors import LogAnalyzerError, UsageError
from loganalyzer.model.guarded import guarded
from loganalyzer.model.plugins import with_plugins

if TYPE_CHECKING:
    from loganalyzer.messages.languages import Lang
    from loganalyzer.model.gate_result import GateResult
    from loganalyzer.model.report import Analysis, Group

GROUP = "loganalyzer.formats.v1"
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, eq=False)
class RenderRequest:
    """Input of a document: an analysis, the gate's result, the language.

    ``anchor`` is the file of the repository that code-scanning results point at ("": the configuration file).
    """

    analysis: Analysis
    gate: GateResult
    lang: Lang = "en"
    anchor: str = ""


class RunWriter(Protocol):
    """Writer of an output, run by run."""

    def add(self, part: Any) -> None:
        """Write the part of one run, as returned by ``Format.part``."""

    def finish(self, groups: Sequence[Group]) -> None:
        """Write the sweeps, after the last run; empty unless ``Format.needs_groups``."""


Render = Callable[[RenderRequest], str]
WriteFiles = Callable[[RenderRequest, str], object]
Part = Callable[[Mapping[str, Any]], Any]
Open = Callable[[str, "Lang"], AbstractContextManager[RunWriter]]


@dataclass(frozen=True)
class Format:
    """One output: the option ``--<id> <metavar>``. Functions are given as such or as "module:function", loaded when used.

    ``help`` is English, or a plugin's own language; ``metavar`` shows what the option takes, and only an output with
    "-" among it may go to standard output. ``needs_curves``: the curves are kept after judging. There are three kinds:

    - ``render(request)`` returns the document, which is written to a file or to standard output as a whole;
    - ``write(request, target)`` writes several files itself;
    - ``part(run)`` makes of one run (as in the JSON document) the text or JSON data to write, in the worker that judged
      it, and ``open(target, lang)`` is a context manager that gives a ``RunWriter`` for the parts; such an output is
      written while the runs stream by, and none of them is kept. ``needs_groups``: sweeps are compared for it.

    Every output that does not stream is given all runs, however many there are. Raises ValueError for a wrong record.
    """

    id: str
    help: str
    metavar: str = "FILE|-"
    render: Render | str | None = None
    write: WriteFiles | str | None = None
    part: Part | str | None = None
    open: Open | str | None = None
    needs_curves: bool = False
    needs_groups: bool = True

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is no id such as 'my-format'")
        if (self.part is None) != (self.open is None):
            raise ValueError("part and open belong together")
        if [self.render, self.write, self.part].count(None) != 2:
            raise ValueError("exactly one of render, write, and part with open is needed")

    @property
    def option(self) -> str:
        """The option of the command line."""
        return f"--{self.id}"

    @property
    def parameter(self) -> str:
        """The name of the option's value, which is also the key of its help in other languages."""
        return f"{self.id.replace('-', '_')}_to"

    @property
    def to_stdout(self) -> bool:
        """True if ``-`` stands for standard output."""
        return "-" in self.metavar.split("|")

    @property
    def streams(self) -> bool:
        """True if it is written run by run; every other output needs all runs at once."""
        return self.part is not None

    def rendered(self, request: RenderRequest) -> str:
        """Render the document. Raises UsageError if the function of a plugin fails, here and below."""
        text: str = self._call(self.render, request)
        return text

    def write_files(self, request: RenderRequest, target: str) -> None:
        """Write the files of ``target``."""
        self._call(self.write, request, target)

    def part_of(self, run: Mapping[str, Any]) -> Any:
        """Return the part of one run: text or JSON data."""
        return self._call(self.part, run)

    def opened(self, target: str, lang: Lang) -> AbstractContextManager[RunWriter]:
        """Open the writer of the parts; the output appears atomically when it is closed."""
        writer: AbstractContextManager[RunWriter] = self._call(self.open, target, lang)
        return writer

    def _call(self, function: Callable[..., Any] | str | None, *arguments: Any) -> Any:
        try:
            return (_imported(function) if isinstance(function, str) else function)(*arguments)  # type: ignore[misc]
        except LogAnalyzerError:
            raise
        except Exception as error:
            if self in OWN:
                raise
            text = "the output {option}, which another package provides, failed: {reason}"
            raise UsageError(text, option=self.option, reason=f"{type(error).__name__}: {error}") from error


_OWN = "loganalyzer.reports"
OWN = (
    Format("figures", "Write every run's chart as SVG and PNG files too.", "DIR",
           write=f"{_OWN}.figure_files:write_all", needs_curves=True),
    Format("json", "Write the analysis as JSON; - is standard output.", render=f"{_OWN}.json:document"),
    Format("jsonl", "Write each run as a line of JSON as soon as judged.",
           part=f"{_OWN}.jsonl:line", open=f"{_OWN}.jsonl:opened", needs_groups=False),
    Format("parquet", "Write runs, findings and groups as Parquet tables.", "DIR|FILE",
           part=f"{_OWN}.parquet_rows:of_run", open=f"{_OWN}.parquet:opened"),
    Format("junit", "Write JUnit XML, a case for each run.", render=f"{_OWN}.junit:render", needs_curves=True),
    Format("sarif", "Write SARIF 2.1.0.", render=f"{_OWN}.sarif:render"),
    Format("markdown", "Write Markdown for a comment or job summary.", render=f"{_OWN}.markdown:render"),
    Format("brief", "Write a short text for a prompt, below 2,000 tokens.", render=f"{_OWN}.brief:render"),
    Format("gitlab", "Write a GitLab Code Quality report.", render=f"{_OWN}.gitlab:render"),
)  # fmt: skip
"""The outputs of this package. Their help in other languages is in ``messages/options.toml``."""


@lru_cache(maxsize=1)
def load_formats() -> tuple[Format, ...]:
    """Return all outputs, built-in ones first."""
    return with_plugins(OWN, Format, GROUP, _problems, _guarded)


def _guarded(output: Format, package: str) -> Format:
    functions = {name: getattr(output, name) for name in ("render", "write", "part", "open")}
    theirs: dict[str, Any] = {
        name: guarded(_callable(own), package) for name, own in functions.items() if own is not None
    }
    return replace(output, **theirs)


@lru_cache(maxsize=64)
def find_format(format_id: str) -> Format:
    """Return the output of that id; plugins are only loaded if it is not built in. Raises KeyError."""
    for each in _one_by_one():
        if each.id == format_id:
            return each
    raise KeyError(format_id)


def _problems(output: Format) -> Iterator[str]:
    """Return the problems of a record that its constructor does not check."""
    if not output.help:
        yield "it has no help"
    for function in (output.render, output.write, output.part, output.open):
        if isinstance(function, str) and function.count(":") != 1:
            yield f"{function!r} is not 'module:function'"


def _one_by_one() -> Iterator[Format]:
    yield from OWN
    yield from load_formats()[len(OWN) :]


@lru_cache(maxsize=64)
def _callable(function: Callable[..., Any] | str) -> Callable[..., Any]:
    return (lambda *arguments: _imported(function)(*arguments)) if isinstance(function, str) else function


def _imported(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
