"""``--next``: the settings of the next run, written for a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loganalyzer.cli.errors import complain
from loganalyzer.cli.options.values import CliOptions
from loganalyzer.messages.languages import Lang
from loganalyzer.model.errors import Message

if TYPE_CHECKING:
    from loganalyzer.model.report import Analysis


def check(options: CliOptions) -> None:
    """Raise UsageError, before any work is done, for a file whose format is not known."""
    if options.next_to:
        from loganalyzer.reports.next_run.formats import format_of

        format_of(options.next_to, options.next_format)


def write(options: CliOptions, analysis: Analysis, lang: Lang) -> None:
    """Write the file; say on standard error where it changes nothing, or why there is none."""
    target = options.next_to
    if not target:
        return
    from loganalyzer.reports.files import write as write_file
    from loganalyzer.reports.next_run.formats import format_of, render
    from loganalyzer.reports.next_run.plan import next_run

    if not analysis.runs:
        complain(Message("no run was found, so {path} is not written", {"path": target}), lang)
        return
    planned = next_run(analysis, options.next_run or "", options.next_action or "1", lang)
    write_file(target, render(planned, format_of(target, options.next_format)))
    if planned.changes_nothing and not options.quiet:
        complain(" ".join(line.strip() for line in planned.comments[1:]), lang)
