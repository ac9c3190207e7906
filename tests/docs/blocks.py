"""The code blocks of the documentation, and the commands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = (".", "docs", "examples/**", "integrations/**", "sample_runs")
PAGES = sorted({page for folder in FOLDERS for page in ROOT.glob(f"{folder}/*.md")})
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
SHELL = ("", "bash", "console")
OUTPUT = ("text", "markdown")


@dataclass(frozen=True)
class Block:
    """A block between two fences: ``number`` counts those of its page from 0."""

    page: str
    number: int
    language: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page}-{self.number}"

    @property
    def kind(self) -> str:
        """``shell``, ``output`` (shown by a program, or to be copied as prose), or the language."""
        if self.language in OUTPUT or (self.language in SHELL and not commands(self.text)):
            return "output"
        return "shell" if self.language in SHELL else self.language


@cache
def blocks() -> tuple[Block, ...]:
    """Every block of every page."""
    return tuple(
        Block(page.relative_to(ROOT).as_posix(), number, match[2], match[3])
        for page in PAGES
        for number, match in enumerate(FENCE.finditer(page.read_text(encoding="utf-8")))
    )


def of(kind: str) -> list[Block]:
    return [block for block in blocks() if block.kind == kind]


def commands(text: str) -> list[str]:
    """The commands of a shell block, without the output below a prompt; none where no line begins like a command."""
    lines = text.replace("\\\n", " ").splitlines()
    if any(line.startswith("$ ") for line in lines):
        return [line[2:] for line in lines if line.startswith("$ ")]
    return [line for line in lines if line.strip()] if all(map(_like_a_command, filter(None, lines))) else []


PROGRAMS = ("analyze-logs", "bash", "export", "make", "pip", "python", "python3")


def _like_a_command(line: str) -> bool:
    first = line.split()[0] if line.split() else ""
    return first in PROGRAMS or re.fullmatch(r"[A-Z_]+=.*", first) is not None


def shell_commands() -> Iterator[tuple[Block, str]]:
    return ((block, command) for block in of("shell") for command in commands(block.text))
