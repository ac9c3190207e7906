"""Other words for the keys of the filter: 判定 for verdict, learning_rate and 学習率 for the lr of these runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from loganalyzer.model.record import replace
from loganalyzer.reports.where.language import Term, found
from loganalyzer.roles.hyperparameters import TABLE, meaning_of

OWN: Mapping[str, str] = {
    "run": "name", "id": "name", "実行": "name", "名前": "name", "判定": "verdict", "種別": "kind", "種類": "kind",
    "確度": "confidence", "最良値": "best", "最良": "best", "最終値": "end", "最終": "end", "last": "end",
    "無駄": "wasted", "無駄になった割合": "wasted", "点数": "points",
}  # fmt: skip
"""Words for what the report says of a run, as in the heads of its tables."""


def synonyms(names: Iterable[str]) -> dict[str, str]:
    """Return the words that stand for one of ``names``, the keys of all runs; a name itself is never another word."""
    known = dict.fromkeys(name.lower() for name in names)
    words = {word: name for word, name in OWN.items() if name in known}
    for name in known:
        if meaning := meaning_of(name):
            entry = TABLE[meaning]
            words |= {word: name for word in (*entry.names, *entry.vague) if word not in words}
    return {word: name for word, name in words.items() if not found(dict.fromkeys(known, 0.0), word)}


def under_known_keys(terms: Sequence[Term], names: Iterable[str]) -> tuple[Term, ...]:
    """Return the terms with the keys of the runs in place of other words for them."""
    words = synonyms(names)
    return tuple(replace(t, key=words.get(t.key.lower(), t.key)) for t in terms)
