"""Load plugins from entry points: once, validated, and left out with a warning if invalid."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from loganalyzer.model.guarded import guarded

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint
    from importlib.resources.abc import Traversable


class HasId(Protocol):
    """Anything that has an id."""

    @property
    def id(self) -> str:
        """Identifier, unique among objects of one type."""


def plugin_points(group: str) -> list[EntryPoint]:
    """Return the entry points of installed packages in ``group``, sorted by name, without loading them."""
    declared = _declarations()
    if declared is not None and group.encode() not in declared:
        return []
    return sorted(_installed().select(group=group), key=lambda point: (point.name, point.value))


@lru_cache(maxsize=1)
def _installed() -> Any:
    """Return the entry points of all groups (of another type before Python 3.12)."""
    from importlib.metadata import entry_points

    return entry_points()


@lru_cache(maxsize=1)
def _declarations() -> bytes | None:
    """Return the text of every file of entry points on the path, to see if any names a group; None if one may be hidden.

    ``importlib.metadata`` takes ten times as long to load and to parse what this passes over: almost always all of it.
    """
    if any(hasattr(finder, "find_distributions") for finder in sys.meta_path if finder is not PathFinder):
        return None
    folders = dict.fromkeys(folder or "." for folder in sys.path)
    if any(Path(folder).is_file() or folder.endswith(".egg") for folder in folders):
        return None  # an archive, or a package of the old kind
    texts = []
    for file in (file for folder in folders for file in _entry_points_in(folder)):
        with suppress(OSError), open(file, "rb") as opened:  # noqa: PTH123 -- hundreds of packages, no object each
            texts.append(opened.read())
    return b"\n".join(texts)


def _entry_points_in(folder: str) -> Iterator[str]:
    """Yield where the packages installed in ``folder`` keep their entry points, if they have any."""
    with suppress(OSError):
        yield from (f"{folder}/{name}/entry_points.txt" for name in os.listdir(folder) if name.endswith("-info"))  # noqa: PTH208


_Entry = TypeVar("_Entry", bound=HasId)


def with_plugins(
    ours: Sequence[_Entry],
    wanted: type[_Entry],
    group: str,
    problems: Callable[[_Entry], Iterable[str]],
    guard: Callable[[_Entry, str], _Entry],
) -> tuple[_Entry, ...]:
    """Return ``ours``, then the plugins of the entry point ``group``, sorted by name, as ``guard`` makes them.

    ``guard`` is given a plugin and its package, and returns it with functions that are guarded (see ``guarded``).

    A plugin that fails to load, is no ``wanted``, has an id already in use or has ``problems`` (each an English phrase:
    what is wrong or missing) is left out with a warning that names its package; it never replaces a built-in one.
    """
    found = list(ours)
    for point in plugin_points(group):
        try:
            plugin = guarded(point.load, _package(point))()
            wrong = _wrong(plugin, wanted, {entry.id for entry in found}, problems)
        except Exception as error:  # a plugin may fail in any way; the analysis goes on
            plugin, wrong = None, [f"{type(error).__name__}: {error}"]
        if wrong:
            text = f"{group}: {point.name} of the package {_package(point)} is left out: {'; '.join(wrong)}"
            warnings.warn(text, stacklevel=2)
        else:
            found.append(guard(plugin, _package(point)))
    return tuple(found)


def _wrong(
    plugin: Any, wanted: type[_Entry], taken: set[str], problems: Callable[[_Entry], Iterable[str]]
) -> list[str]:
    if not isinstance(plugin, wanted):
        return [f"it is no {wanted.__name__} but {type(plugin).__name__}"]
    if not isinstance(plugin.id, str) or not plugin.id or not plugin.id.isprintable() or " " in plugin.id:
        return [f"the id {plugin.id!r} is no word"]
    if plugin.id in taken:
        return [f"the id {plugin.id!r} is taken"]
    return list(problems(plugin))


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value.partition(":")[0]


def companion_file(module: str, suffix: str) -> Traversable:
    """Return the file next to an imported module with its name and another ``suffix`` (".toml"); it may not exist."""
    package, _, name = module.rpartition(".")
    loaded = sys.modules[module]
    own = getattr(loaded, "__file__", None)
    if own and Path(own).is_file():  # else it is in an archive, or a folder without a module
        return Path(own).with_name(name + suffix)

    from importlib.resources import files

    if hasattr(loaded, "__path__"):
        return files(module).joinpath(name + suffix)
    if package:
        return files(package).joinpath(name + suffix)
    return Path(str(loaded.__file__)).with_suffix(suffix)
