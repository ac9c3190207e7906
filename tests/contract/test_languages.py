"""A language is a record and its texts: no code asks which language it is, and everything that offers them knows all."""

from __future__ import annotations

import ast
import json
import re
from importlib.resources import files
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import loganalyzer
from loganalyzer.cli.command import command
from loganalyzer.cli.pages import explain, listing
from loganalyzer.config.load import load
from loganalyzer.config.sources import language
from loganalyzer.messages.languages import LANGUAGES, SOURCE, Lang, aside, listed, pair
from loganalyzer.model.errors import ConfigError
from loganalyzer.reports.mail import chart

ROOT = Path(loganalyzer.__file__).parent
OUTSIDE = [p for p in sorted(ROOT.rglob("*.py")) if p.relative_to(ROOT).as_posix() != "messages/languages.py"]
PAGES = sorted(p for ending in ("j2", "js") for p in ROOT.rglob(f"*.{ending}"))


def literals(node: ast.AST) -> set[str]:
    """The languages that an expression writes out: a constant, or constants in a tuple, list, set or keys of a dict."""
    inside = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    inside = [key for key in node.keys if key is not None] if isinstance(node, ast.Dict) else inside
    return {n.value for n in inside if isinstance(n, ast.Constant) and isinstance(n.value, str)} & set(LANGUAGES)


def decisions(source: str) -> list[str]:
    """Where a language is compared with one that is written out, or several stand side by side."""
    found = []
    for node in ast.walk(ast.parse(source)):
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        values = (
            [p.value for p in ast.walk(node) if isinstance(p, ast.MatchValue)] if isinstance(node, ast.Match) else []
        )
        together = len(literals(node)) > 1
        if together or any(literals(part) for part in (*sides, *values)):
            found.append(ast.unparse(node)[:80])
    return found


@pytest.mark.parametrize("source", OUTSIDE, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_code_decides_by_the_name_of_a_language(source: Path) -> None:
    assert decisions(source.read_text(encoding="utf-8")) == []


def test_such_a_decision_would_be_seen() -> None:
    for text in ('x = lang == "ja"', 'x = "en" != lang', 'x = lang in ("en", "ja")', 'L = ("en", "ja")',
                 'x = {"en": 1, "ja": 2}[lang]', 'match lang:\n case "ja": pass'):  # fmt: skip
        assert decisions(text), text
    assert decisions('def f(lang="en"): return lang == SOURCE') == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_no_template_and_no_script_decides_by_the_language(page: Path) -> None:
    assert re.findall(r"\blang\b\s*(?:===?|!==?|in\b)", page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_way_to_choose_a_language_knows_it(lang: Lang, tmp_path: Path) -> None:
    assert load(command_line={"lang": lang}, environment={}, directory=tmp_path).lang == lang
    assert load(environment={"LOGANALYZER_LANG": lang}, directory=tmp_path).lang == lang
    (tmp_path / "loganalyzer.toml").write_text(f'lang = "{lang}"\n', encoding="utf-8")
    assert load(environment={}, directory=tmp_path).lang == lang
    assert language(environment={}, directory=tmp_path) == language(lang, environment={}) == lang
    option = next(p for p in command.params if p.name == "lang")
    assert isinstance(option.type, click.Choice) and list(option.type.choices) == list(LANGUAGES)
    schema = json.loads(files("loganalyzer.reports").joinpath("json_schema.json").read_text(encoding="utf-8"))
    assert schema["$defs"]["lang"]["enum"] == list(LANGUAGES), "run `make schema`"


def test_a_language_that_there_is_not_is_refused_or_passed_over(tmp_path: Path) -> None:
    (tmp_path / "loganalyzer.toml").write_text('lang = "jp"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="jp"):
        load(environment={}, directory=tmp_path)
    assert language(environment={}, directory=tmp_path) == SOURCE


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_speaks_it(lang: Lang, tmp_path: Path) -> None:
    rows = "".join(f"{i},{0.1 + 1 / (i + 1)}\n" for i in range(40))
    (tmp_path / "log.csv").write_text(f"epoch,train_loss\n{rows}", encoding="utf-8")
    outputs = {name: tmp_path / f"out.{name}" for name in ("json", "junit", "sarif", "markdown", "eml")}
    options = [part for name, path in outputs.items() for part in (f"--{name}", str(path))]
    mail = ["--email-to", "a@example.org", "--email-from", "b@example.org", "--fail-on", "converged,underfitting"]
    arguments = [str(tmp_path / "log.csv"), "-o", str(tmp_path / "report"), "--lang", lang, *options, *mail]
    done = CliRunner().invoke(command, arguments, obj=arguments)
    assert done.exit_code == 1, done.output
    assert f'<html lang="{lang}">' in (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert all(path.stat().st_size for path in outputs.values())
    assert explain("overfitting", lang) and listing("readers", lang)
    asked = ["--help", "--lang", lang]
    assert "--lang" in CliRunner().invoke(command, asked, obj=asked).output


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_keep_the_letters_that_a_font_at_hand_has(lang: Lang) -> None:
    assert chart._drawable("run-1 é…") == "run-1 é…"
    fonts = LANGUAGES[lang].fonts
    assert fonts is None or all(low < high for low, high in fonts.letters)


def test_punctuation_is_that_of_the_language() -> None:
    assert pair("found", "0.5", "en") == "found: 0.5" and pair("結果", "0.5", "ja") == "結果：0.5"
    assert aside("plateau", "en", "stalled", "", "likely") == "plateau (stalled, likely)"
    assert aside("停滞", "ja", "改善が途中で止まった", "確度：中") == "停滞（改善が途中で止まった、確度：中）"
    assert aside("plateau", "en", "") == "plateau" and listed(["a", "b"], "ja") == "a、b"
