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


def step(name: str) -> dict[str, Any]:
    return next(s for s in action()["runs"]["steps"] if s.get("id") == name)


def run_step(
    tmp_path: Path, name: str = "analyze", context: dict[str, str] | None = None, **inputs: str
) -> tuple[subprocess.CompletedProcess[str], str]:
    """A step as a runner would run it: defaults filled in, inputs and context in the environment."""
    chosen = step(name)
    values = {f"inputs.{k}": str(v.get("default", "")) for k, v in action()["inputs"].items()}
    values |= {f"inputs.{k}": v for k, v in inputs.items()} | {"strategy.job-index": "3"} | (context or {})
    filled = {k: re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda m: values[m[1]], text) for k, text in chosen["env"].items()}
    tools = tmp_path / "runner" / "analyze-logs" / "bin"
    tools.mkdir(exist_ok=True, parents=True)
    program = tools / "analyze-logs"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m loganalyzer "$@"\n')
    program.chmod(0o755)
    output = tmp_path / "github_output"
    output.touch()
    environment = {
        **os.environ, **filled, "GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(tmp_path / "runner"), "GITHUB_JOB": "train",
        "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), "PYTHONPATH": str(ROOT),
        "GITHUB_REPOSITORY": "o/r", "PATH": f"{tmp_path}:{os.environ['PATH']}",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-e", "-c", chosen["run"]], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    return done, output.read_text()


def test_the_action_fails_with_the_gate_and_leaves_its_reports(tmp_path: Path, logs: Path) -> None:
    done, output = run_step(tmp_path, paths="runs", **{"fail-on": "diverging"})
    assert done.returncode == 1 and output.splitlines()[0] == "exit-code=1", done.stderr
    assert "artifact=loganalyzer-report-train-3" in output, "jobs of a matrix must not replace each other's artifacts"
    assert {f.name for f in (tmp_path / "loganalyzer-report").iterdir()} >= {
        "index.html", "junit.xml", "report.json", "comment.md", "analysis.sarif",
    }  # fmt: skip
    assert "::error" in done.stdout and "Gate failed" in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_the_action_takes_inputs_as_data(tmp_path: Path, logs: Path) -> None:
    logs.rename(tmp_path / "my $(touch hacked) runs")
    done, output = run_step(
        tmp_path, paths="my $(touch hacked) runs\n", arguments="--min-steps\n5\n--no-html", lang="ja"
    )
    assert done.returncode == 0 and output.startswith("exit-code=0\n"), done.stderr
    assert not (tmp_path / "hacked").exists() and "合格" in done.stdout


@pytest.mark.parametrize(
    ("named", "artifact"), [("", ""), ("mine", "mine"), ("auto", "r-2-train-3")], ids=["none", "mine", "auto"]
)
def test_the_action_names_its_artifact(tmp_path: Path, logs: Path, named: str, artifact: str) -> None:
    _, output = run_step(tmp_path, paths="runs/good", artifact=named, output="out/r 2", arguments="--no-html")
    assert f"\nartifact={artifact}\n" in output


def test_the_action_writes_a_first_baseline_and_compares_with_it(tmp_path: Path, logs: Path) -> None:
    both = {"baseline": "base.json", "write-baseline": "base.json", "arguments": "--no-html"}
    assert run_step(tmp_path, paths="runs/good", **both)[0].returncode == 0 and (tmp_path / "base.json").is_file()
    table = logs / "good" / "log.csv"
    table.write_bytes((logs / "bad" / "log.csv").read_bytes())
    assert run_step(tmp_path, paths="runs/good", **both)[0].returncode == 1


def test_the_action_keeps_a_history_and_fails_what_is_newly_bad(tmp_path: Path, logs: Path) -> None:
    nightly = {"history": "nightly", "fail-on": "new", "arguments": "--no-html"}
    first, _ = run_step(tmp_path, paths="runs", **nightly)
    assert first.returncode == 0 and "history begins" in first.stdout, "the first night passes"
    (logs / "good" / "log.csv").write_bytes((logs / "bad" / "log.csv").read_bytes())
    second, _ = run_step(tmp_path, paths="runs", **nightly)
    assert second.returncode == 1 and "Gate failed: 1 run (1 new)" in second.stdout
    assert len((tmp_path / "nightly" / "history.jsonl").read_text().splitlines()) == 2


def test_what_went_wrong_before_the_analysis_leaves_nothing_to_upload(tmp_path: Path) -> None:
    (tmp_path / "loganalyzer-report").mkdir()
    (tmp_path / "loganalyzer-report" / "comment.md").write_text("of an earlier step")
    done, output = run_step(tmp_path, paths="nowhere")
    assert done.returncode == 2 and "comment=true" not in output and "sarif=true" not in output


def test_the_action_installs_into_an_environment_of_its_own(tmp_path: Path) -> None:
    """Neither the job's interpreter nor PATH changes: pip is that of a new environment below RUNNER_TEMP."""
    assert step("python")["with"]["update-environment"] is False
    fake = tmp_path / "python"
    fake.write_text(
        '#!/bin/sh\n[ "$1 $2" = "-m venv" ] && mkdir -p "$3/bin" && cp "$0" "$3/bin/python"\necho "$@" >> calls\n'
    )
    fake.chmod(0o755)
    (tmp_path / "runner").mkdir()
    env = {**os.environ, "WHAT": "a b", "PYTHON": str(fake), "RUNNER_TEMP": str(tmp_path / "runner")}
    subprocess.run(["bash", "-e", "-c", step("install")["run"]], cwd=tmp_path, env=env, check=True, timeout=60)
    made, installed = (tmp_path / "calls").read_text().splitlines()
    assert made == f"-m venv {tmp_path}/runner/analyze-logs" and installed.endswith("a b")


@pytest.mark.parametrize(
    ("earlier", "code", "called"),
    [("", 0, "POST repos/o/r/issues/7/comments"), ("12\n13", 0, "PATCH repos/o/r/issues/comments/12"), ("", 1, None)],
    ids=["new", "again", "refused"],
)
def test_the_action_comments_once_for_each_job(tmp_path: Path, earlier: str, code: int, called: str | None) -> None:
    gh = tmp_path / "gh"
    gh.write_text(
        f'#!/bin/bash\n[ {code} = 0 ] || exit 1\ncase "$*" in\n  *--paginate*) printf %s "{earlier}" ;;\n'
        '  *) echo "$4 $5" > called; cp "${7#body=@}" body ;;\nesac\n'
    )
    gh.chmod(0o755)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "comment.md").write_text("1 diverging\n")
    context = {"github.token": "t", "steps.analyze.outputs.key": "out-train-3", "github.event.pull_request.number": "7"}
    done, _ = run_step(tmp_path, "comment", context, output="out")
    assert done.returncode == 0, done.stderr
    if called is None:
        assert "::warning::" in done.stdout and "pull-requests: write" in done.stdout
    else:
        assert (tmp_path / "called").read_text().strip() == called
        assert (tmp_path / "body").read_text() == "<!-- analyze-logs out-train-3 -->\n1 diverging\n"


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
    (tmp_path / "loganalyzer.toml").write_text(text.split("```toml\n")[2].split("```")[0], encoding="utf-8")
    assert load(directory=tmp_path, environment={}, rules=load_rules()).require_runs == 3


def test_the_examples_of_the_documentation_can_be_used_as_they_stand() -> None:
    text = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    blocks = [yaml.safe_load(b.split("```")[0]) for b in text.split("```yaml\n")[1:]]
    used = [
        s for b in blocks if "jobs" in b for job in b["jobs"].values() for s in job["steps"]
        if "loganalyzer" in s.get("uses", "")
    ]  # fmt: skip
    assert len(used) >= 3
    for one in used:
        assert set(one["with"]) <= set(action()["inputs"]) and one["uses"].startswith("./")
    hook = next(b for b in blocks if "repos" in b)["repos"][0]["hooks"][0]
    shipped = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]
    assert {k: hook[k] for k in ("id", "name", "entry", "files")} == {
        k: shipped[k] for k in ("id", "name", "entry", "files")
    }
    assert "OWNER" not in text


@pytest.mark.parametrize("page", ["docs/ci.md", "docs/ci.ja.md"])
def test_the_tables_list_every_input_and_output_of_the_action(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8").split("## GitHub Actions")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)
    assert sorted(rows) == sorted([*action()["inputs"], *action()["outputs"]])


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
