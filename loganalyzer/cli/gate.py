"""The gate on the command line: load its configuration and baseline, print its result."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loganalyzer.cli.errors import complain
from loganalyzer.model.errors import ConfigError, Message

if TYPE_CHECKING:
    from rich.console import Console

    from loganalyzer.config.settings import Settings
    from loganalyzer.gate.running import Writing
    from loganalyzer.messages import Lang
    from loganalyzer.model.gate_result import GateResult
    from loganalyzer.pipeline.options import Options
    from loganalyzer.reports.report import Report


# option -> the configuration key that it sets
KEYS = {
    "--fail-on": "fail-on",
    "--preset": "preset",
    "--min-steps": "min-steps",
    "--baseline": "baseline.path",
    "--history": "history",
    "--lang": "lang",
    "--strict": "strict",
    "--allow-empty": "allow-empty",
    "--allow-running": "allow-running",
    "--follow-links": "follow-links",
    "--max-seconds": "max-seconds",
    "--email-to": "mail.to",
    "--email-from": "mail.from",
    "--smtp": "mail.smtp",
    "--email-required": "mail.required",
    "--insecure-smtp": "mail.insecure",
    "--email-title": "mail.title",
    "--email-attach": "mail.attach",
}


def load_settings(given: Mapping[str, Any], keys: Mapping[str, str] = KEYS) -> Settings:
    """Merge all layers of the configuration; ``given`` are click's parameters, ``keys`` what they set. Raises ConfigError."""
    from loganalyzer.config.load import checked, load

    values = {name: given.get(name.removeprefix("--").replace("-", "_")) for name in keys}
    # a flag that is absent sets nothing
    line = {keys[name]: value for name, value in values.items() if value is not False}
    names = {key: name for name, key in keys.items()}
    settings = load(given.get("config_file"), command_line=line, option_names=names)
    if settings.severities or settings.limits or settings.ignore:
        from loganalyzer.rules.registry import load_rules

        return checked(settings, load_rules())
    return settings


def check_baseline(settings: Settings, written: str | None) -> None:
    """Raise ConfigError, before any work is done, if the baseline does not exist.

    If this call also writes it (``written``), print a note instead: the first run of a nightly job has no baseline yet.
    """
    path = settings.baseline.path
    if not path or Path(path).exists():
        return
    if not _same(path, written):
        raise ConfigError("no such baseline: {path} (write one with --write-baseline {path})", path=path)
    complain(Message("there is no baseline {path} yet, so nothing is compared with it", {"path": path}), settings.lang)


def judge(
    report: Report, settings: Settings, reading: Options, running: Mapping[str, Writing] | None = None
) -> tuple[Report, GateResult]:
    """Return the report with the configured severities, and the gate's result; ``reading`` applies to a log as baseline.

    ``running`` are the runs that are still being written, where that is known already.
    """
    from loganalyzer.gate import judge as gate
    from loganalyzer.gate.running import find
    from loganalyzer.pipeline.baseline import load_baseline

    judged = report.with_severities(settings.severities)
    running = find(judged, settings.settled_minutes) if running is None else running
    path = settings.baseline.path
    baseline = load_baseline(settings, reading) if path and Path(path).exists() else None
    return judged, gate.judge(judged, settings, baseline=baseline, running=running)


def write_baseline(target: str, report: Report, result: GateResult, settings: Settings) -> None:
    """Write the new baseline, unless there are no runs or they failed against the file that it would replace.

    In a file that the runs were compared with, the best values ever reached are kept.
    """
    from loganalyzer.gate.baseline import best_of, from_json, of_runs, to_json
    from loganalyzer.reports.files import write

    path = Path(target)
    if not report.runs:
        complain(Message("no run was found, so no baseline {path} is written", {"path": path}), settings.lang)
    elif result.failed and _same(settings.baseline.path, target):
        # else a failing result would become the new standard
        complain(Message("the gate failed, so the baseline {path} is not written", {"path": path}), settings.lang)
    else:
        new = of_runs(report.runs)
        if path.exists() and _same(settings.baseline.path, target):
            new = best_of(from_json(path.read_text(encoding="utf-8"), target), new)
        write(target, to_json(new))


def show(report: Report, result: GateResult, console: Console, lang: Lang) -> None:
    """Print the gate's result."""
    from rich.text import Text

    from loganalyzer.reports import gate_text

    # wrap with hanging indents on a terminal only
    width = console.width if console.is_terminal or os.environ.get("COLUMNS") else 0
    lines = list(gate_text.plain(report, result, lang, width=width))
    if lines:
        console.print()
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def _same(baseline: str | None, written: str | None) -> bool:
    """True if ``--write-baseline`` names the configured baseline itself."""
    return bool(baseline and written) and Path(str(written)).resolve() == Path(str(baseline)).resolve()
