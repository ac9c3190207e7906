"""Lines that say what came out of trainings: they are no curve of any."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_REPORT = re.compile(r"\s{0,40}+(?:accuracy|(?:micro|macro|weighted) avg)\s{6,80}")
_OF_A_TRAINING = re.compile(r"\bbest[ _]?epoch", re.IGNORECASE)
_OF_TEST_DATA = re.compile(r"\s{0,8}+\*\*\s{1,4}(?:MAE|MSE|RMSE|AUC|ERR|[Ll]oss|[Aa]cc\w{0,6})[\s:=]{1,4}")
_OF_AN_ATTACK = re.compile(r"(?:initial accuracy: \0%|robust accuracy after [A-Za-z\-]{1,30}: \0% \(total time )")
_BEHIND_AN_ATTACK = re.compile(r"robust accuracy: \0%\s{0,8}")
_REPETITION = re.compile(r"\bround\b", re.IGNORECASE)
STOPPED_EARLY = re.compile(
    r"\bearly[ _-]?stop|\bstop(?:s|ped|ping)?[ -]early|\b(?:stopped|stopping) at\b", re.IGNORECASE
)
_FILE = re.compile(
    r"^[ \t]{0,8}[\w./\\\-]{1,120}\.(?:png|jpe?g|bmp|tiff?|gif|webp|wav|flac|mp3|mp4|avi|nii|nii\.gz|dcm|npy|mat)"
    r"[ \t]{0,4}:?[ \t]{0,4}\r?$",
    re.IGNORECASE | re.MULTILINE,
)
_IS_BEST = re.compile(
    r"\s{0,3}\(?(?:(?:is|was)\s)?(?:(?:the|a|our)\s)?(?:new\s)?best(?:\s(?:so\sfar|yet|until\snow))?\b", re.IGNORECASE
)


def is_announcement(texts: Sequence[str]) -> bool:
    """Whether a line says what the best value is, or of its only number that it is: "test loss 2.1 is the best so far, saving"."""
    if any(" best metric, " in text for text in texts[:8]):
        return True  # of PaddlePaddle's programs
    return len(texts) == 2 and _IS_BEST.match(texts[1]) is not None


def is_report(texts: Sequence[str]) -> bool:
    """Whether a line is the row "accuracy      0.93      120" of scikit-learn's report: an evaluation behind the training."""
    return len(texts) == 3 and not texts[2].strip() and _REPORT.fullmatch(texts[0]) is not None and texts[1].isspace()


def is_result(texts: Sequence[str]) -> bool:
    """Whether a line says what one of several trainings came to ("Round=1 BestEpoch=27 MAE=0.2"), or a training, on test
    data ("** MAE 0.31" of CGCNN and what is made of it, in which "* MAE 0.29" is an epoch's validation)."""
    if _OF_TEST_DATA.fullmatch(texts[0]):
        return True
    line = " ".join(texts)
    return _OF_A_TRAINING.search(line) is not None and _REPETITION.search(line) is not None


def is_attack(shape: str, seen: Iterable[str]) -> bool:
    """Whether a line, with "\\0" for its numbers, is AutoAttack's: what a finished model is worth under one attack after the
    other. Its last line says so only behind one of the others (``seen`` shapes): a training may print it in every epoch."""
    if _OF_AN_ATTACK.match(shape):
        return True
    return _BEHIND_AN_ATTACK.fullmatch(shape) is not None and any(map(_OF_AN_ATTACK.match, seen))


def is_by_file(text: str, name: str, values: int) -> bool:
    """Whether ``values`` numbers of ``name`` that nothing counts are those of as many files ("12.png:"), each behind its own.

    So an evaluation is printed; a training that saves pictures names them behind its values.
    """
    files = [found.start() for found in _FILE.finditer(text)]
    return 0 < values <= len(files) and files[0] < text.find(name.rpartition("/")[2])
