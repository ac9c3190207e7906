"""The options of ``analyze-logs`` for gates and their outputs, and what they do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from loganalyzer.cli.errors import complain
from loganalyzer.cli.options import together
from loganalyzer.model.errors import ConfigError, Message, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from loganalyzer.config.settings import Settings
    from loganalyzer.messages import Lang
    from loganalyzer.model.gate_result import GateResult
    from loganalyzer.pipeline.analyze import Options, Report

OUTPUTS = ("json", "jsonl", "junit", "sarif", "markdown", "gitlab")
# the keys of the configuration that options set
KEYS = {
    "--fail-on": "fail-on",
    "--preset": "preset",
    "--min-steps": "min-steps",
    "--baseline": "baseline.path",
    "--lang": "lang",
    "--strict": "strict",
    "--allow-empty": "allow-empty",
    "--allow-running": "allow-running",
    "--email-to": "mail.to",
    "--email-from": "mail.from",
    "--smtp": "mail.smtp",
    "--email-required": "mail.required",
    "--insecure-smtp": "mail.insecure",
    "--email-title": "mail.title",
    "--email-attach": "mail.attach",
}
options = together(
    click.option("--preset", type=click.Choice(["smoke", "recommended", "strict"]), help="A set of gate conditions."),
    click.option("--min-steps", type=click.IntRange(0), metavar="N", help="Runs that end before step N fail the gate."),
    click.option(
        "--baseline",
        metavar="RUN|FILE",
        help="Fail where a metric or verdict got worse than in this log, --json report or --write-baseline file.",
    ),
    click.option("--write-baseline", metavar="FILE", help="Write what the runs reached, to compare with later."),
    click.option("--junit", "junit_to", metavar="FILE|-", help="Write JUnit XML."),
    click.option("--sarif", "sarif_to", metavar="FILE|-", help="Write SARIF 2.1.0."),
    click.option("--sarif-anchor", metavar="FILE", help="File that SARIF results point at. [default: configuration]"),
    click.option("--markdown", "markdown_to", metavar="FILE|-", help="Write Markdown for a comment or job summary."),
    click.option("--gitlab", "gitlab_to", metavar="FILE|-", help="Write a GitLab Code Quality report."),
    click.option("--allow-empty", is_flag=True, help="Finding no run is no failure."),
    click.option("--allow-running", is_flag=True, help="Judge runs that are still being written, as they stand."),
    click.option("--show-config", is_flag=True, help="Print the configuration, where each value is from, and exit."),
)


def load_settings(given: Mapping[str, Any]) -> Settings:
    """All layers of configuration merged. Raises ConfigError; ``given`` are click's parameters."""
    from loganalyzer.config.load import check_rules, load

    targets = [f"--{name}" for name in OUTPUTS if given.get(f"{name}_to") == "-"]
    if len(targets) > 1:
        raise UsageError("only one output can go to standard output, not all of {targets}", targets=", ".join(targets))
    values = {name: given.get(name.removeprefix("--").replace("-", "_")) for name in KEYS}
    # a flag that is not given sets nothing
    line = {KEYS[name]: value for name, value in values.items() if value is not False}
    names = {key: name for name, key in KEYS.items()}
    settings = load(given.get("config_file"), command_line=line, option_names=names)
    if settings.severities or settings.limits or settings.ignore:
        from loganalyzer.rules.registry import load_rules

        check_rules(settings, load_rules())
    return settings


def to_stdout(given: Mapping[str, Any]) -> bool:
    """True if a document goes to standard output, so that nothing else may."""
    return any(given.get(f"{name}_to") == "-" for name in OUTPUTS) or given.get("eml") == "-"


def needs_series(settings: Settings, given: Mapping[str, Any]) -> bool:
    """True if curves must be kept after judging."""
    return settings.needs_series or bool(given.get("write_baseline"))


def check_baseline(settings: Settings, given: Mapping[str, Any]) -> None:
    """Raise ConfigError, before any work is done, for a baseline that is not there.

    One that this very call is to write for the first time is told only: a nightly job has to begin some night.
    """
    path = settings.baseline.path
    if not path or Path(path).exists():
        return
    if not _is_written(path, given):
        raise ConfigError("no such baseline: {path} (write one with --write-baseline {path})", path=path)
    complain(Message("there is no baseline {path} yet, so nothing is compared with it", {"path": path}), settings.lang)


def _is_written(path: str | None, given: Mapping[str, Any]) -> bool:
    """True if ``--write-baseline`` names the baseline that is compared with."""
    target = given.get("write_baseline")
    return bool(path and target) and Path(str(target)).resolve() == Path(str(path)).resolve()


def judge(report: Report, settings: Settings, chosen: Options) -> tuple[Report, GateResult]:
    """The report with the configured severities, and the gate's answer."""
    from loganalyzer.gate import judge as gate
    from loganalyzer.gate.running import find
    from loganalyzer.pipeline.baseline import load_baseline

    judged: Any = gate.with_severities(report, settings)
    running = find(judged, settings.settled_minutes)
    path = settings.baseline.path
    baseline = load_baseline(settings, chosen) if path and Path(path).exists() else None
    return judged, gate.judge(judged, settings, baseline=baseline, running=running)


def write_outputs(report: Report, result: GateResult, given: Mapping[str, Any], settings: Settings) -> None:
    """Every document that was asked for, and the job summary under GitHub Actions."""
    from loganalyzer.cli.output import write
    from loganalyzer.model.version import VERSION

    lang = settings.lang
    if given.get("write_baseline"):
        from loganalyzer.gate import baseline as gate_baseline

        target = Path(given["write_baseline"])
        if not report.runs:
            complain(Message("no run was found, so no baseline {path} is written", {"path": target}), lang)
        elif result.failed and _is_written(settings.baseline.path, given):
            # what failed today would otherwise be what is good enough tomorrow
            complain(Message("the gate failed, so the baseline {path} is not written", {"path": target}), lang)
        else:
            write(str(target), gate_baseline.to_json(gate_baseline.of_runs(report.runs)))
    if given.get("junit_to"):
        from loganalyzer.reports import junit

        write(given["junit_to"], junit.render(report, result, lang=lang))
    if given.get("sarif_to"):
        from loganalyzer.reports import sarif

        anchor = relative_to_here(given.get("sarif_anchor") or result.config_file)
        write(given["sarif_to"], sarif.render(report, result, lang=lang, anchor=anchor, version=VERSION))
    if given.get("markdown_to"):
        from loganalyzer.reports import markdown

        write(given["markdown_to"], markdown.render(report, result, lang=lang))
    if given.get("gitlab_to"):
        from loganalyzer.reports import gitlab

        write(given["gitlab_to"], gitlab.render(report, result, lang=lang))
    if in_github() and os.environ.get("GITHUB_STEP_SUMMARY"):
        from loganalyzer.reports import github

        try:
            with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("ab") as file:
                # one file for the whole step: what others wrote before counts towards GitHub's limit
                said = github.summary(report, result, lang=lang, written=file.tell())
                file.write(said.encode("utf-8", "backslashreplace"))
        except OSError as error:
            complain(Message("the job summary could not be written: {reason}", {"reason": error.strerror}), lang)


def relative_to_here(path: str) -> str:
    """``path`` as the repository sees it: links resolved, relative where it lies below the working directory."""
    place, here = Path(path).resolve(), Path.cwd().resolve()
    return place.relative_to(here).as_posix() if place.is_relative_to(here) else place.name


def show(report: Report, result: GateResult, console: Console, lang: Lang) -> None:
    """The gate's answer for a person; annotations for GitHub."""
    from rich.text import Text

    from loganalyzer.reports import gate_text

    # a pipe gets whole lines, a terminal lines of its own width with hanging indents
    width = console.width if console.is_terminal or os.environ.get("COLUMNS") else 0
    lines = list(gate_text.plain(report, result, lang, width=width))
    if lines:
        console.print()
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def annotate(report: Report, result: GateResult, lang: Lang, *, stream: Any) -> None:
    """Workflow commands for GitHub Actions; nothing elsewhere."""
    from loganalyzer.reports import github

    print(github.render(report, result, lang=lang), end="", file=stream, flush=True)


def in_github() -> bool:
    """True in a job of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


@contextmanager
def no_commands(stream: Any) -> Iterator[None]:
    """While it is open, GitHub takes no printed line for a command: names from logs must not become one."""
    if not in_github():
        yield
        return
    import secrets

    token = secrets.token_hex(16)  # unguessable for whoever wrote the logs
    print(f"::stop-commands::{token}", file=stream, flush=True)
    try:
        yield
    finally:
        print(f"::{token}::", file=stream, flush=True)
