"""One vocabulary: which part a logged name plays in a training, from the name alone.

A name is cut into words; some words say the split, some the quantity, some that the name only looks like what it is
not (``loss_scale``). The tables are in ``vocabulary`` and ``metric_names``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from loganalyzer.model.role import Quantity, Role, Split
from loganalyzer.roles.agents import agent_of
from loganalyzer.roles.metric_names import METRICS, VAGUE_METRICS
from loganalyzer.roles.own_names import known_names, named
from loganalyzer.roles.players import player_of
from loganalyzer.roles.vocabulary import (
    COARSE_STEP_NAMES,
    ENTROPY_NAMES,
    EPOCH_NAMES,
    FILLER_WORDS,
    GRADIENT_NORM_NAMES,
    LEARNING_RATE_NAMES,
    LOSS_NAMES,
    LOSS_WORDS,
    NOT_LOSS,
    PRICE_WORDS,
    RUNNING_BEST,
    SAME_LOSS,
    STEP_NAMES,
    TIME_WORDS,
    TOTAL_WORDS,
)
from loganalyzer.roles.words import split_of, words_of

MOST_REMEMBERED = 65_536
"""Each step asks for the roles of all names of a run: fewer than it has would be worked out anew each time."""
_DIGITS_END = re.compile(r"^(loss|acc|accuracy|f1|auc)_(\d+)$")
_NUMBERED_LOSS = re.compile(r"loss\d{1,3}")
_GAN_METRIC = re.compile(r"^(fid|kid|is)\d+k(?: full| mean)*$")
_DOTS = re.compile(r"(?<=[A-Za-z]{2})\.(?=[A-Za-z][A-Za-z\d])")
"""What parts the words of "training.loss"; elsewhere in a line it stands in names of modules and files."""
_DEVIATIONS = frozenset("std stddev stdev stderr deviation".split())
_OTHER_STATISTICS = frozenset("num count min max var".split())
_NEVER_LOSSES = frozenset("accuracy acc ppl perplexity auc auroc psnr".split())
_MEMORY = frozenset({"mem", "memory"})
_SCORES = frozenset({"acc", "accuracy"})
_NOT_ACCURACY = re.compile("acc(?:um|el|ess|ount|ident)")


def role_of(name: str) -> Role:
    """The role that a logged name plays: what its words say, or the user inside of ``own_names``."""
    if own := known_names():
        return named(name, dict(own), _by_words(name)) or _by_words(name)
    return _by_words(name)


@lru_cache(maxsize=MOST_REMEMBERED)
def _by_words(name: str) -> Role:
    words = words_of(_DOTS.sub("/", name))
    plain = " ".join(words)
    counter = _counter(plain)
    if counter is not None:
        return counter
    if _is_rate(words, plain):
        return Role(Quantity.LEARNING_RATE, rank=_rate_rank(plain))
    split, rest = split_of(words)
    if len(rest) > 2 and rest[-1] in {"b", "m", "p"} and not LOSS_WORDS.intersection(rest):
        rest = rest[:-1]  # Ultralytics: of boxes, masks, poses
    if split is Split.NONE and len(rest) == 2 and "v" in rest and {"acc", "ce"} & set(rest):
        split, rest = Split.VALIDATION, [w for w in rest if w != "v"]
    core = " ".join(w for w in rest if w not in FILLER_WORDS) or " ".join(rest)
    if core in GRADIENT_NORM_NAMES or plain in GRADIENT_NORM_NAMES:
        return Role(Quantity.GRADIENT_NORM, split, "")
    if _is_statistic(rest):
        return Role(Quantity.OTHER, split, "", core)
    if {"rewards", "accuracies"} <= set(rest):
        core = "rewards accuracies"
    else:
        told = agent_of(split, rest, core, plain) or player_of(split, rest, core)
        if told is not None:
            return told
    if any(n in plain for n in NOT_LOSS) or _is_price(words) or _is_time(words):
        return Role(Quantity.TIME if _is_time(words) else Quantity.OTHER)
    if RUNNING_BEST and words and words[0] in RUNNING_BEST and len(words) > 1:
        return Role(Quantity.OTHER)
    if {"update", "weight"} <= set(words) and "ratio" in words:
        return Role(Quantity.UPDATE_RATIO)
    return _objective_or_metric(split, rest, core, "step" in words or "batch" in words or "minibatch" in words)


def _counter(plain: str) -> Role | None:
    """The role of a counter; one that is coarser than steps of the training has a higher rank."""
    if plain in EPOCH_NAMES:
        return Role(Quantity.EPOCH)
    if plain in STEP_NAMES:
        return Role(Quantity.STEP)
    return Role(Quantity.STEP, rank=1) if plain in COARSE_STEP_NAMES else None


def _is_rate(words: Sequence[str], plain: str) -> bool:
    if plain in LEARNING_RATE_NAMES or "learning rate" in plain:
        return True
    first_group = len(words) == 3 and words[0] == "lr" and words[2] == "pg1"  # Lightning counts groups from 1
    return bool(words) and (words[-1] in {"lr", "lr0", "pg0"} or first_group)


def _is_statistic(rest: Sequence[str]) -> bool:
    """Whether a name is that of a deviation, an extreme or a count of values ("reward_std", "Std of Reward",
    "loss/num"): not a mean, so no curve of the quantity. A loss of a deviation is one ("std_loss")."""
    if len(rest) < 2:
        return False
    deviates = rest[0] in _DEVIATIONS or tuple(rest[:2]) == ("standard", "deviation")
    return rest[-1] in _DEVIATIONS | _OTHER_STATISTICS or (deviates and not LOSS_WORDS.intersection(rest))


def _is_price(words: Sequence[str]) -> bool:
    """Whether a name is what a training costs in money or traffic ("communication_cost_mb"): no loss."""
    return not {"cost", "costs"}.isdisjoint(words) and not PRICE_WORDS.isdisjoint(words)


def _is_time(words: Sequence[str]) -> bool:
    per_second = tuple(words[-2:]) == ("per", "second")
    own = TIME_WORDS - _MEMORY if words[-1:] and words[-1] in LOSS_WORDS | _SCORES else TIME_WORDS  # of a replay memory
    return per_second or (bool(own.intersection(words)) and "ssim" not in words)  # MS-SSIM


def _rate_rank(plain: str) -> int:
    return LEARNING_RATE_NAMES.index(plain) if plain in LEARNING_RATE_NAMES else len(LEARNING_RATE_NAMES)


def _objective_or_metric(split: Split, rest: list[str], core: str, per_step: bool) -> Role:
    if core in VAGUE_METRICS:
        return Role(Quantity.METRIC, split, "", core, rank=5000 + per_step)
    stem = _GAN_METRIC.sub(r"\1", _DIGITS_END.sub(r"\1", core))
    stem = "inception score" if stem == "is" and core != stem else stem
    if stem in METRICS:
        return Role(Quantity.METRIC, split, METRICS[stem], stem, rank=10 * list(METRICS).index(stem) + per_step)
    if core == "l" and split is not Split.NONE:
        return Role(Quantity.LOSS, split, "min", "loss", rank=20)  # "train_l", "L_val"
    if core in ENTROPY_NAMES:
        return Role(Quantity.LOSS, split, "min", core, rank=20 + 2 * bool(per_step))
    if core in LOSS_NAMES:
        return Role(Quantity.LOSS, split, "min", "loss")
    loss_words = [w for w in rest if w in LOSS_WORDS or w.endswith("loss") or _NUMBERED_LOSS.fullmatch(w)]
    if loss_words and rest[-1] not in _NEVER_LOSSES:
        qualifiers = [w for w in rest if w not in LOSS_WORDS and w not in FILLER_WORDS and not w.isdigit()]
        if SAME_LOSS.issuperset(qualifiers) or TOTAL_WORDS.issuperset(qualifiers):
            total = 0 if TOTAL_WORDS.intersection(rest) or not qualifiers else 1
            return Role(Quantity.LOSS, split, "min", "loss", rank=10 * total + 2 * bool(per_step) + ("elbo" in rest))
        if qualifiers == ["cross", "entropy"] or "elbo" in loss_words:
            return Role(Quantity.LOSS, split, "min", core, rank=20 + 2 * bool(per_step))
        return Role(Quantity.LOSS_PART, split, "min", core, rank=30 + 5 * len(qualifiers) + 2 * bool(per_step))
    tail = " ".join(rest[-2:])
    for key in (" ".join(rest), tail, rest[-1] if rest else ""):
        key = key.strip("0123456789 ") if key not in METRICS else key
        if key in METRICS:
            of_class = re.search(r"\b(class|cls|label)\b ?\w+", core.removesuffix(key))
            per_class = of_class is not None and key != core
            quantity = Quantity.PER_CLASS if per_class else Quantity.METRIC
            return Role(quantity, split, METRICS[key], core, rank=10 * list(METRICS).index(key) + 500 + per_step)
    if "acc" in _NOT_ACCURACY.sub("", core) or "f1" in rest or "auc" in rest or "iou" in core or "bleu" in core:
        return Role(Quantity.METRIC, split, "max", core, rank=2000)
    return Role(Quantity.OTHER, split, "", core)
