"""What the head of a page says of the call that wrote it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from loganalyzer.cli.clock import now
from loganalyzer.discovery.checkout import Checkout, checkout
from loganalyzer.discovery.roots import local_paths
from loganalyzer.reports.html.origin import Origin
from loganalyzer.roles.secrets import hidden


def origin(paths: Sequence[str], page: Path) -> Origin:
    """Return time, command line (without secrets), commit, and the folders of the logs, for a page written to ``page``."""
    folders, at = _folders(paths), checked_out(paths)
    context = click.get_current_context(silent=True)
    arguments = context.obj if context is not None and isinstance(context.obj, list) else []
    return Origin(
        time=now(),
        command=hidden(shlex.join(["analyze-logs", *arguments])) if arguments else "",
        commit=at.commit,
        branch=hidden(at.branch),
        folders=folders,
        beside=page.resolve().parent,
    )


def checked_out(paths: Sequence[str]) -> Checkout:
    """Return which commit the logs are from: that of the repository around the first of their folders, or of the CI job."""
    folders = _folders(paths)
    return checkout(folders[0] if folders else Path.cwd(), os.environ)


def _folders(paths: Sequence[str]) -> tuple[Path, ...]:
    places = (Path(path).resolve() for path in local_paths(paths))
    return tuple(place if place.is_dir() else place.parent for place in places)
