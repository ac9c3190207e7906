"""``--watch``: look at the files again and again, judge what changed, say what is new."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from loganalyzer.cli import gate as cli_gate
from loganalyzer.cli import github as cli_github
from loganalyzer.cli.errors import complain
from loganalyzer.cli.run import Plan, analyse, prepare, show, show_places, write_documents
from loganalyzer.cli.shown import open_in_browser, selected
from loganalyzer.config.conditions import parse_expect
from loganalyzer.discovery.roots import local_paths
from loganalyzer.discovery.stamps import Stamp, changed, stamps
from loganalyzer.gate.running import Writing, find
from loganalyzer.gate.watching import ALWAYS_STOP, events, looks, should_stop
from loganalyzer.model.errors import Message, UsageError
from loganalyzer.model.exit_code import ExitCode
from loganalyzer.model.record import field, replace
from loganalyzer.model.watched import Event, Look, Watched
from loganalyzer.pipeline.history import file_of, with_trend
from loganalyzer.reports.report import Report

if TYPE_CHECKING:
    from loganalyzer.cli.options.values import CliOptions
    from loganalyzer.config.settings import Settings
    from loganalyzer.messages import Lang
    from loganalyzer.model.gate_result import GateResult

FASTEST, SLOWEST = 1.0, 15.0
"""Seconds between two looks: after a change, and when nothing has changed for long."""
REST = 4.0
"""After a look, so many times as long as it took is waited: a large folder takes a fifth of a core at most."""
GOING_ON_MINUTES = 5.0
"""A log that was seen to change so many minutes ago is still being written, unless ``settled-minutes`` says otherwise."""
CHECK_SECONDS = 30.0
"""How often it is looked whether a run that went on has ended."""
COMMAND_SECONDS = 60.0


def watch(paths: Sequence[str], options: CliOptions, settings: Settings) -> ExitCode:
    """Watch ``paths`` until a signal ends the process, or until a run has a verdict of ``--stop-on`` (GATE_FAILED)."""
    remote = [path for path in paths if path not in local_paths(paths)]
    if remote:
        raise UsageError("--watch needs files or folders of this machine, not {path}", path=remote[0])
    stop_on = parse_expect(options.stop_on.split(","), "--stop-on") if options.stop_on else ()
    # half a training is judged as it stands
    settings = msgspec.structs.replace(settings, allow_running=True)
    with tempfile.TemporaryDirectory(
        prefix="analyze-logs-watch-"
    ) as folder:  # files that did not change are not read again
        plan = prepare(paths, replace(options, cache=options.cache or folder), settings)
        return Watch(replace(plan, mailed=False), stop_on).until_stopped()


class Pace(Struct):
    """How long to wait for the next look: ``FASTEST`` after a change, then twice as long each time, up to ``SLOWEST``."""

    seconds: float = FASTEST

    def slower(self) -> None:
        """Nothing has changed."""
        self.seconds = min(2 * self.seconds, SLOWEST)

    def after(self, took: float) -> None:
        """Something has changed, and judging it took so many seconds."""
        self.seconds = max(FASTEST, REST * took)


class Watch(Struct):
    """The state between two looks."""

    plan: Plan
    stop_on: tuple[str, ...]
    files: dict[str, Stamp] = field(default_factory=dict)
    moved: dict[str, float] = field(default_factory=dict)  # files that were seen to change, and when
    report: Report | None = None
    running: dict[str, Writing] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    said_to_stop: set[str] = field(default_factory=set)

    def until_stopped(self) -> ExitCode:
        """Look again and again. Returns GATE_FAILED when a run is to be stopped; else a signal ends it."""
        self.files = self._stamps()
        pace, checked = Pace(), time.monotonic()
        stopped = self._judge()
        while not stopped:
            time.sleep(pace.seconds)
            now = self._stamps()
            moved, self.files = changed(self.files, now), now
            self.moved |= dict.fromkeys(moved, time.monotonic())
            ended = self.running and time.monotonic() - checked > self._check_seconds and self._has_ended()
            checked = time.monotonic() if time.monotonic() - checked > self._check_seconds else checked
            if not moved and not ended:
                pace.slower()
                continue
            began = time.monotonic()
            stopped = self._judge()
            pace.after(time.monotonic() - began)
        return ExitCode.GATE_FAILED

    def _judge(self) -> bool:
        """Judge the runs, write the outputs, say what is new. Returns True if ``--stop-on`` ends it."""
        plan, first = self.plan, self.report is None
        report = with_trend(analyse(plan), plan.settings)
        self.running = self._running(report)
        report = replace(report, watched=Watched(time.strftime("%Y-%m-%d %H:%M:%S"), tuple(sorted(self.running))))
        report, result = cli_gate.judge(report, plan.settings, plan.reading, self.running)
        seen = selected(report, plan.options.where, plan.options.sort, plan.settings.lang)
        html = write_documents(plan, report, seen, result)
        now = looks(report.runs, self.running.keys())
        to_stop = should_stop(report.runs, self.running.keys(), (*ALWAYS_STOP, *self.stop_on)) - self.said_to_stop
        found = events(self.looks, report.runs, now, to_stop)
        self.report, self.looks, self.said_to_stop = report, now, self.said_to_stop | to_stop
        if first:
            early = bool(now) and all(look.going_on and look.verdict is None for look in now.values())
            if not early:
                show(plan, report, seen, of_ended(result))
            self._begin(seen)
            if plan.options.open_page and html is not None and plan.page is not None:
                open_in_browser(plan.page, plan.settings.lang)
            found = [event for event in found if early or event.kind == "stop"]
        self._say(found)
        return bool(self.stop_on and should_stop(report.runs, self.running.keys(), self.stop_on))

    def _begin(self, report: Report) -> None:
        """Say where the report is, which runs go on, and that it is watched."""
        from loganalyzer import messages
        from loganalyzer.reports import watch_text

        lang = self.plan.settings.lang
        if self.plan.listed:
            show_places(self.plan, report)
        on = watch_text.running(tuple(sorted(self.running)), lang)
        count = len(self.files)
        watching = messages.ui("watch", "watching_one" if count == 1 else "watching", lang, count=count)
        for line in ("", *([on] if on else ()), watching):
            self._print(line)

    def _say(self, found: Sequence[Event]) -> None:
        """Print what is new, and run the command of ``--on-change`` on it."""
        from loganalyzer.reports import watch_text

        lines = [watch_text.line(event, self.plan.settings.lang) for event in found]
        with cli_github.no_commands(self.plan.screen.file):
            for line in lines:
                self._print(f"{time.strftime('%H:%M:%S')}  {line}")
        if lines and self.plan.options.on_change:
            run_command(self.plan.options.on_change, "\n".join(lines) + "\n", self.plan.settings.lang)

    def _print(self, line: str) -> None:
        from rich.text import Text

        if not self.plan.screen.quiet:
            self.plan.screen.console.print(Text(line), soft_wrap=True)
            self.plan.screen.file.flush()

    def _has_ended(self) -> bool:
        """Return True if other runs go on than at the last look, though no file may have changed."""
        return self.report is not None and self._running(self.report).keys() != self.running.keys()

    def _running(self, report: Report) -> dict[str, Writing]:
        now = time.monotonic()
        recent = {path: now - when for path, when in self.moved.items() if now - when < 60 * self._going_on_minutes}
        return find(report, seen_changing=recent)

    @property
    def _going_on_minutes(self) -> float:
        return self.plan.settings.settled_minutes or GOING_ON_MINUTES

    @property
    def _check_seconds(self) -> float:
        return min(CHECK_SECONDS, 60 * self._going_on_minutes)

    def _stamps(self) -> dict[str, Stamp]:
        return stamps(self.plan.paths, follow_links=self.plan.settings.follow_links, without=own_files(self.plan))


def of_ended(result: GateResult) -> GateResult:
    """The gate's result without the remark that runs go on, which is why they are watched."""
    return replace(result, running=(), warnings=tuple(f for f in result.warnings if f.check != "running"))


def own_files(plan: Plan) -> tuple[str, ...]:
    """Return the whole paths of what this call writes itself, and of its cache: they are no logs that change."""
    options = plan.options
    targets: list[str | Path | None] = [plan.page, options.cache, options.next_to]
    targets += [output.target for output in options.outputs]
    targets += [file_of(plan.settings.history)] if plan.settings.history else []
    return tuple(os.path.realpath(target) for target in targets if target)


def run_command(command: str, text: str, lang: Lang) -> None:
    """Run a shell command with ``text`` as its standard input; say on standard error if it fails, and go on."""
    try:
        done = subprocess.run(command, shell=True, input=text.encode("utf-8", "replace"), timeout=COMMAND_SECONDS)
        reason: Message | str = Message("exit status {code}", {"code": done.returncode}) if done.returncode else ""
    except (OSError, subprocess.SubprocessError) as error:
        reason = str(error)
    if reason:
        complain(Message("the command of --on-change failed: {reason}", {"reason": reason}), lang)
