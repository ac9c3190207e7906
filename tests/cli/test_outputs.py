"""Every output there is: its option, standard output, the same bytes whether runs stream by or not, and plugins."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from loganalyzer.cli.command import command
from loganalyzer.cli.gate import load_settings
from loganalyzer.cli.help import Command
from loganalyzer.cli.options.outputs import OutputOption
from loganalyzer.cli.options.values import CliOptions
from loganalyzer.reports.registry import OWN, Format
from tests.cli import plugins
from tests.cli.conftest import Call

ROOT = Path(__file__).parents[2]
TARGETS = {"--figures": "figures", "--parquet": "tables"}
OTHERS = {"--next": "next.toml", "--eml": "mail.eml", "--write-baseline": "baseline.json", "--output": "page"}
"""What is written by options of their own."""
EVERY = [*(each.option for each in OWN), *OTHERS]


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Three runs, of which streaming keeps one where nothing needs the others."""
    epochs = np.arange(40)
    for number in range(3):
        rng = np.random.default_rng(number)
        train = 0.1 + 2 * np.exp(-epochs / 6) + 0.004 * rng.normal(size=40)
        validation = train + 0.02 + np.clip(epochs - 15, 0, None) * 0.03 * number
        rows = "".join(f"{e},{a:.5f},{b:.5f}\n" for e, a, b in zip(epochs, train, validation, strict=True))
        folder = tmp_path / "three" / f"lr0.{number + 1}"
        folder.mkdir(parents=True)
        (folder / "metrics.csv").write_text("epoch,loss,val_loss\n" + rows)
    return tmp_path / "three"


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False)


def written(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


@pytest.mark.parametrize("beside", ["--jsonl", "--parquet"])
@pytest.mark.parametrize("option", EVERY)
def test_an_output_is_the_same_bytes_when_runs_stream_by(
    option: str, beside: str, three: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    quiet = ("-q",) if option == "--output" else ("-q", "--no-html")
    results = []
    for name, more in (("alone", ()), ("streamed", (beside, tmp_path / "beside"))):
        target = tmp_path / name / {**TARGETS, **OTHERS}.get(option, "document")
        target.parent.mkdir()
        streams = () if option == beside else more
        assert call(three, *quiet, option, target, *streams).exit_code == 0
        results.append(written(target))
    assert results[0] and results[0] == results[1]


@pytest.mark.parametrize(
    ("given", "page"),
    [("night", "night/index.html"), ("night.html", "night.html"), ("a/b.HTM", "a/b.HTM"), ("v1.2", "v1.2/index.html")],
)
def test_the_page_is_a_file_that_is_named_or_stands_in_a_folder(
    given: str, page: str, three: Path, tmp_path: Path
) -> None:
    assert call(three, "-q", "--output", tmp_path / given).exit_code == 0
    assert (tmp_path / page).read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_a_folder_may_be_called_like_a_page(three: Path, tmp_path: Path) -> None:
    (tmp_path / "old.html").mkdir()
    assert call(three, "-q", "--output", tmp_path / "old.html").exit_code == 0
    assert (tmp_path / "old.html" / "index.html").is_file()


def test_each_output_has_every_run(three: Path, tmp_path: Path) -> None:
    """What the comparison above compares is not two documents of nothing."""
    for each in OWN:
        if each.id in ("sarif", "gitlab"):  # of what needs attention, not of all runs
            continue
        target = tmp_path / each.id
        call(three, "-q", "--no-html", each.option, target)
        names = "".join(map(str, target.rglob("*"))) if target.is_dir() else target.read_text()
        if each.id == "parquet":
            names = (target / "runs.parquet").read_bytes().decode("latin-1")
        assert all(
            f"lr0{mark}{n}" in names.replace("\\", "")
            for n in (1, 2, 3)
            for mark in ("." if each.id != "figures" else "-")
        )


@pytest.mark.parametrize("output", [each for each in OWN if each.to_stdout], ids=lambda each: each.id)
def test_what_goes_to_standard_output_is_the_document_and_nothing_else(
    output: Format, three: Path, tmp_path: Path, analyze_logs: Call
) -> None:
    assert call(three, "-q", "--no-html", output.option, tmp_path / "file").exit_code == 0
    shown = analyze_logs(three, "--no-html", output.option, "-")
    assert shown.stdout == (tmp_path / "file").read_text(encoding="utf-8")
    other = next(each for each in OWN if each.to_stdout and each is not output)
    for second in (other.option, "--eml"):
        refused = analyze_logs(three, "--no-html", output.option, "-", second, "-")
        assert refused.returncode == 2 and "only one output can go to standard output" in refused.stderr


def test_every_option_is_used_for_something() -> None:
    asked: set[str] = set()

    class Given(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            asked.add(key)
            return default

        def __getitem__(self, key: str) -> Any:
            asked.add(key)
            return super().__getitem__(key)

    load_settings(Given())
    outputs = {each.parameter for each in OWN}
    known = {*CliOptions.__dataclass_fields__, *outputs, *asked, "paths", "version"}
    assert {str(parameter.name) for parameter in command.params} <= known


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"id": "No Id"}, "is no id"),
        ({"render": None}, "exactly one"),
        ({"write": print}, "exactly one"),
        ({"part": print}, "belong together"),
        ({"part": print, "open": print}, "exactly one"),
    ],
)
def test_a_wrong_record_is_refused(wrong: Mapping[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Format(**{"id": "right", "help": "Right.", "render": plugins.verdicts, **wrong})


@pytest.fixture
def installed(analyze_logs: Call, tmp_path: Path) -> Callable[..., Any]:
    """``analyze-logs`` where another package offers the outputs of ``tests.cli.plugins``."""
    about = tmp_path / "site" / "others-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    points = "".join(f"{name.lower()} = tests.cli.plugins:{name}\n" for name in plugins.POINTS)
    (about / "entry_points.txt").write_text(f"[loganalyzer.formats.v1]\n{points}")
    path = os.pathsep.join([str(tmp_path / "site"), str(ROOT)])
    there = {"PYTHONPATH": path, "PYTHONWARNINGS": "ignore"}
    return lambda *arguments, **more: analyze_logs(*arguments, **{**there, **more})


def test_an_output_of_another_package(installed: Callable[..., Any], three: Path, tmp_path: Path) -> None:
    for lang in ("en", "ja"):
        page = installed("--help", "--lang", lang).stdout
        assert re.search(r"--verdicts FILE\|- +Liste der Urteile\.", page) and "--names FILE " in page
        assert page.index("--gitlab") < page.index("--verdicts") < page.index("--lang")
    expected = "lr0.1: converged\nlr0.2: overfitting\nlr0.3: overfitting\n"
    assert installed(three, "--no-html", "--verdicts", "-").stdout == expected
    done = installed(three, "-q", "--no-html", "--verdicts", "v", "--names", "n", "--jsonl", "-", "-j", "2")
    assert done.returncode == 0 and done.stdout.count("\n") == 3, done.stderr
    assert (tmp_path / "v").read_text() == expected, "all runs, though they stream by"
    assert (tmp_path / "n").read_text() == "lr0.1\nlr0.2\nlr0.3\n1 groups"
    refused = installed(three, "--no-html", "--verdicts", "-", "--json", "-")
    assert refused.returncode == 2 and "--verdicts" in refused.stderr


def test_a_streamed_output_of_another_package_with_a_cache(
    installed: Callable[..., Any], three: Path, tmp_path: Path
) -> None:
    for file in three.rglob("*.csv"):
        os.utime(file, (1.7e9, 1.7e9))
    for _ in range(2):
        assert installed(three, "-q", "--no-html", "--names", "n", "--cache", "c").returncode == 0
        assert (tmp_path / "n").read_text() == "lr0.1\nlr0.2\nlr0.3\n1 groups"


def test_an_output_that_fails_or_does_not_fit_costs_nothing_else(
    installed: Callable[..., Any], three: Path, tmp_path: Path
) -> None:
    page = installed("--help").stdout
    assert "Another JSON" not in page and "--email FILE" not in page and "--email-to" in page
    assert "--pathless" not in page and "--silent" not in page
    warned = installed("--version", PYTHONWARNINGS="always").stderr
    assert all(name in warned for name in ("json", "email", "no_format", "no_path", "no_help", "missing"))
    failed = installed(three, "-q", "--no-html", "--json", "j", "--luckless", "-")
    assert failed.returncode == 2 and (tmp_path / "j").exists()
    assert failed.stderr.strip() == (
        "analyze-logs: the output --luckless, which another package provides, failed: ZeroDivisionError: no luck"
    )


def test_ours_are_found_without_looking_for_plugins() -> None:
    assert isinstance(command, Command)
    assert [p.output for p in command.params if isinstance(p, OutputOption)][: len(OWN)] == list(OWN)


def test_nothing_is_made_for_a_path_that_does_not_exist(analyze_logs: Call, tmp_path: Path) -> None:
    for option in ("--jsonl", "--parquet", "--json", "-o"):
        assert analyze_logs("nowhere", option, "made/for/nothing").returncode == 2
    assert list(tmp_path.iterdir()) == []
