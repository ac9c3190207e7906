"""What there is: the readers and rules of this package, and those that other packages offer by entry points.

A third party's reader or rule that fails to load, is of the wrong kind or takes a taken id is left out with a warning;
it never replaces one of ours.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from loganalyzer import readers as _readers
from loganalyzer import rules as _rules
from loganalyzer.reader import Reader

if TYPE_CHECKING:
    from loganalyzer.rule import Rule

_Entry = TypeVar("_Entry", Reader, "Rule")


@lru_cache(maxsize=1)
def load_readers() -> tuple[Reader, ...]:
    """All readers, ours first, in the order in which they are asked."""
    return _with_guests([_own_reader(name) for name in _readers.MODULES], Reader, "loganalyzer.readers.v1")


def iter_readers() -> Iterator[Reader]:
    """The same one by one, each loaded when it is its turn: a folder of event files needs no text grammar."""
    for name in _readers.MODULES:
        yield _own_reader(name)
    yield from load_readers()[len(_readers.MODULES) :]


@lru_cache(maxsize=64)
def find_reader(reader_id: str) -> Reader:
    """The reader of that id. Raises KeyError."""
    for reader in iter_readers():
        if reader.id == reader_id:
            return reader
    raise KeyError(reader_id)


@lru_cache(maxsize=64)
def _own_reader(name: str) -> Reader:
    reader = import_module(f"loganalyzer.readers.{name}").READER
    assert isinstance(reader, Reader)
    return reader


@lru_cache(maxsize=1)
def load_rules() -> tuple[Rule, ...]:
    """All rules, ours first, in the order in which they are asked."""
    from loganalyzer.rule import Rule  # reading must not wait for the features behind it

    ours = [import_module(f"loganalyzer.rules.{name}").RULE for name in _rules.MODULES]
    return _with_guests(ours, Rule, "loganalyzer.rules.v1")


def rule_words(rule_id: str) -> tuple[str, str]:
    """Package and file name of a rule's words: beside its module, under its id."""
    for rule in load_rules():
        if rule.id == rule_id:
            package = rule.check.__module__.rpartition(".")[0]
            return package, f"{rule_id.replace('-', '_')}.toml"
    raise KeyError(rule_id)


def rule_page(rule_id: str) -> str:
    """The rule's page: the docstring of its module. Raises KeyError for an unknown id."""
    for rule in load_rules():
        if rule.id == rule_id:
            return (import_module(rule.check.__module__).__doc__ or "").strip()
    raise KeyError(rule_id)


def _with_guests(ours: list[_Entry], wanted: type[_Entry], group: str) -> tuple[_Entry, ...]:
    from importlib.metadata import entry_points

    found = list(ours)
    taken = {entry.id for entry in ours}
    for point in sorted(entry_points(group=group), key=lambda p: p.name):
        try:
            guest = point.load()
        except Exception as error:  # a plugin may fail in any way; it must not cost the analysis
            warnings.warn(f"{group}: {point.name} could not be loaded ({error})", stacklevel=2)
            continue
        if not isinstance(guest, wanted):
            warnings.warn(f"{group}: {point.name} is no {wanted.__name__}; left out", stacklevel=2)
        elif guest.id in taken:
            warnings.warn(f"{group}: {point.name} takes the id {guest.id!r}, which is taken; left out", stacklevel=2)
        else:
            taken.add(guest.id)
            found.append(guest)
    return tuple(found)
