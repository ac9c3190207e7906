"""Localised ``--help``: click's own page in English, the same contents laid out here in other languages."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from loganalyzer.cli.errors import language
from loganalyzer.cli.options.declare import SECTIONS
from loganalyzer.cli.options.outputs import OutputOption, add_plugin_outputs
from loganalyzer.messages.languages import SOURCE, listed, sentences
from loganalyzer.model.exit_code import ExitCode

if TYPE_CHECKING:
    from loganalyzer.messages.languages import Lang

NAMES, WIDTH = 30, 78
EXAMPLES = {
    "example-plain": ("analyze-logs ./runs", "a list here, reports/index.html"),
    "example-json": ("analyze-logs ./runs --no-html --json -", "JSON on standard output, only"),
    "example-gate": ("analyze-logs ./runs --fail-on diverging", "exit 1 if a run diverged (CI)"),
    "example-lang": ("analyze-logs ./runs --lang ja", "everything in Japanese"),
    "example-diff": ("analyze-logs diff old.json ./runs", "what changed, better or worse"),
    "example-explain": ("analyze-logs --explain overfitting", "what a rule sees and measures"),
}
"""Calls that show what the command can do, by the key of their descriptions in other languages."""


Examples = Mapping[str, tuple[str, str]]


def epilog(examples: Examples) -> str:
    """Text after the options in click's English page: examples and exit codes."""
    calls = "\n".join(f"  {call:39}  {english}" for call, english in examples.values())
    codes = ", ".join(f"{code.value} {code.meaning}" for code in ExitCode)
    return f"\b\nExamples:\n{calls}\n\nExit codes: {codes}."


class Localised(click.Command):
    """Command with localised help; ``Context.obj`` holds the arguments, which say the language.

    ``word`` is the first word of the call that chooses it, "" for none; it begins the keys of the command's own texts.
    """

    word: str = ""
    examples: Examples = EXAMPLES

    def by_section(self, context: click.Context) -> list[tuple[str, list[click.Option]]]:
        """The options by the section of ``--help`` that they are in, in the order of the sections; "" for those in none."""
        found: dict[str, list[click.Option]] = {section: [] for section in ("", *SECTIONS)}
        for parameter in self.get_params(context):
            if isinstance(parameter, click.Option) and parameter.get_help_record(context) is not None:
                known = any(hasattr(p, "section") for p in self.params)
                found[getattr(parameter, "section", _section_of(parameter) if known else "")].append(parameter)
        return [(section, options) for section, options in found.items() if options]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options in their sections."""
        for section, options in self.by_section(ctx):
            with formatter.section(SECTIONS.get(section, "Options")):
                # click's own list breaks lines within the names of options, at their hyphens
                formatter.write("\n".join([*_listed(self, ctx, options, SOURCE), ""]))

    def get_help(self, ctx: click.Context) -> str:
        """Render the page of ``--help``."""
        lang = language(ctx.obj or ())
        return super().get_help(ctx) if lang == SOURCE else page(self, ctx, lang)


def localised(command: type[Localised]) -> Callable[[Callable[..., Any]], Localised]:
    """The decorator that makes a function a command of this class, with examples and exit codes in its page."""
    settings = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
    return click.command(cls=command, epilog=epilog(command.examples), context_settings=settings)


class Command(Localised):
    """The analysis itself. Outputs of plugins are loaded when the options are needed, not on import."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """All parameters."""
        add_plugin_outputs(self)
        return super().get_params(ctx)


def page(command: Localised, context: click.Context, lang: Lang) -> str:
    """Lay out the page for wide characters, at most 78 columns."""
    from loganalyzer.messages.errors import option
    from loganalyzer.reports.wrap import wrap

    def text_of(key: str) -> str:
        return option(f"page-{key}", key, lang)

    own = f"{command.word}-" if command.word else ""
    lines = [text_of(f"{own}usage").format(command=context.command_path), ""]
    for key in ("about", "path"):
        lines += [*wrap(text_of(own + key), "  ", "  ", WIDTH), ""]
    for section, options in command.by_section(context):
        lines += [
            text_of(f"section-{section}" if section else "options"),
            *_listed(command, context, options, lang),
            "",
        ]
    lines += [text_of("examples")]
    lines += [f"  {call:39} {text_of(key)}" for key, (call, _) in command.examples.items()]
    codes = listed([f"{code.value} {text_of(f'code-{code.name.lower()}')}" for code in ExitCode], lang)
    return "\n".join([*lines, "", *wrap(text_of("codes").format(codes=codes), "", "", WIDTH)])


def _listed(command: Localised, context: click.Context, options: Iterable[click.Option], lang: Lang) -> list[str]:
    """The names of the options with their help beside them."""
    from loganalyzer.messages.errors import option
    from loganalyzer.reports.wrap import columns, wrap

    lines: list[str] = []
    for parameter in options:
        record = parameter.get_help_record(context)
        if record is None:
            continue
        names, english = record[0], inspect.cleandoc(parameter.help or "")
        more = record[1].removeprefix(english).strip().replace("default: ", option("page-default", "default: ", lang))
        name = "help" if parameter is command.get_help_option(context) else str(parameter.name)
        text = sentences([part for part in (option(name, english, lang), more) if part], lang)
        first, rest = f"  {names}", " " * (NAMES + 2)
        if columns(first) > NAMES:
            lines.append(first)
            first = ""
        lines += wrap(text, first.ljust(len(rest)), rest, WIDTH)
    return lines


def _section_of(option: click.Option) -> str:
    """The section of an option that was not declared in one: an output of a plugin, or click's own ``--help``."""
    return "output" if isinstance(option, OutputOption) else "general"
