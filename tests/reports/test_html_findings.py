"""A finding's line in the HTML report: a word for a probability stands beside the verdict alone."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from loganalyzer import messages
from loganalyzer.messages import LANGUAGES
from loganalyzer.model.confidence import LEVELS
from loganalyzer.model.outcome import Status, Verdict
from loganalyzer.pipeline.analyze import analyze
from loganalyzer.rules.registry import load_rules


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_finding_shows_the_verdicts_confidence(tmp_path: Path, lang: messages.Lang) -> None:
    x = np.linspace(0, 1, 60)
    noise = 0.01 * np.random.default_rng(0).standard_normal((2, 60))
    train, val = np.exp(-x / 0.1) + noise[0], np.exp(-x / 0.1) + np.clip(x - 0.3, 0, 1) + noise[1]
    rows = "".join(f"{i},{a},{b}\n" for i, (a, b) in enumerate(zip(train, val, strict=True)))
    (tmp_path / "log.csv").write_text("epoch,train_loss,val_loss\n" + rows, encoding="utf-8")
    report = analyze(tmp_path)
    diagnosis = report.runs[0]
    lines = dict(
        re.findall(
            r'<li id="run-[^"]*?-([a-z-]+)" class="finding.*?<span class="sure">(.*?)</span>',
            report.to_html(lang),
            re.S,
        )
    )
    others = {o.rule for o in diagnosis.outcomes if o.status is Status.FOUND} - {diagnosis.deciding}
    others -= {rule.id for rule in load_rules() if rule.data_only}
    assert others and set(lines) == others
    words = {messages.confidence(name, lang) for name in LEVELS}
    assert not words & {part for rule in others for part in lines[rule].split(" · ")}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("header", "rows", "kind"),
    [
        ("epoch,train_loss", [(1, 0.9), (2, 0.8)], "too-short"),
        ("epoch,lr,grad_norm", [(i, 0.1, 2 + i % 3) for i in range(30)], "no-objective"),
        ("epoch,g_loss,d_loss", [(i, 1 + i % 3, 2 - i % 3 / 4) for i in range(30)], "adversarial"),
        ("epoch,train_loss", [(i, (1.0, 3.1, 0.7, 2.2)[i % 4]) for i in range(7)], "undecided"),
    ],
)
def test_what_is_no_verdict_has_no_confidence(
    tmp_path: Path, header: str, rows: list[tuple[float, ...]], kind: str, lang: messages.Lang
) -> None:
    text = "\n".join([header, *(",".join(map(str, row)) for row in rows)])
    (tmp_path / "log.csv").write_text(text + "\n", encoding="utf-8")
    report = analyze(tmp_path)
    assert [(d.verdict, d.kind) for d in report.runs] == [(Verdict.INCONCLUSIVE, kind)]
    assert not messages.confidence_of(report.runs[0], lang)
    page = report.to_html(lang)
    told = re.findall(r'<p class="meta">(.*?)</p>', page, re.S)
    assert told and not any(messages.ui("html", "sure", lang) in line for line in told)
    assert f"word-kind-{kind}" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_verdict_has_one(tmp_path: Path, lang: messages.Lang) -> None:
    rows = "".join(f"{i},{np.exp(-i / 5) + 0.1}\n" for i in range(40))
    (tmp_path / "log.csv").write_text("epoch,train_loss\n" + rows, encoding="utf-8")
    report = analyze(tmp_path)
    assert messages.confidence_of(report.runs[0], lang) in {messages.confidence(name, lang) for name in LEVELS}
    assert messages.ui("html", "sure", lang) in report.to_html(lang)
