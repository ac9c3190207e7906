"""Who is who in a run: each name's role, what the names mean together, the user's own word over all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from loganalyzer.model.role import Metric, Quantity, Role, Roles, Split, Task
from loganalyzer.model.run import Run
from loganalyzer.roles.company import has_actor_and_critic, in_company
from loganalyzer.roles.direction import with_directions
from loganalyzer.roles.names import role_of
from loganalyzer.roles.objective import first, metrics_of, objective
from loganalyzer.roles.own_names import matches, named
from loganalyzer.roles.vocabulary import RL_WORDS
from loganalyzer.roles.words import words_of

__all__ = ["Metric", "Quantity", "Role", "Roles", "Split", "Task", "role_of", "roles", "words_of"]


def roles(run: Run, overrides: Mapping[str, str] | None = None) -> Roles:
    """Say who is who in ``run``.

    ``overrides`` maps globs over series names to a role: "train", "validation", "learning_rate", "gradient_norm",
    "epoch", "ignore", "metric:max", "metric:min" or with a split "metric:max:validation".
    """
    by_user = ((name, named(name, overrides or {}, role_of(name))) for name in run.series)
    told = {name: role for name, role in by_user if role is not None}
    by_name = {name: told.get(name) or role_of(name) for name in run.series}
    series = {
        n: s for n, s in run.series.items() if np.isfinite(s.values).any() or by_name[n].quantity is Quantity.LOSS
    }
    by_name = with_directions(by_name, series, run.hyperparameters, lambda name: role_of(name).direction)
    by_name = in_company(by_name, series) | told
    task = _task(by_name)
    train, validation, is_metric, direction, guessed = objective(series, by_name, whole=task is Task.SUPERVISED)
    return Roles(
        task=task,
        train=train,
        validation=validation,
        direction=direction,
        guessed=guessed and task is not Task.REINFORCEMENT,  # its return is named
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
    return tuple(pattern for pattern in patterns if any(matches(name, pattern) for name in listed))


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
    if has_actor_and_critic(by_name) and not has_plain_validation:
        return Task.REINFORCEMENT
    return Task.SUPERVISED
