"""How many values a log holds of each series, counted without any code of the readers.

Event files by TensorBoard's own loader, tables by ``csv``, JSON by ``json``, printed text (that of a notebook's cells, too) by
how often the name of a series stands before a number. What cannot be counted so is not guessed. A row, a record or a line
that says again what the one before said counts once.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Counts = dict[str, int]
TABLES = {".csv": ",", ".tsv": "\t"}
STEPS = frozenset({"step", "global_step", "iteration", "iter"})
BARS = ("\b\b", "━", "[=")
NUMBER = r"[-+]?(?:\d|\.\d|nan|inf)"


def counted(file: Path, names: Iterable[str]) -> Counts:
    """The number of values of each series in ``file``; without those that this way of counting cannot see."""
    if "tfevents" in file.name:
        return _events(file)
    if file.suffix in TABLES:
        return _table(file, TABLES[file.suffix])
    text = file.read_text(encoding="utf-8", errors="replace")
    if file.suffix == ".ipynb":
        return _printed(_cells(json.loads(text)), names)
    if file.suffix in (".json", ".jsonl", ".ndjson") or re.match(r"\s*(?:\[\s*)?\{\s*\"", text):
        return _json(text)
    return _printed(text, names)


def _cells(notebook: Any) -> str:
    """What the cells of a notebook printed."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
    return "\n".join("".join(output.get("text", output.get("data", {}).get("text/plain", ""))) for output in outputs)


def _events(file: Path) -> Counts:
    """The different steps of each scalar."""
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    steps: dict[str, set[int]] = {}
    for event in EventFileLoader(str(file)).Load():
        for value in event.summary.value:
            if value.metadata.plugin_data.plugin_name in ("", "scalars") and value.HasField("tensor"):
                steps.setdefault(value.tag, set()).add(event.step)
    return {tag: len(own) for tag, own in steps.items()}


def _table(file: Path, separator: str) -> Counts:
    with file.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
        rows = csv.DictReader((line.replace("\0", "") for line in opened), delimiter=separator, skipinitialspace=True)
        found: Counter[str] = Counter()
        before: dict[str, tuple[Any, Any]] = {}
        for row in rows:
            step = next((v for n, v in row.items() if isinstance(n, str) and n.strip().lower() in STEPS), None)
            for name, value in row.items():
                if not isinstance(name, str) or not _is_number(value):
                    continue
                found[name.strip()] += step is None or before.get(name) != (step, value)
                before[name] = step, value
    return dict(found)


def _json(text: str) -> Counts:
    """Numbers by the path of their keys, of a document's records or of one record a line."""
    try:
        data = json.loads(text)
        records = data if isinstance(data, list) else next((v for v in data.values() if _is_history(v)), [data])
    except ValueError:
        records = [record for line in text.splitlines() if (record := _record(line)) is not None]
    found: Counter[str] = Counter()
    last: dict[str, float] = {}
    for record in records:
        for name, value in _numbers(record):
            if name.rpartition("/")[2].lower() in STEPS | {"epoch"}:
                found[name] += last.get(name) != value
                last[name] = value
            else:
                found[name] += 1
    return dict(found)


def _is_history(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _record(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _numbers(record: Any, path: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(record, dict):
        for key, value in record.items():
            yield from _numbers(value, f"{path}/{key}" if path else str(key))
    elif isinstance(record, list) and record and all(isinstance(v, int | float) for v in record):
        yield from ((path, value) for value in record)
    elif isinstance(record, int | float) and not isinstance(record, bool):
        yield path, record


def _printed(text: str, names: Iterable[str]) -> Counts:
    """How often each name, its words parted by anything short, stands before a number.

    Nothing is counted of bars that redraw themselves, of epochs (a reader gives one to every line), and of names that stand
    behind their numbers ("0.001 rate").
    """
    if any(bar in text for bar in BARS):
        return {}
    lines = text.split("\n")
    text = "\n".join(line for line, before in zip(lines, ["", *lines], strict=False) if line != before)
    found = {}
    for name in names:
        words = r"[\W_]{0,3}".join(map(re.escape, re.findall(r"[^\W_]+", name)))
        pattern = rf"(?<![^\W])(?<![-/.] ){words}['\")\]]{{0,2}}[ \t]{{0,3}}[:=(]?[ \t]{{0,8}}['\"(\[]?{NUMBER}"
        count = len(re.findall(pattern, text, re.IGNORECASE))
        behind = len(re.findall(rf"\d {words}[,;]", text, re.IGNORECASE))
        if words and count > behind and name.lower() != "epoch":
            found[name] = count
    return found


def _is_number(text: object) -> bool:
    try:
        float(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return bool(str(text).strip())
