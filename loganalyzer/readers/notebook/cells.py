"""One cell's outputs to runs: printed lines, tables in HTML, and curves shown as a dict."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np

from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import replace
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Note, Run, Series
from loganalyzer.readers.common.histories import histories, is_curve
from loganalyzer.readers.common.json_text import parse_damaged, printed
from loganalyzer.readers.common.printed.bare_values import bare_values_in
from loganalyzer.readers.common.printed.lists import Lists
from loganalyzer.readers.common.printed.parser import Parser
from loganalyzer.readers.common.printed.runs import runs_of
from loganalyzer.readers.common.quantities import KNOWN
from loganalyzer.readers.notebook.document import Cell, Output
from loganalyzer.readers.notebook.extracts import is_extract
from loganalyzer.readers.notebook.html_tables import MOST_HTML, tables_in
from loganalyzer.readers.notebook.tables import runs_of_training, trainings_in
from loganalyzer.roles.assign import role_of

LONGEST_DICT = 20_000_000
NUMBERED = frozenset({"values-numbered", "no-counter"})
TRAINED = (Quantity.LOSS, Quantity.LOSS_PART, Quantity.REWARD, Quantity.GENERATOR_LOSS, Quantity.DISCRIMINATOR_LOSS)
_LINE = re.compile(r"[^\n]+")
_DICT = re.compile(r"\s*(?:defaultdict\([^{]{0,100})?(?=\{'[^'\n]{1,200}':\s*[\[{])")


def runs_of_cell(key: str, path: str, cell: Cell, earlier: Sequence[Run]) -> tuple[list[Run], bool]:
    """The trainings that a cell shows, and whether it printed a log that could not be read.

    A table repeats what is printed beside it, or the other way round, and a dict the history of a training that this cell
    or an ``earlier`` one printed: the same numbers are one run. What the lines have beside them is put to the table's.
    A table of a few rows of an earlier run is none.
    """
    lines, failed = _printed_runs(key, path, cell.outputs)
    tables = [t for t in _table_runs(key, path, cell.outputs) if not any(is_extract(t, run) for run in earlier)]
    runs = [reduce(_united, lines, table) for table in tables]
    runs += [run for run in lines if not any(is_same(run, other) for other in tables)]
    known = [*earlier, *runs]
    runs += [run for run in _dict_runs(key, path, cell.outputs) if not any(is_same(run, other) for other in known)]
    if len(runs) > 1:
        runs = [replace(run, id=f"{key}#{number}") for number, run in enumerate(runs, 1)]
    return runs, failed


def is_same(run: Run, other: Run) -> bool:
    """Whether the curves of ``run`` stand in ``other`` too, to the digits that programs print.

    Those of the same name are compared; where there are none ("loss" and "Training Loss"), one that is the same is enough.
    """
    shared = [name for name in run.series if name in other.series and is_curve(name)]
    if shared:
        return all(_same_values(run.series[name], other.series[name]) for name in shared)
    return any(_same_values(one, two) for one in run.series.values() for two in other.series.values())


def _united(table: Run, lines: Run) -> Run:
    """The run of a table with the other curves of the lines that repeat one of its curves at the same steps."""
    repeated = {
        name: [own for own in table.series.values() if _same_values(series, own)]
        for name, series in lines.series.items()
    }
    at_same_steps = any(
        np.array_equal(lines.series[n].steps, own.steps) for n, found in repeated.items() for own in found
    )
    if table.step_unit != lines.step_unit or not at_same_steps or not is_same(lines, table):
        return table
    further = {
        name: series
        for name, series in lines.series.items()
        if len(series) > 1 and not repeated[name] and name not in table.series and role_of(name).quantity in KNOWN
    }
    return replace(table, series={**table.series, **further}) if further else table


def _same_values(one: Series, two: Series) -> bool:
    if len(one) != len(two) or len(one) < 2 or role_of(one.name).quantity is not role_of(two.name).quantity:
        return False
    if not is_curve(one.name):
        return False
    return bool(np.allclose(one.values, two.values, rtol=1e-3, atol=1e-4, equal_nan=True))


def _printed_runs(key: str, path: str, outputs: Sequence[Output]) -> tuple[list[Run], bool]:
    text = printed_text(outputs)
    if not text:
        return [], False
    parser = Parser()
    parser.lists = Lists(on_one_line=False)  # see ``_dict_runs``
    parser.feed(text)
    found = list(runs_of(parser, key, path, ()))
    runs = [replace(item, reader="notebook") for item in found if isinstance(item, Run) and not _is_evaluation(item)]
    if not runs and (bare := bare_values_in(text, key, "")) is not None:
        runs = [replace(bare, files=(path,), reader="notebook")]
    return runs, any(not isinstance(item, Run) and not item.expected for item in found)


def _is_evaluation(run: Run) -> bool:
    """Whether a cell prints scores without counting them, and no loss: those of samples or models, as notebooks list them."""
    uncounted = any(note.code in NUMBERED for note in run.notes)
    return uncounted and not any(role_of(name).quantity in TRAINED for name in run.series)


def printed_text(outputs: Sequence[Output]) -> str:
    """What the streams say, one after another; pieces of one stream join, another stream begins a new line."""
    pieces: list[str] = []
    last = ""
    for output in outputs:
        if output.kind != "stream" or not output.text:
            continue
        if pieces and output.name != last and not pieces[-1].endswith("\n"):
            pieces.append("\n")
        pieces.append(output.text)
        last = output.name
    return "".join(pieces)


def _table_runs(key: str, path: str, outputs: Sequence[Output]) -> list[Run]:
    tables = []
    notes: tuple[Note, ...] = ()
    for output in outputs:
        if output.kind == "html":
            tables += tables_in(output.text)
            if len(output.text) > MOST_HTML:
                notes = (Note("text-cut", {"read": MOST_HTML, "size": len(output.text)}, harmful=True),)
    runs = [run for training in trainings_in(tables) for run in runs_of_training(key, path, training)]
    return [run.with_notes(*notes) for run in runs]


def _dict_runs(key: str, path: str, outputs: Sequence[Output]) -> Iterator[Run]:
    """Curves shown as ``{'loss': [...], 'val_loss': [...]}``: a cell's value, or one printed line."""
    for output in outputs:
        if output.kind not in ("plain", "stream") or len(output.text) > LONGEST_DICT:
            continue
        if "{'" not in output.text:
            continue
        lines = [output.text] if output.kind == "plain" else (found[0] for found in _LINE.finditer(output.text))
        for line in lines:
            start = _DICT.match(line)
            if start is None:
                continue
            try:
                data, damage = parse_damaged(printed(line[start.end() :].rstrip(") \n")))
                found = histories(data)
            except ReadError:
                continue
            for label, series, settings, _ in found:
                if any(len(one) > 1 for one in series.values()):
                    run_id = f"{key}/{label}" if label else key
                    notes = (damage,) if damage else ()
                    yield Run(run_id, (path,), "notebook", series, settings, notes, "epoch")
