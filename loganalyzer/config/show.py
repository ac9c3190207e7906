"""Render the merged configuration: as text for ``--show-config``, and as the document that the JSON Schema describes."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from loganalyzer.config.keys import leaves
from loganalyzer.config.settings import Configuration, Settings
from loganalyzer.config.validate import quoted


def show(settings: Settings) -> str:
    """Render the merged configuration as lines ``key = value  # origin``, for ``--show-config``."""
    lines = []
    for path, value in sorted(leaves(settings_as_dict(settings))):
        origin = settings.origins.get("\0".join(path), "default")
        if value not in ({}, []) or origin != "default":
            key = ".".join(map(quoted, path))
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=True)}  # {origin}")
    return "\n".join(lines)


def settings_as_dict(settings: Settings) -> dict[str, Any]:
    """Convert the settings to the structure of the file (JSON types)."""
    document = msgspec.to_builtins(settings)
    named: dict[str, Any] = {key: _as_json(document[key]) for key in Configuration.__struct_encode_fields__}
    return {key: value for key, value in named.items() if value not in (None, "")}


def _as_json(value: Any) -> Any:
    """Convert tuples to lists and drop unset values: None and empty text."""
    if isinstance(value, dict):
        return {key: _as_json(each) for key, each in value.items() if each not in (None, "")}
    return [_as_json(each) for each in value] if isinstance(value, list | tuple) else value
