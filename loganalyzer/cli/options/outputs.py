"""Options for outputs: the page, and every format of ``reports.registry``, those of plugins included."""

from __future__ import annotations

import warnings
from typing import Any

import click

from loganalyzer.cli.options.declare import together
from loganalyzer.reports.registry import OWN, Format, load_formats

MOST_IN_REPORT = 1000


class OutputOption(click.Option):
    """The option of an output."""

    def __init__(self, param_decls: list[str], *, output: Format, **attributes: Any) -> None:
        super().__init__(param_decls, **attributes)
        self.output = output


def _attributes(output: Format) -> dict[str, Any]:
    return {"output": output, "metavar": output.metavar, "help": output.help}


page = together(
    click.option(
        "-o",
        "--output",
        "folder",
        default="reports",
        show_default=True,
        metavar="DIR|FILE.html",
        help="Folder for the HTML report, or its file.",
    ),
    click.option("--no-html", is_flag=True, help="Write no HTML report."),
    click.option(
        "--figures-for",
        type=click.Choice(["auto", "all"]),
        default="auto",
        help="Charts in the report: above 200 runs only for those that need attention (auto), or for all.",
    ),
    click.option(
        "--worst",
        type=click.IntRange(1),
        default=MOST_IN_REPORT,
        show_default=True,
        metavar="N",
        help="Above N runs the report shows the N worst, and counts all.",
    ),
    section="output",
)
documents = together(
    *(click.option(each.option, each.parameter, cls=OutputOption, **_attributes(each)) for each in OWN),
    click.option("--sarif-anchor", metavar="FILE", help="File that SARIF results point at. [default: configuration]"),
    section="output",
)


def outputs_of(command: click.Command) -> list[Format]:
    """Return the outputs that ``command`` has an option for."""
    return [parameter.output for parameter in command.params if isinstance(parameter, OutputOption)]


def add_plugin_outputs(command: click.Command) -> None:
    """Add the options of plugin outputs to ``command``, after the built-in ones; skip one whose option already exists.

    Click requests the options several times: existing ones are kept.
    """
    there = outputs_of(command)
    for output in (each for each in load_formats() if each not in there):
        if any(output.option in p.opts or output.parameter == p.name for p in command.params):
            warnings.warn(f"the option of the output {output.id!r} is taken; left out", stacklevel=2)
            continue
        behind = max(i for i, p in enumerate(command.params) if isinstance(p, OutputOption)) + 1
        command.params.insert(behind, OutputOption([output.option, output.parameter], **_attributes(output)))
