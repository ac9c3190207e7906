"""Tables of plain numbers are read in blocks, and as they are read line by line; anything else is left to the lines."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest

from loganalyzer.model.run import Run
from loganalyzer.readers.common import plain_rows as module
from loganalyzer.readers.common.plain_rows import plain_rows
from loganalyzer.readers.csv import fixed_columns, headerless
from loganalyzer.readers.csv.table import _plain, _tolerant
from loganalyzer.readers.tensorboard import exports
from loganalyzer.readers.trackers import dvclive, stable_baselines
from tests.readers.sources import source

ROWS = "".join(f"{i},{2.5 / (i + 1):.6f},{1.5 / (i + 2):.4e}\n" for i in range(40))
TABLE = "epoch,loss,val_loss\n" + ROWS
QUOTED = "".join('"' + line.replace(",", '","') + '"\n' for line in TABLE.splitlines())


@pytest.fixture(autouse=True, params=[16, 100, 2**18])
def block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks shorter than a line, of a few lines, and longer than all."""
    monkeypatch.setattr(module, "BLOCK", request.param)


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        TABLE.replace("\n", "\r\n"),
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
        TABLE.replace(",", ";").replace(".", ","),
        TABLE.replace(",", "|"),
        TABLE.replace(",", ", "),
        QUOTED,
        QUOTED.replace(",", ";"),
        QUOTED.splitlines(keepends=True)[0] + ROWS,
        TABLE + "40,nan,inf\n41,-inf,1e999\n",
        TABLE + "40,,0.5\n41,0.25,\n,0.5,0.5\n",
        TABLE + "40,None,0.5\n41,-,N/A\n42, ,null\n",
        TABLE + "40,nan,\n",
        TABLE.replace("\n", ",\n").replace("loss,\n", "loss,never\n", 1),
        QUOTED + '"40","","0.5"\n"","1",""\n',
    ],
)
def test_a_table_is_read_as_its_lines_are(text: str) -> None:
    together, apart = _plain(text), _tolerant(text)
    assert together is not None
    assert together.columns == apart.columns and not apart.notes
    np.testing.assert_array_equal(together.values, apart.values)
    np.testing.assert_array_equal(together.explicit_nan, apart.explicit_nan)


@pytest.mark.parametrize(
    "text",
    [
        TABLE + "40,0.5\n",
        TABLE + "40,0.5,0.4,0.3\n",
        TABLE + "40,many,0.5\n",
        TABLE + "40,1_0,0.5\n",
        TABLE + "40,50%,0.5\n",
        TABLE + "40,\uff11,0.5\n",
        TABLE + f"40,{'9' * 1001},0.5\n",
        TABLE + "# resumed\n40,0.5,0.5\n",
        TABLE + "\n40,0.5,0.5\n",
        TABLE + "epoch,loss,val_loss\n40,0.5,0.5\n",
        TABLE + "40,0.5,0.5",
        TABLE + '40,"0,5",0.5\n',
        QUOTED + '"40","0,5"\n',
        QUOTED + '"40,5","0.5"\n',
        TABLE.replace("\n", "\r"),
        TABLE.replace("val_loss", "loss"),
        TABLE.replace("val_loss", ""),
        TABLE.replace("val_loss", "0.5"),
        "# epoch,loss,val_loss\n" + ROWS,
        "A training, of today, again\n" + TABLE,
        "epoch,loss;val_loss\n" + ROWS,
        "loss\n1.5\n1.25\n",
        "epoch,loss,val_loss\n",
    ],
)
def test_anything_else_is_left_to_the_lines(text: str) -> None:
    assert _plain(text) is None


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1 2\n3   4\n", [[1, 2], [3, 4]]),
        ("  1.5\t2\n\t3 4 \n", [[1.5, 2], [3, 4]]),
        ("1 2\n3\n", None),
        ("1 2\n3 4 5\n", None),
        ("1 2\n3,4\n", None),
        ("1 2\n\n3 4\n", None),
        ("1 2\n3 x\n", None),
        ("", None),
    ],
)
def test_blanks_part_numbers(text: str, rows: list[list[float]] | None) -> None:
    found = plain_rows(text, 0, None, 2)
    assert (None if found is None else found.values.tolist()) == rows


LOSSES = [2.5 / (i + 1) for i in range(30)]
LINES = {
    "dvclive": (
        dvclive,
        "dvclive/plots/metrics/loss.tsv",
        "step\ttimestamp\tloss\n" + "".join(f"{i}\t{1.7e12 + 1000 * i:.0f}\t{v!r}\n" for i, v in enumerate(LOSSES)),
    ),
    "export": (
        exports,
        "run-a-tag-loss.csv",
        "Wall time,Step,Value\n" + "".join(f"{1.7e9 + i},{i},{v!r}\n" for i, v in enumerate(LOSSES)),
    ),
    "monitor": (
        stable_baselines,
        "monitor.csv",
        '#{"t_start": 1.7e9}\nr,l,t\n' + "".join(f"{v!r},{10 + i},{i}.5\n" for i, v in enumerate(LOSSES)),
    ),
    "headerless": (headerless, "loss.txt", "".join(f"{i} {v!r}\n" for i, v in enumerate(LOSSES))),
    "headerless with commas": (headerless, "loss.csv", "".join(f"{i},{v!r}\n" for i, v in enumerate(LOSSES))),
    "deepxde": (
        fixed_columns,
        "loss.dat",
        "# step, loss_train, loss_test, metrics_test\n"
        + "".join(f"{i:.18e} {v:.18e} {2 * v:.18e}\n" for i, v in enumerate(LOSSES)),
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_a_damaged_line_changes_no_other(name: str) -> None:
    reader, path, text = LINES[name]
    whole, damaged = only_run(reader, path, text), only_run(reader, path, text + "?\n")
    assert whole.series.keys() == damaged.series.keys() and whole.series
    assert not whole.notes or name.startswith("headerless")
    assert [note.code for note in damaged.notes if note not in whole.notes] == ["damaged-records"]
    for own, other in zip(whole.series.values(), damaged.series.values(), strict=True):
        assert len(own) == len(LOSSES)
        np.testing.assert_array_equal(own.steps, other.steps)
        np.testing.assert_array_equal(own.values, other.values)
        np.testing.assert_array_equal(own.wall_times, other.wall_times)  # type: ignore[arg-type]


def only_run(reader: ModuleType, path: str, text: str) -> Run:
    (run,) = reader.READER.read(path, [source(path, text.encode())])
    assert isinstance(run, Run)
    return run
