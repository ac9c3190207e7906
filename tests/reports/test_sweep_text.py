"""A sweep of 60 simulated runs in the outputs for people: its answer first, failures as a corner, nothing 12 times."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

import loganalyzer
from loganalyzer.config.load import load
from loganalyzer.gate.judge import judge
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.model.verdicts import Verdict
from loganalyzer.reports import brief, markdown, notebook, terminal
from loganalyzer.reports.mail import message
from loganalyzer.reports.mail.content import content
from loganalyzer.reports.mail.text_part import render as mail_text
from loganalyzer.reports.overview import overview
from loganalyzer.reports.registry import RenderRequest
from loganalyzer.reports.summary import summary
from tests.sweep_logs import write

BEST = "lr = 0.1, batch_size = 64"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> loganalyzer.Report:
    return loganalyzer.analyze(write(tmp_path_factory.mktemp("logs") / "nightly", seeds=3))


def on_the_terminal(report: loganalyzer.Report, lang: Lang = "en") -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=100, markup=False, highlight=False, emoji=False)
    terminal.show(report, console, lang=lang)
    return stream.getvalue()


def test_numbered_runs_are_one_sweep_though_some_numbers_are_their_seeds(report: loganalyzer.Report) -> None:
    (group,) = report.groups
    assert group.is_sweep and len(group.runs) == 60 and set(group.varies) == {"lr", "batch_size"}


def test_the_sweep_counts_as_one_and_its_corner_is_a_result(report: loganalyzer.Report) -> None:
    said = summary(report, "en")
    assert said.startswith(f"A sweep of 60 runs: {BEST} did best (val_loss ")
    assert "9 of 60 failed: 9 of the 12 runs with lr = 1. Others did not go well either: 24 underfitting." in said
    assert "attention" not in said
    view = overview(report)
    assert (view.sick, view.attention, view.runs) == (0, (), ())
    assert report.tally.sick > 9  # the gate and the counts see every run


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answer_comes_first_and_fits_a_screen(report: loganalyzer.Report, lang: Lang) -> None:
    text = on_the_terminal(report, lang)
    assert len(text.splitlines()) <= 24
    assert text.index("lr = 0.1") < text.index("lr = 1" + ("\n" if lang == "en" else " "))
    assert max(text.count(f"s{i} ") + text.count(f"s{i}\n") for i in range(60)) <= 2


def test_failures_are_grouped_by_cause(report: loganalyzer.Report) -> None:
    text = on_the_terminal(report)
    assert "9 diverging (NaN or infinite): 9 of the 12 runs with lr = 1" in text
    assert "underfitting (undertrained): all 24 runs with lr ≤ 0.001" in text
    assert "Try next: lr = 0.032, 0.32 (finer, beside the best), with batch_size = 64" in text


def test_a_run_beside_the_sweep_is_read_by_itself(report: loganalyzer.Report, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "log.csv").write_text("epoch,loss\n" + "".join(f"{e},2.3\n" for e in range(40)))
    both = loganalyzer.Report(report.roots, (*report.runs, *loganalyzer.analyze(tmp_path).runs), groups=report.groups)
    assert "Of 1 other runs" not in summary(both, "en")
    assert "The other run needs attention: 1 on a plateau." in summary(both, "en")
    assert [d.verdict for d in overview(both).attention] == [Verdict.PLATEAU]


def test_without_the_runs_that_were_not_kept_the_counts_hold(report: loganalyzer.Report) -> None:
    assert summary(report.worst(5), "en") == summary(report, "en")
    assert overview(report.worst(5)).tally.total == 0


def test_a_seed_that_fails_alone_needs_attention(report: loganalyzer.Report) -> None:
    (group,) = report.groups
    assert group.answer is not None
    stray = next(m.run for m in group.table if not m.failed)
    watched = replace(report, groups=(replace(group, answer=replace(group.answer, attention=(stray,))),))
    assert "1 run needs attention: 1 converged with warnings." in summary(watched, "en")
    assert overview(watched).sick == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_output_for_people_has_the_answer(report: loganalyzer.Report, lang: Lang) -> None:
    result = judge(report, load(environment={}))
    mail = content(report, result, lang=lang, title="nightly")
    assert mail.sign == "" and mail.rows == () and len(mail.subject) <= 120
    assert all(text in mail.subject for text in ("lr = 0.1", "0.168", "60", "9", "24")), "as the headline counts them"
    request = RenderRequest(report, result, lang)
    documents = [markdown.render(request).replace("\\", ""), brief.render(request)]
    texts = [mail_text(mail, [], lang=lang), *documents, notebook.render(report, lang), on_the_terminal(report, lang)]
    for text in texts:
        assert "0.032" in text and ("9 of the 12" in text if lang == "en" else "12件中9件" in text)
        assert len(text.splitlines()) <= 40


@pytest.mark.parametrize("lang", LANGUAGES)
def test_mail_and_notebook_have_the_table_of_the_two_settings(report: loganalyzer.Report, lang: Lang) -> None:
    mail = message.render(report, judge(report, load(environment={})), lang=lang)
    for page in (mail, notebook.render(report, lang)):
        table = page[page.index("<caption") : page.rindex("</table>")]
        assert [table.count(f">{mean}</b>") for mean in ("0.168", "0.213", "1.65")] == [1, 2, 1]
        best = re.findall(r"<td[^>]*#1b77c5[^>]*><b[^>]*>([^<]*)<", table)
        assert best == ["0.168"], "framed"
        colours = re.findall(r"<td[^>]*background: ?(#[0-9a-f]{6})", table)
        assert len(colours) == 20 and colours.count("#e3e7eb") == 3, "failed ones are grey"


def test_a_table_that_is_too_wide_for_a_mail_is_left_out(tmp_path: Path) -> None:
    wide = loganalyzer.analyze(write(tmp_path / "wide", seeds=1, batches=(8, 16, 32, 64, 128, 256, 512)))
    assert "<caption" not in notebook.render(wide, "en") and "lr = 0.1" in notebook.render(wide, "en")


def test_the_gate_fails_for_a_run_in_a_corner_as_before(report: loganalyzer.Report) -> None:
    settings = load(command_line={"fail-on": "diverging"}, environment={})
    assert len(judge(report, settings).failures) == 9


def test_programs_get_the_answer_and_the_groups(report: loganalyzer.Report) -> None:
    document = report.to_dict()
    (group,) = document["groups"]
    assert group["answer"]["best"]["settings"] == {"lr": 0.1, "batch_size": 64}
    assert group["answer"]["corners"][0]["where"] == [{"name": "lr", "comparison": "=", "value": 1.0}]
    assert len(group["answer"]["cells"]) == 20
    causes = {g["verdict"]: g for g in document["failure_groups"]}
    assert (len(causes["diverging"]["runs"]), causes["diverging"]["of"]) == (9, 12)
    assert causes["diverging"]["where"] == [{"name": "lr", "comparison": "=", "value": 1.0}]
    assert causes["underfitting"]["action"].startswith("Take lr = 0.1")
