"""What the charts say, read from their SVG: marks where they belong, the range test's own chart, labels apart."""

from __future__ import annotations

import html
import itertools
import re
from pathlib import Path

import numpy as np
import pytest

import loganalyzer
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.model.run import Series
from loganalyzer.reports.html import chart_marks, curves, figures, range_chart
from loganalyzer.reports.html.chart_box import Box
from loganalyzer.reports.html.chart_layout import WIDE
from loganalyzer.reports.html.panels import panels

SAMPLES = Path(__file__).resolve().parents[2] / "sample_runs"


@pytest.fixture(scope="module")
def samples() -> dict[str, loganalyzer.Diagnosis]:
    names = ["converged-step-decay", "converged-warm-restarts", "inconclusive-range-test", "overfitting-mild",
             "diverging-at-once", "inconclusive-no-objective", "oscillating-momentum"]  # fmt: skip
    return {n: loganalyzer.analyze(SAMPLES / n).runs[0] for n in names}


def _texts(svg: str) -> list[str]:
    return [html.unescape(t) for t in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


def _uprights(svg: str, panel: int) -> list[float]:
    return [float(x) for x in re.findall(rf'<path class="v{panel}" d="M ([\d.]+) [\d.]+ L \1 ', svg)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_drops_and_restarts_of_the_rate_are_drawn_on_curve_and_strip(
    samples: dict[str, loganalyzer.Diagnosis], lang: Lang
) -> None:
    for name, word in (
        ("converged-step-decay", "×0.1"),
        ("converged-warm-restarts", {"en": "restart", "ja": "リスタート"}[lang]),
    ):
        run = samples[name]
        svg = figures.draw(run, lang, "r1")
        schedule = next(o for o in run.outcomes if o.rule == "learning-rate-schedule")
        drops = [e.first for e in schedule.evidence if e.label == "change"]
        first, last = (run.roles.train.steps[k] for k in (0, -1))  # type: ignore[union-attr]
        at = [691.2 * (WIDE.left + (WIDE.right - WIDE.left) * (d - first) / (last - first)) for d in drops]
        strip = next(i for i, p in enumerate(panels(run, lang)) if p.rate)
        assert len(drops) == 3
        for panel in (0, strip):
            assert all(min(abs(x - u) for u in _uprights(svg, panel)) < 0.2 for x in at), (name, panel)
        assert any(word in t for t in _texts(svg)), name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_range_test_is_drawn_over_the_rate_with_both_readings(
    samples: dict[str, loganalyzer.Diagnosis], lang: Lang
) -> None:
    run = samples["inconclusive-range-test"]
    told = range_chart.answer(run)
    svg = figures.draw(run, lang, "r1")
    texts = " ".join(_texts(svg))
    for number in ("0.0137", "0.0390", "0.390"):
        assert number in texts and number in curves.sentence(run, lang)
    assert "0.001" in _texts(svg), "the axis shows learning rates"
    about = html.unescape(re.search(r"data-about='([^']*)'", svg).group(1))  # type: ignore[union-attr]
    assert '"x":[' in about and about.split('"x":[')[1].split("]")[0].endswith(",1")
    rates = {row[-1] for row in curves.value_table(run, lang)["rows"]}
    assert len(rates) > 8, "the table has the rates too"
    low, high = float(told["from"]), float(told["to"])
    across = WIDE.right - WIDE.left
    place = [
        691.2 * (WIDE.left + across * np.log(v / panels(run, lang)[0].lines[0][0].steps[0])
                 / np.log(float(told["high"]) / panels(run, lang)[0].lines[0][0].steps[0]))
        for v in (low, high)
    ]  # fmt: skip
    assert all(min(abs(x - u) for u in _uprights(svg, 0)) < 1.0 for x in place)


def test_readings_a_decade_apart_are_told_as_a_disagreement(tmp_path: Path) -> None:
    rate = np.geomspace(1e-6, 10, 120)
    loss = 3 - 1.5 / (1 + np.exp(-4 * (np.log10(rate) + 4))) - 0.05 * np.clip(np.log10(rate) + 3, 0, 3)
    loss = np.where(rate > 2, loss * 6 * rate, loss)
    rows = "\n".join(f"{i},{v:.6g},{r:.6g}" for i, (v, r) in enumerate(zip(loss, rate, strict=True)))
    (tmp_path / "log.csv").write_text("step,loss,lr\n" + rows + "\n")
    run = loganalyzer.analyze(tmp_path).runs[0]
    told = range_chart.answer(run)
    assert run.deciding == "range-test" and float(told["to"]) / float(told["from"]) > 10
    assert any("-fold" in t for t in _texts(figures.draw(run, "en", "r1")))
    assert any("倍ずれる" in t for t in _texts(figures.draw(run, "ja", "r1")))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_labels_of_a_row_never_meet(samples: dict[str, loganalyzer.Diagnosis], lang: Lang) -> None:
    for run in samples.values():
        for i, panel in enumerate(panels(run, lang)):
            first, last = float(panel.lines[0][0].steps[0]), float(panel.lines[0][0].steps[-1])
            marks = panel.marks or tuple(chart_marks.marks(panel.lines, run, lang, main=i == 0))
            x = lambda s, a=first, b=last: 0.075 + 0.76 * (s - a) / (b - a)  # noqa: E731
            rows: dict[int, list[tuple[float, float]]] = {}
            for label in chart_marks.labels(marks, x, 0.075, 0.95, 0.2):
                wide = chart_marks.text_width(label.text)
                start = label.x - wide if label.side == "right" else label.x
                assert start >= 0.075 - 1e-9 and start + wide <= 0.95 + 1e-9
                rows.setdefault(label.row, [(0.075, 0.2)] if label.row == 0 else []).append((start, start + wide))
            for spans in rows.values():
                spans.sort()
                assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


def test_nothing_finite_is_a_low_panel_with_crosses_and_no_loss_no_counter(
    samples: dict[str, loganalyzer.Diagnosis],
) -> None:
    svg = figures.draw(samples["diverging-at-once"], "en", "r1")
    assert svg.count("<use ") == 40
    height = float(re.search(r'viewBox="0 0 691.2 ([\d.]+)"', svg).group(1))  # type: ignore[union-attr]
    assert height < 230
    assert panels(samples["inconclusive-no-objective"], "en")[0].title not in ("epoch", "step")


class _Recorder:
    """A pen that only remembers where uprights and texts were put."""

    def __init__(self) -> None:
        self.uprights: list[tuple[float, float, float]] = []

    def vertical(self, x: float, bottom: float, top: float, *_: object) -> None:
        self.uprights.append((x, bottom, top))

    def __getattr__(self, _: str) -> object:
        return lambda *args, **style: None


def test_uprights_do_not_cross_texts() -> None:
    """An upright leads up to its own label and leaves out the rows in which another text is in its way."""
    lines = [(Series("loss", np.arange(60), np.linspace(2.0, 1.0, 60)), "train")]
    box = Box(0.075, 0.1, 0.76, 0.5, 0, 59, 0.9, 2.1, False)
    marks = [chart_marks.Mark(s, s, "line", f"something that happened at {s}", True) for s in (1, 8, 12, 40)]
    taken, row, top = 0.3, 0.05, 0.6
    placed = chart_marks.labels(marks, box.x, 0.075, 0.95, taken)
    pen = _Recorder()
    chart_marks.draw_over(pen, box, lines, marks, placed, row, taken)  # type: ignore[arg-type]
    assert {x for x, *_ in pen.uprights} == {float(box.x(m.first)) for m in marks}
    texts = [(0.075, taken, 0), *((*label.span, label.row) for label in placed)]
    crossed = [
        (x, text)
        for x, bottom, high in pen.uprights
        for begin, end, r in texts
        for text in [(begin, end, r)]
        if begin <= x <= end and bottom < top + row * (r + 0.8) and high > top + row * (r + 0.2)
    ]
    assert crossed == []
    assert max(high for _, _, high in pen.uprights) > top + row * 1.5, "some label is in a higher row"


def test_the_smooth_line_of_a_long_noisy_curve_is_its_level() -> None:
    steps = np.arange(20_000)
    noise = 0.2 * np.random.default_rng(3).normal(size=len(steps))
    series = Series("loss", steps, 0.5 + 2 * np.exp(-steps / 3000) + noise)
    found = figures.level(series, 1e300, WIDE.points)
    assert found is not None
    at, smooth = found
    assert len(at) == len(smooth) <= WIDE.points and at[0] == 0 and at[-1] == steps[-1]
    assert np.abs(smooth - (0.5 + 2 * np.exp(-at / 3000)))[20:].max() < 0.05
    short = Series("loss", steps[:100], series.values[:100])
    assert figures.level(short, 1e300, WIDE.points) is None
