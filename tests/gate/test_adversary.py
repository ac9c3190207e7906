"""Logs in which a training that went wrong looks well at first sight: it fails the gate, and the same of a good one passes."""

from __future__ import annotations

import gzip
import json
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from loganalyzer.cli.command import command

COUNT, TURN = 60, 30
Values = Sequence[float]
Files = dict[str, str | bytes]

_CHANCE = random.Random(3)
GOOD = [0.3 + 2 * math.exp(-i / 8) + _CHANCE.gauss(0, 0.004) for i in range(COUNT)]
NAN = [*GOOD[:TURN], *[math.nan] * TURN]
ROSE = [v + max(0, i - TURN + 1) for i, v in enumerate(GOOD)]
BAD = {"nan": NAN, "rose": ROSE}


def shown(value: float) -> str:
    return f"{value:.5f}"


def averaged(values: Values) -> list[float]:
    """An exponential average that leaves NaN out."""
    found: list[float] = []
    for value in values:
        last = found[-1] if found else value
        found.append(last if math.isnan(value) else 0.9 * last + 0.1 * value)
    return found


def best_so_far(values: Values) -> list[float]:
    return [min(v for v in values[: i + 1] if not math.isnan(v)) for i in range(len(values))]


def table(*columns: tuple[str, Values], rows: Sequence[int] = range(COUNT)) -> str:
    lines = [",".join([str(i), *(shown(values[i]) for _, values in columns)]) for i in rows]
    return "\n".join([",".join(["step", *(name for name, _ in columns)]), *lines, ""])


def text(values: Values, rows: Sequence[int] = range(COUNT), name: str = "loss", ahead: str = "") -> str:
    return "".join(f"{ahead}step {i} {name}: {shown(values[i])}\n" for i in rows)


def records(values: Values, name: Callable[[int], str] = lambda i: "loss", rows: Sequence[int] = range(COUNT)) -> str:
    return "".join(json.dumps({"step": i, name(i): values[i]}) + "\n" for i in rows)


def renamed(new: str, at: int) -> Callable[[int], str]:
    return lambda i: "loss" if i < at else new


def by_turns(first: str, second: str) -> str:
    return "".join(a + b for a, b in zip(first.splitlines(True), second.splitlines(True), strict=True))


def blocks(first: str, second: str, size: int = 5) -> str:
    a, b = first.splitlines(True), second.splitlines(True)
    return "".join("".join(a[i : i + size] + b[i : i + size]) for i in range(0, len(a), size))


def packed(content: str) -> bytes:
    return gzip.compress(content.encode())


def restarted(values: Values, at: int, line: Callable[[int, float], str]) -> str:
    """Resumed, and counted from 0 again."""
    return "".join(line(i if i < at else i - at, v) for i, v in enumerate(values))


DISGUISES: dict[str, Callable[[Values], Files]] = {
    # a column of the best value so far, or of an average, beside the loss itself
    **{f"{name} in a table": lambda v, n=name: {"m.csv": table((n, best_so_far(v)), ("loss", v))}
       for name in ("best_loss", "min_loss", "best", "best_so_far", "lowest_loss")},
    **{f"{mean} and {raw}": lambda v, m=mean, r=raw: {"m.csv": table((m, averaged(v)), (r, v))}
       for mean in ("avg_loss", "loss_ema", "smooth_loss", "running_loss", "mean_loss")
       for raw in ("loss", "raw_loss", "batch_loss", "loss_step", "inst_loss")},
    # the same name
    "called best": lambda v: {"best.csv": table(("loss", v)), "good/m.csv": table(("loss", GOOD))},
    "in a folder called best": lambda v: {"best_model/m.csv": table(("loss", v))},
    # the loss gets another name on the way
    **{f"renamed {new} at {at} in {form}": lambda v, n=new, a=at, f=form: (
           {"m.jsonl": records(v, renamed(n, a))} if f == "records" else
           {"t.log": text(v, range(a)) + text(v, range(a, COUNT), n)})
       for new in ("train_loss", "total_loss", "Loss", "training loss") for at in (20, TURN)
       for form in ("records", "text")},
    # rotated
    "rotated": lambda v: {"t.log.2.gz": packed(text(v, range(25))), "t.log.1": text(v, range(25, 45)),
                          "t.log": text(v, range(45, COUNT))},
    "just rotated": lambda v: {"t.log.1": text(v), "t.log": ""},
    "rotated by date": lambda v: {"t.log-20260101.gz": packed(text(v, range(TURN))),
                                  "t.log-20260102": text(v, range(TURN, 50)), "t.log": text(v, range(50, COUNT))},
    # counted anew
    **{f"counted anew at {at}": lambda v, a=at: {"m.csv": "step,loss\n" + restarted(v, a, lambda i, x: f"{i},{shown(x)}\n")}
       for at in (10, 25, TURN + 2, 40)},
}  # fmt: skip
TOGETHER: dict[str, Callable[[Values], Files]] = {
    # two processes write one file: a good one, and this one
    "lines of a text by turns": lambda v: {"t.log": by_turns(text(GOOD), text(v))},
    "lines with their rank": lambda v: {"t.log": by_turns(text(v, ahead="[rank0] "), text(GOOD, ahead="[rank1] "))},
    "rows by turns": lambda v: {"m.csv": "step,loss\n" + by_turns(*(table(("loss", w)).partition("\n")[2] for w in (v, GOOD)))},
    "rows with their rank": lambda v: {
        "m.csv": "rank,step,loss\n" + "".join(f"{r},{i},{shown(w[i])}\n" for i in range(COUNT) for r, w in ((0, v), (1, GOOD)))},
    "records by turns": lambda v: {"m.jsonl": by_turns(records(v), records(GOOD))},
    "blocks of a text": lambda v: {"t.log": blocks(text(v), text(GOOD))},
    "blocks of rows": lambda v: {"m.csv": "step,loss\n" + blocks(*(table(("loss", w)).partition("\n")[2] for w in (v, GOOD)))},
}  # fmt: skip


def code(folder: Path, files: Files, *more: str) -> int:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    arguments = [str(folder), "--no-html", "--fail-on", "diverging", *more]
    result = CliRunner().invoke(command, arguments, obj=arguments)
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result.exit_code


@pytest.mark.parametrize("values", BAD.values(), ids=BAD)
@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_what_went_wrong_fails(disguise: Callable[[Values], Files], values: Values, tmp_path: Path) -> None:
    assert code(tmp_path, disguise(values)) == 1


@pytest.mark.parametrize("disguise", [*DISGUISES.values(), *TOGETHER.values()], ids=[*DISGUISES, *TOGETHER])
def test_what_went_well_passes(disguise: Callable[[Values], Files], tmp_path: Path) -> None:
    assert code(tmp_path, disguise(GOOD)) == 0


@pytest.mark.parametrize("disguise", TOGETHER.values(), ids=TOGETHER)
def test_nan_of_one_of_two_writers_fails(disguise: Callable[[Values], Files], tmp_path: Path) -> None:
    assert code(tmp_path, disguise(NAN)) == 1


def in_turns(values: Values, filler: str) -> str:
    """Training and validation in rows of their own, the cells of the other filled."""
    rows = "".join(
        f"{i},{10 * i},{shown(v)},{filler}\n{i},{10 * i},{filler},{shown(GOOD[i])}\n" for i, v in enumerate(values)
    )
    return f"epoch,step,train_loss,val_loss\n{rows}"


@pytest.mark.parametrize("filler", ["nan", "NaN", ""])
def test_nan_that_fills_the_cells_of_other_rows(filler: str, tmp_path: Path) -> None:
    assert code(tmp_path / "good", {"metrics.csv": in_turns(GOOD, filler)}) == 0
    assert code(tmp_path / "nan", {"metrics.csv": in_turns(NAN, filler)}) == 1
    assert code(tmp_path / "rose", {"metrics.csv": in_turns(ROSE, filler)}) == 1
