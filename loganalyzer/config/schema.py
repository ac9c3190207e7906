"""The JSON Schema of the configuration, for editors: generated from ``settings``, shipped as ``schema.json``.

``python -m loganalyzer.config.schema`` (``make schema``) rewrites the shipped file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from loganalyzer.config.conditions import NEVER, NEW, SEVERITIES, verdicts
from loganalyzer.config.settings import Configuration

SHIPPED = Path(__file__).with_name("schema.json")


def schema() -> dict[str, Any]:
    """Build the schema from the definition, the verdicts and their kinds."""
    tables = {name: _tidy(table) for name, table in msgspec.json.schema(Configuration)["$defs"].items()}
    whole = tables.pop("Configuration")
    words = {"verdict": {"enum": [*verdicts()]}, "condition": {"enum": [*verdicts(), *SEVERITIES, NEW, NEVER]}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "loganalyzer/config-1",
        **whole,
        "title": "loganalyzer.toml, or [tool.loganalyzer] of pyproject.toml",
        "$defs": {**tables, **words},
    }


def as_text() -> str:
    """Serialise the schema as in the shipped file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _tidy(node: Any) -> Any:
    """Remove null, which TOML does not have, and defaults that only mean "not set" from a part of the schema."""
    if isinstance(node, list):
        return [_tidy(each) for each in node]
    if not isinstance(node, dict):
        return node.replace("``", "`") if isinstance(node, str) else node
    # names of keys may be words of JSON Schema: mail.required
    found: dict[str, Any] = {
        word: _tidy_each(part) if word == "properties" else _tidy(part) for word, part in node.items()
    }
    if found.get("required") == []:
        del found["required"]
    if "default" in found and (found["default"] in (None, "", []) or isinstance(found["default"], dict)):
        del found["default"]
    if "also" in found:
        listed = {word: found.pop(word) for word in ("type", "items", "minItems") if word in found}
        found["anyOf"] = [found.pop("also"), listed]
    union = [each for each in found.get("anyOf", ()) if each != {"type": "null"}]
    return {**union[0], **{k: v for k, v in found.items() if k != "anyOf"}} if len(union) == 1 else found


def _tidy_each(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: _tidy(part) for name, part in properties.items()}


if __name__ == "__main__":
    SHIPPED.write_text(as_text(), encoding="utf-8")
