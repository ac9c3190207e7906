"""Runs, findings and sweeps as Parquet tables, written while the runs stream by; needs the extra ``parquet``."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from loganalyzer.messages import Lang
from loganalyzer.model.distribution import needs_extra
from loganalyzer.model.errors import UsageError
from loganalyzer.model.report import Group
from loganalyzer.reports import parquet_rows

TABLES = ("runs", "findings", "groups")
ROWS_AT_ONCE = 5000
"""Rows of a row group: some megabytes, which is all that is held here."""
SCHEMAS: Mapping[str, Mapping[str, str]] = {
    "runs": {
        "run": "text", "verdict": "text", "kind": "text", "confidence": "real", "severity": "text", "headline": "text",
        "reader": "text", "points": "whole", "step_unit": "text", "train": "text", "validation": "text",
        "direction": "text", "best_series": "text", "best_step": "whole", "best_value": "real", "wasted": "real",
        "hyperparameters": "text", "files": "texts", "notes": "texts",
    },
    "findings": {
        "run": "text", "group": "text", "rule": "text", "kind": "text", "status": "text", "severity": "text",
        "confidence": "real", "message": "text", "cause": "text", "fixes": "texts", "numbers": "text",
    },
    "groups": {
        "group": "text", "place": "whole", "run": "text", "series": "text", "direction": "text", "score": "real",
        "failed": "truth", "verdict": "text", "seed": "text", "settings": "text",
    },
}  # fmt: skip
"""Columns of each table; ``hyperparameters``, ``settings`` and ``numbers`` are JSON objects."""


def paths(target: str | Path) -> dict[str, Path]:
    """Return the path of each table: in the folder ``target``, or next to a file ``NAME.parquet``, which has the runs."""
    path = Path(target)
    if path.suffix.lower() == ".parquet" and not path.is_dir():
        return {"runs": path, **{name: path.with_suffix(f".{name}.parquet") for name in TABLES[1:]}}
    return {name: path / f"{name}.parquet" for name in TABLES}


def require() -> None:
    """Raise UsageError, naming what to install, if Parquet cannot be written here."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise needs_extra("--parquet", "parquet") from error
    del pyarrow


class Tables:
    """Writer of the three tables."""

    def __init__(self, places: Mapping[str, Path], lang: Lang) -> None:
        import pyarrow.parquet as pq

        self._lang = lang
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self._writers = {name: pq.ParquetWriter(places[name], _schema(name), compression="zstd") for name in TABLES}

    def add(self, rows: Mapping[str, Sequence[dict[str, Any]]]) -> None:
        """Add rows to some of the tables."""
        for name, more in rows.items():
            waiting = self._rows[name]
            waiting.extend(more)
            if len(waiting) >= ROWS_AT_ONCE:
                self._write(name)

    def finish(self, groups: Sequence[Group]) -> None:
        """Add the rows of the sweeps."""
        for group in groups:
            self.add(parquet_rows.of_group(group, self._lang))

    def close(self) -> None:
        """Write pending rows."""
        for name, writer in self._writers.items():
            self._write(name)
            writer.close()

    def _write(self, name: str) -> None:
        import pyarrow as pa

        rows, self._rows[name] = self._rows[name], []
        if rows:
            self._writers[name].write_table(pa.Table.from_pylist([_plain(r) for r in rows], schema=_schema(name)))


@contextmanager
def opened(target: str | Path, lang: Lang) -> Iterator[Tables]:
    """Open the tables, which appear under their names when complete. Raises UsageError with one line."""
    require()
    places = paths(target)
    temporary: dict[str, Path] = {}
    try:
        try:
            for name, place in places.items():
                place.parent.mkdir(parents=True, exist_ok=True)
                handle, made = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
                os.close(handle)
                temporary[name] = Path(made)
            tables = Tables(temporary, lang)
        except OSError as error:
            raise UsageError("cannot write {path}: {reason}", path=target, reason=error.strerror) from error
        yield tables
        try:
            tables.close()
            mask = os.umask(0)
            os.umask(mask)
            for name, place in places.items():
                temporary[name].chmod(0o666 & ~mask)
                temporary[name].replace(place)
        except OSError as error:
            raise UsageError("cannot write {path}: {reason}", path=target, reason=error.strerror or error) from error
    finally:
        for made_here in temporary.values():
            made_here.unlink(missing_ok=True)


@lru_cache(maxsize=8)
def _schema(name: str) -> Any:
    import pyarrow as pa

    kinds = {
        "text": pa.string(), "texts": pa.list_(pa.string()), "real": pa.float64(), "whole": pa.int64(),
        "truth": pa.bool_(),
    }  # fmt: skip
    return pa.schema([(column, kinds[kind]) for column, kind in SCHEMAS[name].items()])


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Make the texts of a row valid UTF-8: names of files may have undecodable bytes."""
    return {key: _text(value) for key, value in row.items()}


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list):
        return [_text(v) for v in value]
    return value
