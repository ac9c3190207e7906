"""Options of no single step: language, configuration, verbosity, and calls that only print."""

from __future__ import annotations

import click

from loganalyzer.cli.options.declare import together
from loganalyzer.messages.languages import LANGUAGES

everywhere = together(
    click.option(
        "--lang",
        type=click.Choice(list(LANGUAGES)),
        default=None,
        help="Language of every sentence; LOGANALYZER_LANG in the environment sets it too. [default: en]",
    ),
    click.option(
        "--config",
        "config_file",
        metavar="FILE",
        help="Configuration; else loganalyzer.toml or [tool.loganalyzer] in pyproject.toml of the working directory.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors."),
)
general = together(
    everywhere,
    click.option("-v", "--verbose", is_flag=True, help="Print every finding and every file that is no log."),
    section="general",
)
instead = together(
    click.option(
        "--verify",
        is_flag=True,
        help="Only compare: read TensorBoard files with tbparse too, check every checksum; exit 4 on faults.",
    ),
    click.option("--explain", metavar="RULE", help="Print a rule's page and exit."),
    click.option("--list", "listing", type=click.Choice(["rules", "readers"]), help="List rules or readers and exit."),
    click.option("--show-config", is_flag=True, help="Print the configuration, where each value is from, and exit."),
    click.option(
        "--version", is_flag=True, help="Print the version and exit; with -v also what runs it and what is in its way."
    ),
    section="instead",
)
