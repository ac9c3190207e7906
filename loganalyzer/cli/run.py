"""One analysis on the command line: prepare, analyse, judge, show, write, mail; each step is a function here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from loganalyzer.cli import gate as cli_gate
from loganalyzer.cli import github as cli_github
from loganalyzer.cli import history as cli_history
from loganalyzer.cli import mail as cli_mail
from loganalyzer.cli import next_run as cli_next
from loganalyzer.cli import shown as cli_shown
from loganalyzer.cli.console import Screen, open_screen
from loganalyzer.cli.errors import complain
from loganalyzer.cli.options.values import CliOptions
from loganalyzer.cli.progress import Progress
from loganalyzer.gate.judge import exit_code
from loganalyzer.model.exit_code import ExitCode
from loganalyzer.model.record import Record
from loganalyzer.pipeline.analyze import run_pipeline
from loganalyzer.pipeline.options import Options
from loganalyzer.pipeline.paths import existing
from loganalyzer.pipeline.pool import Workers
from loganalyzer.reports.files import refuse_foreign_page, write
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loganalyzer.config.settings import Settings
    from loganalyzer.model.gate_result import GateResult
    from loganalyzer.pipeline.run_summary import RunSummary


class Plan(Record):
    """Validated input of one call: paths, options, settings, reading options, screen and outputs."""

    paths: tuple[str, ...]
    options: CliOptions
    settings: Settings
    reading: Options
    screen: Screen
    page: Path | None
    mailed: bool

    @property
    def listed(self) -> bool:
        """True if the list of runs is printed: not if a document is written to standard output."""
        return not self.options.quiet and not self.options.on_stdout


def run(paths: Sequence[str], options: CliOptions, settings: Settings) -> ExitCode:
    """Run one analysis of ``paths``. Raises UsageError for invalid input, before any work where possible."""
    plan = prepare(paths, options, settings)
    report, result = cli_gate.judge(cli_history.with_trend(analyse(plan), settings), settings, plan.reading)
    seen = cli_shown.selected(report, options.where, options.sort, settings.lang)
    show(plan, report, seen, result)
    page = write_outputs(plan, report, seen, result)
    cli_history.add(report, plan.paths, settings)
    cli_github.annotate(report, result, settings.lang, plan.screen.file)
    code = exit_code(report, result, allow_empty=settings.allow_empty)
    if not mail(plan, report, result, page) and settings.mail.required:
        return code or ExitCode.UNREAD
    return code


def prepare(paths: Sequence[str], options: CliOptions, settings: Settings) -> Plan:
    """Validate everything that can be checked before the work begins."""
    cli_gate.check_baseline(settings, options.write_baseline)
    cli_history.check(settings)
    cli_next.check(options)
    page = options.page
    if page is not None:
        refuse_foreign_page(page)
    mailed = cli_mail.wanted(settings, options)
    reading = Options(
        limits=settings.limits,
        roles=settings.roles,
        max_bytes=options.max_bytes,
        max_seconds=settings.max_seconds,
        follow_links=settings.follow_links,
        keep_series=options.needs_curves(settings, mailed=mailed),
        cache=options.cache,
    )
    screen = open_screen(quiet=options.quiet, to_stderr=bool(options.on_stdout))
    return Plan(existing(paths), options, settings, reading, screen, page, mailed)


def analyse(plan: Plan) -> Report:
    """Return the report: of all runs or, with streamed outputs, of the runs that other outputs need."""
    from loganalyzer.pipeline.collect import KeepAll

    with _workers(plan) as workers, Progress(plan.screen, plan.settings.lang) as progress:
        if plan.options.streamed:
            return _stream(plan, workers, progress)
        return run_pipeline(plan.paths, plan.reading, KeepAll(), workers, progress.update)


def show(plan: Plan, report: Report, seen: Report, result: GateResult) -> None:
    """Print the runs that are to be ``seen`` and the gate's result on all of them.

    If a document goes to standard output, only a failed gate and warnings.
    """
    if plan.screen.quiet:
        return
    lang, aside = plan.settings.lang, bool(plan.options.on_stdout)
    with cli_github.no_commands(plan.screen.file):
        if plan.listed or not report.tally.total:  # an empty document is explained on standard error
            from loganalyzer.reports import terminal

            view = terminal.View(plan.options.verbose, plan.options.sort or "", plan.options.where or "")
            terminal.show(seen, plan.screen.console, lang=lang, view=view, whole=report)
        if not aside or result.failed:
            cli_gate.show(report, result, plan.screen.console, lang)
    if aside and report.warnings:
        from loganalyzer import messages

        for note in report.warnings:
            complain(messages.note(note, lang), lang)


def write_outputs(plan: Plan, report: Report, seen: Report, result: GateResult) -> str | None:
    """Write everything that is asked for, and print the paths. Returns the page, None if none is written."""
    options, settings = plan.options, plan.settings
    html = write_documents(plan, report, seen, result)
    if options.write_baseline:
        cli_gate.write_baseline(options.write_baseline, report, result, settings)
    cli_github.write_summary(report, result, settings.lang)
    if plan.listed:
        show_places(plan, seen)
    if options.open_page and html is not None and plan.page is not None:
        cli_shown.open_in_browser(plan.page, settings.lang)
    return html


def write_documents(plan: Plan, report: Report, seen: Report, result: GateResult) -> str | None:
    """Write the page of the runs that are to be ``seen`` and every document of all. Returns the page, None if none is written."""
    options, settings = plan.options, plan.settings
    request = RenderRequest(
        report, result, settings.lang, _relative_to_here(options.sarif_anchor or result.config_file)
    )
    html = _write_page(plan, seen, result, report)
    for output in options.documents:
        if output.format.write is not None:
            output.format.write_files(request, output.target)
        else:
            write(output.target, output.format.rendered(request))
    cli_next.write(options, report, settings.lang)
    return html


def mail(plan: Plan, report: Report, result: GateResult, page: str | None) -> bool:
    """Send the requested mail; False if delivery to some recipient failed."""
    if not plan.mailed:
        return True
    path = str(plan.page) if page is not None else ""
    return cli_mail.send(report, result, plan.settings, plan.options.eml, page, path)


@contextmanager
def _workers(plan: Plan) -> Iterator[Workers]:
    name, jobs = plan.options.executor, plan.options.jobs
    if not name:
        yield Workers(jobs)
        return
    from loganalyzer.discovery.roots import local_paths
    from loganalyzer.pipeline.executors import opened

    with opened(name, jobs, seen=local_paths(plan.paths)) as workers:
        yield workers


def _stream(plan: Plan, workers: Workers, progress: Progress) -> Report:
    from loganalyzer.pipeline.collect import KeepWorst
    from loganalyzer.pipeline.run_summary import Summarise

    options, settings = plan.options, plan.settings
    formats = [output.format for output in options.streamed]
    everything = options.needs_all_runs(settings)
    shown = plan.listed or plan.page is not None
    projection = Summarise(
        lang=settings.lang,
        severities=settings.severities,
        formats=tuple(f.id for f in formats),
        compare=everything or plan.page is not None or any(f.needs_groups for f in formats),
    )
    with ExitStack() as stack:
        writers = {o.format.id: stack.enter_context(o.format.opened(o.target, settings.lang)) for o in options.streamed}

        def each(summary: RunSummary) -> None:
            for name, writer in writers.items():
                writer.add(summary.parts[name])

        collector = KeepWorst(projection, most=None if everything else options.worst if shown else 1, each=each)
        report = run_pipeline(plan.paths, plan.reading, collector, workers, progress.update)
        for writer in writers.values():
            writer.finish(report.groups)
    return report


def _write_page(plan: Plan, seen: Report, result: GateResult, report: Report) -> str | None:
    if plan.page is None or not seen.tally.total:  # an empty page would look like a result
        return None
    from loganalyzer.cli.origin import origin
    from loganalyzer.reports.terminal import matching

    where, lang = plan.options.where, plan.settings.lang
    shown = seen.worst(plan.options.worst)
    html = shown.to_html(
        lang,
        figures_for=plan.options.figures_for,
        origin=origin(plan.paths, plan.page),
        gate=result,
        note=matching(seen, where, report.tally.total, lang) if where else "",
        whole=report,
    )
    write(plan.page, html)
    return html


def show_places(plan: Plan, report: Report) -> None:
    """Print the paths of the written report and charts, or note that an older report was left in place."""
    from rich.text import Text

    from loganalyzer import messages

    found, page = bool(report.tally.total), plan.page
    charts = next((o.target for o in plan.options.documents if o.format.id == "figures"), None)
    places = {
        "report_at": page if found else None,
        "no_report": page if page is not None and not found and page.exists() else None,
        "charts_at": charts if report.runs else None,
    }
    lines = [
        (messages.ui("terminal", key, plan.settings.lang, path=str(path)), path) for key, path in places.items() if path
    ]
    if lines:
        plan.screen.console.print()
    for line, path in lines:
        # a terminal that knows links opens the file at a click
        style = f"link {Path(path).resolve().as_uri()}"
        plan.screen.console.print(Text(line, style=style), soft_wrap=True)


def _relative_to_here(path: str) -> str:
    """Resolve links in ``path`` and make it relative to the working directory if it is below it."""
    place, here = Path(path).resolve(), Path.cwd().resolve()
    return place.relative_to(here).as_posix() if place.is_relative_to(here) else place.name
