"""Every error that is raised on purpose is translated, and no translation is kept of what nothing raises."""

from __future__ import annotations

import ast
import json
import string
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click
import pytest

import loganalyzer
from loganalyzer.cli import help as cli_help
from loganalyzer.cli.command import command
from loganalyzer.cli.commands import WORDS, chosen
from loganalyzer.messages.errors import translate
from loganalyzer.messages.languages import LANGUAGES, SOURCE, Lang
from loganalyzer.model.errors import Message, UsageError
from loganalyzer.reports.wrap import columns

ROOT = Path(loganalyzer.__file__).parent
CATALOGUE = tomllib.loads((ROOT / "messages" / "errors.toml").read_text(encoding="utf-8"))
OTHERS = [lang for lang in LANGUAGES if lang != SOURCE]
CARRIERS = {"UsageError", "ConfigError", "LogAnalyzerError", "Message", "told"}


def raised() -> Iterator[str]:
    """The English sentences in the code: what errors are made of, and names of such sentences (``text = ...``)."""
    for file in sorted(ROOT.rglob("*.py")):
        if "rules" in file.parts:
            continue
        source = file.read_text(encoding="utf-8")
        if not any(f"{name}(" in source for name in CARRIERS):
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                assert not (name in CARRIERS and isinstance(node.args[0], ast.JoinedStr)), f"{file}:{node.lineno}"
                first = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
                yield from [first] if name in CARRIERS and isinstance(first, str) else []
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "text":
                held = node.value.value if isinstance(node.value, ast.Constant) else None
                yield from [held] if isinstance(held, str) and "{" in held else []


def placeholders(text: str) -> set[tuple[str, str]]:
    return {(name, how or "") for _, name, _, how in string.Formatter().parse(text) if name is not None}


def test_lists_are_joined_as_the_language_joins_them() -> None:
    error = UsageError("no language is called {name!r} (known: {known})", name="xx", known=("en", "ja"))
    assert str(error) == "no language is called 'xx' (known: en, ja)"
    assert translate(error.message, "ja") == "'xx' という言語はありません（使える言語：en、ja）"


@pytest.mark.parametrize("lang", OTHERS)
def test_every_error_is_translated_with_the_same_placeholders(lang: Lang) -> None:
    known = {entry[SOURCE]: entry[lang] for entry in CATALOGUE.values()}
    assert len(known) == len(CATALOGUE)
    for text in raised():
        assert text in known, f"no translation: {text}"
        assert placeholders(text) == placeholders(known[text])


def test_nothing_is_kept_that_nobody_says() -> None:
    schema = json.loads(files("loganalyzer.config").joinpath("schema.json").read_text(encoding="utf-8"))

    def descriptions(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            yield from (v for k, v in node.items() if k == "description" and isinstance(v, str))
            for value in node.values():
                yield from descriptions(value)
        elif isinstance(node, list):
            for value in node:
                yield from descriptions(value)

    said_somewhere = {*raised(), *descriptions(schema)}
    assert [entry["en"] for entry in CATALOGUE.values() if entry["en"] not in said_somewhere] == []


def test_sentences_within_sentences_are_translated_and_braces_without_holes_stay() -> None:
    hint = Message("; did you mean {name}?", {"name": "runs"})
    error = UsageError("no such file or folder: {path}{hint}", path="runz", hint=hint)
    assert str(error) == "no such file or folder: runz; did you mean runs?"
    assert translate(error.message, "ja") == "ファイルもフォルダもありません：runz。もしかして runs ですか？"
    assert str(UsageError("a {brace}")) == translate(Message("a {brace}"), "ja") == "a {brace}"


@pytest.mark.parametrize("lang", OTHERS)
def test_every_option_has_its_help(lang: Lang) -> None:
    commands = [command, *(chosen([word])[0] for word in WORDS)]
    names = {str(p.name) for one in commands for p in one.params if isinstance(p, click.Option)} | {"help"}
    table = tomllib.loads((ROOT / "messages" / "options.toml").read_text(encoding="utf-8"))
    kept = {name for name, text in table.items() if text.get(lang)}
    assert {name for name in kept if not name.startswith("page-")} == names
    assert {name for name in kept if "example-" in name} == {f"page-{key}" for one in commands for key in one.examples}
    for one in commands:
        page = cli_help.page(one, click.Context(one), lang)
        assert max(map(columns, page.splitlines())) <= 80
        assert all(opt in page for p in one.params if isinstance(p, click.Option) for opt in p.opts)
        assert "page-" not in page


def test_nothing_of_the_japanese_help_is_english() -> None:
    for one in (command, *(chosen([word])[0] for word in WORDS)):
        page = cli_help.page(one, click.Context(one), "ja")
        assert "Show this message" not in page and "default" not in page
