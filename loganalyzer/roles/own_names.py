"""Names to which the user's ``[roles]`` give a meaning: a log that has no other is one, too, so readers must know them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase

from loganalyzer.model.role import Quantity, Role, Split

_QUANTITIES = {
    "learning_rate": Quantity.LEARNING_RATE,
    "gradient_norm": Quantity.GRADIENT_NORM,
    "epoch": Quantity.EPOCH,
    "reward": Quantity.REWARD,
    "ignore": Quantity.OTHER,
}
OwnNames = tuple[tuple[str, str], ...]
_own: ContextVar[OwnNames] = ContextVar("own_names", default=())


@contextmanager
def own_names(roles: Mapping[str, str]) -> Iterator[None]:
    """Let ``role_of`` know the names that ``roles`` (globs over names to roles) tell of, inside of the block.

    What is to be ignored is a series all the same: it is read.
    """
    token = _own.set(tuple((pattern, role) for pattern, role in roles.items() if role != "ignore"))
    try:
        yield
    finally:
        _own.reset(token)


def is_own_name(name: str) -> bool:
    """True if ``name`` is one to which the user gave a role."""
    return any(matches(name, pattern) for pattern, _ in _own.get())


known_names = _own.get
"""The names that ``role_of`` knows beside the usual words, and their roles: part of the key of what a cache keeps. It is asked
for every name of every line, so it is the variable's own method."""


def matches(name: str, pattern: str) -> bool:
    """True if a name is meant by a pattern of ``[roles]``: the name itself, or a glob."""
    return name == pattern or fnmatchcase(name, pattern)


def named(name: str, roles: Mapping[str, str], usual: Role) -> Role | None:
    """The role that the first matching pattern of ``roles`` gives to ``name``; None if none matches.

    What a role does not say (the split of a metric, its direction) is that of ``usual``.
    """
    for pattern, wanted in roles.items():
        if not matches(name, pattern):
            continue
        kind, *more = wanted.split(":")
        if kind in {"train", "validation"}:
            return Role(Quantity.LOSS, Split(kind), more[0] if more else "min", "loss", rank=-1)
        if kind == "metric":
            split = Split(more[1]) if len(more) > 1 else usual.split
            direction = more[0] if more else usual.direction or "max"
            return Role(Quantity.METRIC, split, direction, usual.metric or name, rank=-1)
        if kind in _QUANTITIES:
            return Role(_QUANTITIES[kind], usual.split, usual.direction, usual.metric, rank=-1)
    return None
