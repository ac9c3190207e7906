"""A value that is computed when it is first asked for, and kept with its object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class lazy(Generic[T]):
    """``functools.cached_property`` without the lock that it takes before Python 3.12.

    A diagnosis asks for more than a hundred such values, each of them once; the lock took longer than most of them.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        """``compute(instance)`` gives the value."""
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        """Keep the value under the attribute's own name, where Python finds it before it asks here again."""
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> lazy[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> lazy[T] | T:
        """The value of ``instance``."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._compute(instance)
        return value
