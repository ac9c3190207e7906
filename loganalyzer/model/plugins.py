"""What other packages offer by entry points: loaded once, checked, and left out with a warning where it does not fit."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class HasId(Protocol):
    """Anything that is found by its id."""

    @property
    def id(self) -> str:
        """Unique among its kind."""


@lru_cache(maxsize=1)
def _installed() -> Any:
    """The entry points of all groups (before Python 3.12 of another type): listing takes milliseconds, whatever group."""
    from importlib.metadata import entry_points

    return entry_points()


def plugin_points(group: str) -> list[EntryPoint]:
    """What the installed packages offer under ``group``, by name; nothing is loaded."""
    return sorted(_installed().select(group=group), key=lambda point: (point.name, point.value))


_Entry = TypeVar("_Entry", bound=HasId)


def with_plugins(ours: Sequence[_Entry], wanted: type[_Entry], group: str) -> tuple[_Entry, ...]:
    """``ours``, then what other packages offer under the entry point ``group``, by name.

    What fails to load, is no ``wanted`` or takes a taken id is left out with a warning; it never replaces one of ours.
    """
    found = list(ours)
    taken = {entry.id for entry in ours}
    for point in plugin_points(group):
        try:
            plugin = point.load()
        except Exception as error:  # a plugin may fail in any way; it must not cost the analysis
            warnings.warn(f"{group}: {point.name} could not be loaded ({error})", stacklevel=2)
            continue
        if not isinstance(plugin, wanted):
            warnings.warn(f"{group}: {point.name} is no {wanted.__name__}; left out", stacklevel=2)
        elif plugin.id in taken:
            warnings.warn(f"{group}: {point.name} takes the id {plugin.id!r}, which is taken; left out", stacklevel=2)
        else:
            taken.add(plugin.id)
            found.append(plugin)
    return tuple(found)
