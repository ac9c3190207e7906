"""``analyze-logs``: the command line. Its options, output and exit codes are public API."""

from __future__ import annotations

from typing import Any

import click

from loganalyzer.cli.errors import language
from loganalyzer.cli.help import Command, localised
from loganalyzer.cli.options.gate import gate
from loganalyzer.cli.options.general import general, instead
from loganalyzer.cli.options.mail import mail
from loganalyzer.cli.options.next_run import next_run
from loganalyzer.cli.options.outputs import documents, outputs_of, page
from loganalyzer.cli.options.scale import scale
from loganalyzer.cli.options.shown import shown
from loganalyzer.cli.options.watch import watch
from loganalyzer.model.errors import UsageError


@localised(Command)
@click.argument("paths", nargs=-1, metavar="PATH...")
@page
@shown
@documents
@next_run
@general
@gate
@watch
@mail
@scale
@instead
@click.pass_context
def command(context: click.Context, /, paths: tuple[str, ...], **given: Any) -> None:
    """Say for every training run below PATH whether it went well, why not, and what to do.

    PATH is a log file or a folder (or an address: s3://, gs://, az://, hf://, sftp://): TensorBoard event files, CSV,
    Keras histories, JSON lines, trainer states, text logs and more. Nothing but the logs is needed; nothing is sent
    anywhere.
    """
    lang = language(context.obj or ())
    if given["version"]:
        from loganalyzer.cli.version import show_version

        show_version(lang, verbose=given["verbose"])
        return
    from loganalyzer.cli.options.values import CliOptions

    options = CliOptions.of(given, outputs_of(context.command))
    if options.explain is not None:
        from loganalyzer.cli.gate import load_settings
        from loganalyzer.cli.pages import explain

        click.echo(explain(options.explain, lang, load_settings(given).limits, everything=options.verbose))
    elif options.listing:
        from loganalyzer.cli.pages import listing

        click.echo(listing(options.listing, lang))
    elif options.show_config:
        from loganalyzer.cli.gate import load_settings
        from loganalyzer.config.show import show

        click.echo(show(load_settings(given)))
    elif not paths:
        raise UsageError(
            "give at least one log file or folder, for example: analyze-logs ./runs "
            "(analyze-logs --help shows all options)"
        )
    elif options.verify:
        from loganalyzer.cli.verify import verify

        context.exit(verify(paths, options.max_bytes, lang))
    elif options.watch:
        from loganalyzer.cli.gate import load_settings
        from loganalyzer.cli.watch import watch as watch_runs

        context.exit(watch_runs(paths, options, load_settings(given)))
    else:
        from loganalyzer.cli.gate import load_settings
        from loganalyzer.cli.run import run

        context.exit(run(paths, options, load_settings(given)))
