"""What is shipped for CI systems: the action's own shell steps are run, and the examples are loaded."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from loganalyzer.config.load import load
from loganalyzer.model.errors import ConfigError, UsageError
from loganalyzer.rules.registry import load_rules
from loganalyzer.testing import assert_healthy
from tests.cli.conftest import logs

__all__ = ["logs"]
ROOT = Path(__file__).parents[2]


def action() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return loaded


def run_step(tmp_path: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """The step "analyze" as a runner would run it: defaults filled in, inputs in the environment."""
    step = next(s for s in action()["runs"]["steps"] if s.get("id") == "analyze")
    values = {name: str(entry.get("default", "")) for name, entry in action()["inputs"].items()} | inputs
    filled = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: values[m[1]], text)
        for name, text in step["env"].items()
    }
    tools = tmp_path / "bin"
    tools.mkdir(exist_ok=True)
    program = tools / "analyze-logs"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m loganalyzer "$@"\n')
    program.chmod(0o755)
    output = tmp_path / "github_output"
    environment = {
        **os.environ, **filled, "PATH": f"{tools}:{os.environ['PATH']}", "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    return done, output.read_text()


def test_the_action_fails_with_the_gate_and_leaves_its_reports(tmp_path: Path, logs: Path) -> None:
    done, output = run_step(tmp_path, paths="runs", **{"fail-on": "diverging"})
    assert done.returncode == 1 and output == "exit-code=1\n", done.stderr
    assert {f.name for f in (tmp_path / "loganalyzer-report").iterdir()} >= {"index.html", "junit.xml", "report.json"}
    assert "::error" in done.stdout and "Gate failed" in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_the_action_takes_inputs_as_data(tmp_path: Path, logs: Path) -> None:
    logs.rename(tmp_path / "my $(touch hacked) runs")
    done, output = run_step(
        tmp_path, paths="my $(touch hacked) runs\n", arguments="--min-steps\n5\n--no-html", lang="ja"
    )
    assert done.returncode == 0 and output == "exit-code=0\n", done.stderr
    assert not (tmp_path / "hacked").exists() and "合格" in done.stdout


def test_no_step_puts_an_input_into_its_script() -> None:
    for step in action()["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_hook_template_and_example_load(tmp_path: Path) -> None:
    hook = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]
    settings = load(str(ROOT / "examples/nightly/loganalyzer.toml"), environment={}, rules=load_rules())
    assert settings.mail.when == "attention" and settings.gate.runs[0].metrics["val/accuracy"].aggregate == "median"
    assert hook["pass_filenames"] is True and re.search(hook["files"], "ml/loganalyzer.toml")
    entry = hook["entry"].removeprefix("python ").split()
    good = ROOT / "examples/nightly/loganalyzer.toml"
    bad = tmp_path / "loganalyzer.toml"
    bad.write_text("fail_on = 'error'\n")
    # pre-commit hands over all files at once: the second one counts as much as the first
    for chosen, code in (((good,), 0), ((good, bad), 2), ((bad, good), 2), ((ROOT / "pyproject.toml",), 0)):
        done = subprocess.run([sys.executable, *entry, *chosen], capture_output=True, cwd=tmp_path, text=True)
        assert done.returncode == code, done.stderr
        assert (str(bad) in done.stderr) == (code == 2)
    assert ".analyze-logs" in yaml.safe_load((ROOT / "integrations/gitlab.yml").read_text())


def test_the_configuration_in_the_documentation_is_valid(tmp_path: Path) -> None:
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    (tmp_path / "loganalyzer.toml").write_text(text.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    assert load(directory=tmp_path, environment={}, rules=load_rules()).require_runs == 3


def test_the_examples_of_the_documentation_can_be_used_as_they_stand() -> None:
    text = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(b.split("```")[0]) for b in text.split("```yaml\n")[1:]]
    steps = next(b for b in blocks if "jobs" in b)["jobs"]["train"]["steps"]
    used = next(s for s in steps if "loganalyzer" in s.get("uses", ""))
    assert set(used["with"]) <= set(action()["inputs"]) and used["uses"].startswith("./")
    hook = next(b for b in blocks if "repos" in b)["repos"][0]["hooks"][0]
    shipped = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]
    assert {k: hook[k] for k in ("id", "name", "entry", "files")} == {
        k: shipped[k] for k in ("id", "name", "entry", "files")
    }
    assert "OWNER" not in text


def test_the_nightly_example(tmp_path: Path) -> None:
    for seed in (1, 2, 3):
        target = tmp_path / "tonight" / f"seed-{seed}"
        target.mkdir(parents=True)
        for file in (ROOT / "sample_runs" / "converged-plain").iterdir():
            if file.is_file():
                (target / file.name).write_bytes(file.read_bytes())
    program = tmp_path / "analyze-logs"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m loganalyzer "$@"\n')
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    command = [
        str(ROOT / "examples/nightly/nightly.sh"),
        str(tmp_path / "tonight"),
        "--eml",
        str(tmp_path / "mail.eml"),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ml-team@example.org" in (tmp_path / "mail.eml").read_text()


def test_assert_healthy(logs: Path, tmp_path: Path) -> None:
    assert len(assert_healthy(logs / "good").runs) == 1
    with pytest.raises(AssertionError, match="diverging"):
        assert_healthy(logs)
    assert len(assert_healthy(logs, allow=["diverging"]).runs) == 2
    kind = next(d.kind for d in assert_healthy(logs, allow=["diverging"]).runs if d.kind)
    assert_healthy(logs, allow=[f"diverging:{kind}"])
    with pytest.raises(ConfigError, match="did you mean 'diverging'"):
        assert_healthy(logs, allow=["divergin"])
    with pytest.raises(UsageError):
        assert_healthy(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(AssertionError, match="No training run"):
        assert_healthy(tmp_path / "empty")
    (logs / "good" / "model.pkl").write_bytes(b"\x80\x04cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(AssertionError, match=r"model\.pkl"):
        assert_healthy(logs / "good")
