"""Every text exists in both languages with the same placeholders."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from loganalyzer import messages
from loganalyzer.model.outcome import Severity, Verdict
from loganalyzer.model.run import Note
from loganalyzer.readers.registry import load_readers
from loganalyzer.rules.registry import load_rules

PLACEHOLDER = re.compile(r"\{(\w+(?::\w+)?)\}")


def word_files() -> list[Any]:
    folders = [files("loganalyzer.messages"), files("loganalyzer.rules"), files("loganalyzer.rules").joinpath("fixes")]
    return sorted(
        (f for d in folders if d.is_dir() for f in d.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name
    )


def texts(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(node, dict):
        if set(node) & {"en", "ja"}:
            yield path, node
        else:
            for key, value in node.items():
                yield from texts(value, f"{path}.{key}")


@pytest.mark.parametrize("file", word_files(), ids=lambda f: f.name)
def test_english_and_japanese_stand_side_by_side_with_the_same_holes(file: Any) -> None:
    for path, text in texts(tomllib.loads(file.read_text(encoding="utf-8"))):
        if path == ".page" or path.startswith(".limits."):  # the English of these stands in the rule's module
            continue
        assert set(text) == {"en", "ja"}, path
        assert text["en"].strip() and text["ja"].strip(), path
        assert sorted(PLACEHOLDER.findall(text["en"])) == sorted(PLACEHOLDER.findall(text["ja"])), path


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_every_verdict_rule_fix_and_severity_has_words(lang: messages.Lang) -> None:
    for verdict in Verdict:
        assert messages.verdict(verdict, lang) and messages.verdict_meaning(verdict, lang)
    for severity in Severity:
        assert messages.severity(severity, lang)
    for rule in load_rules():
        assert messages.title(rule.id, lang)
    for fix_id in messages.fix_ids():
        fix = messages.fix(fix_id, lang)
        assert fix.text and fix.why, fix_id


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_every_kind_and_every_confidence_word_is_explained(lang: messages.Lang) -> None:
    kinds = tomllib.loads(files("loganalyzer.messages").joinpath("verdicts.toml").read_text(encoding="utf-8"))["kind"]
    told = [messages.kind_meaning(kind, lang) for kind in kinds] + [
        messages.confidence_meaning(level, lang) for level in messages.LEVELS
    ]
    assert len(set(told)) == len(kinds) + len(messages.LEVELS)
    assert all(text.endswith("." if lang == "en" else "。") for text in told)
    assert messages.kind_meaning("of-another-package", lang) == ""
    assert {messages.confidence_level(v / 100) for v in range(101)} == set(messages.LEVELS)


def test_every_reader_of_ours_has_a_title_in_both_languages() -> None:
    for reader in load_readers():
        assert messages.reader(reader.id, "en") == reader.title
        assert messages.reader(reader.id, "ja")


def test_a_note_without_words_is_still_readable() -> None:
    assert messages.note(Note("odd-thing", {"line": 3}), "en") == "odd thing (line: 3)"


@pytest.mark.parametrize(
    ("value", "word"), [(0.99, "clear"), (0.85, "clear"), (0.7, "likely"), (0.5, "possible"), (0.2, "weak")]
)
def test_confidence_words(value: float, word: str) -> None:
    assert messages.confidence(value, "en") == word
