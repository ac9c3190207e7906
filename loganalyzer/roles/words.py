"""A logged name in words: where it is cut, in which language, and which of the words say the data set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from loganalyzer.model.role import Split
from loganalyzer.roles.translations import GERMAN, LINKS, LONGEST_FIRST, ROMANCE, RUSSIAN
from loganalyzer.roles.vocabulary import TEST_WORDS, TRAIN_WORDS, VALIDATION_WORDS

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z])(?=F1)|(?<=F1)(?=[A-Z])")
_SEPARATORS = re.compile(r"(?:'s(?![a-z])|[\s/_\-:@|()\[\]=,>#])+")
_LINKED = {**ROMANCE, **RUSSIAN}
_ENGLISH = {**GERMAN, **_LINKED}


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """Cut a logged name into lower-case English words: "train/BoxLoss" -> ("train", "box", "loss"). Pure; cached."""
    text = name.strip()
    for foreign, english in () if text.isascii() else LONGEST_FIRST:
        if foreign in text:
            text = text.replace(foreign, f" {english} ")
    words = [w for w in _SEPARATORS.split(_CAMEL.sub(" ", text).lower()) if w]
    if not _LINKED.keys().isdisjoint(words):
        words = [w for w in words if w not in LINKS]
    return tuple(english for w in words for english in _ENGLISH.get(w, (w,)))


def split_of(words: Sequence[str]) -> tuple[Split, list[str]]:
    """The data set that a name speaks of, and the other words: validation before test before training."""
    split, rest = Split.NONE, []
    for word in words:
        if word in VALIDATION_WORDS:
            split = Split.VALIDATION
        elif word in TEST_WORDS:
            split = Split.TEST if split is not Split.VALIDATION else split
        elif word in TRAIN_WORDS:
            split = Split.TRAIN if split is Split.NONE else split
        else:
            rest.append(word)
    return split, rest
