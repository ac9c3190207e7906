"""Every text exists in every language with the same placeholders."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import loganalyzer
from loganalyzer import messages
from loganalyzer.messages.languages import SOURCE
from loganalyzer.model.confidence import LEVELS, level, span
from loganalyzer.model.errors import UsageError
from loganalyzer.model.outcome import Severity
from loganalyzer.model.run import Note
from loganalyzer.rules.registry import load_rules

ROOT = Path(loganalyzer.__file__).parent
PLACEHOLDER = re.compile(r"\{(\w+(?::\w+)?)\}")
FILES = {p.relative_to(ROOT).as_posix(): tomllib.loads(p.read_text(encoding="utf-8")) for p in ROOT.rglob("*.toml")}


def texts(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(node, dict):
        if set(node) & set(messages.LANGUAGES):
            yield path, node
        else:
            for key, value in node.items():
                yield from texts(value, f"{path}.{key}".lstrip("."))


TEXTS = {(file, path): text for file, table in FILES.items() for path, text in texts(table)}


def in_the_code(file: str, path: str) -> bool:
    """True for texts whose English stands in the code: pages and limits of rules, help of options."""
    return (
        path == "page" or (path.startswith("limits.") and file.startswith("rules/")) or file == "messages/options.toml"
    )


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_every_text_is_there_in_every_language(lang: messages.Lang) -> None:
    lacking = [
        f"{file}: {path}"
        for (file, path), text in TEXTS.items()
        if not text.get(lang, "").strip() and not (lang == SOURCE and in_the_code(file, path))
    ]
    assert len(TEXTS) > 900
    assert lacking == [], "\n".join(["", *lacking])


@pytest.mark.parametrize("file", FILES)
def test_the_languages_have_the_same_placeholders(file: str) -> None:
    for path, text in texts(FILES[file]):
        assert set(text) <= set(messages.LANGUAGES), path
        if not in_the_code(file, path):
            assert len({tuple(sorted(PLACEHOLDER.findall(said))) for said in text.values()}) == 1, path


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_every_rule_fix_and_severity_has_words(lang: messages.Lang) -> None:
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
    told = [messages.kind_meaning(kind, lang) for kind in kinds]
    told += [messages.confidence_meaning(name, lang) for name in LEVELS]
    assert len(set(told)) == len(kinds) + len(LEVELS)
    assert all(text.endswith((".", "。")) for text in told)
    assert messages.kind_meaning("of-another-package", lang) == ""
    grades = [messages.confidence_grade(name, lang) for name in LEVELS]
    assert len(set(grades)) == len(LEVELS) == len({messages.confidence(name, lang) for name in LEVELS})


def test_a_note_without_words_is_still_readable() -> None:
    assert messages.note(Note("odd-thing", {"line": 3}), "en") == "odd thing (line: 3)"


@pytest.mark.parametrize(
    ("value", "word"),
    [(0.99, "high"), (0.85, "high"), (0.7, "likely"), (0.65, "likely"), (0.5, "possible"), (0.2, "weak")],
)
def test_levels_of_confidence(value: float, word: str) -> None:
    assert level(value) == word
    least, most = span(word)
    assert least <= value <= most


def test_a_sentence_about_a_level_says_between_which_probabilities_it_holds() -> None:
    assert "of 100 such verdicts 65 to 85" in messages.confidence_meaning("likely", "en")
    assert "100件中50〜65件" in messages.confidence_meaning("possible", "ja")
    assert messages.confidence("high", "en") == "high confidence" and messages.confidence_grade("high", "en") == "high"


def test_a_language_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no language is called 'jp' \(known: .*en"):
        messages.ui("gate", "where", "jp")
