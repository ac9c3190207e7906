"""The scripts in the files for CI systems run as a runner runs them: pip installs the copy of the repository, the gate judges."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.docs.blocks import ROOT
from tests.docs.machine import Machine, new_environment, new_project, with_programs

REPORTS = {"gitlab": {"junit.xml", "code-quality.json", "report.json"}, "jenkins": {"junit.xml", "report.json"}}


def of_gitlab() -> tuple[str, dict[str, str]]:
    """The script and the variables of the job in ``docs/ci.md`` that extends the template."""
    template = yaml.safe_load((ROOT / "integrations" / "gitlab.yml").read_text(encoding="utf-8"))[".analyze-logs"]
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    job = yaml.safe_load(page.partition("include: { local: integrations/gitlab.yml }\n")[2].partition("```")[0])
    assert job["judge"]["extends"] == ".analyze-logs"
    return "\n".join(template["script"]), template["variables"] | job["judge"]["variables"]


def of_jenkins() -> tuple[str, dict[str, str]]:
    """The steps and the environment of the pipeline."""
    text = (ROOT / "integrations" / "Jenkinsfile").read_text(encoding="utf-8")
    steps = re.findall(r"^ *sh '(.*)'$", text, re.MULTILINE)
    assert len(steps) == text.count("sh '") == 2
    return "\n".join(steps), dict(re.findall(r"environment \{ (\w+) = '([^']*)' \}", text))


@pytest.fixture(scope="module", params=REPORTS)
def runner(
    request: pytest.FixtureRequest, bare: Machine, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Machine]:
    """A CI system, and its machine, where nothing is installed yet."""
    machine = with_programs(replace(bare, home=tmp_path_factory.mktemp(request.param)))
    new_environment(machine.home / "venv")
    return request.param, machine


@pytest.mark.parametrize("good", [True, False], ids=["passes", "fails"])
def test_the_script_installs_and_judges(runner: tuple[str, Machine], good: bool, tmp_path: Path) -> None:
    system, machine = runner
    project = new_project(tmp_path / "project", machine)
    if not good:
        rows = [f"{epoch},{1.0 if epoch < 9 else 'nan'}" for epoch in range(30)]
        (project / "runs" / "first" / "log.csv").write_text("epoch,loss\n" + "\n".join(rows), encoding="utf-8")
    script, variables = of_gitlab() if system == "gitlab" else of_jenkins()
    done = machine.run(script, project, **variables)
    assert done.returncode == (0 if good else 1), done.stdout + done.stderr
    assert {file.name for file in (project / "report").iterdir()} >= REPORTS[system] | {"index.html"}
    judged = json.loads((project / "report" / "report.json").read_text(encoding="utf-8"))
    assert len(judged["runs"]) == 2
