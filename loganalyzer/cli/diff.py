"""``analyze-logs diff BEFORE NOW``: what is different between two analyses."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from loganalyzer.cli.help import Localised, localised
from loganalyzer.cli.options.declare import together
from loganalyzer.cli.options.general import everywhere
from loganalyzer.model.errors import UsageError
from loganalyzer.model.exit_code import ExitCode

EXAMPLES = {
    "diff-example-plain": ("analyze-logs diff old.json ./runs", "a report of --json, and logs"),
    "diff-example-gate": ("analyze-logs diff a b --fail-on worse", "exit 1 if a run got worse"),
}

_options = together(
    click.option("--json", "diff_json", metavar="FILE|-", help="Write the comparison as JSON; - is standard output."),
    click.option("--markdown", "diff_markdown", metavar="FILE|-", help="Write it as Markdown for a comment."),
    click.option(
        "--fail-on",
        "diff_fail_on",
        type=click.Choice(["worse", "never"]),
        default="never",
        help="Exit 1 if a run has a worse verdict, a best value worse by more than the tolerance, or is missing now.",
    ),
    click.option(
        "--tolerance",
        type=float,
        metavar="SHARE",
        help="Values within this share of the earlier one are the same. [default: 0.02]",
    ),
)
_verbose = click.option("-v", "--verbose", "diff_verbose", is_flag=True, help="Name every run.")
KEYS = {"--lang": "lang", "--tolerance": "baseline.tolerance"}
"""Option -> the configuration key that it sets."""


class Diff(Localised):
    """The command, with its texts."""

    word = "diff"
    examples = EXAMPLES


@localised(Diff)
@click.argument("paths", nargs=-1, metavar="BEFORE NOW")
@_options
@everywhere
@_verbose
@click.pass_context
def command(context: click.Context, /, paths: tuple[str, ...], **given: Any) -> None:
    """Compare two analyses: which verdicts, best and last values, and settings changed, for better or worse.

    BEFORE and NOW are reports of --json, or logs as for analyze-logs itself. Runs are the same if their ids are; a
    folder that is called "diff" is analysed by: analyze-logs ./diff
    """
    if len(paths) != 2:
        raise UsageError(
            "diff compares two reports or folders, for example: analyze-logs diff old.json ./runs "
            "(a folder called diff is ./diff)"
        )
    if given["diff_json"] == given["diff_markdown"] == "-":
        raise UsageError(
            "only one output can go to standard output, not all of {targets}", targets="--json, --markdown"
        )
    context.exit(_compare(*paths, given))


def _compare(before: str, now: str, given: dict[str, Any]) -> ExitCode:
    from loganalyzer.cli.console import open_screen
    from loganalyzer.cli.gate import load_settings
    from loganalyzer.gate.changes import compare
    from loganalyzer.pipeline.analyze import analyze
    from loganalyzer.pipeline.options import Options
    from loganalyzer.pipeline.paths import existing
    from loganalyzer.pipeline.run_states import load_run_states
    from loganalyzer.reports.diff import Compared, json, markdown, terminal
    from loganalyzer.reports.files import write

    settings = load_settings(given, KEYS)
    before, now = existing([before, now])
    reading = Options(
        limits=settings.limits, roles=settings.roles, max_seconds=settings.max_seconds,
        follow_links=settings.follow_links, keep_series=False,
    )  # fmt: skip
    analysed = partial(analyze, options=reading, workers=None)
    earlier, later = (load_run_states(path, analysed) for path in (before, now))
    tolerance = settings.baseline.tolerance
    compared = Compared(before, now, compare(earlier, later, tolerance), tolerance)
    documents = {given["diff_json"]: json.render(compared)} if given["diff_json"] else {}
    if given["diff_markdown"]:
        documents[given["diff_markdown"]] = markdown.render(compared, settings.lang)
    if not given["quiet"] and "-" not in documents:
        screen = open_screen(quiet=False, to_stderr=False)
        terminal.show(compared, screen.console, settings.lang, verbose=given["diff_verbose"])
    for target, text in documents.items():
        write(target, text)
    worse = bool(compared.changes.going("worse") or compared.changes.gone)
    return ExitCode.GATE_FAILED if worse and given["diff_fail_on"] == "worse" else ExitCode.DONE
