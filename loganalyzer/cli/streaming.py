"""The options of ``analyze-logs`` for very many runs: who does the work, and outputs that stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from loganalyzer.cli.options import together

if TYPE_CHECKING:
    from loganalyzer.config.settings import Settings
    from loganalyzer.pipeline.analyze import Options, Report
    from loganalyzer.pipeline.projection import Shaped

MOST_IN_REPORT = 1000
NEED_ALL_RUNS = (
    "json_to", "junit_to", "sarif_to", "markdown_to", "gitlab_to", "write_baseline", "figures_to", "eml", "email_to",
    "verbose",
)  # fmt: skip
options = together(
    click.option(
        "--executor",
        metavar="NAME",
        help="Who does the work: serial, threads, processes or dask://HOST:PORT. [default: processes, where it pays]",
    ),
    click.option("--jsonl", "jsonl_to", metavar="FILE|-", help="Write each run as a line of JSON as soon as judged."),
    click.option(
        "--parquet", "parquet_to", metavar="DIR|FILE", help="Write runs, findings and groups as Parquet tables."
    ),
    click.option(
        "--worst",
        type=click.IntRange(1),
        default=MOST_IN_REPORT,
        show_default=True,
        metavar="N",
        help="Above N runs the report shows the N worst, and counts all.",
    ),
)


def analyze(
    paths: Sequence[str],
    given: Mapping[str, Any],
    settings: Settings,
    chosen: Options,
    *,
    shown: bool,
    compared: bool,
    progress: Callable[[int, int], None],
) -> Report:
    """``api.analyze`` as the options say; ``shown``: a person sees the runs, ``compared``: sweeps are wanted.

    Where runs only stream by, none is kept but the worst.
    """
    from loganalyzer.discovery.roots import local_paths
    from loganalyzer.pipeline import analyze as api
    from loganalyzer.pipeline import executors

    with ExitStack() as stack:
        name, jobs = given.get("executor") or "", given.get("jobs")
        if given.get("parquet_to"):
            from loganalyzer.reports import parquet

            parquet.require()
        local = local_paths(paths)
        place = stack.enter_context(executors.opened(name, jobs, seen=local)) if name else executors.Place(None, 0)
        how: dict[str, Any] = {
            "options": chosen,
            "workers": 1 if name == "serial" else jobs,
            "executor": place.executor,
            "width": place.width or None,
            "progress": progress,
        }
        if not (given.get("jsonl_to") or given.get("parquet_to")):
            return api.analyze(paths, **how)
        return _streamed(paths, given, settings, shown=shown, compared=compared, how=how)


def _streamed(
    paths: Sequence[str],
    given: Mapping[str, Any],
    settings: Settings,
    *,
    shown: bool,
    compared: bool,
    how: Mapping[str, Any],
) -> Report:
    from loganalyzer.cli.output import growing
    from loganalyzer.pipeline import analyze as api
    from loganalyzer.pipeline.collect import gather
    from loganalyzer.pipeline.projection import Shape

    everything = settings.gates or settings.strict or bool(settings.mail.to) or any(map(given.get, NEED_ALL_RUNS))
    most = None if everything else given["worst"] if shown else 1
    tables = bool(given.get("parquet_to"))
    shape = Shape(
        lang=settings.lang,
        severities=settings.severities,
        line=bool(given.get("jsonl_to")),
        rows=tables,
        compare=compared or tables or everything,
    )
    with ExitStack() as stack:
        sinks: list[Callable[[Shaped], None]] = []
        if given.get("jsonl_to"):
            write = stack.enter_context(growing(given["jsonl_to"]))
            sinks.append(lambda one: write(one.line))
        if tables:
            from loganalyzer.reports import parquet, parquet_rows

            table = stack.enter_context(parquet.writing(given["parquet_to"]))
            sinks.append(lambda one: table.add(one.rows or {}))

        def each(one: Shaped) -> None:
            for sink in sinks:
                sink(one)

        report = gather(
            api.stream(paths, shape, **how), api.named(paths), most=most, each=each, roles=how["options"].roles
        )
        if tables:
            for group in report.groups:
                table.add(parquet_rows.of_group(group, settings.lang))
    return report
