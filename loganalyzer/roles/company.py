"""What a name means beside the others of its run: one set of several, one player of two, the sign of old losses."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from loganalyzer.model.record import replace
from loganalyzer.model.role import Quantity, Role, Split
from loganalyzer.model.run import Series
from loganalyzer.roles.agents import is_score
from loganalyzer.roles.direction import shown_direction
from loganalyzer.roles.names import role_of
from loganalyzer.roles.players import ADVERSARIAL_WORDS
from loganalyzer.roles.vocabulary import ACTOR_WORDS, CRITIC_WORDS, FILLER_WORDS, LOSS_WORDS, TOTAL_WORDS
from loganalyzer.roles.words import split_of, words_of

_NUMBERED_SET = re.compile(r"(?:^|(?<=[^A-Za-z0-9]))validation_(\d{1,3})(?=$|[^A-Za-z0-9])")
_CALLED_LOSS = re.compile(r"[_\-. ]?loss(?![A-Za-z])", re.IGNORECASE)
_LETTERED = re.compile(r"([A-Za-z])[_ ]?[Ll]oss")
FEWEST_TWINS = 2
_NEVER_NEGATIVE = frozenset("multiclass multi logloss crossentropy".split())
_DISTILLATION = frozenset("distill distillation distil kd".split())
_MEAN = frozenset("avg average mean running moving rolling".split())
_EXPLORATION = frozenset("epsilon eps exploration".split())
_LOSSES = (Quantity.RL_SIGNAL, Quantity.LOSS, Quantity.LOSS_PART, Quantity.DISCRIMINATOR_LOSS)
_HELD_OUT = (Split.VALIDATION, Split.TEST)
_PLAYERS = (Quantity.GENERATOR_LOSS, Quantity.DISCRIMINATOR_LOSS)


def in_company(by_name: Mapping[str, Role], series: Mapping[str, Series]) -> dict[str, Role]:
    """The roles of the names of one run, where that run shows another meaning than the name alone."""
    met = _beside_training(_twins(_numbered_sets(by_name)), series)
    met = _scores_called_losses(_scores_of_episodes(met, series), series)
    return _likelihoods(_distilled(_lone_players(_adversaries(met))), series)


def has_actor_and_critic(by_name: Mapping[str, Role]) -> bool:
    """Whether losses of a policy and of a value function are logged."""
    words = {w for name, role in by_name.items() if role.quantity in _LOSSES for w in words_of(name)}
    return bool(words & ACTOR_WORDS and words & CRITIC_WORDS)


def _numbered_sets(by_name: Mapping[str, Role]) -> dict[str, Role]:
    """XGBoost's ``validation_0`` is by habit the training set where there is a ``validation_1``; the last set counts."""
    numbers = {name: int(found[1]) for name in by_name if (found := _NUMBERED_SET.search(name)) is not None}
    last = max(numbers.values(), default=0)
    if last == 0 or 0 not in numbers.values():
        return dict(by_name)
    roles = dict(by_name)
    for name, number in numbers.items():
        own = role_of(_NUMBERED_SET.sub("validation" if number else "train", name))  # the sets of a metric meet
        roles[name] = replace(own, rank=own.rank + (last - number if number else 0))
    return roles


def _twins(by_name: Mapping[str, Role]) -> dict[str, Role]:
    """ "v_loss" beside "loss", and "v_kl" beside "kl", are of the held-out data; alone, "v_loss" is that of a value function.

    So it is beside "t_loss", that of the training data, where no third letter has one (an actor's "p_loss").
    """
    letters = {found[1].lower(): name for name in by_name if (found := _LETTERED.fullmatch(name)) is not None}
    if letters.keys() == {"t", "v"}:
        return dict(by_name) | {letters["t"]: role_of("train_loss"), letters["v"]: role_of("val_loss")}
    twins = [name for name in by_name if name.startswith("v_") and name[2:] in by_name]
    if len(twins) < FEWEST_TWINS or "v_loss" not in twins:
        return dict(by_name)
    return dict(by_name) | {name: role_of(f"val_{name[2:]}") for name in twins}


def _beside_training(by_name: Mapping[str, Role], series: Mapping[str, Series]) -> dict[str, Role]:
    """A plain "loss" beside "train_loss", in every record and with values of its own, is of the held-out data, as are plain
    metrics beside it; only if no name says held-out, and there is no further loss of which it may be the whole."""
    losses = [n for n, role in by_name.items() if role.quantity in (Quantity.LOSS, Quantity.LOSS_PART) and n in series]
    splits = {by_name[n].split: n for n in losses}
    curves = [role for role in by_name.values() if role.quantity in (Quantity.LOSS, Quantity.METRIC)]
    if {*splits} != {Split.TRAIN, Split.NONE} or len(losses) != 2 or any(r.split in _HELD_OUT for r in curves):
        return dict(by_name)
    train, plain = series[splits[Split.TRAIN]], series[splits[Split.NONE]]
    same_name = by_name[train.name].metric == by_name[plain.name].metric
    if not same_name or not np.array_equal(train.steps, plain.steps) or np.array_equal(train.values, plain.values):
        return dict(by_name)
    return {
        name: replace(role, split=Split.VALIDATION)
        if role.quantity in (Quantity.LOSS, Quantity.METRIC) and role.split is Split.NONE
        else role
        for name, role in by_name.items()
    }


def _scores_of_episodes(by_name: Mapping[str, Role], series: Mapping[str, Series]) -> dict[str, Role]:
    """A plain "score" beside the share of random actions ("epsilon") is the return of an agent's episodes, and so is an
    "average score" that is no share of right answers and has no loss beside it; none is of a log with a loss on held-out data.
    """
    explores = any(_EXPLORATION.intersection(words_of(name)) for name in by_name)
    held_out = any(
        role.split in _HELD_OUT for role in by_name.values() if role.quantity in (Quantity.LOSS, Quantity.METRIC)
    )
    scores = {
        name
        for name, role in by_name.items()
        if role.quantity is Quantity.METRIC and is_score(" ".join(words_of(name)), of_episodes=False)
    }
    alone = all(name in scores for name, role in by_name.items() if role.quantity in (Quantity.LOSS, Quantity.METRIC))
    if held_out or not (explores or (alone and any(_is_of_episodes(name, series) for name in scores))):
        return dict(by_name)
    return {
        name: replace(role, quantity=Quantity.REWARD, direction="max", rank=5) if name in scores else role
        for name, role in by_name.items()
    }


def _is_of_episodes(score: str, series: Mapping[str, Series]) -> bool:
    """Whether a score is called a mean and has values that no share of right answers has."""
    known = series.get(score)
    if known is None or not _MEAN.intersection(words_of(score)):
        return False
    values = known.values[np.isfinite(known.values)]
    return bool(len(values)) and (float(values.min()) < 0.0 or float(values.max()) > 1.0)


def _adversaries(by_name: Mapping[str, Role]) -> dict[str, Role]:
    """A "gan loss" or "adversarial loss" beside a discriminator's is the generator's, where nothing else is learned: no
    loss that is a whole, no accuracy, no agent."""
    quantities = {role.quantity for role in by_name.values()}
    alone = Quantity.DISCRIMINATOR_LOSS in quantities and not quantities & {
        Quantity.GENERATOR_LOSS,
        Quantity.LOSS,
        Quantity.REWARD,
    }
    right = any(role.quantity is Quantity.METRIC and "acc" in role.metric for role in by_name.values())
    if not alone or right or has_actor_and_critic(by_name):
        return dict(by_name)
    return {
        name: replace(role, quantity=Quantity.GENERATOR_LOSS, rank=1)
        if role.quantity is Quantity.LOSS_PART and ADVERSARIAL_WORDS.issuperset(_told_apart(name))
        else role
        for name, role in by_name.items()
    }


def _distilled(by_name: Mapping[str, Role]) -> dict[str, Role]:
    """A cross-entropy beside the loss of a distillation is one of the two parts of what a student minimises, where neither
    their whole nor a loss on held-out data is logged."""
    parts = [name for name, role in by_name.items() if role.quantity is Quantity.LOSS_PART]
    losses = [(name, role) for name, role in by_name.items() if role.quantity is Quantity.LOSS]
    taught = any(_DISTILLATION.intersection(words_of(name)) for name in parts)
    if not taught or any(role.split in _HELD_OUT or not _told_apart(name) for name, role in losses):
        return dict(by_name)
    own = {name: replace(role, quantity=Quantity.LOSS_PART, metric=" ".join(words_of(name))) for name, role in losses}
    return dict(by_name) | own


def _told_apart(name: str) -> set[str]:
    """The words of a loss's name that say which one it is; none for the whole."""
    return set(split_of(words_of(name))[1]) - LOSS_WORDS - FILLER_WORDS - TOTAL_WORDS


def _lone_players(by_name: Mapping[str, Role]) -> dict[str, Role]:
    """A player without an opponent: a critic beside an actor is an agent's, another "d loss" is a loss like others."""
    there = {role.quantity for role in by_name.values()} & set(_PLAYERS)
    if len(there) != 1:
        return dict(by_name)
    agent = has_actor_and_critic(by_name) or Quantity.REWARD in {role.quantity for role in by_name.values()}
    meant = Quantity.RL_SIGNAL if agent else Quantity.LOSS_PART
    return {
        name: replace(role, quantity=meant, direction="" if agent else "min", rank=60)
        if role.quantity in there
        else role
        for name, role in by_name.items()
    }


def _scores_called_losses(by_name: Mapping[str, Role], series: Mapping[str, Series]) -> dict[str, Role]:
    """The metric that a program calls a loss, as one variable like the others ("valid_psnr_loss"): it rises above zero while
    another loss of the same data falls. Where all rise, each may be what its name says.
    """
    roles = dict(by_name)
    losses = {n: r for n, r in by_name.items() if r.quantity in (Quantity.LOSS, Quantity.LOSS_PART) and n in series}
    for name, role in losses.items():
        if (meant := _score_in(name)) is None or np.nanmin(series[name].values, initial=1) < 0:
            continue
        others = (series[n] for n, r in losses.items() if r.split is role.split and _without_loss(n).direction != "max")
        if any(shown_direction(o, None) == "min" and shown_direction(series[name], o) == "max" for o in others):
            roles[name] = meant
    return roles


def _score_in(name: str) -> Role | None:
    """The role of the score that stands beside the word "loss" in a name, None where there is none."""
    meant = _without_loss(name)
    said = _CALLED_LOSS.search(name) is not None
    return meant if said and meant.quantity is Quantity.METRIC and meant.direction == "max" else None


def _without_loss(name: str) -> Role:
    """What a name says without that word."""
    return role_of(_CALLED_LOSS.sub("", name))


def _likelihoods(by_name: Mapping[str, Role], series: Mapping[str, Series]) -> dict[str, Role]:
    """A cross-entropy below zero throughout is written with the other sign (CatBoost of 2018): higher is better."""
    roles = dict(by_name)
    for name, role in by_name.items():
        if role.quantity is Quantity.LOSS and name in series and _NEVER_NEGATIVE.intersection(words_of(name)):
            values = series[name].values
            finite = values[np.isfinite(values)]
            if len(finite) and bool((finite < 0).all()):
                roles[name] = replace(role, direction="max")
    return roles
