"""Which lines may speak of a training, told by a cheap look at their words."""

from __future__ import annotations

import re

from loganalyzer.readers.common.printed.fixed import is_fixed
from loganalyzer.roles.metric_names import METRICS
from loganalyzer.roles.translations import GERMAN, ROMANCE
from loganalyzer.roles.vocabulary import (
    DISCRIMINATOR_NAMES,
    ENTROPY_NAMES,
    EPOCH_NAMES,
    GENERATOR_NAMES,
    GRADIENT_NORM_NAMES,
    LEARNING_RATE_NAMES,
    LOSS_WORDS,
    REWARD_NAMES,
    STEP_NAMES,
    TEST_WORDS,
    TRAIN_WORDS,
    VALIDATION_WORDS,
)

_TOKEN = re.compile("[a-z][0-9]|[a-z]+")
VOCABULARY = frozenset(
    word
    for names in (
        METRICS,
        LOSS_WORDS,
        LEARNING_RATE_NAMES,
        GRADIENT_NORM_NAMES,
        REWARD_NAMES,
        EPOCH_NAMES,
        STEP_NAMES,
        GENERATOR_NAMES,
        DISCRIMINATOR_NAMES,
        ENTROPY_NAMES,
        GERMAN,
        ROMANCE,
        ("learn", "round", "shot"),
    )
    for name in names
    for word in _TOKEN.findall(name)
    if len(word) > 1
)
_TRAINING = TRAIN_WORDS - {"main", "fit", "learn"}
_HELD_OUT = (VALIDATION_WORDS - {"monitor"}) | TEST_WORDS
"""Words for data sets: a line with numbers of both compares them ("[1/6] trn=0.41 dev=0.52")."""


def speaks_of_training(shape: str) -> bool:
    """A cheap look before a shape is worked out: most lines of most logs say nothing about curves."""
    if not shape.isascii():
        return True
    low = shape.lower()
    if "loss" in low or "acc" in low or is_fixed(shape):
        return True
    words = _TOKEN.findall(low)
    both = not _TRAINING.isdisjoint(words) and not _HELD_OUT.isdisjoint(words)
    return both or not VOCABULARY.isdisjoint(words)
