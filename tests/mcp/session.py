"""A session with the real server, by the client of the official SDK over standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from mcp import Client, StdioServerParameters

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """What a tool answered."""

    text: str
    failed: bool


def apart(session: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it in a thread of its own: a browser of other tests keeps an event loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(session())).result()


def ask(calls: Sequence[Call], *arguments: str | Path, cwd: Path = ROOT, **environment: str) -> list[Answer]:
    """Start ``analyze-logs mcp`` with these arguments, make the calls in order, end it, and return the answers."""

    async def session() -> list[Answer]:
        async with Client(parameters(arguments, cwd, environment), read_timeout_seconds=60) as client:
            answers = []
            for name, given in calls:
                result = await client.call_tool(name, given)
                answers.append(Answer("".join(getattr(part, "text", "") for part in result.content), result.is_error))
            return answers

    return apart(session)


def tools(*arguments: str | Path) -> list[Any]:
    """What the server offers."""

    async def session() -> list[Any]:
        async with Client(parameters(arguments, ROOT, {}), read_timeout_seconds=60) as client:
            return list((await client.list_tools()).tools)

    return apart(session)


def parameters(arguments: Sequence[str | Path], cwd: Path, environment: dict[str, str]) -> StdioServerParameters:
    """How to start the server."""
    own = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], **environment}
    command = ["-m", "loganalyzer", "mcp", *map(str, arguments)]
    return StdioServerParameters(command=sys.executable, args=command, env=own, cwd=cwd)
