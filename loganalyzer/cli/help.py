"""``--help`` in the language that was chosen: click's own page in English, the same contents laid out here otherwise."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import click

from loganalyzer.cli.errors import language
from loganalyzer.messages.languages import SOURCE, sentences

if TYPE_CHECKING:
    from loganalyzer.messages.languages import Lang

NAMES, WIDTH = 30, 78


class Command(click.Command):
    """A click command whose help speaks the language of the arguments, which ``Context.obj`` holds."""

    def get_help(self, ctx: click.Context) -> str:
        """The page of ``--help``."""
        lang = language(ctx.obj or ())
        return super().get_help(ctx) if lang == SOURCE else page(self, ctx, lang)


def page(command: click.Command, context: click.Context, lang: Lang) -> str:
    """The page laid out for wide characters, at most 78 columns."""
    from loganalyzer.messages.errors import option
    from loganalyzer.reports.wrap import columns, wrap

    def said(key: str) -> str:
        return option(f"page-{key}", key, lang)

    lines = [said("usage").format(command=context.command_path), ""]
    for key in ("about", "path"):
        lines += [*wrap(said(key), "  ", "  ", WIDTH), ""]
    lines.append(said("options"))
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None or not isinstance(parameter, click.Option):
            continue
        names, english = record[0], inspect.cleandoc(parameter.help or "")
        more = record[1].removeprefix(english).strip().replace("default: ", said("default"))
        name = "help" if parameter is command.get_help_option(context) else str(parameter.name)
        text = sentences([part for part in (option(name, english, lang), more) if part], lang)
        first, rest = f"  {names}", " " * (NAMES + 2)
        if columns(first) > NAMES:
            lines.append(first)
            first = ""
        lines += wrap(text, first.ljust(len(rest)), rest, WIDTH)
    lines += ["", said("examples")]
    lines += [f"  {call:39} {said(key)}" for key, call in EXAMPLES.items()]
    return "\n".join([*lines, "", *wrap(said("codes"), "", "", WIDTH)])


EXAMPLES = {
    "example-plain": "analyze-logs ./runs",
    "example-json": "analyze-logs ./runs --no-html --json -",
    "example-gate": "analyze-logs ./runs --fail-on diverging",
    "example-lang": "analyze-logs ./runs --lang ja",
    "example-explain": "analyze-logs --explain overfitting",
}
