"""Logs that print how many of the test examples were right, and nothing else ("Epoch 3: 9123 / 10000")."""

from __future__ import annotations

import re

import numpy as np

from loganalyzer.model.run import Run, Series
from loganalyzer.readers.common.printed.lines import plain_text

FEWEST = 3
"""In so many epochs."""
FEWEST_EXAMPLES = 20
"""Out of fewer, the numbers may count batches."""
NAME = "accuracy"
_LINE = re.compile(
    r"^(?:[^\n]{0,60}?(?:INFO|DEBUG)\b)?[^\n\dA-Za-z]{0,12}epoch[ :#\[]{1,3}(\d{1,9})\]?\s?[:,|-]{1,2}\s{0,4}"
    r"(?:(?:correct|right|acc(?:uracy)?)\W{1,4})?(\d{1,12})\s?(?:/|of|out of)\s?(\d{1,12})(?:\s(?:correct|right))?\s{0,4}$",
    re.IGNORECASE | re.MULTILINE,
)


def right_answers_in(text: str, key: str, path: str) -> Run | None:
    """The share of right answers by epoch, in a text without any other curve; None where the numbers count something else.

    They do where an epoch has several such lines, the total changes, or all of it is reached in each epoch.
    """
    found = [(int(epoch), int(right), int(total)) for epoch, right, total in _LINE.findall(plain_text(text))]
    epochs = np.array([epoch for epoch, _, _ in found], np.int64)
    right, total = np.array([r for _, r, _ in found], float), np.array([t for _, _, t in found], float)
    if len(found) < FEWEST or (np.diff(epochs) <= 0).any() or (total != total[0]).any() or total[0] < FEWEST_EXAMPLES:
        return None
    if (right > total).any() or (right == right[0]).all():
        return None
    return Run(key, (path,), "text-log", {NAME: Series(NAME, epochs, right / total)}, step_unit="epoch")
