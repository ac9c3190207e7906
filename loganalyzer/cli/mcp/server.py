"""The server of the Model Context Protocol: the tools as the official SDK offers them. The only module that knows the SDK."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from loganalyzer.cli.mcp.tools import INSTRUCTIONS, Tool, Tools
from loganalyzer.messages.errors import translate
from loganalyzer.messages.languages import LANGUAGES
from loganalyzer.model.distribution import NAME, needs_extra
from loganalyzer.model.errors import LogAnalyzerError
from loganalyzer.model.version import VERSION
from loganalyzer.reports.safe import term_safe

if TYPE_CHECKING:
    from loganalyzer.messages.languages import Lang

LONGEST_ERROR = 2_000


def serve(tools: Tools, lang: Lang) -> None:
    """Answer on standard input and output until the client closes it. Raises UsageError if the SDK is not installed."""
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.types import ToolAnnotations
    except ImportError as error:
        raise needs_extra("analyze-logs mcp", "mcp") from error
    server: Any = MCPServer(NAME, instructions=INSTRUCTIONS, version=VERSION, log_level="ERROR", subscriptions=False)
    annotations = ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    for tool in tools.all():
        server.add_tool(_answering(tool, lang), annotations=annotations, structured_output=False)
    server.run("stdio")


def _answering(tool: Tool, lang: Lang) -> Tool:
    """The tool with every deliberate error as one that the client's model reads, and others without their paths and code."""
    from mcp.server.mcpserver.exceptions import ToolError

    @functools.wraps(tool)
    def answer(*given: Any, **named: Any) -> str:
        try:
            return tool(*given, **named)
        except LogAnalyzerError as error:
            asked = str(named.get("lang", ""))
            text = translate(error.message, asked if asked in LANGUAGES else lang)
            raise ToolError(term_safe(text, LONGEST_ERROR)) from error
        except Exception as error:
            raise ToolError(f"internal error ({type(error).__name__}); please report it") from error

    answer.__doc__ = inspect.getdoc(tool)
    return answer
