"""One vocabulary: which logged name plays which part in a training.

A name is cut into words; some words say the split, some the quantity, some that the name only looks like what it is
not (``loss_scale``). The tables are in ``vocabulary``; the user's ``[roles]`` table overrides them by glob.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache

import numpy as np

from loganalyzer.model.role import Metric, Quantity, Role, Roles, Split, Task
from loganalyzer.model.run import Run
from loganalyzer.roles.direction import with_directions
from loganalyzer.roles.objective import first, metrics_of, objective
from loganalyzer.roles.vocabulary import (
    ACTOR_WORDS,
    CRITIC_WORDS,
    DISCRIMINATOR_NAMES,
    EPOCH_NAMES,
    FILLER_WORDS,
    GENERATOR_NAMES,
    GRADIENT_NORM_NAMES,
    JAPANESE_LONGEST_FIRST,
    LEARNING_RATE_NAMES,
    LOSS_WORDS,
    METRICS,
    NOT_LOSS,
    REWARD_NAMES,
    RL_FOLDERS,
    RL_NAMES,
    RL_WORDS,
    RUNNING_BEST,
    STEP_NAMES,
    TEST_WORDS,
    TIME_WORDS,
    TRAIN_WORDS,
    VAGUE_METRICS,
    VALIDATION_WORDS,
)

__all__ = ["Metric", "Quantity", "Role", "Roles", "Split", "Task", "role_of", "roles", "words_of"]

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[\s/_\-:@|()\[\]=,>#]+")
_DIGITS_END = re.compile(r"^(loss|acc|accuracy|f1|auc)_(\d+)$")


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """Cut a logged name into lower-case words: "train/BoxLoss" -> ("train", "box", "loss"). Pure; cached."""
    text = name.strip()
    for japanese, english in () if text.isascii() else JAPANESE_LONGEST_FIRST:
        if japanese in text:
            text = text.replace(japanese, f" {english} ")
    return tuple(w for w in _SEPARATORS.split(_CAMEL.sub(" ", text).lower()) if w)


def _split_of(words: Iterable[str]) -> tuple[Split, list[str]]:
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


@lru_cache(maxsize=8192)
def role_of(name: str) -> Role:
    """The role that a logged name plays, from the name alone. Pure; cached."""
    words = words_of(name)
    plain = " ".join(words)
    if plain in EPOCH_NAMES:
        return Role(Quantity.EPOCH)
    if plain in STEP_NAMES:
        return Role(Quantity.STEP)
    if plain in LEARNING_RATE_NAMES or (words and words[-1] in {"lr", "lr0", "pg0"}) or "learning rate" in plain:
        return Role(Quantity.LEARNING_RATE, rank=_rate_rank(plain))
    split, rest = _split_of(words)
    if len(rest) > 1 and rest[-1] in {"b", "m", "p"} and not LOSS_WORDS.intersection(rest):
        rest = rest[:-1]  # Ultralytics: of boxes, masks, poses
    core = " ".join(w for w in rest if w not in FILLER_WORDS) or " ".join(rest)
    if core in GRADIENT_NORM_NAMES or plain in GRADIENT_NORM_NAMES:
        return Role(Quantity.GRADIENT_NORM, split, "")
    recall = core == "r" and split is not Split.NONE  # "valid_p", "valid_r": precision and recall
    leaf = " ".join(rest[1:] if rest and rest[0] in RL_FOLDERS else rest)
    if not recall and (core in REWARD_NAMES or plain in REWARD_NAMES or leaf in REWARD_NAMES):
        return Role(Quantity.REWARD, split, "max", core, rank=0 if split is Split.VALIDATION else 1)
    if core in GENERATOR_NAMES:
        return Role(Quantity.GENERATOR_LOSS, split, "min", core)
    if core in DISCRIMINATOR_NAMES:
        return Role(Quantity.DISCRIMINATOR_LOSS, split, "min", core)
    if core in RL_NAMES or plain in RL_NAMES or leaf in RL_NAMES:
        return Role(Quantity.RL_SIGNAL, split, "", core)
    if any(n in plain for n in NOT_LOSS) or TIME_WORDS.intersection(words):
        return Role(Quantity.TIME if TIME_WORDS.intersection(words) else Quantity.OTHER)
    if RUNNING_BEST and words and words[0] in RUNNING_BEST and len(words) > 1:
        return Role(Quantity.OTHER)
    if {"update", "weight"} <= set(words) and "ratio" in words:
        return Role(Quantity.UPDATE_RATIO)
    return _objective_or_metric(split, rest, core, "step" in words or "batch" in words or "minibatch" in words)


def _rate_rank(plain: str) -> int:
    return LEARNING_RATE_NAMES.index(plain) if plain in LEARNING_RATE_NAMES else len(LEARNING_RATE_NAMES)


def _objective_or_metric(split: Split, rest: list[str], core: str, per_step: bool) -> Role:
    if core in VAGUE_METRICS:
        return Role(Quantity.METRIC, split, "", core, rank=5000 + per_step)
    stem = _DIGITS_END.sub(r"\1", core)
    if stem in METRICS:
        return Role(Quantity.METRIC, split, METRICS[stem], stem, rank=10 * list(METRICS).index(stem) + per_step)
    loss_words = [w for w in rest if w in LOSS_WORDS or w.endswith("loss")]
    if loss_words:
        qualifiers = [w for w in rest if w not in LOSS_WORDS and w not in FILLER_WORDS and not w.isdigit()]
        if not qualifiers or qualifiers == ["lm"] or qualifiers == ["ce"]:
            total = 0 if "total" in rest or not qualifiers else 1
            return Role(Quantity.LOSS, split, "min", "loss", rank=10 * total + 2 * bool(per_step) + ("elbo" in rest))
        if qualifiers == ["cross", "entropy"] or "elbo" in loss_words:
            return Role(Quantity.LOSS, split, "min", core, rank=20 + 2 * bool(per_step))
        return Role(Quantity.LOSS_PART, split, "min", core, rank=30 + 5 * len(qualifiers) + 2 * bool(per_step))
    tail = " ".join(rest[-2:])
    for key in (" ".join(rest), tail, rest[-1] if rest else ""):
        key = key.strip("0123456789 ") if key not in METRICS else key
        if key in METRICS:
            per_class = bool(re.search(r"\b(class|cls|label)\b ?\w+", core)) and key != core
            quantity = Quantity.PER_CLASS if per_class else Quantity.METRIC
            return Role(quantity, split, METRICS[key], core, rank=10 * list(METRICS).index(key) + 500 + per_step)
    if "acc" in core.replace("accum", "") or "f1" in rest or "auc" in rest or "iou" in core or "bleu" in core:
        return Role(Quantity.METRIC, split, "max", core, rank=2000)
    return Role(Quantity.OTHER, split, "", core)


def roles(run: Run, overrides: Mapping[str, str] | None = None) -> Roles:
    """Say who is who in ``run``.

    ``overrides`` maps globs over series names to a role: "train", "validation", "learning_rate", "gradient_norm",
    "epoch", "ignore", "metric:max", "metric:min" or with a split "metric:max:validation".
    """
    by_name: dict[str, Role] = {}
    for name in run.series:
        by_name[name] = _overridden(name, overrides or {}) or role_of(name)
    series = {
        n: s for n, s in run.series.items() if np.isfinite(s.values).any() or by_name[n].quantity is Quantity.LOSS
    }
    by_name = with_directions(by_name, series, run.hyperparameters, lambda name: role_of(name).direction)
    task = _task(by_name)
    train, validation, is_metric, direction, guessed = objective(series, by_name)
    return Roles(
        task=task,
        train=train,
        validation=validation,
        direction=direction,
        guessed=guessed,
        objective_is_metric=is_metric,
        metrics=metrics_of(series, by_name),
        learning_rate=first(series, by_name, Quantity.LEARNING_RATE),
        gradient_norm=first(series, by_name, Quantity.GRADIENT_NORM),
        epoch=first(series, by_name, Quantity.EPOCH),
        generator=first(series, by_name, Quantity.GENERATOR_LOSS) if task is Task.ADVERSARIAL else None,
        discriminator=first(series, by_name, Quantity.DISCRIMINATOR_LOSS) if task is Task.ADVERSARIAL else None,
        reward=first(series, by_name, Quantity.REWARD),
        by_name=by_name,
    )


def matching(patterns: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """Those of ``patterns`` (of ``[roles]``) that match one of the series' ``names``."""
    listed = list(names)
    return tuple(pattern for pattern in patterns if any(_matches(name, pattern) for name in listed))


def _matches(name: str, pattern: str) -> bool:
    return name == pattern or fnmatchcase(name, pattern)


def _overridden(name: str, overrides: Mapping[str, str]) -> Role | None:
    for pattern, wanted in overrides.items():
        if not _matches(name, pattern):
            continue
        kind, *more = wanted.split(":")
        own = role_of(name)
        if kind in {"train", "validation"}:
            return Role(Quantity.LOSS, Split(kind), more[0] if more else "min", "loss", rank=-1)
        if kind == "metric":
            split = Split(more[1]) if len(more) > 1 else own.split
            return Role(
                Quantity.METRIC, split, more[0] if more else own.direction or "max", own.metric or name, rank=-1
            )
        named = {
            "learning_rate": Quantity.LEARNING_RATE,
            "gradient_norm": Quantity.GRADIENT_NORM,
            "epoch": Quantity.EPOCH,
            "reward": Quantity.REWARD,
            "ignore": Quantity.OTHER,
        }
        if kind in named:
            return Role(named[kind], own.split, own.direction, own.metric, rank=-1)
    return None


def _task(by_name: Mapping[str, Role]) -> Task:
    quantities = {r.quantity for r in by_name.values()}
    if {Quantity.GENERATOR_LOSS, Quantity.DISCRIMINATOR_LOSS} <= quantities:
        return Task.ADVERSARIAL
    rl_words = {w for n in by_name for w in words_of(n)} & RL_WORDS
    has_plain_validation = any(r.quantity is Quantity.LOSS and r.split is Split.VALIDATION for r in by_name.values())
    if Quantity.REWARD in quantities and not has_plain_validation:
        return Task.REINFORCEMENT
    if Quantity.RL_SIGNAL in quantities and len(rl_words) >= 3 and not has_plain_validation:
        return Task.REINFORCEMENT
    losses = (Quantity.RL_SIGNAL, Quantity.LOSS, Quantity.LOSS_PART)
    of_losses = {w for n, r in by_name.items() if r.quantity in losses for w in words_of(n)}
    if of_losses & ACTOR_WORDS and of_losses & CRITIC_WORDS and not has_plain_validation:
        return Task.REINFORCEMENT
    return Task.SUPERVISED
