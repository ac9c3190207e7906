"""What is said of a text without a curve, and names of one's own that ``[roles]`` make known to the readers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from loganalyzer.discovery.discover import discover
from loganalyzer.pipeline.analyze import analyze
from loganalyzer.pipeline.options import Options

FALLING = [round(2.3 * 0.9**epoch, 3) for epoch in range(20)]
TRACE = 'Traceback (most recent call last):\n  File "train.py", line 3, in <module>\n'


def table(names: str, separator: str = ",") -> str:
    rows = (separator.join((str(i), f"{v}", f"{1 - v / 3:.3f}")) for i, v in enumerate(FALLING))
    return "\n".join((names.replace(",", separator), *rows)) + "\n"


SAID: list[tuple[str, str, str, str]] = [
    ("log.csv", table("it,Zielwert,Guete"), "no-known-name", "it, Zielwert, Guete"),
    ("log.csv", table("n,y,z"), "no-known-name", "n, y, z"),
    ("log.tsv", table("epoch,Fehlerquadrat,Guete", "\t"), "no-known-name", "epoch, Fehlerquadrat, Guete"),
    ("log.csv", table("epoch,Zielwert,Guete", ";"), "no-known-name", "epoch, Zielwert, Guete"),
    ("log.jsonl", "\n".join(json.dumps({"n": i, "y": v}) for i, v in enumerate(FALLING)), "no-known-name", "n, y"),
    ("train.log", f"Epoch 1/10\n{TRACE}RuntimeError: CUDA out of memory\n", "error-instead-of-curve", "RuntimeError"),
    (
        "train.log",
        f"{TRACE}torch.cuda.OutOfMemoryError: CUDA\n",
        "error-instead-of-curve",
        "torch.cuda.OutOfMemoryError",
    ),
    ("out.txt", f"loading\n{TRACE}KeyError: 'lr'\nsrun: error: task 0\n", "error-instead-of-curve", "KeyError: 'lr'"),
    ("err.log", f"{TRACE}ValueError: a\n\n{TRACE}TypeError: b\n", "error-instead-of-curve", "TypeError: b"),
    ("err.log", f"  {TRACE}KeyboardInterrupt\n", "error-instead-of-curve", "KeyboardInterrupt"),
    ("train.log", "\n".join(f"[{i}] done in {i % 3} s" for i in range(30)), "no-training-log", ""),
    ("notes.log", "An Error in the first chapter\nRuntimeError: is what Python says\n", "no-training-log", ""),
]


@pytest.mark.parametrize(("name", "text", "code", "said"), SAID)
def test_what_a_text_has_instead_of_a_curve(name: str, text: str, code: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    report = analyze([str(tmp_path)])
    (unread,) = report.unread
    assert not report.runs and unread.note.code == code
    assert said in " ".join(map(str, unread.note.details.values()))
    assert unread.expected == (code != "error-instead-of-curve")


def printed(names: tuple[str, str]) -> str:
    return "\n".join(f"epoch {i} {names[0]} {v} {names[1]} {v + 0.1:.3f}" for i, v in enumerate(FALLING))


def lines(names: tuple[str, str]) -> str:
    return "\n".join(json.dumps({"epoch": i, names[0]: v, names[1]: v + 0.1}) for i, v in enumerate(FALLING))


def columns(names: tuple[str, str]) -> str:
    return "\n".join((f"n,{names[0]},{names[1]}", *(f"{i},{v},{v + 0.1:.3f}" for i, v in enumerate(FALLING))))


@pytest.mark.parametrize(("name", "write"), [("a.log", printed), ("a.jsonl", lines), ("a.csv", columns)])
@pytest.mark.parametrize("pattern", ["Zielwert", "Ziel*"])
def test_a_log_whose_only_names_are_ones_own_is_read(
    name: str, write: Callable[[tuple[str, str]], str], pattern: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(write(("Zielwert", "Pruefwert")))
    assert not analyze([str(tmp_path)]).runs
    roles = {pattern: "train", "Pruefwert": "validation"}
    report = analyze([str(tmp_path)], options=Options(roles=roles))
    (run,) = report.runs
    assert not report.warnings and (run.objective.train, run.objective.validation) == ("Zielwert", "Pruefwert")
    assert not analyze([str(tmp_path)]).runs, "the names are known for one analysis"


def test_the_cache_knows_for_which_names_a_file_was_no_log(tmp_path: Path) -> None:
    log, cache = tmp_path / "runs" / "a.csv", str(tmp_path / "cache")
    log.parent.mkdir()
    log.write_text(columns(("Zielwert", "Pruefwert")))
    os.utime(log, (1.7e9, 1.7e9))  # a file as young as this is not remembered
    for roles, count in (({}, 0), ({"Zielwert": "train"}, 1), ({}, 0)):
        assert len(analyze([str(log.parent)], options=Options(roles=roles, cache=cache)).runs) == count


def test_ignored_names_do_not_hide_a_log(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(columns(("loss", "val_loss")))
    report = analyze([str(tmp_path)], options=Options(roles={"val_loss": "ignore"}))
    assert [run.objective.validation for run in report.runs] == [None]
    assert len(discover([str(tmp_path)]).jobs) == 1
