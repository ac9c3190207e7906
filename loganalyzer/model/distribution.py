"""The distribution that installs this package: its name on an index, its extras, and others that bring the same package."""

from __future__ import annotations

import re

from loganalyzer.model.errors import UsageError

NAME = "analyze-logs"
"""``project.name`` of ``pyproject.toml``; what is imported is ``loganalyzer``."""


def install(extra: str, *also: str) -> str:
    """Return the command that installs what an extra needs, and the distributions ``also`` that it leaves to choose from."""
    return " ".join(["pip install", f"'{NAME}[{extra}]'", *also])


def needs_extra(name: str, extra: str, *also: str) -> UsageError:
    """Return the error of an option or address ``name`` whose extra is not installed."""
    return UsageError(
        '{name} needs the extra "{extra}": {command}', name=name, extra=extra, command=install(extra, *also)
    )


def others() -> tuple[str, ...]:
    """Return the names of other installed distributions that bring a package called ``loganalyzer``, sorted.

    One of that name is on the public index: where both are installed, the files of one replace those of the other. The
    metadata of everything installed is read (a tenth of a second and more), so this is for error messages only.
    """
    from importlib.metadata import packages_distributions

    found = {_normal(name) for name in packages_distributions().get("loganalyzer", ())}
    return tuple(sorted(found - {NAME}))


def _normal(name: str) -> str:
    """The name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
