"""Names of adversarial training: the losses of the generator and of the discriminator, and what is neither.

A loss of a player as a whole is told from a part of it ("loss/g/fm"), and from the discriminator's outputs and their
signs ("Loss/scores/fake"), which are no losses. A total comes before an adversarial term, that before one of a domain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from loganalyzer.model.role import Quantity, Role, Split
from loganalyzer.roles.vocabulary import (
    DISCRIMINATOR_NAMES,
    DISCRIMINATOR_WORDS,
    FILLER_WORDS,
    GENERATOR_NAMES,
    GENERATOR_WORDS,
    LOSS_WORDS,
    TOTAL_WORDS,
)

ADVERSARIAL_WORDS = frozenset("adv gan adversarial".split())
_IMAGES = frozenset("a b".split())
_DOMAINS = _IMAGES | frozenset("x y".split())
_OUTPUTS = frozenset("score scores sign signs".split())
_FUNCTIONS = frozenset("ce bce cross entropy binary hinge wasserstein logistic".split())
"""By which function a player's loss is computed; "mse" and "l1" are as often of pixels."""
_SIDES = frozenset("real fake".split())
_PARTS = re.compile(r"g (?:l1|l2|vgg|gan feat|feat)|(?:cycle|idt) [ab]")
"""Terms of image translation that are logged without the word loss (pix2pix, CycleGAN)."""


def player_of(split: Split, rest: Sequence[str], core: str) -> Role | None:
    """The role of a name of adversarial training, None for other names. ``rest`` and ``core`` are without the split."""
    if _SIDES.intersection(rest) and _OUTPUTS.intersection(rest):
        return Role(Quantity.OTHER, split, "", core)
    if core in GENERATOR_NAMES:
        return Role(Quantity.GENERATOR_LOSS, split, "min", core, rank=1)
    if core in DISCRIMINATOR_NAMES:
        return Role(Quantity.DISCRIMINATOR_LOSS, split, "min", core, rank=1)
    if _PARTS.fullmatch(core):
        return Role(Quantity.LOSS_PART, split, "min", core, rank=40)
    return _told_in_words(split, rest, core)


def _told_in_words(split: Split, rest: Sequence[str], core: str) -> Role | None:
    short = len(rest) > 2 and rest[0] == "l" and rest[1] in {"g", "d"}  # BasicSR's "l_g_pix", "l_d_real"
    plain = [w for w in rest[short:] if w not in FILLER_WORDS and w not in LOSS_WORDS and w not in TOTAL_WORDS]
    said = short or (len(plain) < len(rest) and bool(LOSS_WORDS.intersection(rest)))
    own = [w for w in plain if w not in ADVERSARIAL_WORDS]
    if not own or not (said or (len(plain) == 2 and len(own[0]) == 1)):
        return None
    terms = frozenset(own[1:]) - _FUNCTIONS
    if not said and not terms <= _IMAGES | _SIDES:
        return None  # "D(x)" is an output
    rank = 0 if TOTAL_WORDS.intersection(rest) else 1 + len(plain) + (not said)
    if own[0] in GENERATOR_WORDS and terms <= _DOMAINS:
        return Role(Quantity.GENERATOR_LOSS, split, "min", core, rank=rank)
    if own[0] in DISCRIMINATOR_WORDS and terms <= _DOMAINS | _SIDES:
        return Role(Quantity.DISCRIMINATOR_LOSS, split, "min", core, rank=rank)
    return Role(Quantity.LOSS_PART, split, "min", core, rank=40) if short else None
