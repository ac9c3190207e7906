"""Localised error messages on standard error; usage errors come with candidates or an example."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from loganalyzer.model.errors import Message, did_you_mean

if TYPE_CHECKING:
    from loganalyzer.messages.languages import Lang  # messages are loaded only when there is an error


def language(arguments: Sequence[str]) -> Lang:
    """Language set by ``arguments``, the environment or the configuration, even if these are otherwise invalid."""
    from loganalyzer.config import sources as config_sources

    return config_sources.language(_last(arguments, "--lang"), _last(arguments, "--config"))


def complain(message: Message | str, lang: Lang = "en") -> None:
    """Print the message on standard error, wrapped to the width of a terminal."""
    from loganalyzer.messages.errors import translate
    from loganalyzer.reports.safe import term_safe

    text = f"analyze-logs: {term_safe(translate(message if isinstance(message, Message) else Message(message), lang), 600)}"
    if sys.stderr.isatty():
        from loganalyzer.reports.wrap import wrap

        text = "\n".join(wrap(text, "", "  ", max(40, os.get_terminal_size(sys.stderr.fileno()).columns)))
    encoding = sys.stderr.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), file=sys.stderr)


def of_click(error: click.ClickException, command: click.Command, lang: Lang) -> Message:
    """Convert an error of click to a message that says what is expected, with the candidates or an example."""
    if isinstance(error, click.NoSuchOption):
        # click's own suggestions are often far off: --email-title for --settled
        hint = did_you_mean(error.option_name, error.possibilities or (), cutoff=0.75, quote=False)
        return Message("there is no option {name}{hint}", {"name": error.option_name, "hint": hint})
    if isinstance(error, click.BadOptionUsage):
        return _missing(error.option_name, _option(command, error.option_name), error, lang)
    if isinstance(error, click.BadParameter) and isinstance(error.param, click.Option):
        return _wrong(error.param.opts[-1], error.param, error, command)
    return Message(error.format_message())


def _missing(name: str, given: click.Option | None, error: click.ClickException, lang: Lang) -> Message:
    if given is None:
        return Message(error.format_message())
    if given.is_flag:
        return Message("{option} takes no value", {"option": name})
    if given.name == "explain":
        text = "{option} needs a rule, for example: analyze-logs --explain overfitting (analyze-logs --list rules shows all)"
        return Message(text, {"option": name})
    if isinstance(given.type, click.Choice):
        return Message("{option} needs a value, one of: {known}", {"option": name, "known": tuple(given.type.choices)})
    from loganalyzer.messages.errors import option

    about = option(str(given.name), given.help or "", lang)
    return Message(
        "{option} needs a value, {metavar}: {help}", {"option": name, "metavar": given.metavar, "help": about}
    )


def _wrong(name: str, given: click.Option, error: click.ClickException, command: click.Command) -> Message:
    kind = given.type
    if isinstance(kind, click.Choice):
        if given.name == "next_format" and (output := _output_named_in(error, command)):
            text = "{option} is the format of --next, one of: {known}; the analysis in that format: {output} -"
            return Message(text, {"option": name, "known": tuple(kind.choices), "output": output})
        return Message("{option} must be one of: {known}", {"option": name, "known": tuple(kind.choices)})
    if isinstance(kind, click.IntRange) and kind.max is not None:
        text = "{option} must be a whole number from {low} to {high}"
        return Message(text, {"option": name, "low": kind.min, "high": kind.max})
    if isinstance(kind, click.IntRange):
        return Message("{option} must be a whole number, {low} or more", {"option": name, "low": kind.min})
    if given.name == "max_bytes":
        return Message("{option} must be a size such as 500000, 64M or 2G", {"option": name})
    return Message(error.format_message())


def _output_named_in(error: click.ClickException, command: click.Command) -> str:
    """The option that writes what the refused value names: --junit for 'junit'; "" for none."""
    value = error.message.partition("'")[2].partition("'")[0]
    option = f"--{value}"
    return option if _option(command, option) is not None else ""


def _option(command: click.Command, name: str) -> click.Option | None:
    found = (p for p in command.params if isinstance(p, click.Option) and name in (*p.opts, *p.secondary_opts))
    return next(found, None)


def _last(arguments: Sequence[str], name: str) -> str | None:
    """Return the last value of an option in ``arguments``, before ``--``."""
    found = None
    for at, word in enumerate(arguments):
        if word == "--":
            break
        if word == name and at + 1 < len(arguments):
            found = arguments[at + 1]
        elif word.startswith(f"{name}="):
            found = word.partition("=")[2]
    return found
