"""Options for many runs: executor, reading limits, cache."""

from __future__ import annotations

import re

import click

from loganalyzer.cli.options.declare import together
from loganalyzer.readers.limits import MAX_FILE_BYTES, MAX_SECONDS

_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}


def _bytes(context: click.Context, parameter: click.Parameter, value: str) -> int:
    """Parse a number of bytes: ``1000000``, ``512k``, ``64M``, ``2G`` (powers of 1024)."""
    match = re.fullmatch(r"(\d{1,15})([kmg]?)(?:i?b)?", value.strip().lower())
    if match is None or not int(match[1]):
        raise click.BadParameter(f"{value!r} is no size such as 500000, 64M or 2G", context, parameter)
    return int(match[1]) * _UNITS[match[2]]


scale = together(
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(1, 256),
        default=None,
        metavar="N",
        help="Processes to use. [default: as many as there are cores, where it pays]",
    ),
    click.option(
        "--executor",
        metavar="NAME",
        help="Who does the work: serial, threads, processes or dask://HOST:PORT. [default: processes, where it pays]",
    ),
    click.option(
        "--cache",
        metavar="DIR",
        help="Remember there what was found; files that did not change since are not read again.",
    ),
    click.option("--follow-links", is_flag=True, help="Read what links that lead out of the folders point to, too."),
    click.option(
        "--max-bytes",
        callback=_bytes,
        default=f"{MAX_FILE_BYTES >> 30}G",
        show_default=True,
        metavar="SIZE",
        help="Read no file larger than this.",
    ),
    click.option(
        "--max-seconds",
        type=click.FloatRange(min=0, min_open=True),
        default=None,
        metavar="SECONDS",
        help=f"Stop reading one run after so long and use what was read. [default: {MAX_SECONDS:g}]",
    ),
    section="scale",
)
