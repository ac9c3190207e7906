"""The curves that stand for a run in charts, tables, tiles and mails: those of what was judged."""

from __future__ import annotations

from loganalyzer.model.report import Diagnosis
from loganalyzer.model.run import Series


def judged_curves(diagnosis: Diagnosis) -> list[tuple[Series, str]]:
    """Return the series of the objective that have points, with their kinds ("train", "validation").

    A run that is judged by its return has that one alone, whatever loss it logs beside it.
    """
    roles = diagnosis.roles
    reward = [(roles.reward, "train")] if roles.reward is not None and len(roles.reward) else []
    if by_return(diagnosis):
        return reward
    pairs = ((roles.train, "train"), (roles.validation, "validation"))
    return [(s, kind) for s, kind in pairs if s is not None and len(s)] or reward


def drawn_curves(diagnosis: Diagnosis) -> list[tuple[Series, str]]:
    """Return the judged curves; of a run that logs nothing but a generator's loss, that one."""
    generator = diagnosis.roles.generator
    alone = [(generator, "train")] if generator is not None and len(generator) else []
    return judged_curves(diagnosis) or alone


def game_curves(diagnosis: Diagnosis) -> list[tuple[Series, str]]:
    """Return the losses of a generator and its discriminator, drawn as the kinds "train" and "validation"; none otherwise."""
    roles = diagnosis.roles
    if roles.generator is None or roles.discriminator is None:
        return []
    return [(roles.generator, "train"), (roles.discriminator, "validation")]


def by_return(diagnosis: Diagnosis) -> bool:
    """True for a run that is judged by its return, as in reinforcement learning."""
    reward = diagnosis.roles.reward
    return reward is not None and len(reward) > 0 and diagnosis.objective.train == reward.name
