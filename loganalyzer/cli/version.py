"""``--version``; with ``-v`` also what runs it, and whether another distribution is in its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

import loganalyzer
from loganalyzer.model import distribution
from loganalyzer.model.version import VERSION

if TYPE_CHECKING:
    from loganalyzer.messages.languages import Lang


def show_version(lang: Lang, *, verbose: bool) -> None:
    """Print the version; ``verbose`` adds Python and the folder of the package, and warns of other distributions."""
    click.echo(f"{distribution.NAME} {VERSION}")
    if verbose:
        import platform

        click.echo(f"Python {platform.python_version()} on {platform.platform()}")
        click.echo(str(Path(loganalyzer.__file__).parent))
        warn_of_others(lang)


def warn_of_others(lang: Lang) -> None:
    """Say on standard error which other distributions bring a package ``loganalyzer``, if any do."""
    from loganalyzer.cli.errors import complain
    from loganalyzer.model.errors import Message

    if others := distribution.others():
        text = (
            "{others} is installed too and brings a package loganalyzer of its own, whose files may have replaced ours: "
            "pip uninstall {others}, then pip install --force-reinstall {ours}"
        )
        complain(Message(text, {"others": " ".join(others), "ours": distribution.NAME}), lang)
