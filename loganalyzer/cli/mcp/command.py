"""``analyze-logs mcp FOLDER...``: serve the analysis to coding agents."""

from __future__ import annotations

import tempfile
from typing import Any

import click

from loganalyzer.cli.help import Localised, localised
from loganalyzer.cli.options.general import everywhere

EXAMPLES = {"mcp-example-plain": ("analyze-logs mcp ./runs", "started by the agent, not by hand")}
KEYS = {"--lang": "lang"}
"""Option -> the configuration key that it sets."""


class Mcp(Localised):
    """The command, with its texts."""

    word = "mcp"
    examples = EXAMPLES


@localised(Mcp)
@click.argument("folders", nargs=-1, metavar="FOLDER...")
@everywhere
def command(folders: tuple[str, ...], **given: Any) -> None:
    """Serve the analysis as tools of the Model Context Protocol, over standard input and output.

    Only what is below FOLDER can be read, and nothing is written. The tools are analyze, list_runs, explain, compare and
    next_run; a folder that is called "mcp" is analysed by: analyze-logs ./mcp
    """
    from loganalyzer.cli.gate import load_settings
    from loganalyzer.cli.mcp.roots import Roots

    roots = Roots.of(folders)
    settings = load_settings(given, KEYS)
    from loganalyzer.cli.mcp.server import serve
    from loganalyzer.cli.mcp.tools import Tools

    with tempfile.TemporaryDirectory(prefix="analyze-logs-mcp-") as cache:
        serve(Tools.on(roots, settings, cache), settings.lang)
