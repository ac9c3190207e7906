"""The documentation site: its generated pages are complete, and what its menu lists exists (links are checked by ``make docs``)."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

import loganalyzer
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.rules.registry import load_rules

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site() -> ModuleType:
    spec = importlib.util.spec_from_file_location("site_sources", ROOT / "tools" / "site.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_has_a_page_and_is_in_the_index(site: ModuleType, lang: Lang) -> None:
    pages = site.rule_pages({"overfitting": "en/picture.svg"}, lang)
    ending = "" if lang == "en" else f".{lang}"
    for rule in load_rules():
        name = f"{rule.id}{ending}.md"
        assert len(re.findall("^## ", pages[name], re.MULTILINE)) >= 3, name
        assert f"({name})" in pages[f"index{ending}.md"], name
    assert "](en/picture.svg)" in pages[f"overfitting{ending}.md"]
    assert pages[f"index{ending}.md"].count("](en/picture.svg)") == 1


@pytest.mark.parametrize(
    ("wrapped", "whole"),
    [
        (["    one", "    two", "", "    three"], ["    one two", "", "    three"]),
        (["    検証の", "    目的関数", "    loss"], ["    検証の目的関数 loss"]),
        (["    - one", "      two", "    - three"], ["    - one two", "    - three"]),
        (["  z = 3  noise", "      beyond", "  y = 2  level"], ["  z = 3  noise beyond", "  y = 2  level"]),
        (["Heading", "    text"], ["Heading", "    text"]),
        (["A sentence", "of two lines"], ["A sentence of two lines"]),
    ],
)
def test_what_was_wrapped_for_a_terminal_is_joined(site: ModuleType, wrapped: list[str], whole: list[str]) -> None:
    assert site.unwrapped(wrapped) == whole


def test_pictures_are_of_runs_that_the_rule_judges(site: ModuleType, tmp_path: Path) -> None:
    report = loganalyzer.analyze(str(ROOT / "sample_runs" / "diverging-nan"))
    shown = site.pictures(report, tmp_path / "en", "en")
    assert "diverging" in shown and "overfitting" not in shown
    assert all((tmp_path / path).is_file() for path in shown.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_of_the_configuration_has_a_row(site: ModuleType, lang: Lang) -> None:
    schema = json.loads((ROOT / "loganalyzer/config/schema.json").read_text(encoding="utf-8"))
    page = site.configuration(schema, lang)
    assert [key for key in schema["properties"] if f"| `{key}` |" not in page] == []
    assert "| `baseline.tolerance` |" in page
    assert ("Finding no run at all" in page) == (lang == "en")


def test_the_api_page_names_what_the_package_offers(site: ModuleType) -> None:
    named = re.findall(r"^::: ([\w.]+)$", site.api(loganalyzer.__all__), re.MULTILINE)
    assert {name.rpartition(".")[2] for name in named} == {*loganalyzer.__all__, "testing"} - {"__version__"}


def test_the_menu_lists_files_that_exist() -> None:
    menu = re.findall(r"[\w/.]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:")[1])
    made = {"rules/index.md", "rules/index.ja.md", "api.md", "configuration_keys.md", "configuration_keys.ja.md"}
    assert len(menu) > 15 and [name for name in menu if name not in made and not (ROOT / name).is_file()] == []
