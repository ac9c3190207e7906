"""Every command of the documentation runs as it stands, on a machine with the package and with the services it names."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import heed_interrupts
from tests.docs.blocks import ROOT, Block, of, shell_commands
from tests.docs.blocks import commands as commands_of
from tests.docs.conftest import Services
from tests.docs.machine import Machine, new_project, see_libraries, with_programs
from tests.recipes.services import PASSWORD

NOT_HERE = {
    r"(LOGANALYZER_LANG=ja )?make (demo|test|check|release)\b.*": ".ci/run calls them",
    r"python3 -m venv \.venv && .*": "what `make demo` and `make test` do, which .ci/run calls",
    r"bash tools/system_packages\.sh && .*": "what `make test` does, which .ci/run calls",
}
"""Commands, as patterns, that are not run by this test, and why: they build the environment that the tests run in."""

ENDS = {
    r"analyze-logs diff main\.json branch\.json --fail-on worse .*": 1,
}
"""The exit codes that are not 0: what the command looks for is there."""

BEFORE = {
    "diff": "analyze-logs runs/second --no-html -q --json main.json; analyze-logs runs/first --no-html -q --json branch.json",
    "docs/plugins.md": "pip install -q examples/plugin",
}
"""What a reader has done before."""


def left_out(command: str) -> str | None:
    return next((pattern for pattern in NOT_HERE if re.fullmatch(pattern, uncommented(command))), None)


def uncommented(command: str) -> str:
    return re.sub(r"\s+#.*", "", command).strip()


def test_what_is_left_out_is_done_by_ci() -> None:
    """Each pattern leaves something out, and the targets that it trusts are those of ``.ci/run``."""
    found = {left_out(command) for _, command in shell_commands()} - {None}
    assert found == set(NOT_HERE)
    calls = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert {"make demo", "make lint", "make test", "make release"} <= set(calls)


def different() -> list[Block]:
    """The blocks but those whose commands are, comments aside, those of another one: pages in two languages."""
    return list({tuple(map(uncommented, commands_of(block.text))): block for block in reversed(of("shell"))}.values())


@pytest.mark.parametrize("block", different(), ids=lambda block: block.name)
def test_every_command_runs(block: Block, machine: Machine, services: Services, tmp_path: Path) -> None:
    commands = [command for command in commands_of(block.text) if left_out(command) is None]
    if not commands:
        return
    if any("venv ~/" in command for command in commands):
        machine = with_programs(replace(machine, home=tmp_path / "home"))  # nothing is installed there
    project = new_project(tmp_path / "project", machine)
    prepare(block, machine, project)
    settings = ""
    for command in map(uncommented, commands):
        if command.startswith("export "):
            settings += services.here(command).replace("PASSWORD=...", f"PASSWORD={PASSWORD}") + "; "
        elif "--watch" in command:
            watch(settings + services.here(command), machine, project, services)
        elif " && . ~/" in command:
            assert machine.run(command, project).returncode == 0
            see_libraries(machine.home / "analyze-logs")
            settings += command.partition(" && ")[2] + "; "  # what it activates holds for those that follow
        else:
            done = machine.run(settings + services.here(command), project, **services.variables)
            code = next((code for pattern, code in ENDS.items() if re.fullmatch(pattern, command)), 0)
            assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
            assert not re.search("Traceback|not delivered", done.stderr), done.stderr


def prepare(block: Block, machine: Machine, project: Path) -> None:
    """What the page has the reader do before."""
    text = "; ".join(script for sign, script in BEFORE.items() if sign in block.text or sign == block.page)
    assert not text or machine.run(text, project).returncode == 0


def watch(command: str, machine: Machine, project: Path, services: Services) -> None:
    """It watches until Ctrl-C, which comes when it has said what there is."""
    environment = machine.environment | services.variables
    with (
        subprocess.Popen(["sleep", "600"]) as training,
        subprocess.Popen(
            ["bash", "-c", command], cwd=project, env=environment | {"TRAINING": str(training.pid)}, text=True,
            encoding="utf-8", start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=heed_interrupts,
        ) as process,
    ):  # fmt: skip
        try:
            assert process.stdout is not None
            seen = ""
            while "first" not in seen:
                line = process.stdout.readline()
                assert line, seen
                seen += line
            os.killpg(process.pid, signal.SIGINT)
            seen += process.stdout.read()
            assert process.wait(60) in (0, 130, -signal.SIGINT) and "Traceback" not in seen, seen
        finally:
            process.kill()
            training.kill()
