"""Combine related command-line options into one decorator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

SECTIONS = {
    "output": "Outputs",
    "shown": "What is shown",
    "next": "The next run",
    "general": "General",
    "gate": "Gate and CI",
    "watch": "While it trains",
    "mail": "Mail",
    "scale": "Scale",
    "instead": "Instead of an analysis",
}
"""Headings of ``--help`` in their order, by id; in other languages they are in ``messages/options.toml``."""
Command = TypeVar("Command", bound=Callable[..., Any])


def together(*options: Callable[[Any], Any], section: str = "") -> Callable[[Command], Command]:
    """Return a decorator that adds these ``options`` to a click command, in this order.

    ``section`` is where ``--help`` lists those that are in none yet (see ``SECTIONS``).
    """

    def decorated(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        for parameter in getattr(command, "__click_params__", ()) if section else ():
            if not hasattr(parameter, "section"):
                parameter.section = section
        return command

    return decorated
