"""Options for the conditions of the gate."""

from __future__ import annotations

import click

from loganalyzer.cli.options.declare import together

gate = together(
    click.option(
        "--fail-on",
        metavar="LIST",
        help="Exit 1 if a run has one of these verdicts (separated by commas), "
        "a finding of at least this severity (warning, error), or a bad verdict that is new since the last time (new).",
    ),
    click.option("--strict", is_flag=True, help="Exit 4 if some input could not be read."),
    click.option("--preset", type=click.Choice(["smoke", "recommended", "strict"]), help="A set of gate conditions."),
    click.option("--min-steps", type=click.IntRange(0), metavar="N", help="Runs that end before step N fail the gate."),
    click.option(
        "--baseline",
        metavar="RUN|FILE",
        help="Fail where a metric or verdict got worse than in this log, --json report or --write-baseline file.",
    ),
    click.option("--write-baseline", metavar="FILE", help="Write what the runs reached, to compare with later."),
    click.option(
        "--history",
        metavar="DIR|FILE",
        help="Add the outcome to this file (history.jsonl of a folder), and show what changed since the last time.",
    ),
    click.option("--allow-empty", is_flag=True, help="Finding no run is no failure."),
    click.option("--allow-running", is_flag=True, help="Judge runs that are still being written, as they stand."),
    section="gate",
)
