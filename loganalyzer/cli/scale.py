"""The options of ``analyze-logs`` for many runs: how much is read, what is remembered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import click

from loganalyzer.cli.options import together

_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}


def _bytes(context: click.Context, parameter: click.Parameter, value: str) -> int:
    """A number of bytes: ``1000000``, ``512k``, ``64M``, ``2G`` (powers of 1024)."""
    match = re.fullmatch(r"(\d{1,15})([kmg]?)(?:i?b)?", value.strip().lower())
    if match is None or not int(match[1]):
        raise click.BadParameter(f"{value!r} is no size such as 500000, 64M or 2G", context, parameter)
    return int(match[1]) * _UNITS[match[2]]


options = together(
    click.option(
        "--cache",
        metavar="DIR",
        help="Remember there what was found; files that did not change since are not read again.",
    ),
    click.option(
        "--max-bytes",
        callback=_bytes,
        default="2G",
        show_default=True,
        metavar="SIZE",
        help="Read no file larger than this.",
    ),
)


def reading(given: Mapping[str, Any]) -> dict[str, Any]:
    """What they say to ``api.Options``; ``given`` are click's parameters."""
    return {"cache": given["cache"], "max_bytes": given["max_bytes"]}
