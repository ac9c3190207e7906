"""The languages: one record each, with punctuation and fonts. The texts are in the TOML files.

A language added here needs its texts there, in every table that has English; a test lists the missing ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

Lang = str
"""The id of a language, one of ``LANGUAGES``, as BCP 47 and HTML write it."""

SOURCE: Lang = "en"
"""The language of the texts in the code itself (help of options, errors, pages of rules), and the default."""


@dataclass(frozen=True)
class Fonts:
    """Fonts for pictures in a language that Matplotlib's own font does not cover.

    ``families`` are tried first, then installed files whose lower-case name begins with one of ``files``. ``letters``
    are the ranges of code points (first, last) that such a font covers.
    """

    families: tuple[str, ...]
    files: tuple[str, ...]
    letters: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Language:
    """Punctuation and fonts of a language.

    ``separator`` stands between the items of a list, ``colon`` between a label and what it labels, ``brackets`` around
    an aside, ``dot`` between independent remarks on one line, ``space`` between a number and its unit,
    ``sentence_space`` between two sentences, each of which ends where the expression ``ends`` matches, ``percent`` after a
    share. ``fonts`` is None where Matplotlib's own font has the letters. The defaults are those of English.
    """

    id: Lang
    separator: str = ", "
    colon: str = ": "
    brackets: tuple[str, str] = (" (", ")")
    dot: str = " · "
    space: str = " "
    sentence_space: str = " "
    ends: re.Pattern[str] = re.compile(r"[.!?](?= [A-Z])")
    percent: str = "%"
    fonts: Fonts | None = None


_JAPANESE_FONTS = Fonts(
    families=(
        "IPAexGothic", "IPAPGothic", "IPAGothic", "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans",
        "Hiragino Maru Gothic Pro", "Yu Gothic", "Meiryo", "MS Gothic", "TakaoPGothic", "VL PGothic",
    ),
    files=(
        "ipaexg", "ipagp", "ipag.", "notosanscjk", "notosansjp", "takaopgothic", "vl-pgothic", "yugoth", "meiryo",
        "msgothic",
    ),
    letters=((0x3000, 0x9FFE), (0xFF00, 0xFFEF)),
)  # fmt: skip

_ALL = (
    Language("en"),
    Language("ja", "、", "：", ("（", "）"), "・", space="", sentence_space="", ends=re.compile("。"), fonts=_JAPANESE_FONTS),
)  # fmt: skip

LANGUAGES: Mapping[Lang, Language] = MappingProxyType({language.id: language for language in _ALL})


def listed(items: Sequence[str], lang: Lang) -> str:
    """Join the items of a list: "2 diverging, 1 overfitting" / "発散2件、過学習1件"."""
    return LANGUAGES[lang].separator.join(items)


def sentences(texts: Sequence[str], lang: Lang) -> str:
    """Join sentences."""
    return LANGUAGES[lang].sentence_space.join(texts)


def split_sentences(text: str, lang: Lang) -> list[str]:
    """Return the sentences of a text; what stands in brackets is part of the sentence around it."""
    found, begin = [], 0
    for end in LANGUAGES[lang].ends.finditer(text):
        sentence = text[begin : end.end()]
        if all(sentence.count(left) == sentence.count(right) for left, right in ("()", "（）")):
            found.append(sentence.strip())
            begin = end.end()
    rest = text[begin:].strip()
    return [*found, rest] if rest or not found else found


def remarks(texts: Sequence[str], lang: Lang) -> str:
    """Join independent remarks on one line: "a · b" / "a・b"."""
    return LANGUAGES[lang].dot.join(texts)


def pair(label: str, text: str, lang: Lang) -> str:
    """Join a label and its text: "found: 0.5" / "結果：0.5"."""
    return f"{label}{LANGUAGES[lang].colon}{text}"


def aside(word: str, lang: Lang, *more: str) -> str:
    """Append remarks in brackets to a word: "plateau (stalled, likely)" / "停滞（改善が途中で止まった、確度：中）"."""
    remarks = [m for m in more if m]
    if not remarks:
        return word
    opening, closing = LANGUAGES[lang].brackets
    return f"{word}{opening}{listed(remarks, lang)}{closing}"
