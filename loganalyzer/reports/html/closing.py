"""The closing checklist of a card, seven lines: what the log shows to be fine, what not, what remains open.

No line says more than was logged and measured.
"""

from __future__ import annotations

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.record import Record
from loganalyzer.model.report import Diagnosis
from loganalyzer.model.role import Roles, Task
from loganalyzer.rules.registry import load_rules

GOOD, BAD, OPEN = "good", "bad", "open"
UNRESPONSIVE = ("constant", "never-learned")
"""Kinds of a verdict in which the loss does not respond to the training."""
UNFIT = ("high-floor",)
"""Kinds of a verdict in which the model does not fit its training data."""
WIDENING = "widening"
"""The kind of a finding that the gap between training and validation grows."""


class Line(Record):
    """One line: its topic, its state (good, bad, open), and its text."""

    topic: str
    state: str
    text: str


def lines(diagnosis: Diagnosis, lang: Lang) -> list[Line]:
    """Learning rate, data, model, loss function, optimizer, implementation, logging."""
    lacking = _lacking(diagnosis)
    states = {**_states(diagnosis), **dict.fromkeys(_blamed(diagnosis), BAD), "logging": BAD if lacking else GOOD}
    names = [messages.ui("html", f"closing.lacking.{one}", lang) for one in lacking]
    listed = messages.listed(names, lang)
    variants = _variants(diagnosis.roles)
    return [
        Line(
            messages.ui("html", f"closing.{topic}.name", lang),
            state,
            messages.ui("html", f"closing.{topic}.{variants.get((topic, state), state)}", lang, lacking=listed),
        )
        for topic, state in states.items()
    ]


def _states(diagnosis: Diagnosis) -> dict[str, str]:
    """The state of each line before anything is blamed, in the order of the lines."""
    verdict, roles, kind = diagnosis.verdict.info, diagnosis.roles, diagnosis.kind
    widening = any(o.kind == WIDENING for o in diagnosis.findings)
    fits = verdict.healthy and roles.validation is not None and not widening
    return {
        "learning_rate": GOOD if verdict.healthy and roles.learning_rate is not None else OPEN,
        "data": OPEN,
        "model": BAD if kind in UNFIT else GOOD if fits else OPEN,
        "loss": BAD if kind in UNRESPONSIVE else GOOD if verdict.learned else OPEN,
        "optimizer": GOOD if verdict.learned and roles.gradient_norm is not None else OPEN,
        "implementation": BAD if kind in UNRESPONSIVE else GOOD if verdict.learned else OPEN,
    }


def _blamed(diagnosis: Diagnosis) -> set[str]:
    """The topics that the verdict or a finding speaks against."""
    found = {o.rule for o in diagnosis.findings}
    return {
        *diagnosis.verdict.info.points_at,
        *(topic for rule in load_rules() if rule.id in found for topic in rule.points_at),
    }


def _variants(roles: Roles) -> dict[tuple[str, str], str]:
    """Which text a line in a state has instead of the one that is named after the state."""
    variants = {}
    if roles.learning_rate is not None:
        variants["learning_rate", OPEN] = "seen"
    if roles.gradient_norm is not None:
        variants["optimizer", OPEN] = "seen"
    return variants


def _lacking(diagnosis: Diagnosis) -> list[str]:
    """What is missing from the log, of what such a training should log; or damaged."""
    roles = diagnosis.roles
    wanted = {
        Task.SUPERVISED: {"train": roles.train, "validation": roles.validation, "learning-rate": roles.learning_rate},
        Task.REINFORCEMENT: {"return": roles.reward, "learning-rate": roles.learning_rate},
        Task.ADVERSARIAL: {"learning-rate": roles.learning_rate},
    }[roles.task]
    damaged = ["damaged"] if any(note.harmful for note in diagnosis.notes) else []
    return [name for name, series in wanted.items() if series is None] + damaged
