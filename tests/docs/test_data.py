"""TOML, YAML and JSON of the documentation, the examples and the integrations is valid, and means what the page says."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
import yaml

from tests.docs.blocks import ROOT, Block, of

SHIPPED = ("integrations", "examples")


def parsed(block: Block) -> Any:
    match block.kind:
        case "toml":
            return tomllib.loads(block.text)
        case "yaml":
            return yaml.safe_load(block.text)
    return json.loads(block.text)


@pytest.mark.parametrize("block", [*of("toml"), *of("yaml"), *of("json")], ids=lambda block: block.name)
def test_data_can_be_parsed(block: Block) -> None:
    assert parsed(block)


@pytest.mark.parametrize(
    "path",
    sorted(
        path.relative_to(ROOT).as_posix()
        for folder in SHIPPED
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".toml", ".yml", ".yaml", ".json")
    ),
)
def test_files_that_are_shipped_can_be_parsed(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert (tomllib.loads if path.endswith(".toml") else yaml.safe_load)(text)
