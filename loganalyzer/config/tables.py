"""Nested tables and the paths of their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def put(layer: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set what ``path`` leads to, making the tables on the way."""
    for part in path[:-1]:
        layer = layer.setdefault(part, {})
    layer[path[-1]] = value


def nested(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Tables that hold nothing but ``value`` at ``path``."""
    layer: dict[str, Any] = {}
    put(layer, path, value)
    return layer


def leaves(layer: Mapping[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value of nested tables with the path that leads to it."""
    for key, value in layer.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*before, key))
        else:
            yield (*before, key), value
