"""What a person is shown: ``--where``, ``--sort``, ``--open``; the gate and the documents have every run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.sweep_logs import write

RATES, BATCHES = (0.01, 0.1, 1.0), (64, 256)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("logs") / "sweep", seeds=2, rates=RATES, batches=BATCHES)


def names(text: str) -> list[str]:
    """The runs of the table, in order."""
    return re.findall(r"^\d+\. +(\S+)", text, re.MULTILINE)


def test_only_matching_runs_are_shown_and_the_gate_judges_all(analyze_logs: Call, sweep: Path, tmp_path: Path) -> None:
    done = analyze_logs(sweep, "--where", "lr=0.1", "--fail-on", "diverging", "--json", "all.json")
    assert done.returncode == 1, "the gate sees the diverging runs"
    assert "4 of 12 runs match lr=0.1" in done.stdout and "4 runs" in done.stdout
    page = (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
    assert len(re.findall(r'<tr class="v-', page)) == 4
    assert len(json.loads((tmp_path / "all.json").read_text())["runs"]) == 12


def test_where_nothing_matches_nothing_is_shown(analyze_logs: Call, sweep: Path, tmp_path: Path) -> None:
    done = analyze_logs(sweep, "--where", "verdict:oscillating")
    assert done.returncode == 0 and "None of 12 runs matches verdict:oscillating" in done.stdout
    assert not (tmp_path / "reports" / "index.html").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--where", "lr>>"], "--where: lr> needs a number, not '>'"),
        (["--where", "lr<=high"], "--where: lr<= needs a number, not 'high'"),
        (["--where", "lrr>1"], "--where: no run has 'lrr'; did you mean 'lr'?"),
        (["--where", "lr>"], "--where: 'lr' has no value (such as lr>0.1)"),
        (["--sort", "val_los"], "--sort: no run has 'val_los'; did you mean 'val_loss'?"),
        (["--sort", "val_acc"], "(keys: name, verdict, "),
        (["--where", "lrr>1", "--lang", "ja"], "--where：'lrr' という項目を持つ実行はありません"),
    ],
)
def test_a_key_that_no_run_has(arguments: list[str], said: str, analyze_logs: Call, sweep: Path) -> None:
    done = analyze_logs(sweep, "--no-html", *arguments)
    assert done.returncode == 2 and said in done.stderr


@pytest.mark.parametrize(
    "query", ["learning_rate=0.1", "学習率=0.1", "lr=0.1 判定:収束,発散,学習不足,停滞,過学習,振動"]
)
def test_other_words_for_keys(query: str, analyze_logs: Call, sweep: Path, tmp_path: Path) -> None:
    done = analyze_logs(sweep, "--where", query, "--sort", "最良値", "--lang", "ja")
    assert done.returncode == 0 and "12件のうち4件が条件" in done.stdout and len(names(done.stdout)) == 4
    page = (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
    assert "12件のうち4件が条件" in page, "the page says that it is filtered, too"


def test_what_the_gate_says_on_a_filtered_page_is_of_all_runs(analyze_logs: Call, sweep: Path, tmp_path: Path) -> None:
    done = analyze_logs(sweep, "--where", "lr<1", "--fail-on", "diverging")
    page = (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
    line = next(text for text in page.splitlines() if 'class="gate' in text)
    assert done.returncode == 1 and "Gate failed: 2 runs." in line
    assert "▲ 2 diverging" in done.stdout and "2 diverging" in page.partition('class="causes"')[2].partition("</ul>")[0]
    reasons = page.partition('class="gate')[2].partition("</div>")[0]
    assert "of the 0 runs" not in reasons and "<a" not in reasons, "its runs are not on the page"


def test_the_table_begins_with_the_best(analyze_logs: Call, sweep: Path) -> None:
    done = analyze_logs(sweep, "--no-html", "--sort", "best")
    assert done.returncode == 0 and len(names(done.stdout)) == 12
    best = [float(value) for value in re.findall(r"^\d+\. .*?([0-9.]+) \(epoch", done.stdout, re.MULTILINE)]
    assert best == sorted(best) and len(best) == 12
    assert names(analyze_logs(sweep, "--no-html", "--sort", "val_loss").stdout) == names(done.stdout)


def test_names_go_by_their_numbers_and_minus_turns_round(analyze_logs: Call, sweep: Path) -> None:
    assert names(analyze_logs(sweep, "--no-html", "--sort", "name").stdout) == [f"s{i}" for i in range(12)]
    assert names(analyze_logs(sweep, "--no-html", "--sort=-name").stdout) == [f"s{i}" for i in reversed(range(12))]


def test_a_higher_accuracy_is_better(analyze_logs: Call, tmp_path: Path) -> None:
    for name, top in (("low", 0.6), ("high", 0.9), ("middle", 0.75)):
        (tmp_path / "runs" / name).mkdir(parents=True)
        rows = "".join(f"{e},{top * (1 - 0.6**e):.4f}\n" for e in range(1, 40))
        (tmp_path / "runs" / name / "log.csv").write_text("epoch,val_accuracy\n" + rows)
    done = analyze_logs("runs", "--no-html", "--sort", "best")
    assert [name.split("/")[-1] for name in names(done.stdout)] == ["high", "middle", "low"]


def test_the_page_is_opened(analyze_logs: Call, logs: Path, tmp_path: Path) -> None:
    opened = tmp_path / "opened.txt"
    # the browser of the user is what BROWSER says
    done = analyze_logs(logs, "--open", BROWSER=f"sh -c 'echo \"$0\" > {opened}' %s")
    assert done.returncode == 0, done.stderr
    assert opened.read_text().strip() == (tmp_path / "reports" / "index.html").as_uri()
    done = analyze_logs(logs, "--open", BROWSER="false %s", DISPLAY="", PATH="/nonexistent")
    assert done.returncode == 0 and "no browser could be opened for file://" in done.stderr


def test_the_answer_of_a_sweep_is_that_of_all_its_runs(analyze_logs: Call, sweep: Path) -> None:
    """The best rate of a part of a grid would be at its edge, beyond which the rest has failed."""
    whole, part = (analyze_logs(sweep, "--no-html", *more).stdout for more in ((), ("--where", "lr<0.5")))
    answers = [
        [line for line in text.splitlines() if "Best settings" in line or "Try next" in line] for text in (whole, part)
    ]
    assert answers[0] and answers[0] == answers[1]
    assert part != whole
