"""What to do next on a card of the HTML report: three numbered actions at most, one fold for the rest, none if healthy."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from loganalyzer import messages
from loganalyzer.diagnosis.actions import others
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.model.report import Analysis, Diagnosis
from loganalyzer.reports import notebook
from loganalyzer.reports.html import advice
from loganalyzer.reports.html.page import render
from loganalyzer.reports.summary import actions, told
from loganalyzer.rules.fixes.contradictions import MOVES
from tests.prescriptions.case import diagnosed

BLOWN = {"train_loss": "where(x < 0.3, 2 - 4 * x, 0.8 + 20 * (x - 0.3))"}
OVER = {
    "train_loss": "2 * exp(-4 * x) + 0.01 * noise(1)",
    "val_loss": "0.5 + 1.5 * exp(-12 * x) + 0.8 * x ** 2 + 0.002 * noise(2)",
}
FALLING = {"train_loss": "2 - 1.2 * x + 0.002 * noise(1)", "val_loss": "2.1 - 1.2 * x + 0.002 * noise(2)"}
CONSTANT = {"train_loss": "0.9 + 0 * x"}
DONE = {
    "train_loss": "2 * exp(-12 * x) + 0.1 + 0.003 * noise(1)",
    "val_loss": "2 * exp(-12 * x) + 0.2 + 0.003 * noise(2)",
}
SICK = {"blown": BLOWN, "over": OVER, "falling": FALLING, "constant": CONSTANT}
SETTINGS: dict[str, Any] = {"lr": 0.01, "optimizer": "adam", "dropout": 0.1, "weight_decay": 0.0, "epochs": 60}


def named(diagnosis: Diagnosis, name: str) -> Diagnosis:
    return replace(diagnosis, run=replace(diagnosis.run, id=name))


def card(page: str) -> str:
    [found] = re.findall(r"<article class=\"card.*?</article>", page, re.S)
    return str(found)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("series", SICK.values(), ids=SICK)
def test_a_card_has_its_actions_in_order_with_a_tick_box_each(series: Mapping[str, str], lang: Lang) -> None:
    d = diagnosed(dict(series), SETTINGS)
    text = card(render(Analysis((), (d,)), lang=lang))
    assert 1 <= text.count('type="checkbox"') == len(d.actions) <= 3
    shown = re.findall(r'<input type="checkbox" data-fix="[^"]*"> <span>(.*?)</span>(?=</label>)', text)
    told = [re.sub("<.*?>", "", s) for s in shown]
    assert [s.replace("\u00a0", " ") for s in told] == [t.replace("&", "&amp;") for t in actions(d, lang)]
    leads = [re.findall(r"<b>(.*?)</b>", s) for s in shown]
    assert all(len(lead) == 1 and len(messages.split_sentences(lead[0], lang)) == 1 for lead in leads)
    assert text.count('<details class="more">') == bool(others(d))
    assert messages.ui("html", "more_fixes", lang, count=len(others(d))) in text or not others(d)


@pytest.mark.parametrize("series", SICK.values(), ids=SICK)
@pytest.mark.parametrize("settings", [{}, SETTINGS], ids=["unknown", "known"])
def test_the_fold_repeats_no_action_and_contradicts_none(series: Mapping[str, str], settings: dict[str, Any]) -> None:
    d = diagnosed(dict(series), settings)
    rest = [p.fix for p in others(d)]
    assert set(rest).isdisjoint({p.fix for p in d.actions}) and len(set(rest)) == len(rest)
    ways: dict[str, set[int]] = {}
    for fix in (*rest, *(p.fix for p in d.actions)):
        for quantity, way in MOVES.get(fix, {}).items():
            ways.setdefault(quantity, set()).add(way)
    assert all(len(way) == 1 for way in ways.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_healthy_run_is_offered_nothing(lang: Lang) -> None:
    d = diagnosed(DONE, {"lr": 0.01})
    text = card(render(Analysis((), (d,)), lang=lang))
    assert told(d, lang), "there is something to remark"
    for absent in ('type="checkbox"', 'class="next"', 'class="more"', 'class="steps"', "data-fix"):
        assert absent not in text


def test_numbers_of_the_sentence_are_those_of_the_code() -> None:
    [first, *_] = advice.steps(diagnosed(BLOWN, {"lr": 0.1, "optimizer": "SGD"}), "en")
    assert "from 0.1 to 0.01" in first["text"]
    assert "lr=0.01)" in first["code"][0]["text"] and "was 0.1" in first["code"][0]["text"]


def test_boxes_and_tabs_of_two_runs_are_not_mixed_up() -> None:
    runs = (named(diagnosed(BLOWN, SETTINGS), "a"), named(diagnosed(OVER, SETTINGS), "b"))
    page = render(Analysis((), runs))
    for attribute in ("data-fix", "id"):
        values = re.findall(rf'<input [^>]*{attribute}="([^"]*)"', page)
        assert len(values) == len(set(values))


def test_tiles_on_the_first_screen_stand_for_runs_alike() -> None:
    runs = [named(diagnosed(BLOWN, {"lr": 0.1}), f"a{i}") for i in range(4)]
    page = render(Analysis((), (*runs, named(diagnosed(OVER), "b"))))
    tiles = re.findall(r'<li class="tile.*?</li>', page, re.S)
    assert len(tiles) == 2
    assert "and 3 more like it" in tiles[0] and "Lower the learning rate (lr) from 0.1 to 0.01." in tiles[0]
    assert "more like it" not in tiles[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tiles_show_as_many_verdicts_as_there_are(lang: Lang) -> None:
    blown = [named(diagnosed(BLOWN, {"lr": rate}), f"blown-{rate}") for rate in (0.1, 0.2, 0.4)]
    others = [named(diagnosed(OVER), "over"), named(diagnosed(CONSTANT), "constant")]
    page = render(Analysis((), (*blown, *others)), lang=lang)
    tiles = re.findall(r'<li class="tile v-(.*?)".*?</li>', page, re.S)
    assert sorted(tiles) == ["diverging", "overfitting", "plateau"] and tiles[0] == "diverging"
    assert messages.verdict_count(blown[0].verdict, 3, lang) in page[page.index('class="tile') :]
    alone = render(Analysis((), tuple(blown)), lang=lang)
    assert re.findall(r'<li class="tile v-(.*?)"', alone) == ["diverging"] * 3, "where there is one verdict, its runs"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_notebook_shows_the_curve_and_what_to_do(lang: Lang) -> None:
    run = named(diagnosed(OVER, {"lr": 0.1}), "<b>over</b>")
    shown = notebook.render(Analysis((), (run,)), lang)
    assert shown.count("<svg") == 1 and shown.count("<polyline") == 2 and "class=" not in shown
    assert "<b>over" not in shown and actions(run, lang)[0] in html.unescape(shown)


def test_what_decided_is_said_once() -> None:
    d = diagnosed(CONSTANT)
    assert d.deciding not in {outcome.rule for outcome in told(d, "en")}
    assert card(render(Analysis((), (d,)))).count("it does not depend on the weights") == 1
