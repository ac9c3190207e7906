"""A file of `analyze-logs --next`, applied: what it sets goes into the configuration, under the names of a log."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from .config import Config

RENAMED = {"scheduler": "schedule", "step_size": "period"}
"""Settings that a log calls otherwise than the configuration."""
KEYS = ("run", "verdict", "actions", "set", "keep", "comments")


def load(path: Path) -> Mapping[str, Any]:
    """Read a TOML, YAML or JSON file. Raises ValueError for one that is not as `--next` writes it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        document = tomllib.loads(text)
    elif path.suffix == ".json":
        document = json.loads(text)
    else:
        import yaml

        document = yaml.safe_load(text)
    if not isinstance(document, dict) or not isinstance(document.get("set"), dict):
        raise ValueError(f"{path} is no file of analyze-logs --next: it has no table `set`")
    unknown = [key for key in document if key not in KEYS]
    if unknown:
        raise ValueError(f"{path} has unknown keys: {', '.join(unknown)}")
    return document


def apply(document: Mapping[str, Any], config: Config) -> Config:
    """Return `config` as the file wants it.

    `set` changes settings. A file that only has `keep` asks for the weights of that epoch: the same training, ended there.
    Raises ValueError for settings that there are not, and for values that they cannot have; it names them all.
    """
    fields = {field.name: field for field in dataclasses.fields(config)}
    named = {RENAMED.get(name, name): value for name, value in document["set"].items()}
    unknown = [name for name in document["set"] if RENAMED.get(name, name) not in fields]
    if unknown:
        raise ValueError(f"unknown settings: {', '.join(unknown)}; known: {', '.join(fields)}")
    types = get_type_hints(Config)
    changed = {name: _as(types[name], value, name) for name, value in named.items()}
    keep = document.get("keep")
    if keep and not changed:
        changed["last_epoch"] = int(keep["step"])
    return dataclasses.replace(config, **changed)


def _as(kind: Any, value: Any, name: str) -> Any:
    """The value in the type of the configuration's field. Raises ValueError where it has none there."""
    if get_origin(kind) is Literal:
        choice = str(value).lower()
        if choice not in get_args(kind):
            raise ValueError(f"{name} cannot be {value!r}; choose from: {', '.join(get_args(kind))}")
        return choice
    if get_origin(kind) is tuple:
        return tuple(int(width) for width in str(value).split("-"))
    if isinstance(value, str) or (kind is not bool and isinstance(value, bool)):
        raise ValueError(f"{name} cannot be {value!r}")
    return kind(value)
