"""The closing checklist of a card, seven lines: what the log shows to be fine, what not, what remains open."""

from __future__ import annotations

from dataclasses import dataclass

from loganalyzer import messages
from loganalyzer.messages import Lang
from loganalyzer.model.report import Diagnosis
from loganalyzer.rules.registry import load_rules

GOOD, BAD, OPEN = "good", "bad", "open"


@dataclass(frozen=True)
class Line:
    """One line: its topic, its state (good, bad, open), and its text."""

    topic: str
    state: str
    text: str


def lines(diagnosis: Diagnosis, lang: Lang) -> list[Line]:
    """Learning rate, data, model, loss function, optimizer, implementation, logging."""
    verdict, roles = diagnosis.verdict.info, diagnosis.roles
    has_validation = roles.validation is not None
    states = {
        "learning_rate": GOOD if verdict.healthy else OPEN,
        "data": OPEN,
        "model": BAD if diagnosis.kind == "high-floor" else GOOD if verdict.healthy and has_validation else OPEN,
        "loss": BAD if diagnosis.kind in ("constant", "never-learned") else GOOD if verdict.learned else OPEN,
        "optimizer": GOOD if roles.gradient_norm is not None and verdict.learned else OPEN,
        "implementation": GOOD if verdict.learned else BAD if diagnosis.kind in ("constant", "never-learned") else OPEN,
        "logging": GOOD if roles.train is not None and has_validation and roles.learning_rate is not None
        and not any(n.harmful for n in diagnosis.notes) else BAD,
    }  # fmt: skip
    found = {o.rule for o in diagnosis.findings}
    blamed = {topic for rule in load_rules() if rule.id in found for topic in rule.points_at}
    states.update(dict.fromkeys({*verdict.points_at, *blamed}, BAD))
    states_shown = dict(states)
    if states["optimizer"] == OPEN and roles.gradient_norm is not None:
        states_shown["optimizer"] = "seen"
    return [
        Line(
            messages.ui("html", f"closing.{topic}.name", lang),
            state,
            messages.ui("html", f"closing.{topic}.{states_shown[topic]}", lang),
        )
        for topic, state in states.items()
    ]
