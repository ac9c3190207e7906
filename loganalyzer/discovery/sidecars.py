"""Hyper-parameters outside the log: in settings files of the run's folder, and in the run's name."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from loganalyzer.discovery.command_line import options
from loganalyzer.discovery.tree import LocalFiles
from loganalyzer.model.errors import ReadError
from loganalyzer.model.run import Detail
from loganalyzer.readers.base import Source
from loganalyzer.readers.common.file_names import suffix
from loganalyzer.roles.hyperparameter_values import flattened
from loganalyzer.roles.hyperparameters import in_run_name

MOST_BYTES = 1_000_000
MOST_NESTING = 100


def hyperparameters(files: LocalFiles, folder: str, run_key: str, settings: Sequence[str]) -> dict[str, Detail]:
    """Return the hyper-parameters in the run's name below the ``folder`` that was given, in the name of that folder, and in
    its ``settings`` files; the later ones of a path win over earlier ones, files over names. Never raises."""
    found = from_name(f"{folder}/{run_key}")
    for path in settings:
        try:
            found.update(from_file(files.open(path, MOST_BYTES)))
        except ReadError:
            continue
    return found


def from_name(name: str) -> dict[str, Detail]:
    """Parse values in a path: ``lr_0.1``, ``lr=1e-3``, ``bs32``, ``seed42``."""
    return flattened(in_run_name(name))


def from_file(source: Source) -> dict[str, Detail]:
    """Read a YAML or JSON settings file, or a command line, flattened with dots. Raises ReadError if it has no values."""
    if source.size > MOST_BYTES:
        raise ReadError("too-large", size=source.size, limit=MOST_BYTES)
    text = source.read().decode("utf-8", "replace")
    if suffix(source.path) == ".txt" and (found := options(text)):
        return flattened(found)
    try:
        data = json.loads(text) if suffix(source.path) == ".json" else _yaml(text)
    except (ValueError, RecursionError) as error:
        raise ReadError("bad-settings", file=source.name) from error
    return flattened(data)


def _yaml(text: str) -> Any:
    import yaml

    # aliases can expand a small file without bound, deep nesting can overflow the C stack; settings need neither
    if len(re.findall(r"(?m)[:\-]\s+\*\w", text)) > 20 or _nested_too_deeply(text):
        raise ReadError("bad-settings", file="yaml")
    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (
        Exception
    ) as error:  # YAMLError, and all that a tag's value may raise that is none: "!!bool perhaps" a KeyError
        raise ReadError("bad-settings", file="yaml") from error


def _nested_too_deeply(text: str) -> bool:
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth += 1 if bracket in "[{" else -1
        if depth > MOST_NESTING:
            return True
    return re.search(r"(?:[-?:][ \t]+){40}", text) is not None
