"""Values that a module declares and most starts never use: long regular expressions above all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Late:
    """Stands for the value until one of its attributes is asked for; then it is made, once."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        if name == "made":
            self.made = self._make()
            return self.made
        attribute = getattr(self.made, name)
        setattr(self, name, attribute)  # found without this call from now on
        return attribute


def late(make: Callable[[], T]) -> T:
    """Return what behaves as ``make()`` does when used through its attributes."""
    return cast(T, Late(make))
