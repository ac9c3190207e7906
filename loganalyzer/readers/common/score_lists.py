"""Lists of scores whose order is a convention: the twelve numbers of COCO's evaluation, and the three of panoptic quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loganalyzer.readers.common.number_lists import as_float
from loganalyzer.roles.words import words_of

_BOXES = ("AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl")
_KEYPOINTS = ("AP", "AP50", "AP75", "APm", "APl", "AR", "AR50", "AR75", "ARm", "ARl")
"""``COCOeval.stats`` of pycocotools, of boxes and masks and of keypoints."""
_PANOPTIC = ("PQ", "SQ", "RQ")
CONVENTIONS = (("coco", _BOXES), ("coco", _KEYPOINTS), ("pq", _PANOPTIC))
"""The word that the name of a list has, and what its numbers are; their count must be that of the names."""


def summary_of(name: str, values: Sequence[Any]) -> Mapping[str, float]:
    """The numbers of a list by what they are, where the name and their count say so; {} for any other list.

    COCO writes -1 where no object was of that size: such a number is left out.
    """
    for word, parts in CONVENTIONS:
        if len(values) == len(parts) and word in words_of(name) and all(type(v) in (int, float) for v in values):
            return {part: as_float(value) for part, value in zip(parts, values, strict=True) if value != -1}
    return {}
