"""Tables and records with a column called "loss" or "score" that are no log: data sets, predictions, results of a sweep."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from loganalyzer.model.role import Quantity
from loganalyzer.readers.common.clocks import from_text
from loganalyzer.readers.common.quantities import COUNTERS
from loganalyzer.roles.assign import role_of, words_of
from loganalyzer.roles.hyperparameters import is_fixed, meaning_of

DATA_NAMES = frozenset(
    "id idx label labels target targets text prompt question answer image filename file filepath path sentence input"
    " output prediction predictions pred preds response completion title user query document url uuid sample example"
    " premise hypothesis class category y true predicted y_true y_pred image_id user_id item_id sample_id".split()
)
TRIAL_NAMES = frozenset("method dataset experiment trial fold run run_id config".split())
SEARCH_NAMES = frozenset("mean_fit_time std_fit_time rank_test_score mean_score_time".split())
"""Columns of ``cv_results_`` of scikit-learn's searches: a row for each candidate."""
SUBJECTS = frozenset("method experiment trial run run_id run_name config".split())
_CHECKPOINT = re.compile(
    r"(?:ckpt|checkpoint|snapshot|weights|model)|\.(?:pkl|pth?|h5|keras|safetensors|ckpt|npz|msgpack)$", re.IGNORECASE
)
_DIGITS = re.compile(r"\d{1,12}")


def is_table_of_data(names: Sequence[str], words: Mapping[str, Sequence[str]]) -> bool:
    """Whether columns belong to something else than one training.

    ``names`` are those of all columns; ``words`` the cells of the columns that hold text. Without a column that counts,
    the name of a datum or of a hyper-parameter, or text that differs from row to row, tells; with one, only a row for
    each model does.
    """
    low = {name.strip().lower() for name in names}
    differing = {
        n.strip().lower(): cells for n, cells in words.items() if len(cells) > 1 and len(set(cells)) == len(cells)
    }
    if low & SEARCH_NAMES or any(name in SUBJECTS or meaning_of(name) == "model" for name in differing):
        return True
    if any(role_of(name).quantity in COUNTERS for name in names):
        return False
    if low & DATA_NAMES or low & TRIAL_NAMES or any(map(is_fixed, low)):
        return True
    return any(not _is_time(name, cells) and not _counts_checkpoints(cells) for name, cells in differing.items())


def _is_time(name: str, cells: Sequence[str]) -> bool:
    if role_of(name).quantity is Quantity.TIME or {"time", "date", "duration"} & set(words_of(name)):
        return True
    return all(from_text(cell) == from_text(cell) or ":" in cell for cell in cells)


def _counts_checkpoints(cells: Sequence[str]) -> bool:
    """Whether words name the checkpoints of one training: alike but for a number that rises ("snapshot-000400.pkl")."""
    if not all(map(_CHECKPOINT.search, cells)):
        return False
    numbers = [tuple(map(int, _DIGITS.findall(cell))) for cell in cells]
    alike = len({_DIGITS.sub("", cell) for cell in cells}) == 1
    return alike and all(before < after for before, after in pairwise(numbers))
