"""``analyze-logs``: the command line. Its options, output and exit codes are public API."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from loganalyzer.cli import (
    gate as cli_gate,
)
from loganalyzer.cli import (
    mail as cli_mail,
)
from loganalyzer.cli import (
    scale as cli_scale,
)
from loganalyzer.cli import (
    streaming as cli_bulk,
)
from loganalyzer.cli.errors import complain, language, of_click
from loganalyzer.cli.help import Command
from loganalyzer.messages.languages import LANGUAGES
from loganalyzer.model.errors import LogAnalyzerError, Message, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from loganalyzer.messages import Lang

DONE, GATE_FAILED, USAGE, INTERNAL, UNREAD, NO_RUNS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
PROGRESS_AFTER_SECONDS = 1.0
EPILOG = """\b
Examples:
  analyze-logs ./runs                      a list here, reports/index.html
  analyze-logs ./runs --no-html --json -   JSON on standard output, only
  analyze-logs ./runs --fail-on diverging  exit 1 if a run diverged (CI)
  analyze-logs ./runs --lang ja            everything in Japanese
  analyze-logs --explain overfitting       what a rule sees and measures
\b
Exit codes: 0 done, 1 the gate failed (--fail-on ...), 2 wrong usage or
configuration, 3 a bug of ours, 4 done but some input could not be
read (with --strict), 5 no run found, 130 interrupted.
"""


@click.command(
    cls=Command,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option(
    "-o", "--output", "folder", default="reports", show_default=True, metavar="DIR", help="Folder for the HTML report."
)
@click.option("--no-html", is_flag=True, help="Write no HTML report.")
@click.option("--figures", "figures_to", metavar="DIR", help="Write every run's chart as SVG and PNG files too.")
@click.option(
    "--figures-for",
    type=click.Choice(["auto", "all"]),
    default="auto",
    help="Charts in the report: above 200 runs only for those that need attention (auto), or for all.",
)
@click.option("--json", "json_to", metavar="FILE|-", help="Write the analysis as JSON; - is standard output.")
@click.option(
    "--lang",
    type=click.Choice(list(LANGUAGES)),
    default=None,
    help="Language of every sentence; LOGANALYZER_LANG in the environment sets it too. [default: en]",
)
@click.option(
    "--fail-on",
    metavar="LIST",
    help="Exit 1 if a run has one of these verdicts (separated by commas), "
    "or a finding of at least this severity: warning, error.",
)
@click.option(
    "--config",
    "config_file",
    metavar="FILE",
    help="Configuration; else loganalyzer.toml or [tool.loganalyzer] in pyproject.toml of the working directory.",
)
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    default=None,
    metavar="N",
    help="Processes to use. [default: as many as there are cores, where it pays]",
)
@click.option("--strict", is_flag=True, help="Exit 4 if some input could not be read.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Print every finding and every file that is no log.")
@click.option(
    "--verify",
    is_flag=True,
    help="Only compare: read TensorBoard files with tbparse too, check every checksum; exit 4 on faults.",
)
@click.option("--explain", metavar="RULE", help="Print a rule's page and exit.")
@click.option("--list", "listing", type=click.Choice(["rules", "readers"]), help="List rules or readers and exit.")
@click.option("--version", is_flag=True, help="Print the version and exit.")
@cli_bulk.options
@cli_gate.options
@cli_mail.options
@cli_scale.options
@click.pass_context
def command(context: click.Context, /, paths: tuple[str, ...], **options: Any) -> None:
    """Say for every training run below PATH whether it went well, why not, and what to do.

    PATH is a log file or a folder (or an address: s3://, gs://, az://, hf://, sftp://): TensorBoard event files, CSV,
    Keras histories, JSON lines, trainer states, text logs and more. Nothing but the logs is needed; nothing is sent
    anywhere.
    """
    if options["version"]:
        from loganalyzer.model.version import VERSION

        click.echo(f"analyze-logs {VERSION}")
        return
    if options["explain"] is not None or options["listing"]:
        from loganalyzer.cli.pages import explain, listing

        lang = language(context.obj or ())
        rule = options["explain"]
        if rule is None:
            click.echo(listing(options["listing"], lang))
        else:
            click.echo(explain(rule, lang, cli_gate.load_settings(options).limits))
        return
    if options["show_config"]:
        from loganalyzer.config.show import show

        click.echo(show(cli_gate.load_settings(options)))
        return
    if not paths:
        raise UsageError(
            "give at least one log file or folder, for example: analyze-logs ./runs "
            "(analyze-logs --help shows all options)"
        )
    if options["verify"]:
        from loganalyzer.cli.verify import verify

        context.exit(verify(paths, options["max_bytes"], language(context.obj or ())))
    context.exit(_analyze(paths, options))


def _analyze(paths: tuple[str, ...], options: dict[str, Any]) -> int:
    from loganalyzer.cli.output import refuse_foreign_page, write
    from loganalyzer.gate.judge import exit_code
    from loganalyzer.pipeline.analyze import Options
    from loganalyzer.reports import terminal

    settings = cli_gate.load_settings(options)
    cli_gate.check_baseline(settings, options)
    lang: Lang = settings.lang
    page = None if options["no_html"] else Path(options["folder"]) / "index.html"
    if page:
        refuse_foreign_page(page)
    mailed = cli_mail.wanted(settings, options)
    keep_series = page is not None or mailed or bool(options["figures_to"]) or cli_gate.needs_series(settings, options)
    chosen = Options(
        limits=settings.limits, roles=settings.roles, keep_series=keep_series, **cli_scale.reading(options)
    )
    aside = cli_gate.to_stdout(options)
    console = _console(quiet=options["quiet"], to_stderr=aside)
    talk = not options["quiet"] and not aside
    with _Progress(console, lang) as progress:
        report = cli_bulk.analyze(
            paths,
            options,
            settings,
            chosen,
            shown=talk or page is not None,
            compared=page is not None,
            progress=progress,
        )
    report, result = cli_gate.judge(report, settings, chosen)
    old = page if page and not report.tally.total and page.exists() else None
    page = page if report.tally.total else None  # a page about nothing would only look like an answer
    with cli_gate.no_commands(console.file):
        if talk or not report.tally.total:  # a document about nothing needs a word on standard error
            terminal.show(report, console, lang=lang, verbose=options["verbose"])
        if not aside or result.failed:
            cli_gate.show(report, result, console, lang)
    if aside and report.warnings and not options["quiet"]:
        from loganalyzer import messages

        for note in report.warnings:
            complain(messages.note(note, lang))
    if options["json_to"]:
        write(options["json_to"], report.to_json(lang))
    shown = report.worst(options["worst"]).to_html(lang, figures_for=options["figures_for"]) if page else None
    if page and shown is not None:
        write(page, shown)
    if options["figures_to"]:
        from loganalyzer.reports import figure_files

        for _ in figure_files.write(report, options["figures_to"], lang):
            pass
    cli_gate.write_outputs(report, result, options, settings)
    if talk:
        _tell_places(console, lang, page, old, options["figures_to"] if report.runs else None)
    if cli_gate.in_github():
        cli_gate.annotate(report, result, lang, stream=console.file)
    code = exit_code(report, result, allow_empty=settings.allow_empty)
    if (
        mailed
        and not cli_mail.send(report, result, settings, options, shown, str(page or ""))
        and settings.mail.required
    ):
        return code or UNREAD
    return code


def _tell_places(console: Console, lang: Lang, page: Path | None, old: Path | None, charts: str | None) -> None:
    """Where the report and the charts lie, or whose the report is that lies there."""
    from rich.text import Text

    from loganalyzer import messages

    places = (("report_at", page), ("no_report", old), ("charts_at", charts))
    told = [messages.ui("terminal", key, lang, path=str(path)) for key, path in places if path]
    if told:
        console.print()
    for text in told:
        console.print(Text(text), soft_wrap=True)


def _console(*, quiet: bool, to_stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if to_stderr else sys.stdout
    for each in (sys.stdout, sys.stderr):
        if hasattr(each, "reconfigure"):
            each.reconfigure(errors="replace")  # a terminal that cannot show a sign shows "?" instead of dying
    # a pipe gets whole lines: nobody wants a log wrapped at 80 columns
    width = None if stream.isatty() or os.environ.get("COLUMNS") else 200
    return Console(file=stream, quiet=quiet, markup=False, highlight=False, emoji=False, width=width)


class _Progress:
    """A progress bar on a terminal, shown once the work has taken a second."""

    def __init__(self, console: Console, lang: Lang) -> None:
        self._console, self._lang, self._bar, self._task = console, lang, None, None
        self._shown: Any = None

    def __enter__(self) -> Callable[[int, int], None]:
        import time

        self._started = time.monotonic()
        return self._update

    def _update(self, done: int, total: int) -> None:
        import time

        if self._shown is None:
            if not sys.stderr.isatty() or self._console.quiet:
                return
            if time.monotonic() - self._started < PROGRESS_AFTER_SECONDS:
                return
            from rich.console import Console
            from rich.progress import Progress

            from loganalyzer import messages

            self._shown = Progress(console=Console(stderr=True), transient=True)
            self._shown.start()
            self._task = self._shown.add_task(messages.ui("terminal", "reading", self._lang), total=total)
        self._shown.update(self._task, completed=done)

    def __exit__(self, *_: object) -> None:
        if self._shown is not None:
            self._shown.stop()


def main() -> NoReturn:
    """The entry point: whatever happens ends in one of the documented exit codes, never in a traceback."""
    arguments = sys.argv[1:]
    try:
        code = command.main(arguments, prog_name="analyze-logs", standalone_mode=False, obj=arguments)
    except click.ClickException as error:
        from loganalyzer.messages.errors import translate

        lang = language(arguments)
        complain(of_click(error, command, lang), lang)
        print(translate(Message("analyze-logs --help shows all options"), lang), file=sys.stderr)
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        complain(Message("interrupted; nothing was left half-written"), language(arguments))
        sys.exit(INTERRUPTED)
    except LogAnalyzerError as error:
        complain(error.message, language(arguments))
        sys.exit(USAGE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)
    except Exception as error:
        if os.environ.get("LOGANALYZER_DEBUG"):
            raise
        text = "internal error ({reason}); this is a bug of ours. Set LOGANALYZER_DEBUG=1 for the details to report."
        told = Message(text, {"reason": f"{type(error).__name__}: {error}"})
        complain(told, language(arguments))
        sys.exit(INTERNAL)
    sys.exit(code if isinstance(code, int) else DONE)
