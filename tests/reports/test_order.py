"""Names in the order in which a person counts."""

from pathlib import Path

import pytest

import loganalyzer
from loganalyzer.model.confidence import level
from loganalyzer.reports.order import natural, worst_first
from tests.sweep_logs import write


@pytest.mark.parametrize(
    "names",
    [
        ["run1", "run2", "run10"],
        ["lr_0.001", "lr_0.01", "lr_0.25", "lr_0.5", "lr_1.0", "lr_10"],
        ["a", "a1", "a1b", "b"],
        ["seed-9/x", "seed-10/x", "seed-10/y"],
        ["1", "a"],
        ["", "0" * 40 + "x", "a"],
    ],
)
def test_numbers_in_names_count_as_numbers(names: list[str]) -> None:
    backwards = names[::-1]
    assert sorted(backwards, key=natural) == names


def test_runs_of_one_verdict_and_confidence_are_in_the_order_of_their_names(tmp_path: Path) -> None:
    report = loganalyzer.analyze(write(tmp_path / "nightly", seeds=4, rates=(0.0001,)))
    assert len({d.probability for d in report.runs}) > 1
    told = [(d.verdict, level(d.probability), natural(d.id)) for d in worst_first(report.runs)]
    assert len(told) == 16 and told == sorted(told)


def test_a_report_holds_its_runs_in_the_order_in_which_a_person_counts(tmp_path: Path) -> None:
    rows = "".join(f"{step},{2 / (1 + step)}\n" for step in range(12))
    for number in (10, 2, 1):
        (tmp_path / f"trial{number}").mkdir()
        (tmp_path / f"trial{number}" / "metrics.csv").write_text("epoch,train_loss\n" + rows, encoding="utf-8")
    report = loganalyzer.analyze(tmp_path)
    assert [run.id.split("/")[0] for run in report.runs] == ["trial1", "trial2", "trial10"]
