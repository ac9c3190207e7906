"""The first thing to do in a few lines: whole sentences, and no setting lost with the reasons that have no room."""

from __future__ import annotations

from pathlib import Path

import pytest

from loganalyzer import analyze, messages
from loganalyzer.messages import LANGUAGES, Lang
from loganalyzer.reports.in_short import ROOM
from loganalyzer.reports.summary import actions, first_action
from loganalyzer.reports.wrap import columns

SAMPLES = Path(__file__).parents[2] / "sample_runs"
RUNS = {d.id: d for d in analyze([SAMPLES / name for name in ("overfitting-severe", "plateau-zero-init")]).runs}


@pytest.mark.parametrize(
    ("run", "lang", "end"),
    [
        (
            "overfitting-severe",
            "en",
            "starts from nothing. Also set: dropout = 0.3, scheduler = cosine, patience = 12.",
        ),
        ("overfitting-severe", "ja", "少なすぎます。あわせて設定：dropout = 0.3、scheduler = cosine、patience = 12。"),
        # "he" is in the sentence in other letters, and in "scheduler": neither is the setting
        ("plateau-zero-init", "ja", "設定は init = zero になっています。あわせて設定：scheduler = cosine。"),
    ],
)
def test_settings_without_room_for_their_sentence_are_listed(run: str, lang: Lang, end: str) -> None:
    d = next(d for name, d in RUNS.items() if name.endswith(run))
    assert first_action(d, lang).endswith(end)
    assert columns(first_action(d, lang)) < columns(actions(d, lang)[0])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_short(lang: Lang) -> None:
    assert all(columns(first_action(d, lang)) < 1.5 * ROOM for d in RUNS.values())


@pytest.mark.parametrize(
    ("text", "lang", "parts"),
    [
        ("Use He. Where units die, use leaky ReLU.", "en", ["Use He.", "Where units die, use leaky ReLU."]),
        ("Lower it to 0.01. It (0.3. Or 1) helps.", "en", ["Lower it to 0.01.", "It (0.3. Or 1) helps."]),
        ("拡張します（反転。なければ mixup）。次です。", "ja", ["拡張します（反転。なければ mixup）。", "次です。"]),
        ("no end", "en", ["no end"]),
        ("", "ja", [""]),
    ],
)  # fmt: skip
def test_sentences_are_told_apart(text: str, lang: Lang, parts: list[str]) -> None:
    assert messages.split_sentences(text, lang) == parts
    assert messages.sentences(parts, lang) == text
