"""The contract of the command line: options, streams, exit codes."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from loganalyzer import messages
from loganalyzer.cli.pages import explain
from loganalyzer.messages import LANGUAGES, pages
from loganalyzer.reports.wrap import columns
from loganalyzer.rules.registry import load_rules
from tests.cli.conftest import Call
from tests.conftest import heed_interrupts

SCHEMA = json.loads(files("loganalyzer.reports").joinpath("json_schema.json").read_text())


def test_the_plain_call_prints_verdicts_and_writes_the_report(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    done = analyze_logs(logs)
    assert done.returncode == 0, done.stderr
    assert "bad" in done.stdout and "diverging" in done.stdout and "converged" in done.stdout
    assert done.stdout.index("bad") < done.stdout.index("good"), "worst first"
    assert "<html" in (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
    assert done.stderr == ""


def test_json_on_standard_output_is_json_and_nothing_else(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    done = analyze_logs(logs, "--no-html", "--json", "-")
    document = json.loads(done.stdout, parse_constant=lambda token: pytest.fail(f"{token} in the JSON"))
    jsonschema.validate(document, SCHEMA)
    assert {r["id"]: r["verdict"] for r in document["runs"]} == {"good": "converged", "bad": "diverging"}
    assert [r["files"] for r in document["runs"]] == [["bad/log.csv"], ["good/log.csv"]]
    assert not (tmp_path / "reports").exists()


def test_japanese_everywhere(analyze_logs: Call, logs: Path) -> None:
    done = analyze_logs(logs, "--no-html", "--lang", "ja")
    assert "発散" in done.stdout and "収束" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["runs"], 0),
        (["runs", "--fail-on", "diverging"], 1),
        (["runs", "--fail-on", "overfitting"], 0),
        (["runs", "--fail-on", "error"], 1),
        (["runs/good", "--fail-on", "warning"], 0),
        (["runs", "--fail-on", "nonsense"], 2),
        (["nowhere"], 2),
        ([], 2),
        (["runs", "--no-such-option"], 2),
        (["empty"], 5),
        (["runs", "--config", "nowhere.toml"], 2),
    ],
)
def test_exit_codes(analyze_logs: Call, logs: Path, tmp_path: Path, arguments: list[str], code: int) -> None:
    (tmp_path / "empty").mkdir()
    done = analyze_logs(*arguments, "--no-html")
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_path_that_does_not_exist_is_one_line(analyze_logs: Call) -> None:
    done = analyze_logs("nowhere")
    assert done.returncode == 2
    assert done.stderr.strip().splitlines() == ["analyze-logs: no such file or folder: nowhere"]


def test_bad_input_is_listed_and_strict_makes_it_count(analyze_logs: Call, logs: Path) -> None:
    (logs / "broken.csv").write_bytes(b"epoch,loss\n")
    (logs / "binary.csv").write_bytes(bytes(range(256)) * 40)
    plain = analyze_logs(logs, "--no-html", "--json", "-")
    document = json.loads(plain.stdout)
    assert plain.returncode == 0 and len(document["runs"]) == 2
    assert {u["file"] for u in document["unread"]} == {"binary.csv", "broken.csv"}
    assert all(u["reason"] for u in document["unread"])
    assert analyze_logs(logs, "--no-html", "--strict").returncode == 4


def test_one_runs_fault_never_costs_another_run(analyze_logs: Call, logs: Path) -> None:
    before = json.loads(analyze_logs(logs, "--no-html", "--json", "-").stdout)["runs"]
    (logs / "torn").mkdir()
    (logs / "torn" / "events.out.tfevents.1.x").write_bytes(b"\x18\x00\x00\x00\x00\x00\x00\x00junk")
    after = json.loads(analyze_logs(logs, "--no-html", "--json", "-").stdout)["runs"]
    assert [r for r in after if r["id"] in ("good", "bad")] == before


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_that_cannot_show_the_signs_does_not_stop_the_answer(
    analyze_logs: Call, logs: Path, encoding: str
) -> None:
    done = analyze_logs(logs, "--no-html", PYTHONIOENCODING=encoding)
    assert done.returncode == 0 and "diverging" in done.stdout


def test_same_input_same_bytes(analyze_logs: Call, logs: Path) -> None:
    first, second = (analyze_logs(logs, "--no-html", "--json", "-", PYTHONHASHSEED=seed).stdout for seed in "12")
    assert first == second


def test_a_page_that_is_not_ours_is_not_overwritten(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    page = tmp_path / "site" / "index.html"
    page.parent.mkdir()
    page.write_text("<html>my homepage</html>")
    done = analyze_logs(logs, "-o", "site")
    assert done.returncode == 2 and page.read_text() == "<html>my homepage</html>"


def test_quiet_prints_nothing(analyze_logs: Call, logs: Path) -> None:
    done = analyze_logs(logs, "-q")
    assert (done.stdout, done.stderr) == ("", "")


def test_pages(analyze_logs: Call) -> None:
    assert "What it sees" in analyze_logs("--explain", "overfitting").stdout
    misspelt = analyze_logs("--explain", "overfiting")
    assert misspelt.returncode == 2 and "did you mean overfitting" in misspelt.stderr
    assert "tensorboard" in analyze_logs("--list", "readers").stdout
    assert "diverging" in analyze_logs("--list", "rules").stdout
    assert analyze_logs("--version").stdout.startswith("analyze-logs ")


def test_help_is_light() -> None:
    code = "import sys, click; from loganalyzer.cli.command import command\n" \
           "click.testing = None\n" \
           "try: command.main(['--help'], prog_name='analyze-logs')\n" \
           "except SystemExit: pass\n" \
           "heavy = ('pandas', 'scipy', 'matplotlib', 'tbparse', 'jinja2', 'loganalyzer.rules.base')\n" \
           "print([m for m in heavy if m in sys.modules])"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_without_the_page_nothing_heavy_is_imported(logs: Path, tmp_path: Path) -> None:
    code = f"import sys; sys.argv = ['analyze-logs', {str(logs)!r}, '--no-html', *sys.argv[1:]]\n" \
           "from loganalyzer.cli.command import command\n" \
           "try: command.main(standalone_mode=False)\n" \
           "finally: print([m for m in ('pandas', 'scipy.stats', 'matplotlib', 'tbparse', 'tensorboard', 'jinja2')\n" \
           "                if m in sys.modules], 'rich' in sys.modules)"  # fmt: skip
    for options, rich in (((), True), (("-q", "--json", str(tmp_path / "report.json")), False)):
        done = subprocess.run([sys.executable, "-c", code, *options], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == f"[] {rich}"


def test_the_version_needs_no_numpy() -> None:
    code = "import sys, loganalyzer; print(loganalyzer.__version__, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\d+\.\d+\.\d+\S* False", done.stdout.strip())


def test_interrupting_leaves_no_half_written_file(logs: Path, tmp_path: Path) -> None:
    for i in range(400):
        (logs / f"run{i}").mkdir()
        (logs / f"run{i}" / "log.csv").write_bytes((logs / "good" / "log.csv").read_bytes())
    process = subprocess.Popen(
        [sys.executable, "-m", "loganalyzer", str(logs), "--jsonl", "-", "-o", "reports", "-j", "1"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts,
    )  # fmt: skip
    assert process.stdout and process.stdout.readline().startswith("{"), "the first run is judged, most are not yet"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert not list(tmp_path.glob("reports/*"))


def test_where_no_run_was_found_the_files_looked_at_are_told_unasked(analyze_logs: Call, tmp_path: Path) -> None:
    rows = "\n".join(f'{n},{n % 2},"Doe, Mr. {n}",{20 + n % 50}' for n in range(200))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.csv").write_text(f"PassengerId,Survived,Name,Age\n{rows}\n")
    done = analyze_logs("data", "--no-html")
    assert done.returncode == 5
    assert "train.csv: none of its numbers has a name known as a loss" in done.stdout
    assert "PassengerId, Survived, Age" in done.stdout
    assert "\n\n\n" not in done.stdout


def test_a_mistyped_path_is_told_what_was_meant(analyze_logs: Call, logs: Path) -> None:
    assert "did you mean runs?" in analyze_logs("runz").stderr
    assert "did you mean" not in analyze_logs("elsewhere/at/all").stderr


@pytest.mark.parametrize(("words", "meant"), [("dif old.json runs", "diff"), ("dfif", "diff"), ("mcpp runs", "mcp")])
def test_a_mistyped_command_is_told_what_was_meant(analyze_logs: Call, logs: Path, words: str, meant: str) -> None:
    done = analyze_logs(*words.split())
    assert done.returncode == 2
    assert done.stderr.strip() == f"analyze-logs: no such file or folder: {words.split()[0]}; did you mean {meant}?"
    assert "did you mean" not in analyze_logs("runs", words.split()[0]).stderr, "only a first word is a command"


def test_help_fits_a_terminal_of_80_columns(analyze_logs: Call) -> None:
    assert max(map(len, analyze_logs("--help", COLUMNS="80").stdout.splitlines())) <= 80


def test_where_no_run_was_found_no_page_is_written(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = analyze_logs("empty")
    assert done.returncode == 5 and "Report:" not in done.stdout
    assert not (tmp_path / "reports").exists()
    analyze_logs(logs)
    page = (tmp_path / "reports" / "index.html").read_bytes()
    again = analyze_logs("empty", "--allow-empty")
    assert again.returncode == 0 and "reports/index.html is from an earlier analysis" in again.stdout
    assert (tmp_path / "reports" / "index.html").read_bytes() == page


def test_a_document_about_no_run_comes_with_a_word_on_standard_error(analyze_logs: Call, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = analyze_logs("empty", "--json", "-")
    assert json.loads(done.stdout)["runs"] == [] and "No training run found" in done.stderr
    assert analyze_logs("empty", "--json", "-", "--quiet").stderr == ""


def test_what_was_never_meant_to_be_a_log_is_no_failure_to_read(analyze_logs: Call, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "iris.csv").write_text("width,species\n" + "1.2,setosa\n" * 60)
    assert "Looked at, but no training log (1)" in analyze_logs("data").stdout
    (tmp_path / "data" / "metrics.csv").write_bytes(bytes(range(256)) * 40)
    assert "Could not be read (2)" in analyze_logs("data").stdout


def test_no_run_is_told_once_whatever_gate_was_asked_for(analyze_logs: Call, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = analyze_logs("empty", "--fail-on", "diverging", "--write-baseline", "b.json")
    assert done.returncode == 5 and done.stdout.count("No training run found") == 1
    assert "no baseline b.json is written" in done.stderr and not (tmp_path / "b.json").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--list"], "--list needs a value, one of: rules, readers"),
        (["--list", "rule"], "--list must be one of: rules, readers"),
        (["runs", "--format", "json"], "--format goes with --next FILE; the analysis in that format: --json -"),
        (["runs", "--format", "xml"], "--format must be one of: toml, yaml, json, args, brief\n"),
        (
            ["runs", "--format", "junit"],
            "--format is the format of --next, one of: toml, yaml, json, args, brief; the "
            "analysis in that format: --junit -",
        ),
        (["--explain"], "--explain needs a rule, for example: analyze-logs --explain overfitting"),
        (["--explain", ""], "no rule is called ''"),
        (["--verison"], "there is no option --verison; did you mean --version?"),
        (["runs", "--settled", "3"], "there is no option --settled\n"),
        (["runs", "--fail-on"], "--fail-on needs a value, LIST: Exit 1 if"),
        (["runs", "-j", "0"], "--jobs must be a whole number from 1 to 256"),
        (["runs", "-j", "x"], "--jobs must be a whole number from 1 to 256"),
        (["runs", "--worst", "0"], "--worst must be a whole number, 1 or more"),
        (["runs", "--max-bytes", "3X"], "--max-bytes must be a size such as"),
        (["runs", "--strict=1"], "--strict takes no value"),
        (
            ["runs", "--json", "-", "--junit", "-"],
            "only one output can go to standard output, not all of --json, --junit",
        ),
        ([], "give at least one log file or folder, for example: analyze-logs ./runs"),
    ],
)
def test_wrong_usage_is_told_what_to_give_in_the_chosen_language(
    analyze_logs: Call, logs: Path, arguments: list[str], told: str
) -> None:
    done = analyze_logs(*arguments)
    assert done.returncode == 2 and done.stderr.startswith(f"analyze-logs: {told}")
    assert done.stdout == "" and len(done.stderr.splitlines()) <= 2
    in_japanese = analyze_logs(*arguments, LOGANALYZER_LANG="ja")
    assert in_japanese.returncode == 2 and in_japanese.stderr.isascii() is False
    assert not any(word in in_japanese.stderr for word in (" needs ", " must ", " is ", " takes ", " shows "))


def test_the_language_of_pages_and_errors_is_that_of_everything_else(analyze_logs: Call, tmp_path: Path) -> None:
    (tmp_path / "loganalyzer.toml").write_text('lang = "ja"\n')
    assert "過学習" in analyze_logs("--explain", "overfitting").stdout
    assert "過学習" in analyze_logs("--list", "rules").stdout
    assert "検証するものがありません" in analyze_logs(".", "--verify").stdout
    assert analyze_logs("nowhere").stderr == "analyze-logs: ファイルもフォルダもありません：nowhere\n"
    assert analyze_logs("--help").stdout.startswith("使い方：analyze-logs [オプション] PATH...")
    assert analyze_logs("--help", "--lang", "en").stdout.startswith("Usage:")
    assert analyze_logs("nowhere", "--lang=en").stderr == "analyze-logs: no such file or folder: nowhere\n"
    assert analyze_logs("nowhere", LOGANALYZER_LANG="en").stderr == "analyze-logs: no such file or folder: nowhere\n"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_fits_a_terminal_of_80_columns(lang: messages.Lang) -> None:
    for rule in load_rules():
        page = explain(rule.id, lang)
        assert max(map(columns, page.splitlines())) <= 80, rule.id
        assert "``" not in page and ":g}" not in page, rule.id
    plateau = explain("plateau", "en")
    shown = "".join(plateau.split())
    written = pages.plain(messages.page("plateau", "en")).split("\n\n")
    lost = [part for part in written if "".join(part.split()) not in shown]
    assert not lost


def test_what_the_comparison_of_a_sweep_found_is_told_on_the_terminal_too(analyze_logs: Call) -> None:
    sweep = Path(__file__).parents[2] / "sample_runs" / "lr-sweep"
    done = analyze_logs(sweep, "--no-html")
    assert "Of 5 learning rates tried, " in " ".join(done.stdout.split())
    assert "5通りの学習率" in "".join(analyze_logs(sweep, "--no-html", "--lang", "ja").stdout.split())


def test_where_the_charts_lie_is_told(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    assert "Charts: figs" in analyze_logs(logs, "--no-html", "--figures", "figs").stdout
    assert len(list((tmp_path / "figs").glob("*.svg"))) == 2


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("--wat", ["--watch"]),
        ("runs --stop", ["--stop-on"]),
        ("--lang ", ["en", "ja"]),
        ("diff --tol", ["--tolerance"]),
        ("diff --wat", []),
        ("diff a --fail-on ", ["worse", "never"]),
    ],
)
def test_the_shell_completes_options(analyze_logs: Call, words: str, offered: list[str]) -> None:
    given = {"COMP_WORDS": f"analyze-logs {words}", "COMP_CWORD": str(len(words.split(" ")))}
    done = analyze_logs(_ANALYZE_LOGS_COMPLETE="bash_complete", **given)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [f"plain,{word}" for word in offered]
    assert "complete" in analyze_logs(_ANALYZE_LOGS_COMPLETE="zsh_source").stdout
