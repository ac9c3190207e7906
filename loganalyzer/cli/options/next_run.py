"""Options for the next run: what to change, as a file that a script can read."""

from __future__ import annotations

import click

from loganalyzer.cli.options.declare import together

BRIEF = "brief"
"""The one value of ``--format`` that is about the analysis itself."""
DETAILS = {"next_format": "--format", "next_run": "--next-run", "next_action": "--next-action"}
"""Parameters that mean nothing without ``--next``, and their options."""
next_run = together(
    click.option(
        "--next",
        "next_to",
        metavar="FILE|-",
        help="Write what to change for the next run, under the run's own names, as .toml, .yaml or .json.",
    ),
    click.option(
        "--format",
        "next_format",
        type=click.Choice(["toml", "yaml", "json", "args", BRIEF]),
        help="Format of --next; args is a line of command-line arguments. [default: by the ending, toml for -] "
        "brief goes without --next: it is --brief - --no-html.",
    ),
    click.option(
        "--next-run",
        metavar="RUN",
        help="Id or glob of the run, or of the sweep, that --next follows, where there are several runs.",
    ),
    click.option(
        "--next-action",
        type=click.Choice(["1", "2", "3", "all"]),
        help="Which of the run's actions --next writes. [default: 1]",
    ),
    section="next",
)
