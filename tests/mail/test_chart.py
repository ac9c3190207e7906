"""What the chart of a mail shows: flat lines flat, a title beside the legend, marks where a value is not finite."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from loganalyzer.messages import LANGUAGES
from loganalyzer.model.report import Diagnosis
from loganalyzer.reports.mail import chart
from tests.prescriptions.case import diagnosed


def drawn(diagnosis: Diagnosis, lang: str, monkeypatch: pytest.MonkeyPatch) -> Figure:
    """The figure behind the picture."""
    kept: list[Figure] = []
    save = Figure.savefig

    def saved(self: Figure, *arguments: Any, **more: Any) -> None:
        kept.append(self)
        save(self, *arguments, **more)

    monkeypatch.setattr(Figure, "savefig", saved)
    assert chart.png(diagnosis, lang)  # type: ignore[arg-type]
    return kept[-1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_flat_line_looks_flat_and_its_ticks_are_whole_values(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (axes,) = drawn(diagnosed({"train_loss": "2.3026 + 0.0001 * noise(1)"}), lang, monkeypatch).axes
    low, high = axes.get_ylim()
    assert high - low >= 0.05 * 2.3
    assert axes.yaxis.get_major_formatter().get_offset() == ""
    assert all(float(tick).is_integer() for tick in axes.get_xticks())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_title_of_long_names_ends_before_the_legend(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = diagnosed({"train_loss": "2 * exp(-9 * x) + 0.1", "val_loss": "2 * exp(-9 * x) + 0.2"})
    series = [getattr(run.roles, role) for role in ("train", "validation")]
    long = {role: replace(s, name=f"{s.name}_of_the_whole_model_on_all_of_the_data")
            for role, s in zip(("train", "validation"), series, strict=True)}  # fmt: skip
    figure = drawn(replace(run, roles=replace(run.roles, **long)), lang, monkeypatch)
    (axes,) = figure.axes
    FigureCanvasAgg(figure).draw()
    title, legend = axes._left_title.get_window_extent(), axes.get_legend().get_window_extent()  # type: ignore[attr-defined]
    assert 100 < title.x1 <= legend.x0 + 10, "the frame of the legend has some room"
    assert title.y1 <= figure.bbox.y1


def test_each_value_that_is_not_finite_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    run = diagnosed({"train_loss": "where(x > 0.5, nan, 2 - x)"})
    (axes,) = drawn(run, "en", monkeypatch).axes
    missing = int((~np.isfinite(run.roles.train.values)).sum())  # type: ignore[union-attr]
    marks = [line for line in axes.lines if line.get_marker() == "x"]
    assert missing > 3 and sum(len(line.get_xdata()) for line in marks) == missing


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_return_is_drawn_without_the_loss_beside_it(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = diagnosed({"reward": "0.2 + 0.6 * x + 0.01 * noise(1)", "loss": "0.001 * noise(2)", "kl": "0.001 * x"})
    (axes,) = drawn(run, lang, monkeypatch).axes
    assert sum(len(line.get_xdata()) > 0 for line in axes.get_lines()) == 1 and axes.get_ylim()[1] > 0.7


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_two_losses_of_a_game_have_their_names(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run = diagnosed({"generator_loss": "1 + 0.2 * noise(1)", "discriminator_loss": "0.7 + 0.1 * noise(2)"})
    figure = drawn(run, lang, monkeypatch)
    (axes,) = figure.axes
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["generator_loss", "discriminator_loss"]
    FigureCanvasAgg(figure).draw()
    assert axes._left_title.get_window_extent().x1 < axes.get_legend().get_window_extent().x0  # type: ignore[attr-defined]
