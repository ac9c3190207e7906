"""``--history``: check it before the work begins, and add the analysis at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loganalyzer.cli.clock import now
from loganalyzer.cli.errors import complain
from loganalyzer.model.errors import ConfigError, Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loganalyzer.config.settings import Settings
    from loganalyzer.reports.report import Report


def check(settings: Settings) -> None:
    """Raise ConfigError, before any work is done, where the history is none or a condition needs one.

    Print a note where a condition looks for what is new and there is no history yet: nothing can be new then.
    """
    if settings.looks_for_new and not settings.history:
        raise ConfigError("the condition new needs a history (--history DIR)")
    if not settings.history:
        return
    from loganalyzer.pipeline.history import file_of, read

    if not read(settings.history) and settings.looks_for_new:
        text = "there is no history {path} yet: this analysis begins it, and what is bad in it counts as known"
        complain(Message(text, {"path": file_of(settings.history)}), settings.lang)


def with_trend(report: Report, settings: Settings) -> Report:
    """Return the report with what is different from earlier analyses; the report itself where no history is kept."""
    if not settings.history:  # then its modules are not loaded
        return report
    from loganalyzer.pipeline import history

    return history.with_trend(report, settings)


def add(report: Report, paths: Sequence[str], settings: Settings) -> None:
    """Add the analysis to the history, unless it found no run: a wrong path is no night without trainings."""
    if not settings.history:
        return
    from loganalyzer.cli.origin import checked_out
    from loganalyzer.model.history import Entry
    from loganalyzer.pipeline.history import append, file_of, states_of

    if not report.runs:
        text = "no run was found, so nothing is added to the history {path}"
        complain(Message(text, {"path": file_of(settings.history)}), settings.lang)
        return
    time = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    append(settings.history, Entry(time, checked_out(paths).commit, states_of(report, settings)))
