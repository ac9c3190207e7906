"""docs/plugins.md describes the contracts as they are."""

from __future__ import annotations

import tomllib
from dataclasses import fields

import pytest

from loganalyzer.readers.base import Reader
from loganalyzer.readers.registry import GROUP as READERS
from loganalyzer.reports.registry import GROUP as FORMATS
from loganalyzer.rules.base import Abstention, Lead, Rule, Suppression
from loganalyzer.rules.registry import GROUP as RULES
from tests.plugins.conftest import ROOT

PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("contract", [Reader, Rule, Suppression, Lead], ids=lambda contract: contract.__name__)
def test_every_field_of_a_contract_is_described(contract: type) -> None:
    assert [f.name for f in fields(contract) if f.name not in PAGE] == []


def test_every_reason_to_abstain_is_named() -> None:
    assert [reason.name for reason in Abstention if reason.name not in PAGE] == []


def test_page_and_example_have_every_group_of_entry_points() -> None:
    example = tomllib.loads((ROOT / "examples" / "plugin" / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(example["project"]["entry-points"]) == {READERS, RULES, FORMATS}
    assert all(f"`{group}`" in PAGE for group in (READERS, RULES, FORMATS))
