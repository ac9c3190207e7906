"""Options for what is shown: which runs, in which order, and whether the page is opened."""

from __future__ import annotations

import click

from loganalyzer.cli.options.declare import together

shown = together(
    click.option(
        "--where",
        metavar="QUERY",
        help="Show only these runs on the terminal and the page: 'lr>0.01 verdict:diverging'. The gate judges all.",
    ),
    click.option(
        "--sort",
        metavar="KEY",
        help="Show the runs as a list by best, val_loss, lr or another key, the best first; -KEY turns it round.",
    ),
    click.option("--open", "open_page", is_flag=True, help="Open the HTML report in the browser when it is written."),
    section="shown",
)
