"""Lines that say what came out of trainings: they are no curve of any."""

from __future__ import annotations

import re
from collections.abc import Sequence

_REPORT = re.compile(r"\s{0,40}+(?:accuracy|(?:micro|macro|weighted) avg)\s{6,80}")
_OF_A_TRAINING = re.compile(r"\bbest[ _]?epoch", re.IGNORECASE)
_REPETITION = re.compile(r"\bround\b", re.IGNORECASE)
STOPPED_EARLY = re.compile(
    r"\bearly[ _-]?stop|\bstop(?:s|ped|ping)?[ -]early|\b(?:stopped|stopping) at\b", re.IGNORECASE
)


def is_report(texts: Sequence[str]) -> bool:
    """Whether a line is the row "accuracy      0.93      120" of scikit-learn's report: an evaluation behind the training."""
    return len(texts) == 3 and not texts[2].strip() and _REPORT.fullmatch(texts[0]) is not None and texts[1].isspace()


def is_result(texts: Sequence[str]) -> bool:
    """Whether a line says what one of several trainings came to: "Round=1 BestEpoch=27 MAE=0.2"."""
    line = " ".join(texts)
    return _OF_A_TRAINING.search(line) is not None and _REPETITION.search(line) is not None
