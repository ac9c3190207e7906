"""The files that lie next to this package's code: texts, templates, tables."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def own_folder(package: str) -> Path:
    """Return the folder of ``package``, a dotted name within this one ("loganalyzer.messages").

    ``importlib.resources`` does the same for packages in archives too; it loads two dozen modules for that.
    """
    return _PACKAGE.joinpath(*package.split(".")[1:])


def own_text(package: str, name: str) -> str:
    """Return the text of the file ``name`` next to the code of ``package``. Raises FileNotFoundError."""
    return (own_folder(package) / name).read_text(encoding="utf-8")
