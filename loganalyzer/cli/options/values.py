"""Option values of one call of ``analyze-logs``, except those of configuration keys, which become ``Settings``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganalyzer.cli.options import next_run as of_next
from loganalyzer.cli.options import watch as of_watch
from loganalyzer.cli.options.mail import DETAILS
from loganalyzer.model.errors import UsageError
from loganalyzer.model.record import Record
from loganalyzer.reports.registry import Format

if TYPE_CHECKING:
    from loganalyzer.config.settings import Settings


class Output(Record):
    """A requested output and its target ("-" is standard output)."""

    format: Format
    target: str


class CliOptions(Record):
    """Values of the options that are not configuration keys; fields are named like click's parameters.

    ``outputs`` are the requested ones; ``mail_details`` is true if any option configures the mail.
    """

    outputs: tuple[Output, ...]
    mail_details: bool
    folder: str
    no_html: bool
    figures_for: str
    worst: int
    sarif_anchor: str | None
    where: str | None
    sort: str | None
    open_page: bool
    write_baseline: str | None
    next_to: str | None
    next_format: str | None
    next_run: str | None
    next_action: str | None
    eml: str | None
    quiet: bool
    verbose: bool
    jobs: int | None
    executor: str | None
    cache: str | None
    watch: bool
    stop_on: str | None
    on_change: str | None
    max_bytes: int
    verify: bool
    explain: str | None
    listing: str | None
    show_config: bool

    @classmethod
    def of(cls, given: Mapping[str, Any], formats: Iterable[Format]) -> CliOptions:
        """Convert click's parameters.

        Raises UsageError if more than one output targets standard output, or for details of an output that is not wanted.
        """
        given = _with_brief(given)
        named = {name: given[name] for name in cls.__struct_fields__ if name in given}
        outputs = tuple(Output(f, given[f.parameter]) for f in formats if given.get(f.parameter))
        options = cls(outputs=outputs, mail_details=any(given.get(name) for name in DETAILS), **named)
        targets = options.on_stdout
        if len(targets) > 1:
            text = "only one output can go to standard output, not all of {targets}"
            raise UsageError(text, targets=tuple(targets))
        alone = [option for name, option in of_next.DETAILS.items() if given.get(name)]
        if alone and not options.next_to:
            if alone[0] == "--format" and any(f.id == given["next_format"] for f in formats):
                text = "{option} goes with --next FILE; the analysis in that format: {output} -"
                raise UsageError(text, option=alone[0], output=f"--{given['next_format']}")
            raise UsageError("{option} goes with --next FILE", option=alone[0])
        of_watch.check(options, given)
        return options

    @property
    def on_stdout(self) -> tuple[str, ...]:
        """Options whose document goes to standard output, which excludes all other printing."""
        written = [o.format.option for o in self.outputs if o.format.to_stdout and o.target == "-"]
        own = {"--eml": self.eml, "--next": self.next_to}
        return (*written, *(option for option, target in own.items() if target == "-"))

    @property
    def page(self) -> Path | None:
        """Path of the HTML report: index.html in the folder, or a file that is named; None if it is switched off."""
        given = Path(self.folder)
        file = given.suffix.lower() in {".html", ".htm"} and not given.is_dir()
        return None if self.no_html else given if file else given / "index.html"

    @property
    def streamed(self) -> tuple[Output, ...]:
        """Outputs that are written run by run."""
        return tuple(o for o in self.outputs if o.format.streams)

    @property
    def documents(self) -> tuple[Output, ...]:
        """Outputs that are written at the end, from all runs."""
        return tuple(o for o in self.outputs if not o.format.streams)

    def needs_all_runs(self, settings: Settings) -> bool:
        """True if every diagnosis must be kept until the end."""
        at_the_end = (
            self.where or self.sort or self.documents or self.write_baseline or self.next_to or self.eml or self.verbose
        )
        return bool(at_the_end or settings.gates or settings.strict or settings.mail.to or settings.history)

    def needs_curves(self, settings: Settings, *, mailed: bool) -> bool:
        """True if curves must be kept after the diagnosis: for charts, metric bounds, or a baseline."""
        charts = self.page is not None or mailed or any(o.format.needs_curves for o in self.outputs)
        return charts or settings.needs_series or self.write_baseline is not None


def _with_brief(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Replace ``--format brief`` by what it stands for. Raises UsageError where it is given with ``--next``."""
    if given.get("next_format") != of_next.BRIEF:
        return given
    if given.get("next_to"):
        raise UsageError("--format brief prints the analysis: it does not go with --next")
    return {**given, "next_format": None, "brief_to": "-", "no_html": True}
