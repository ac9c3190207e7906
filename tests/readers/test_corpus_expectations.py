"""The referee of ``benchmarks/formats.py`` tells every difference between what was read and what must be read."""

from __future__ import annotations

from pathlib import Path

from benchmarks.formats import Outcome, differences, read_corpus
from loganalyzer.model.run import Run


def test_a_missing_run_a_false_run_and_a_lost_point_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("".join(f"epoch {e} loss {1 / e}\n" for e in range(1, 6)))
    (tmp_path / "b.log").write_text("nothing to see\n")
    outcome = read_corpus(tmp_path)
    assert isinstance(outcome, Outcome) and all(isinstance(r, Run) for r in outcome.runs.values())
    good = {"runs": {"a.log": {"points": 5, "curves": {"loss": 5}}}, "unread": {"b.log": "no-training-log"}}
    assert differences(outcome, good) == []
    assert len(differences(outcome, {"runs": {}, "unread": good["unread"]})) == 1
    assert len(differences(outcome, {**good, "runs": {**good["runs"], "c.log": {"points": 1, "curves": {}}}})) == 1
    assert len(differences(outcome, {**good, "runs": {"a.log": {"points": 6, "curves": {"loss": 6}}}})) == 2
    assert len(differences(outcome, {"runs": good["runs"], "unread": {}})) == 1
