"""Which command a call is for: the analysis, or what its first word names.

Only the very first argument can be such a word: a folder of that name is ``./diff``, or stands after an option or ``--``.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from loganalyzer.cli.command import command
from loganalyzer.cli.help import Localised
from loganalyzer.model.errors import Message, did_you_mean

WORDS = {"diff": "loganalyzer.cli.diff", "mcp": "loganalyzer.cli.mcp.command"}
"""The modules of the other commands, each with its ``command``, loaded when they are called."""

COMPLETION = "_ANALYZE_LOGS_COMPLETE"
"""The variable in which a shell says that it completes a call, as click names it."""


def chosen(arguments: Sequence[str]) -> tuple[Localised, list[str]]:
    """Return the command, and the arguments that are left for it."""
    module = WORDS.get(arguments[0]) if arguments else None
    if module is None:
        return command, list(arguments)
    other = import_module(module).command
    assert isinstance(other, Localised)
    return other, list(arguments[1:])


def with_command(message: Message, arguments: Sequence[str]) -> Message:
    """Return the complaint about a path that is not there, with the command that the first word may have meant."""
    first = arguments[0] if arguments else ""
    missing = message.text == "no such file or folder: {path}{hint}" and message.placeholders["path"] == first
    if not missing or message.placeholders["hint"]:
        return message
    hint = did_you_mean(first, WORDS, cutoff=0.7, quote=False)
    return Message(message.text, {**message.placeholders, "hint": hint})
