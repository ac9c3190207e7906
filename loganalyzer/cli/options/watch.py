"""Options for watching runs while they are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from loganalyzer.cli.options.declare import together
from loganalyzer.model.errors import UsageError

if TYPE_CHECKING:
    from loganalyzer.cli.options.values import CliOptions

DETAILS = {"stop_on": "--stop-on", "on_change": "--on-change"}
"""Parameters that mean nothing without ``--watch``, and their options."""
ONCE = {"write_baseline": "--write-baseline", "email_to": "--email-to", "eml": "--eml"}
"""Parameters of what is done once, at the end, and their options."""
watch = together(
    click.option(
        "--watch",
        is_flag=True,
        help="Judge again when a log changes, print what is new, rewrite the report; ended by Ctrl-C.",
    ),
    click.option(
        "--stop-on",
        metavar="LIST",
        help="With --watch: exit 1 as soon as a run that goes on has one of these verdicts.",
    ),
    click.option(
        "--on-change",
        metavar="COMMAND",
        help="With --watch: a shell command that is run on each change, with what is new as its standard input.",
    ),
    section="watch",
)


def check(options: CliOptions, given: Mapping[str, Any]) -> None:
    """Raise UsageError for options that do not go together."""
    alone = [option for name, option in DETAILS.items() if given.get(name)]
    if alone and not options.watch:
        raise UsageError("{option} goes with --watch", option=alone[0])
    once = [*(option for name, option in ONCE.items() if given.get(name)), *(f"{each} -" for each in options.on_stdout)]
    if once and options.watch:
        raise UsageError("{option} does not go with --watch", option=once[0])
