"""Lines of Japanese: words in katakana stay whole, whatever else may end a line."""

from __future__ import annotations

import pytest

from loganalyzer.reports.wrap import columns, wrap

SENTENCES = (
    "最後の値はステップ1,400の 2.3 です。モデルとデータを確認してください。",
    "ウォームアップや勾配クリッピングを使えば、より大きい値にできる可能性があります。",
)


@pytest.mark.parametrize("width", range(20, 60))
@pytest.mark.parametrize("text", SENTENCES)
def test_katakana_words_stay_whole(text: str, width: int) -> None:
    lines = wrap(text, width=width)
    assert all(columns(line) <= width for line in lines)
    whole = "\n".join(lines)
    for word in ("ステップ", "モデル", "データ", "ウォームアップ", "クリッピング"):
        assert whole.count(word) == text.count(word)


def test_a_word_wider_than_the_line_is_cut() -> None:
    assert all(columns(line) <= 20 for line in wrap("スーパーカリフラジリスティックエクスピアリドーシャス", width=20))
