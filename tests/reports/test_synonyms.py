"""Other words for the keys of the filter: as scripts write them, and as the Japanese page has them."""

from __future__ import annotations

import pytest

from loganalyzer.reports.where.language import parse
from loganalyzer.reports.where.synonyms import synonyms, under_known_keys

NAMES = ("name", "verdict", "best", "end", "wasted", "lr", "optim.batch_size", "seed")


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("learning_rate", "lr"), ("学習率", "lr"), ("base_lr", "lr"), ("判定", "verdict"), ("最良値", "best"),
        ("最終値", "end"), ("実行", "name"), ("bs", "optim.batch_size"), ("バッチサイズ", "optim.batch_size"),
    ],
)  # fmt: skip
def test_words_for_keys(word: str, key: str) -> None:
    assert synonyms(NAMES)[word] == key
    (term,) = under_known_keys(parse(f"{word}>0.1"), NAMES)
    assert (term.key, term.operator, term.value) == (key, ">", "0.1")


@pytest.mark.parametrize("word", ["lr", "verdict", "batch_size", "BEST", "unknown"])
def test_a_key_is_never_replaced(word: str) -> None:
    (term,) = under_known_keys(parse(f"{word}=1"), NAMES)
    assert term.key == word


def test_a_run_with_both_names_keeps_them_apart() -> None:
    assert "learning_rate" not in synonyms(("lr", "learning_rate"))
    assert "学習率" in synonyms(("lr", "learning_rate"))
