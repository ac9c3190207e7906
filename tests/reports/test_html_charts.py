"""Charts of the page: how high an axis is, the pen that writes SVG, the best mark, the table of values."""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest

from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.reports.html import chart_box, curves, figures
from loganalyzer.reports.html.chart_layout import NARROW, WIDE, Layout
from loganalyzer.reports.html.panels import panels
from loganalyzer.reports.html.sparkline import sparkline
from loganalyzer.reports.html.svg_pen import SvgPen
from tests.prescriptions.case import diagnosed

LAYOUTS = {"wide": WIDE, "narrow": NARROW}
OVER = {
    "train_loss": "2 * exp(-4 * x) + 0.01 * noise(1)",
    "val_loss": "0.5 + 1.5 * exp(-12 * x) + 0.8 * x ** 2 + 0.002 * noise(2)",
}
STUCK = {"train_loss": "2.3026 + 0.0002 * noise(1)", "val_loss": "2.3026 + 0.0002 * noise(2)"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("values", "log", "most"),
    [
        (
            [2.3026, 2.3030],
            False,
            0.01,
        ),  # a level line stays level: its ups and downs take at most so much of the height
        ([2.30, 2.31], False, 0.1),
        ([-2.3026, -2.3030], False, 0.01),
        ([0.9990, 0.9991], False, 0.01),
        ([100.0, 101.0], True, 0.21),
        ([1e-9, 1.0001e-9], False, 0.01),
        ([2.3, 0.1], False, 1.0),
        ([-1.0, 1.0], False, 1.0),
        ([1.0, 1e6], True, 1.0),
        ([5.0, 5.0], False, 0.0),
        ([0.0, 0.0], False, 0.0),
    ],
)
def test_an_axis_shows_at_least_a_twentieth_of_the_value(values: list[float], log: bool, most: float) -> None:
    low, high = chart_box.limits(np.array(values), log)
    scale = math.log if log else float
    taken = (scale(max(values)) - scale(min(values))) / (scale(high) - scale(low))
    assert low < min(values) and max(values) < high
    assert taken <= most
    assert most < 1 or taken > 0.7, "what does move uses the height"


@pytest.mark.parametrize(
    ("values", "expected"),
    [([2.3026, 2.3030], 6), ([2.30, 2.40], 4), ([0.1, 2.0], 3), ([5.0, 5.0], 3), ([], 3), ([-1.0, 1.0], 3)],
)
def test_digits_tell_values_apart(values: list[float], expected: int) -> None:
    assert chart_box.digits(np.array(values)) == expected


def test_a_level_run_is_a_level_line_everywhere() -> None:
    run = diagnosed(STUCK)
    heights = [float(p.split(",")[1]) for p in re.findall(r"[\d.]+,[\d.]+", sparkline(run))]
    assert max(heights) - min(heights) < 4, "of 28"
    for layout in (WIDE, NARROW):
        svg = figures.draw(run, "en", "r1", layout)
        _, top, _, high = _about(svg)["panels"][0]["frame"]
        [line, *_] = re.findall(r'class="c0 train hv" d="M([^"]*)"', svg)
        ys = [float(v) for v in re.split(r"[ M]", line)[1::2]]
        assert max(ys) - min(ys) < 0.1 * high and top < min(ys) and max(ys) < top + high


def _about(svg: str) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(ET.fromstring(_named(svg)).get("data-about", ""))
    return about


def _named(svg: str) -> str:
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_texts_lie_inside_the_chart(layout: Layout, lang: Lang) -> None:
    for series in (OVER, STUCK):
        drawn = ET.fromstring(_named(figures.draw(diagnosed(series, {"lr": 0.1}), lang, "r1", layout)))
        width = float(drawn.get("viewBox", "").split()[2])
        for text in drawn.iter(f"{SVG}text"):
            x, wide = float(text.get("x", "")), 4.4 * sum(2.0 if ord(c) > 0x2E80 else 1.0 for c in text.text or "")
            style = text.get("style", "")
            begin = x - wide if "end" in style else x - wide / 2 if "middle" in style else x
            assert begin > -8 and begin + wide < width + 8, text.text


def test_the_best_mark_is_on_the_logs_own_point() -> None:
    run = diagnosed(OVER)
    assert run.best is not None
    for layout in LAYOUTS.values():
        svg = figures.draw(run, "en", "r1", layout)
        marks = [(float(x), float(y)) for x, y in re.findall(r'<use href="#r1-o[\d_]+" x="([\d.]+)" y="([\d.]+)"', svg)]
        [line] = re.findall(r'class="c0 validation hv" d="M([^"]*)"', svg)
        numbers = [float(v) for v in line.split(" ")]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        assert marks and all(min(math.dist(m, p) for p in points) < 0.3 for m in marks)


def test_the_pen_writes_what_a_page_may_hold() -> None:
    pen = SvgPen(100, 50, "r9", 2)
    pen.panel = 1
    pen.line([0, 0.5, 0.75, 1], [0, 1, math.nan, 0.5], "train", "c", "train hv", width=1.8, dash=(5, 2))
    pen.line([0, 1], [0.5, 0.5], "grid", "s", width=0.8)
    pen.vertical(0.5, 0, 1)
    pen.markers([0.5, 0.6], [0.5, math.nan], "mark", "c", "o", 6.5)
    pen.markers([0.25], [0.1], "mark", "v", "x", 5, 1.4)
    pen.area(0.1, 0.2, 0.5, 0.5, "v", 0.55)
    pen.text(0.5, 0.5, "<script>'\"&\x1b[2J", "validation", 9.5, "e", ha="right", va="center", bold=True)
    svg = pen.svg({"unit": "it's <b>", "panels": []})
    root = ET.fromstring(_named(svg))
    assert json.loads(root.get("data-about", "")) == {"unit": "it's <b>", "panels": []}
    assert 'class="c1 train hv" d="M0 50 50 0M100 25"' in svg and "stroke-dasharray:9 3.6" in svg
    assert '<path class="s1" d="M 0 25 L 100 25 "/>' in svg, "the grid's look is the page's"
    assert len(list(root.iter(f"{SVG}use"))) == 2, "a value that is none has no marker"
    [text] = root.iter(f"{SVG}text")
    assert text.text == "<script>'\"&\\x1b[2J" and "--validation" in text.get("style", "")
    assert {e.get("id") for e in root.find(f"{SVG}defs") or ()} == {"r9-o6_5", "r9-x5"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("points", "rows"), [(3, 3), (50, 50), (51, 26), (100, 51), (101, 35), (1000, 51)])
def test_values_as_a_table_are_complete_or_say_what_is_left_out(points: int, rows: int, lang: Lang) -> None:
    run = diagnosed({"train_loss": "2 * exp(-4 * x) + 0.01 * noise(1)"}, n=points)
    table = curves.value_table(run, lang)
    assert len(table["rows"]) == rows <= 51
    assert bool(table["every"]) is (points > 50)
    assert f"{points:,}" in table["every"] or points <= 50
    series = next(iter(run.run.series.values()))
    assert [table["rows"][k][0] for k in (0, -1)] == [f"{int(series.steps[k]):,}" for k in (0, -1)]


@pytest.mark.parametrize(
    ("metric", "lang", "title"),
    [
        ("accuracy", "en", "accuracy"),
        ("accuracy", "ja", "正解率（accuracy）"),
        ("acc", "ja", "正解率（acc）"),
        ("r2", "ja", "決定係数（r2）"),
        ("mAP", "ja", "map"),
    ],
)
def test_a_panel_says_the_metric_in_the_words_of_the_page(metric: str, lang: Lang, title: str) -> None:
    series = {"train_loss": "1 / (1 + x)", "val_loss": "1.1 / (1 + x)", f"val_{metric}": "0.5 + 0.4 * x"}
    assert title in [panel.title for panel in panels(diagnosed(series), lang)]


def test_a_run_judged_by_its_return_shows_it_with_its_loss_in_a_strip() -> None:
    run = diagnosed({"reward": "0.2 + 0.6 * x + 0.01 * noise(1)", "loss": "0.001 * noise(2)", "kl": "0.001 * x"})
    assert run.objective.train == "reward"
    shown = panels(run, "en")
    assert [p.title for p in shown][:2] == ["reward", "loss"] and shown[0].inches > shown[1].inches
    assert [s.name for _, s in curves.shown_series(run)] == ["reward"]
    assert curves.value_table(run, "en")["names"] == ["reward"]
    (line,) = re.findall(r'<polyline class="spark-train" points="([^"]*)"', sparkline(run))
    heights = [float(point.split(",")[1]) for point in line.split()]
    assert heights[0] - heights[-1] > 15, "the reward rises"


def test_a_strip_of_one_value_is_low() -> None:
    run = diagnosed({"train_loss": "2 * exp(-4 * x)", "accuracy": "0.5"})
    assert panels(run, "en")[1].title == "accuracy"
    assert panels(run, "en")[1].inches < panels(diagnosed({"train_loss": "x", "accuracy": "x"}), "en")[1].inches
