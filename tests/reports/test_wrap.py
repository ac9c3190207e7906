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


@pytest.mark.parametrize("width", range(20, 60))
@pytest.mark.parametrize("whole", ["lr = 0.1", "lr ≤ 0.001", "0.168 ± 0.0029", "batch_size = 64"])
def test_a_condition_and_a_spread_stay_on_one_line(whole: str, width: int) -> None:
    lines = wrap(f"9 of the 12 runs with {whole} did best of all, and {whole}.", width=width)
    assert all(columns(line) <= width for line in lines)
    assert sum(line.count(whole) for line in lines) == 2
    assert " ".join(line.strip() for line in lines) == f"9 of the 12 runs with {whole} did best of all, and {whole}."
