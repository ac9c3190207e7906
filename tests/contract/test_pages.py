"""The numbers on a rule's page come from the code: a limit or a constant that changes, changes what is printed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from loganalyzer import messages
from loganalyzer.cli.pages import explain
from loganalyzer.messages import Lang
from loganalyzer.messages.pages import PLACEHOLDER, short, with_numbers
from loganalyzer.rules.base import Rule
from loganalyzer.rules.registry import load_rules, quoted

RULES = load_rules()
IDS = [rule.id for rule in RULES]
DIGITS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?(?:e-?\d+)?)( ?%|割)?(?![\w.]*\d)")
SCALES = {"": 1.0, "%": 0.01, "割": 0.1}
WORDS = {"half": 0.5, "twice": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12}
COINCIDENCES = {  # of a number with one that has another meaning
    "plateau": ("at most 60%", "Stalled: 80%", "half a point", "60%以下", "±0.5"),
    "underfitting": ("last 15%", "last half", "one half", "5〜6点", "5点に満たない", "最大 0.5"),
    "learning-rate-too-high": ("Blow-up (1)", "急上昇（1点）"),
    "overfitting": ("down to half of it",),
    "oscillating": ("Half the learning rate", "by half the swing"),
    "gradient-norm": ("within 0.1%",),
    "still-improving": ("4つ",),
}


def raw(rule: Rule, lang: messages.Lang) -> str:
    """The page as it is written, its placeholders not filled."""
    module = import_module(rule.check.__module__)
    if lang == "en":
        return str(module.__doc__)
    table = tomllib.loads(Path(str(module.__file__)).with_suffix(".toml").read_text(encoding="utf-8"))
    return str(table["page"][lang])


def limits_of(rule: Rule) -> dict[str, float]:
    return {item.name: getattr(rule.limits, item.name) for item in fields(rule.limits)}


def constants_of(rule: Rule) -> dict[str, float]:
    module = vars(import_module(rule.check.__module__))
    return {name: value for name, value in module.items() if name.isupper() and isinstance(value, int | float)}


def written(rule: Rule, lang: messages.Lang) -> Iterator[tuple[str, dict[str, float]]]:
    """The numbers that the page has as text, each with what of the code is that number, by name."""
    text = re.sub("``.+?``", "", " ".join(raw(rule, lang).split()))
    for phrase in COINCIDENCES.get(rule.id, ()):
        text = text.replace(phrase, "")
    named = limits_of(rule) | constants_of(rule)
    for match in DIGITS.finditer(PLACEHOLDER.sub("", text)):
        value = float(match[1]) * SCALES[(match[2] or "").strip()]
        yield match[0], {k: v for k, v in named.items() if abs(abs(v) - value) <= 1e-9 * value}
    for word in re.findall(r"\w+", text):
        yield word, {k: v for k, v in constants_of(rule).items() if v == WORDS.get(word)}


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_no_number_of_the_code_stands_as_text_on_the_page(rule: Rule) -> None:
    for lang in messages.LANGUAGES:
        for text, named in written(rule, lang):
            assert not named, f"{text!r} on the {lang} page: write {{{next(iter(named))}}}"


def test_coincidences_are_on_the_pages() -> None:
    for rule in RULES:
        pages = [" ".join(raw(rule, lang).split()) for lang in messages.LANGUAGES]
        assert [p for p in COINCIDENCES.get(rule.id, ()) if not any(p in page for page in pages)] == []


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_every_placeholder_is_filled_and_both_languages_have_the_same(rule: Rule) -> None:
    english, japanese = (set(PLACEHOLDER.findall(raw(rule, lang))) for lang in messages.LANGUAGES)
    assert english == japanese
    for lang in messages.LANGUAGES:
        assert not PLACEHOLDER.search(messages.page(rule.id, lang))


def test_a_page_has_the_numbers_of_the_code_in_the_form_of_its_language() -> None:
    assert "A rise of 10 times the range" in messages.page("diverging", "en")
    assert "変動幅の10倍" in messages.page("diverging", "ja")
    assert "below 0.1% of its peak" in messages.page("schedule-frozen-too-early", "en")
    assert "最大値の0.1%を下回る" in messages.page("schedule-frozen-too-early", "ja")
    assert "above 1 (SGD), 0.01 (Adam" in messages.page("unusual-settings-high", "en")
    assert "patience of 3, 5, 10, 20, 50, or of 5%, 10%, 20% of the run" in messages.page("early-stopping-replay", "en")
    assert "3、5、10、20、50 と全体の5%、10%、20%" in messages.page("early-stopping-replay", "ja")


def test_limits_that_the_user_set_are_on_the_page_and_in_the_list_below_it() -> None:
    for lang, page in (("en", "'patience' (7) evaluations"), ("ja", "'patience'（7）回の評価")):
        shown = explain("convergence-tests", lang, {"convergence-tests": {"patience": 7}, "plateau": {"z": 9}})  # type: ignore[arg-type]
        assert page in "".join(shown.replace("\n    ", "" if lang == "ja" else " "))
        assert "patience = 7 " in shown


def test_braces_that_name_no_number_stay_as_they_are() -> None:
    text = "a dict {history}, {0}, {a: 1}, {}, {z}"
    assert with_numbers(text, lambda name: quoted("diverging", name), "en") == "a dict {history}, {0}, {a: 1}, {}, 4"


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_paragraph_of_a_page_on_the_terminal_is_a_wall_of_text(lang: Lang) -> None:
    for rule in load_rules():
        longest = max(len("".join(part.split("\n"))) for part in explain(rule.id, lang).split("\n\n"))
        assert longest < 1500, rule.id


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One. Two. Three.", ["One. Two. Three."]),
        (f"{'a' * 300}. B{'b' * 400}. C.", [f"{'a' * 300}.", f"B{'b' * 400}.", "C."]),
        (f"{'あ' * 300}。{'い' * 300}。", [f"{'あ' * 300}。", f"{'い' * 300}。"]),
        (f"{'a' * 400} 0.5 and e.g. this", [f"{'a' * 400} 0.5 and e.g. this"]),
    ],
)
def test_long_paragraphs_are_split_between_sentences(text: str, pieces: list[str]) -> None:
    assert short(text) == pieces
