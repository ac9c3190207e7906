"""A finding's line in the HTML report: a word for a probability stands beside the verdict alone."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from loganalyzer import messages
from loganalyzer.messages import LANGUAGES
from loganalyzer.model.confidence import LEVELS
from loganalyzer.model.outcome import Status
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
