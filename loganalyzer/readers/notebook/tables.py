"""Tables of training in one cell to runs: later outputs may go on with a table, or begin another training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from loganalyzer.model.errors import ReadError
from loganalyzer.model.record import field
from loganalyzer.model.role import Quantity
from loganalyzer.model.run import Note, Run
from loganalyzer.readers.common.data_tables import is_table_of_data
from loganalyzer.readers.common.number_lists import as_number
from loganalyzer.readers.common.quantities import OBJECTIVES
from loganalyzer.readers.common.records import clean_name, runs_of
from loganalyzer.readers.notebook.html_tables import HtmlTable
from loganalyzer.roles.assign import role_of

COUNTERS = (Quantity.STEP, Quantity.EPOCH)
FEWEST_ROWS = 2
Record = dict[str, float]


class Training(Struct):
    """Rows under the same ``names``: ``counter`` counts; ``moved`` is how often it began again at a single row."""

    names: tuple[str, ...]
    counter: str
    records: list[Record] = field(default_factory=list)
    moved: int = 0


def trainings_in(tables: Sequence[HtmlTable]) -> Iterator[Training]:
    """The trainings that the tables of one cell tell of, in their order; single rows are none."""
    current: Training | None = None
    for table in tables:
        found = _training(table)
        if found is None:
            continue
        if current is not None and current.names == found.names:
            _append(current, found)
            continue
        if current is not None and len(current.records) >= FEWEST_ROWS:
            yield current
        current = found
    if current is not None and len(current.records) >= FEWEST_ROWS:
        yield current


def runs_of_training(key: str, path: str, training: Training) -> list[Run]:
    """The runs in the rows of a training; none where its columns hold no curve."""
    notes = (Note("counted-anew", {"count": training.moved}),) if training.moved else ()
    try:
        return list(runs_of(key, path, "notebook", training.records, notes))
    except ReadError:
        return []


def _training(table: HtmlTable) -> Training | None:
    """The rows of numbers under a counter and a loss or metric; None for any other table."""
    names = tuple(clean_name(name) for name in table.names)
    if not names[0]:  # pandas shows the index, of a Keras history the epochs, without a name
        names = ("epoch", *names[1:])
        others = [role_of(name).quantity for name in names[1:]]
        if not all(q in (*OBJECTIVES, *COUNTERS, Quantity.LEARNING_RATE) for q in others):
            return None
    counter = next((name for name in names if role_of(name).quantity in COUNTERS), "")
    if not counter or not any(role_of(name).quantity in OBJECTIVES for name in names):
        return None
    words = {name: [row[i] for row in table.rows] for i, name in enumerate(names) if name}
    if is_table_of_data(names, {n: cells for n, cells in words.items() if all(_number(c) is None for c in cells)}):
        return None
    found = Training(names, counter)
    for row in table.rows:
        record = {n: value for n, cell in zip(names, row, strict=True) if n and (value := _number(cell)) is not None}
        if len(record) > 1 and counter in record:
            found.records.append(record)
    return found if found.records else None


def _number(cell: str) -> float | None:
    return as_number(cell.replace(",", "") if cell[:1].isdigit() else cell) if cell else None


def _append(before: Training, after: Training) -> None:
    """Put the rows of ``after`` behind those of ``before``.

    A single row that counts anew, or stands before a table that does (fastai's ``fine_tune`` trains the head for one
    epoch first), belongs to the same training. Whether longer tables do, the values tell where the rows become runs.
    """
    offset = 0.0
    first, last = after.records[0][after.counter], before.records[-1][before.counter]
    if first <= last and 1 in (len(before.records), len(after.records)):
        offset = last - first + 1
        before.moved += 1
    before.records += [{**record, before.counter: record[after.counter] + offset} for record in after.records]
