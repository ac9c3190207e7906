"""Hyper-parameters that lie beside a log: settings files in the run's folder, values written into the run's name."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from loganalyzer.discovery.tree import LocalFiles
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Detail
from loganalyzer.readers.base import Source
from loganalyzer.readers.common.file_names import suffix

MOST_BYTES = 1_000_000
MOST_VALUES = 500
MOST_DEPTH = 6
MOST_NESTING = 100
SECRET = re.compile(r"api.?key|passw|secret|token(?!iz|s\b)|credential|private.?key|aws_|auth", re.IGNORECASE)
SECRET_VALUE = re.compile(r"://[^/\s:]+:[^/\s@]+@")
REDACTED = "(redacted)"
IN_NAME = re.compile(
    r"(?:^|[^a-zA-Z])(lr|learning_rate|bs|batch_size|batch|wd|weight_decay|dropout|seed|momentum|epochs|width|depth)"
    r"(?:__|[_=\-])?(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?![a-zA-Z0-9]|\.\d)", re.IGNORECASE)  # fmt: skip
NAMES = {"bs": "batch_size", "batch": "batch_size", "wd": "weight_decay", "learning_rate": "lr"}


def hyperparameters(files: LocalFiles, run_key: str, settings: Sequence[str]) -> dict[str, Detail]:
    """The hyper-parameters in the name of a run and in the ``settings`` files beside it, which win. Never raises."""
    found = from_name(run_key)
    for path in settings:
        try:
            found.update(from_file(files.open(path, MOST_BYTES)))
        except ReadError:
            continue
    return found


def from_name(name: str) -> dict[str, Detail]:
    """Values written into a path: ``lr_0.1``, ``lr=1e-3``, ``bs32``, ``seed42``."""
    return {NAMES.get(k.lower(), k.lower()): _number(v) for k, v in IN_NAME.findall(name)}


def from_file(source: Source) -> dict[str, Detail]:
    """The values of a YAML or JSON settings file, flattened with dots. Raises ReadError if there is none."""
    if source.size > MOST_BYTES:
        raise ReadError("too-large", size=source.size, limit=MOST_BYTES)
    text = source.read().decode("utf-8", "replace")
    try:
        data = json.loads(text) if suffix(source.path) == ".json" else _yaml(text)
    except (ValueError, RecursionError) as error:
        raise ReadError("bad-settings", file=source.name) from error
    return redacted(flattened(data))


def _yaml(text: str) -> Any:
    import yaml

    # an alias may blow a small file up beyond all bounds, deep nesting the C stack; settings have no need of them
    if len(re.findall(r"(?m)[:\-]\s+\*\w", text)) > 20 or _nested_too_deeply(text):
        raise ReadError("bad-settings", file="yaml")
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ReadError("bad-settings", file="yaml") from error


def _nested_too_deeply(text: str) -> bool:
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth += 1 if bracket in "[{" else -1
        if depth > MOST_NESTING:
            return True
    return re.search(r"(?:[-?:][ \t]+){40}", text) is not None


def flattened(data: Any, prefix: str = "", depth: int = 0) -> dict[str, Detail]:
    """Nested mappings as one, keys joined by dots; only numbers, words and truth values, at most 500 of them."""
    flat: dict[str, Detail] = {}
    if not isinstance(data, dict) or depth > MOST_DEPTH:
        return flat
    for key, value in data.items():
        if len(flat) >= MOST_VALUES:
            break
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            inner = value.get("value", value) if set(value) <= {"value", "desc"} else value  # W&B wraps each value
            flat.update(
                flattened(inner, f"{name}.", depth + 1)
                if isinstance(inner, dict)
                else flattened({key: inner}, prefix, depth)
            )
        elif isinstance(value, bool):
            flat[name] = str(value).lower()
        elif isinstance(value, int | float) or (isinstance(value, str) and len(value) <= 200):
            flat[name] = value
    return flat


def redacted(values: dict[str, Detail]) -> dict[str, Detail]:
    """The same without secrets: keys that name one, values that carry a password in a URL."""
    return {
        k: REDACTED if isinstance(v, str) and (SECRET.search(k) or SECRET_VALUE.search(v)) else v
        for k, v in values.items()
    }


def _number(text: str) -> Detail:
    value = float(text)
    return int(value) if value.is_integer() and "e" not in text.lower() and "." not in text else value
