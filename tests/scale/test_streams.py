"""JSON Lines and Parquet while the runs stream by: the same runs as in the JSON document, nothing kept that need not."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from loganalyzer import analyze
from loganalyzer.cli.command import command
from loganalyzer.model.errors import UsageError
from loganalyzer.model.report import Diagnosis
from loganalyzer.pipeline.analyze import run_pipeline
from loganalyzer.pipeline.collect import KeepWorst
from loganalyzer.pipeline.options import Options
from loganalyzer.pipeline.pool import Workers
from loganalyzer.pipeline.run_summary import RunSummary, Summarise
from loganalyzer.reports.files import growing
from loganalyzer.reports.order import worst_first

SAMPLES = Path(__file__).parents[2] / "sample_runs"


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def document(many: Path) -> dict[str, Any]:
    return analyze(many).to_dict()


def before_sweeps(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The runs by name, without what to do next: which rate of a sweep was best is known when all its runs are."""
    kept = [{key: value for key, value in run.items() if key != "prescription"} for run in runs]
    return sorted(kept, key=lambda run: str(run["id"]))


def test_the_lines_are_the_runs_of_the_document(many: Path, document: dict[str, Any], tmp_path: Path) -> None:
    out = tmp_path / "runs.jsonl"
    assert call(many, "-q", "--no-html", "--jsonl", out).exit_code == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert before_sweeps(lines) == before_sweeps(json.loads(json.dumps(document["runs"])))
    again = tmp_path / "again.jsonl"
    call(many, "-q", "--no-html", "--jsonl", again, "-j", "2", "--executor", "threads")
    assert again.read_bytes() == out.read_bytes()
    assert sorted(tmp_path.iterdir()) == [again, out], "no temporary file stays"


def test_the_samples_too(tmp_path: Path) -> None:
    lines, whole = tmp_path / "runs.jsonl", tmp_path / "runs.json"
    call(SAMPLES, "-q", "--no-html", "--jsonl", lines, "--json", whole, "--lang", "ja", "-j", "1")
    told = [json.loads(line) for line in lines.read_text().splitlines()]
    runs = json.loads(whole.read_text())["runs"]
    assert before_sweeps(told) == before_sweeps(runs)
    swept = {run["id"] for run in runs if any(step["fix"] == "sweep-best-rate" for step in run["prescription"])}
    alone = {
        run["id"]: run["prescription"]
        for run in runs
        if run["id"].split("/")[0] not in {i.split("/")[0] for i in swept}
    }
    assert swept and {line["id"]: line["prescription"] for line in told if line["id"] in alone} == alone


def test_lines_come_while_the_work_goes_on(many: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []

    def read() -> None:
        with pipe.open() as file:
            got.extend(file)

    reading = threading.Thread(target=read)
    reading.start()
    assert call(many, "-q", "--no-html", "--jsonl", pipe, "-j", "1").exit_code == 0
    reading.join(10)
    assert len(got) == 60
    assert pipe.is_fifo(), "the pipe was written to, not replaced"


def test_standard_output_holds_nothing_else(many: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "loganalyzer", str(many), "--no-html", "--jsonl", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()]


def test_two_documents_on_standard_output_are_refused(many: Path) -> None:
    done = CliRunner().invoke(command, [str(many), "--no-html", "--jsonl", "-", "--json", "-"])
    assert isinstance(done.exception, UsageError) and "--jsonl" in str(done.exception)


def test_an_interrupted_file_is_not_left_behind(many: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        stop_at(5, many, tmp_path / "runs.jsonl")
    assert list(tmp_path.iterdir()) == []


def stop_at(count: int, folder: Path, target: Path) -> None:
    seen: list[RunSummary] = []
    with growing(target) as write:

        def each(summary: RunSummary) -> None:
            write(f"{summary.verdict}\n")
            seen.append(summary)
            if len(seen) == count:
                raise RuntimeError

        run_pipeline([str(folder)], Options(), KeepWorst(Summarise("en"), most=1, each=each), Workers())


def test_gates_see_all_runs(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs.jsonl"
    alone = call(many, "--no-html", "-q", "--fail-on", "overfitting")
    done = call(many, "--no-html", "-q", "--fail-on", "overfitting", "--jsonl", out, "--worst", "1")
    assert done.exit_code == alone.exit_code == 1
    assert done.output == alone.output
    assert out.read_text().count("\n") == 60


def test_severities_of_the_configuration_are_in_the_lines(many: Path, tmp_path: Path) -> None:
    config, out = tmp_path / "own.toml", tmp_path / "runs.jsonl"
    config.write_text('[severities]\noverfitting = "info"\n')
    assert call(many, "--no-html", "-q", "--config", config, "--jsonl", out).exit_code == 0
    found = [f for line in out.read_text().splitlines() for f in json.loads(line)["findings"]]
    assert {f["severity"] for f in found if f["rule"] == "overfitting"} == {"info"}


def test_only_the_worst_are_kept_and_all_are_counted(many: Path) -> None:
    everything = analyze(many)
    seen: list[str] = []
    projection = Summarise("en", formats=("jsonl",), compare=True)
    collector = KeepWorst(projection, most=7, each=lambda one: seen.append(one.parts["jsonl"]))
    report = run_pipeline([str(many)], Options(), collector, Workers())
    assert [d.id for d in report.runs] == sorted(d.id for d in worst_first(everything.runs)[:7])
    assert len(seen) == 60
    assert report.tally == everything.tally
    assert report.tally.total == 60
    cut = everything.worst(7)
    assert [d.id for d in cut.runs] == [d.id for d in report.runs]
    assert cut.tally == everything.tally
    assert [g.id for g in report.groups] == [g.id for g in everything.groups]
    assert report.groups == everything.groups
    assert everything.worst(60) is everything


def test_the_heap_of_the_worst_does_not_depend_on_the_order(many: Path) -> None:
    projection = Summarise("en")
    summaries = [projection(d) for d in analyze(many).runs] * 3
    names: list[Sequence[Diagnosis]] = []
    for order in (summaries, summaries[::-1]):
        worst = KeepWorst(projection, most=5)
        for one in order:
            worst.add(one)
        names.append(worst.collected().runs)
    assert [d.id for d in names[0]] == [d.id for d in names[1]]
    assert len(names[0]) == 5


def test_a_terminal_tells_all_of_them(many: Path, tmp_path: Path) -> None:
    shown = call(many, "--no-html", "--jsonl", tmp_path / "o.jsonl", "--worst", "3").output
    whole = call(many, "--no-html").output
    assert shown.splitlines()[0] == "60 runs, 30 need attention: 30 overfitting."
    assert whole.splitlines()[0] == "3 sweeps with 60 runs in all.", "sweeps are known where all runs are kept"
    assert "27 more runs" in shown and "30 converged" in shown and "converged:" not in shown


def test_the_page_shows_the_worst_and_counts_all(many: Path, tmp_path: Path) -> None:
    arguments = (many, "-q", "-o", tmp_path, "--worst", "4")
    call(*arguments)
    whole = without_time(tmp_path / "index.html")
    assert whole.count('class="c-run"><a') == 4
    assert "The 4 worst runs" in whole
    assert "56 more runs are counted" in whole
    call(*arguments, "--jsonl", tmp_path / "runs.jsonl")
    assert without_time(tmp_path / "index.html") == whole, "kept or streamed, the page is the same"


def without_time(page: Path) -> str:
    """The page without the time at which it was made."""
    return re.sub(r"<time .*?</time>", "", page.read_text())


def read(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path, dtype_backend="pyarrow")


def test_tables_read_back_hold_what_the_document_holds(many: Path, document: dict[str, Any], tmp_path: Path) -> None:
    assert call(many, "-q", "--no-html", "--parquet", tmp_path / "out").exit_code == 0
    tables = {name: read(tmp_path / "out" / f"{name}.parquet") for name in ("runs", "findings", "groups")}
    runs = tables["runs"].set_index("run")
    assert sorted(runs.index) == [r["id"] for r in document["runs"]]
    for run in document["runs"]:
        row = runs.loc[run["id"]]
        assert row["verdict"] == run["verdict"]
        assert row["confidence"] == run["confidence"]
        assert row["headline"] == run["headline"]
        assert row["best_value"] == pytest.approx(run["best"]["value"], abs=0)
        assert row["best_step"] == run["best"]["step"]
        assert list(row["files"]) == run["files"]
        assert json.loads(row["hyperparameters"]) == run["hyperparameters"]
        own = tables["findings"][tables["findings"]["run"] == run["id"]]
        assert [(f.rule, f.message, list(f.fixes)) for f in own.itertuples()] == [
            (f["rule"], f["message"], [fix["id"] for fix in f["fixes"]]) for f in run["findings"]
        ]
    members = [(g["id"], m["run"], m["score"]) for g in document["groups"] for m in g["table"]]
    assert members
    assert [(g.group, g.run, g.score) for g in tables["groups"].itertuples()] == members
    of_groups = tables["findings"].dropna(subset=["group"])
    assert list(of_groups["message"]) == [f["message"] for g in document["groups"] for f in g["findings"]]


def test_a_file_of_runs_with_the_other_tables_beside_it(many: Path, tmp_path: Path) -> None:
    target = tmp_path / "night.parquet"
    assert call(many, "-q", "--no-html", "--parquet", target).exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "night.findings.parquet",
        "night.groups.parquet",
        "night.parquet",
    ]
    assert len(read(target)) == 60


def test_tables_of_no_run_and_of_odd_names(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert call(tmp_path / "empty", "-q", "--no-html", "--parquet", tmp_path / "none").exit_code == 5
    assert len(read(tmp_path / "none" / "runs.parquet")) == 0
    odd = os.fsdecode(b"caf\xe9")
    (tmp_path / "odd").mkdir()
    rows = "epoch,loss\n" + "".join(f"{e},{1 / (e + 1)}\n" for e in range(30))
    (tmp_path / "odd" / f"{odd}.csv").write_text(rows)
    assert call(tmp_path / "odd", "-q", "--no-html", "--parquet", tmp_path / "some").exit_code == 0
    assert list(read(tmp_path / "some" / "runs.parquet")["run"]) == ["caf\\udce9.csv"]


def test_a_place_that_cannot_be_written_is_told_before_the_work(many: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for option in ("--jsonl", "--parquet"):
        done = CliRunner().invoke(command, [str(many), "-q", "--no-html", option, str(tmp_path / "file" / "x")])
        assert "cannot write" in str(done.exception)
